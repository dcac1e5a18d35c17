package check

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

// hanoi returns the outline of the seed and the polygons that it is made from.
func hanoi(t *testing.T) (*outline, orb.MultiPolygon) {
	t.Helper()
	o := newOutline()
	var polygons orb.MultiPolygon
	if err := data.Features("city_outline", func(f *city.Feature) error {
		polygons = f.Geometry.(orb.MultiPolygon)
		o.add(polygons, 0)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	o.build()
	return o, polygons
}

// TestOutlineContains holds the banded test against orb's over all edges, on
// random places, on vertices' latitudes, and with a hole.
func TestOutlineContains(t *testing.T) {
	o, polygons := hanoi(t)
	hole := orb.Ring{{105.8, 21}, {105.8, 21.1}, {105.9, 21.1}, {105.9, 21}, {105.8, 21}}
	holed := newOutline()
	holed.add(orb.Polygon{polygons[0][0], hole}, 0)
	holed.build()
	const seed = 7
	rng := rand.New(rand.NewPCG(seed, seed))
	for i := range 20_000 {
		p := orb.Point{105.2 + 0.9*rng.Float64(), 20.5 + rng.Float64()}
		if i%4 == 0 {
			ring := polygons[0][0]
			p[1] = ring[rng.IntN(len(ring))][1]
		}
		want := planar.MultiPolygonContains(polygons, p)
		if got := o.contains(p); got != want {
			t.Fatalf("seed %d: contains(%v) = %v, orb says %v", seed, p, got, want)
		}
		if got, want := holed.contains(p), want && !planar.RingContains(hole, p); got != want {
			t.Fatalf("seed %d, with a hole: contains(%v) = %v, orb says %v", seed, p, got, want)
		}
	}
}

func TestOutlineTouches(t *testing.T) {
	o, _ := hanoi(t)
	for _, c := range []struct {
		name string
		g    orb.Geometry
		want bool
	}{
		{"Hồ Gươm", orb.Point{105.8524, 21.0287}, true},
		{"Hải Phòng", orb.Point{106.68, 20.86}, false},
		{"line through the whole city, both ends outside", orb.LineString{{105.1, 21}, {106.5, 21}}, true},
		{"line that passes north of it", orb.LineString{{105.1, 21.5}, {106.5, 21.5}}, false},
		{"line whose bound covers a corner only", orb.LineString{{105.2, 20.6}, {105.3, 20.5}}, false},
		{"polygon around the whole city", orb.Polygon{{{105, 20}, {107, 20}, {107, 22}, {105, 22}, {105, 20}}}, false},
		{"one part of two inside", orb.MultiPoint{{106.68, 20.86}, {105.85, 21.03}}, true},
		{"collection with one part inside", orb.Collection{orb.Point{106.68, 20.86}, orb.LineString{{105.85, 21.03}, {105.86, 21.03}}}, true},
	} {
		if got := o.touches(c.g); got != c.want {
			t.Errorf("%s: touches = %v, want %v", c.name, got, c.want)
		}
	}
}

// TestDistanceToLine holds the foot of the perpendicular against the least of
// many places along the edge, and against ends and zero length.
func TestDistanceToLine(t *testing.T) {
	const seed = 11
	rng := rand.New(rand.NewPCG(seed, seed))
	place := func() orb.Point { return orb.Point{105.8 + 0.05*rng.Float64(), 21 + 0.05*rng.Float64()} }
	for range 300 {
		p, a, b := place(), place(), place()
		want := math.Inf(1)
		for i := range 2001 {
			s := float64(i) / 2000
			want = min(want, geodesy.Distance(p, orb.Point{a[0] + s*(b[0]-a[0]), a[1] + s*(b[1]-a[1])}))
		}
		// 2000 steps of at most 3.7 m: the least of them is above the true one
		// by less than (1.9 m)²/2d, and never by more than 1.9 m.
		got := distanceToLine(p, []orb.Point{a, b})
		if tolerance := 0.1 + min(1.9, 1.8/got); got > want+0.1 || want > got+tolerance {
			t.Fatalf("seed %d: %v to %v–%v is %.4f m, sampled %.4f m", seed, p, a, b, got, want)
		}
	}
	p := orb.Point{105.85, 21.03}
	if d := distanceToLine(p, []orb.Point{p, p}); d != 0 {
		t.Errorf("distance to itself %v", d)
	}
	q := orb.Point{105.86, 21.03}
	if got, want := distanceToLine(p, []orb.Point{q, q}), geodesy.Distance(p, q); got != want {
		t.Errorf("distance to an edge of no length %v, want %v", got, want)
	}
}

func TestFoldCode(t *testing.T) {
	for code, want := range map[string]string{
		"VD3-4": "vd3-4", "VĐ3–4": "vd3-4", " vd3 4 ": "vd3-4", "VD25-1": "vd25-1", "VD2.5-1": "vd2-5-1",
		"VD2-51": "vd2-51", "": "", "–": "", "Hòa Lạc": "hoa-lac", "đ": "d",
	} {
		if got := foldCode(code); got != want {
			t.Errorf("foldCode(%q) = %q, want %q", code, got, want)
		}
	}
}
