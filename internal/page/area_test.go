package page

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// shapes makes a layer of geometries of all types on a grid so coarse, and so near
// to what float32 can tell apart, that they touch boxes in every way.
func shapes(t *testing.T, r *rand.Rand, at func() float64, n int) *snapshot.Layer {
	t.Helper()
	b := snapshot.NewBuilder(7)
	loader, err := b.Layer(city.Layer{ID: "shapes", Geometry: city.GeometryAny})
	if err != nil {
		t.Fatal(err)
	}
	line := func() (l orb.LineString) {
		for range 2 + r.IntN(3) {
			l = append(l, orb.Point{at(), at()})
		}
		return l
	}
	ring := func() orb.Ring {
		p, q := orb.Point{at(), at()}, orb.Point{at(), at()}
		return orb.Ring{p, {q[0], p[1]}, q, p}
	}
	for id := range n {
		var g orb.Geometry
		switch r.IntN(7) {
		case 0:
			g = orb.Point{at(), at()}
		case 1:
			g = line()
		case 2:
			g = orb.MultiLineString{line(), line()}
		case 3:
			g = orb.Polygon{ring()}
		case 4:
			g = orb.MultiPolygon{{ring()}, {ring()}}
		case 5:
			g = orb.MultiPoint{{at(), at()}, {at(), at()}}
		default:
			g = orb.Collection{line(), orb.Point{at(), at()}}
		}
		if err := loader.Add(&city.Feature{ID: int64(id + 1), Geometry: g}); err != nil {
			t.Fatal(err)
		}
	}
	if rejected, err := loader.Finish(); err != nil || len(rejected) > n/4 { // those without an extent
		t.Fatal(len(rejected), err)
	}
	s, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return s.Layers()[0]
}

// TestPageInBox holds what bounds tell against a look at every geometry.
func TestPageInBox(t *testing.T) {
	const seed = 21
	r := rand.New(rand.NewPCG(seed, seed))
	step := float64(math.Nextafter32(105, 106) - 105)
	for name, at := range map[string]func() float64{
		"a coarse grid":            func() float64 { return float64(r.IntN(9)) },
		"a grid below float32":     func() float64 { return 75 + step/4*float64(r.IntN(24)) },
		"coordinates of a survey":  func() float64 { return math.Round((20+r.Float64())*1e7) / 1e7 },
		"numbers of any precision": func() float64 { return 20 + r.Float64() },
	} {
		l := shapes(t, r, at, 500)
		known := 0
		for range 200 {
			x, y, w, h := at(), at(), at(), at()
			box, err := bbox.Parse(fmt.Sprintf("%v,%v,%v,%v", min(x, w), min(y, h), max(x, w), max(y, h)))
			if err != nil {
				t.Fatal(err)
			}
			q := Question{Layer: l, Area: &box}
			p, err := q.Page(t.Context(), Place{}, l.Len())
			if err != nil {
				t.Fatal(err)
			}
			found := map[int64]bool{}
			for _, f := range p.Features {
				found[f.ID()] = true
			}
			c := q.candidates()
			l.SearchEach(box.Bounds(), func(low, high [2]float32, f *snapshot.Feature) bool {
				if c.meets(low, high, f) {
					known++
				}
				return true
			})
			l.All(func(f *snapshot.Feature) bool {
				if want := box.Meets(f.Geometry()); found[f.ID()] != want {
					t.Errorf("%s, seed %d: %v in %v: %v, want %v", name, seed, f.Geometry(), box.Bounds(), found[f.ID()], want)
				}
				return !t.Failed()
			})
		}
		if known < 1000 {
			t.Errorf("%s: of only %d features was it known from their bounds", name, known)
		}
	}
}
