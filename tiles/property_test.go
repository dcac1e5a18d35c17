package tiles_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/rounds"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// grid maps between the units of a tile and lon/lat, in float64 and written
// apart from the package's own integers: the oracle's projection.
type grid struct{ tile tiles.Tile }

func (g grid) lonLat(x, y float64) orb.Point {
	n := math.Exp2(float64(g.tile.Z))
	wx, wy := (float64(g.tile.X)+x/4096)/n, (float64(g.tile.Y)+y/4096)/n
	return orb.Point{wx*360 - 180, math.Atan(math.Sinh(math.Pi*(1-2*wy))) * 180 / math.Pi}
}

// xy is a position in tile units, not snapped.
type xy struct{ x, y float64 }

func (g grid) ring(ring []xy) orb.Ring {
	out := make(orb.Ring, 0, len(ring)+1)
	for _, p := range ring {
		out = append(out, g.lonLat(p.x, p.y))
	}
	return append(out, out[0])
}

// someTile is in Hanoi more often than not, and never at the world's edge:
// what Prepare does there is tested apart.
func someTile(r *rand.Rand) tiles.Tile {
	z := uint8(7 + r.IntN(13))
	if r.IntN(3) > 0 {
		return tiles.At(orb.Point{105.8 + r.Float64()*0.1, 21 + r.Float64()*0.1}, z)
	}
	side := uint32(1) << z
	return tiles.Tile{Z: z, X: 20 + r.Uint32N(side-40), Y: 20 + r.Uint32N(side-40)}
}

// seeded runs a test for the seeds below n, or some of them, each with its number in the output.
func seeded(t *testing.T, n uint64, run func(t *testing.T, r *rand.Rand)) {
	for _, seed := range rounds.Numbers(t, int(n)) {
		r := rand.New(rand.NewPCG(seed, 2026))
		if ok := t.Run(fmt.Sprint("seed", seed), func(t *testing.T) { run(t, r) }); !ok {
			return
		}
	}
}

// scatter makes a ring of n random positions: it crosses itself. Sizes range
// from less than a unit to many tiles.
func scatter(r *rand.Rand, n int, cx, cy, size float64) []xy {
	ring := make([]xy, n)
	for i := range ring {
		ring[i] = xy{cx + (r.Float64()-0.5)*size, cy + (r.Float64()-0.5)*size}
		if i > 0 && r.IntN(8) == 0 {
			ring[i] = ring[r.IntN(i)] // comes back to a position
		}
	}
	return ring
}

// star makes a simple ring around a centre.
func star(r *rand.Rand, n int, cx, cy, size float64) []xy {
	ring := make([]xy, n)
	for i := range ring {
		a := 2 * math.Pi * (float64(i) + 0.8*r.Float64()) / float64(n)
		d := size / 2 * (0.3 + 0.7*r.Float64())
		ring[i] = xy{cx + d*math.Cos(a), cy + d*math.Sin(a)}
	}
	return ring
}

func someSize(r *rand.Rand) float64 { return math.Exp2(r.Float64()*16 - 1) }

// winding is the number of times the ring goes round p.
func winding(ring []xy, p xy) int {
	w := 0
	a := ring[len(ring)-1]
	for _, b := range ring {
		if (a.y > p.y) != (b.y > p.y) {
			x := a.x + (p.y-a.y)*(b.x-a.x)/(b.y-a.y)
			if x < p.x {
				if b.y > a.y {
					w++
				} else {
					w--
				}
			}
		}
		a = b
	}
	return w
}

// near reports whether p lies within d of the ring's edges.
func near(ring []xy, p xy, d float64) bool {
	a := ring[len(ring)-1]
	for _, b := range ring {
		if toSegment(a, b, p) < d {
			return true
		}
		a = b
	}
	return false
}

func toSegment(a, b, p xy) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = math.Max(0, math.Min(1, ((p.x-a.x)*dx+(p.y-a.y)*dy)/l))
	}
	return math.Hypot(p.x-a.x-t*dx, p.y-a.y-t*dy)
}

func floats(ring []mvttest.XY) []xy {
	out := make([]xy, len(ring))
	for i, p := range ring {
		out[i] = xy{float64(p.X), float64(p.Y)}
	}
	return out
}

// TestPolygonsCoverTheSame is the brute-force oracle of clipping, snapping and
// repair: random positions of the tile that are not within a little of any edge
// are inside the encoded polygons exactly when they are inside the input. The
// input may be as broken as it likes.
func TestPolygonsCoverTheSame(t *testing.T) {
	seeded(t, 1500, func(t *testing.T, r *rand.Rand) {
		at := someTile(r)
		var polygons [][][]xy
		cx, cy, size := r.Float64()*4096, r.Float64()*4096, someSize(r)
		for range 1 + r.IntN(3) {
			var polygon [][]xy
			for range 1 + r.IntN(3) {
				ring := star
				if r.IntN(2) == 0 {
					ring = scatter
				}
				polygon = append(polygon, ring(r, 3+r.IntN(30), cx, cy, size))
				if r.IntN(2) == 0 {
					cx += (r.Float64() - 0.5) * size
				}
				size *= 0.3 + r.Float64()
			}
			polygons = append(polygons, polygon)
		}
		var multi orb.MultiPolygon
		for _, polygon := range polygons {
			var rings orb.Polygon
			for _, ring := range polygon {
				rings = append(rings, grid{at}.ring(ring))
			}
			multi = append(multi, rings)
		}
		layer := encodeOne(t, at, multi, tiles.LayerOptions{})
		compareCover(t, r, polygons, layer)
	})
}

func compareCover(t *testing.T, r *rand.Rand, polygons [][][]xy, layer *mvttest.Layer) {
	t.Helper()
	const margin = 2.5 // snapping, cutting at the border and rounding crossings
	for range 400 {
		p := xy{r.Float64()*4200 - 50, r.Float64()*4200 - 50}
		want, close := false, false
		for _, polygon := range polygons {
			in := winding(polygon[0], p)%2 != 0
			for i, ring := range polygon {
				close = close || near(ring, p, margin)
				in = in && (i == 0 || holesRound(polygon[1:], p) == 0)
			}
			want = want || in
		}
		if close {
			continue
		}
		if got := covered(layer, p); got != want {
			t.Fatalf("%v inside: %v, want %v", p, got, want)
		}
	}
}

// holesRound is how often holes go round p, each wound by its area.
func holesRound(holes [][]xy, p xy) int {
	sum := 0
	for _, hole := range holes {
		area, a := 0.0, hole[len(hole)-1]
		for _, b := range hole {
			area += a.x*b.y - b.x*a.y
			a = b
		}
		if w := winding(hole, p); area < 0 {
			sum -= w
		} else {
			sum += w
		}
	}
	return sum
}

func covered(layer *mvttest.Layer, p xy) bool {
	if layer == nil {
		return false
	}
	for _, polygon := range layer.Features[0].Polygons {
		w := 0
		for _, ring := range polygon {
			w += winding(floats(ring), p)
		}
		if w != 0 {
			return true
		}
	}
	return false
}

// TestPolygonArea compares the encoded area with that of the unsnapped ring cut
// by the buffered tile in float64.
func TestPolygonArea(t *testing.T) {
	seeded(t, 800, func(t *testing.T, r *rand.Rand) {
		at := someTile(r)
		ring := star(r, 3+r.IntN(200), r.Float64()*4096, r.Float64()*4096, someSize(r))
		want, perimeter := clippedArea(ring)
		got := 0.0
		if layer := encodeOne(t, at, orb.Polygon{grid{at}.ring(ring)}, tiles.LayerOptions{}); layer != nil {
			for _, polygon := range layer.Features[0].Polygons {
				for _, ring := range polygon {
					got += signedArea(floats(ring))
				}
			}
		}
		// Every edge moves by less than a unit sideways, twice at the border.
		if bound := 2*perimeter + 4; math.Abs(got-want) > bound {
			t.Fatalf("area %v, want %v ± %v", got, want, bound)
		}
	})
}

func signedArea(ring []xy) float64 {
	sum, a := 0.0, ring[len(ring)-1]
	for _, b := range ring {
		sum += (a.x*b.y - b.x*a.y) / 2
		a = b
	}
	return sum
}

// clippedArea cuts by half-planes; edges back and forth have no area.
func clippedArea(ring []xy) (area, perimeter float64) {
	const low, high = -tiles.Buffer, tiles.Extent + tiles.Buffer
	for _, side := range []func(p xy) float64{
		func(p xy) float64 { return p.x - low }, func(p xy) float64 { return high - p.x },
		func(p xy) float64 { return p.y - low }, func(p xy) float64 { return high - p.y },
	} {
		if len(ring) == 0 {
			return 0, 0
		}
		var out []xy
		a := ring[len(ring)-1]
		for _, b := range ring {
			da, db := side(a), side(b)
			if (da < 0) != (db < 0) {
				f := da / (da - db)
				out = append(out, xy{a.x + f*(b.x-a.x), a.y + f*(b.y-a.y)})
			}
			if db >= 0 {
				out = append(out, b)
			}
			a = b
		}
		ring = out
	}
	if len(ring) == 0 {
		return 0, 0
	}
	a := ring[len(ring)-1]
	for _, b := range ring {
		perimeter += math.Hypot(b.x-a.x, b.y-a.y)
		a = b
	}
	return math.Abs(signedArea(ring)), perimeter
}

// TestLineLength compares the drawn length with that of the unsnapped line
// inside the buffered tile.
func TestLineLength(t *testing.T) {
	seeded(t, 800, func(t *testing.T, r *rand.Rand) {
		at := someTile(r)
		line := scatter(r, 2+r.IntN(300), r.Float64()*4096, r.Float64()*4096, someSize(r))
		var source orb.LineString
		want := 0.0
		for i, p := range line {
			source = append(source, grid{at}.lonLat(p.x, p.y))
			if i > 0 {
				want += insideLength(line[i-1], p)
			}
		}
		got := 0.0
		if layer := encodeOne(t, at, source, tiles.LayerOptions{}); layer != nil {
			for _, part := range layer.Features[0].Lines {
				for i := range part[1:] {
					got += math.Hypot(float64(part[i+1].X-part[i].X), float64(part[i+1].Y-part[i].Y))
				}
			}
		}
		// Each end of each segment moves by at most 0.71 in snapping and as
		// much at the border, where a shallow segment can gain or lose more.
		if bound := 4*float64(len(line)) + 0.01*want; math.Abs(got-want) > bound {
			t.Fatalf("length %v, want %v ± %v", got, want, bound)
		}
	})
}

func insideLength(a, b xy) float64 {
	from, to := within(a, b, -tiles.Buffer, tiles.Extent+tiles.Buffer)
	return max(0, to-from) * math.Hypot(b.x-a.x, b.y-a.y)
}

// within returns the part of a–b, as fractions of its length, that lies in a
// square: from beyond to where there is none (Liang and Barsky 1984).
func within(a, b xy, low, high float64) (from, to float64) {
	from, to = 0, 1
	for _, s := range [][2]float64{{a.x - low, b.x - low}, {high - a.x, high - b.x}, {a.y - low, b.y - low}, {high - a.y, high - b.y}} {
		switch d := s[1] - s[0]; {
		case d > 0:
			from = max(from, -s[0]/d)
		case d < 0:
			to = min(to, -s[0]/d)
		case s[0] < 0:
			return 1, 0
		}
	}
	return from, to
}

// TestEncodingTwice encodes what a tile shows again: nothing may change.
func TestEncodingTwice(t *testing.T) {
	seeded(t, 500, func(t *testing.T, r *rand.Rand) {
		at := someTile(r)
		ring := scatter(r, 3+r.IntN(20), r.Float64()*4096, r.Float64()*4096, someSize(r))
		first := encodeOne(t, at, orb.Polygon{grid{at}.ring(ring)}, tiles.LayerOptions{})
		if first == nil {
			return
		}
		var again orb.MultiPolygon
		for _, polygon := range first.Features[0].Polygons {
			var rings orb.Polygon
			for _, ring := range polygon {
				rings = append(rings, grid{at}.ring(floats(ring)))
			}
			again = append(again, rings)
		}
		second := encodeOne(t, at, again, tiles.LayerOptions{})
		if second == nil || !slices.EqualFunc(canonical(first), canonical(second), slices.Equal) {
			t.Fatalf("first %v\nthen %v", canonical(first), canonical(second))
		}
	})
}

// canonical starts each ring at its least position and sorts the rings.
func canonical(l *mvttest.Layer) [][]mvttest.XY {
	if l == nil {
		return nil
	}
	byXY := func(a, b mvttest.XY) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) }
	var out [][]mvttest.XY
	for _, polygon := range l.Features[0].Polygons {
		for _, ring := range polygon {
			i := slices.Index(ring, slices.MinFunc(ring, byXY))
			out = append(out, slices.Concat(ring[i:], ring[:i]))
		}
	}
	slices.SortFunc(out, func(a, b []mvttest.XY) int { return slices.CompareFunc(a, b, byXY) })
	return out
}
