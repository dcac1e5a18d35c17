package tiles_test

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles"
)

func prepare(t testing.TB, g orb.Geometry) tiles.Geometry {
	t.Helper()
	var p tiles.Preparer
	prepared, err := p.Prepare(g)
	if err != nil {
		t.Fatal(err)
	}
	return prepared
}

func TestPrepareRefuses(t *testing.T) {
	nested := orb.Geometry(orb.Point{1, 2})
	for range 20 {
		nested = orb.Collection{nested}
	}
	for _, c := range []struct {
		in   orb.Geometry
		want error
	}{
		{nil, tiles.ErrGeometry},
		{orb.Collection{orb.Point{1, 2}, nil}, tiles.ErrGeometry},
		{nested, tiles.ErrGeometry},
		{orb.Point{math.NaN(), 1}, tiles.ErrCoordinate},
		{orb.LineString{{1, 2}, {3, math.Inf(-1)}}, tiles.ErrCoordinate},
		{orb.Polygon{{{1, 2}, {3, 4}, {5, math.NaN()}}}, tiles.ErrCoordinate},
	} {
		var p tiles.Preparer
		if g, err := p.Prepare(c.in); !errors.Is(err, c.want) || !g.IsZero() {
			t.Errorf("Prepare(%v): %v, want %v", c.in, err, c.want)
		}
		if g, err := p.Prepare(orb.Point{1, 2}); err != nil || g.IsZero() {
			t.Errorf("after %v nothing works: %v", c.want, err)
		}
	}
}

func TestPrepareNothing(t *testing.T) {
	same := orb.Point{105.8, 21}
	for _, g := range []orb.Geometry{
		orb.MultiPoint{}, orb.LineString{}, orb.LineString{same}, orb.LineString{same, same},
		orb.Polygon{}, orb.Polygon{{}}, orb.Polygon{{same, {105.9, 21}, same}}, orb.MultiPolygon{{}, {{same}}},
		orb.Collection{}, orb.Collection{orb.Collection{}}, orb.Point{5, 89}, orb.MultiLineString{nil},
		// Without an exterior there is nothing for the hole to be in.
		orb.Polygon{{same, same}, {{1, 1}, {2, 1}, {2, 2}, {1, 1}}},
	} {
		if got := prepare(t, g); !got.IsZero() || got.Size() != 0 {
			t.Errorf("Prepare(%v) takes %d bytes, want none", g, got.Size())
		}
	}
}

// The memory bar of the design: a road of 6 vertices in 60 bytes, a building of
// 4 corners in 40.
func TestPreparedSize(t *testing.T) {
	road := orb.LineString{{105.1, 21}, {105.2, 21.1}, {105.3, 21}, {105.4, 21.1}, {105.5, 21}, {105.6, 21.1}}
	building := orb.Polygon{{{1, 1}, {2, 1}, {2, 2}, {1, 2}, {1, 1}}}
	if n := prepare(t, road).Size(); n != 60 {
		t.Errorf("a road takes %d bytes, want 60", n)
	}
	if n := prepare(t, building).Size(); n != 40 {
		t.Errorf("a building takes %d bytes, want 40", n)
	}
	const n = 100_000
	var p tiles.Preparer
	kept := make([]tiles.Geometry, n)
	before := heap()
	for i := range kept {
		var err error
		if kept[i], err = p.Prepare(road); err != nil {
			t.Fatal(err)
		}
	}
	if each := float64(heap()-before) / n; each > 61 {
		t.Errorf("%v bytes a road on the heap, want at most 61", each)
	}
	runtime.KeepAlive(kept)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// keep is Douglas–Peucker as in the books: recursive, for one tolerance.
func keep(line []xy, tolerance float64) []xy {
	if len(line) < 3 {
		return line
	}
	at, far := 0, -1.0
	for i := 1; i+1 < len(line); i++ {
		if d := toSegment(line[0], line[len(line)-1], line[i]); d > far {
			at, far = i, d
		}
	}
	if far < tolerance {
		return []xy{line[0], line[len(line)-1]}
	}
	return append(slices.Clone(keep(line[:at+1], tolerance)), keep(line[at:], tolerance)[1:]...)
}

// TestSimplify holds the ranks against the algorithm itself: a tile keeps what
// Douglas–Peucker keeps at the tolerance, and of the rest only what it would
// keep at a tolerance one rank step (2^(1/7)) finer.
func TestSimplify(t *testing.T) {
	const z = 18 // a tile unit is 4 world units: snapping errs by half a unit
	seeded(t, 300, func(t *testing.T, r *rand.Rand) {
		at := tiles.At(orb.Point{105.8 + r.Float64()*0.1, 21}, z)
		walk := []xy{{2000, 2000}}
		for range 3 + r.IntN(400) {
			last := walk[len(walk)-1]
			next := xy{math.Round(last.x + r.NormFloat64()*20), math.Round(last.y + r.NormFloat64()*20)}
			if next != last {
				walk = append(walk, next)
			}
		}
		tolerance := math.Exp2(r.Float64()*8 - 1)
		layer := encodeOne(t, at, line(at, walk...), tiles.LayerOptions{Simplify: tolerance})
		got := map[xy]bool{}
		for _, part := range layer.Features[0].Lines {
			for _, p := range floats(part) {
				got[p] = true
			}
		}
		// Tidying drops vertices on straight lines, so ask for the others only.
		fine := map[xy]bool{}
		for _, p := range keep(walk, tolerance*math.Exp2(-1.0/7)*0.999) {
			fine[p] = true
		}
		for p := range got {
			if !fine[p] {
				t.Fatalf("tolerance %v keeps %v, which a finer one drops", tolerance, p)
			}
		}
		kept := keep(walk, tolerance*1.001)
		for i := 1; i+1 < len(kept); i++ {
			if p := kept[i]; !got[p] && toSegment(kept[i-1], kept[i+1], p) > 0.6 {
				t.Fatalf("tolerance %v drops %v, which Douglas–Peucker keeps", tolerance, p)
			}
		}
	})
}

// A ring keeps a triangle however large the tolerance.
func TestSimplifiedRing(t *testing.T) {
	seeded(t, 100, func(t *testing.T, r *rand.Rand) {
		ring := star(r, 3+r.IntN(300), 2000, 2000, 3000)
		layer := encodeOne(t, hanoi14, orb.Polygon{grid{hanoi14}.ring(ring)}, tiles.LayerOptions{Simplify: 4096})
		if layer == nil || len(layer.Features[0].Polygons) != 1 || len(layer.Features[0].Polygons[0][0]) != 3 {
			t.Fatalf("want one triangle, got %+v", layer)
		}
	})
}

// A spiral is the worst case of Douglas–Peucker, quadratic and deep.
func TestPrepareSpiral(t *testing.T) {
	var spiral orb.LineString
	for i := range 200_000 {
		a, d := float64(i)*0.01, 1e-4*float64(i)
		spiral = append(spiral, orb.Point{d * math.Cos(a), d * math.Sin(a)})
	}
	zigzag := make(orb.LineString, 200_000)
	for i := range zigzag {
		zigzag[i] = orb.Point{float64(i%2) * 1e-6 * float64(i), float64(i) * 1e-4}
	}
	for _, g := range []orb.Geometry{spiral, orb.Polygon{orb.Ring(spiral)}, zigzag} {
		start := time.Now()
		if prepare(t, g).IsZero() {
			t.Fatal("nothing left")
		}
		// Quadratic would be 2·10^10 distances, minutes; the bound is wide for
		// loaded machines and the race detector.
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%T of 200,000 vertices took %v", g, took)
		}
	}
}

// What lies beyond the square world moves to its edge and stays valid.
func TestWorldEdge(t *testing.T) {
	everything := orb.Polygon{{{-200, -90}, {200, -90}, {200, 90}, {-200, 90}, {-200, -90}}}
	for _, at := range []tiles.Tile{{}, {Z: 1, X: 1, Y: 1}, {Z: 22, X: 1<<22 - 1, Y: 0}, {Z: 22, X: 0, Y: 1<<22 - 1}} {
		layer := encodeOne(t, at, everything, tiles.LayerOptions{})
		if layer == nil {
			t.Fatalf("%v is empty", at)
		}
		for _, p := range []xy{{5, 5}, {4090, 5}, {4090, 4090}, {5, 4090}} {
			if !covered(layer, p) {
				t.Errorf("%v: %v is not covered", at, p)
			}
		}
	}
}

// FuzzEncode feeds coordinates from bytes: degenerate shapes of every kind.
func FuzzEncode(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 9, 0, 0, 0, 9, 0, 9, 0, 0, 0, 9, 0}, uint8(3), uint8(14), uint8(0))
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 255, 255, 0, 128, 1, 2, 3, 4}, uint8(0), uint8(22), uint8(7))
	f.Add([]byte{0, 16, 0, 16, 192, 255, 192, 255, 0, 16, 192, 255, 192, 255, 0, 16}, uint8(4), uint8(0), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, kind, z, simplify uint8) {
		if len(data) > 4000 {
			return // the oracle is quadratic
		}
		at := tiles.At(orb.Point{105.85, 21.02}, z%(tiles.MaxZoom+1))
		var points orb.LineString
		var rings orb.Polygon
		for len(data) >= 4 {
			x, y := int16(binary.LittleEndian.Uint16(data)), int16(binary.LittleEndian.Uint16(data[2:]))
			points = append(points, grid{at}.lonLat(float64(x), float64(y)))
			if data = data[4:]; x%11 == 0 {
				rings = append(rings, orb.Ring(points[len(points)/2:]))
			}
		}
		rings = append(rings, orb.Ring(points))
		all := []orb.Geometry{
			points, rings, orb.MultiPoint(points), orb.MultiLineString{points, points},
			orb.MultiPolygon{rings, {rings[0]}}, orb.Ring(points),
		}
		all = append(all, orb.Collection(slices.Clone(all)))
		g, err := new(tiles.Preparer).Prepare(all[int(kind)%len(all)])
		if err != nil {
			t.Fatal(err)
		}
		var e tiles.Encoder
		encodePrepared(t, &e, at, g, tiles.LayerOptions{Simplify: float64(simplify)})
		if e.Dropped() != 0 {
			t.Fatalf("%d polygons dropped", e.Dropped())
		}
	})
}
