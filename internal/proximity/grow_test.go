package proximity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/rounds"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// crowd returns n points on a lattice of dyadic steps about o, wide degrees
// across, with many duplicates.
func crowd(r *rand.Rand, o orb.Point, wide float64, n int) []orb.Geometry {
	all := make([]orb.Geometry, n)
	for i := range all {
		all[i] = orb.Point{o[0] + wide*float64(r.IntN(33)-16)/32, o[1] + wide*float64(r.IntN(33)-16)/32}
	}
	return all
}

// TestUnevenLayersEqualBruteForce looks into layers that say little about how
// far to look, from the midst, from the rim, from a hole and from afar. With the race
// detector it is other questions in each run.
func TestUnevenLayersEqualBruteForce(t *testing.T) {
	r := seeded(t)
	o := orb.Point{105.85, 21.03}
	meridian := make([]orb.Geometry, 400)
	for i := range meridian {
		meridian[i] = orb.Point{o[0], 20.5 + float64(i)/400}
	}
	hole := scatter(r, o, 0.02, 300)
	for i := range 300 { // a ring about it
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 300)
		hole = append(hole, orb.Point{o[0] + 0.4*cos, o[1] + 0.4*sin})
	}
	from := []orb.Point{
		o, {o[0] + 0.02, o[1]}, {o[0] + 0.25, o[1] - 0.25}, {o[0] + 0.9, o[1] + 0.7},
		{o[0] - 1.1, o[1]}, {o[0], o[1] + 3}, {0, 0}, {180, -40}, {0, 90},
	}
	queries := []Query{
		{K: 1}, {K: 10}, {K: 1000}, {K: 20, RadiusMetres: 2500}, {RadiusMetres: 1}, {RadiusMetres: 40_000},
		{K: 10, Statuses: []city.Status{city.Planned}}, {K: 10, Statuses: []city.Status{city.Retired}},
	}
	lone := append(crowd(r, o, 0.001, 600), orb.Point{o[0] + 1, o[1] + 1})
	for name, layers := range map[string]map[city.LayerID][]orb.Geometry{
		"none":                nil,
		"empty":               {"a": nil, "b": nil},
		"one point":           {"a": {o}},
		"one place":           {"a": crowd(r, o, 0, 600)},
		"lattice":             {"a": crowd(r, o, 0.3, 600)},
		"meridian":            {"a": meridian},
		"a hole in a ring":    {"a": hole},
		"a town, one outside": {"a": lone},
		"sparse, then dense":  {"a": crowd(r, o, 1.5, 30), "b": crowd(r, o, 0.5, 600), "c": nil, "d": lone},
		"dense, then sparse":  {"a": crowd(r, o, 0.5, 600), "b": crowd(r, o, 1.5, 30)},
	} {
		t.Log(name)
		s := build(t, layers)
		for _, i := range rounds.Numbers(t, len(from)*len(queries)) {
			q := queries[i%uint64(len(queries))]
			q.Point = from[i/uint64(len(queries))]
			check(t, s, q, 0)
		}
	}
}

// TestPointFeature looks from features that are points: they are not their own
// neighbours, and what lies at the same place is.
func TestPointFeature(t *testing.T) {
	r := seeded(t)
	s := build(t, map[city.LayerID][]orb.Geometry{"a": crowd(r, orb.Point{105.85, 21.03}, 0.2, 2000)})
	for id := range int64(20) {
		f := s.Layer("a").Feature(id*97 + 1)
		for _, h := range check(t, s, Query{Feature: f, K: 5}, 0) {
			if h.Feature == f {
				t.Fatal("a feature is in its own answer")
			}
		}
	}
}

// TestManyDuplicates puts 100,000 features at one point. The ids decide which are
// in the answer; how many are asked for, and not the layer, how much memory is kept.
func TestManyDuplicates(t *testing.T) {
	o := orb.Point{105.85, 21.03}
	all := make([]orb.Geometry, 100_000)
	for i := range all {
		all[i] = o
	}
	all = append(all, orb.Point{o[0] - 0.1, o[1] - 0.1}, orb.Point{o[0] - 0.1, o[1] + 0.1})
	s := build(t, map[city.LayerID][]orb.Geometry{"a": all})
	var searcher Searcher
	for _, from := range []orb.Point{o, {o[0] - 0.01, o[1]}, {o[0] + 0.4, o[1]}} {
		hits, err := searcher.Nearby(t.Context(), s, Query{Point: from, K: 20}, nil)
		if err != nil || len(hits) != 20 {
			t.Fatalf("%d hits, %v", len(hits), err)
		}
		frame := geodesy.NewFrame(from)
		for i, h := range hits {
			if want := frame.Distance(o); h.Feature.ID() != int64(i+1) || h.DistanceMetres != want {
				t.Fatalf("from %v: hit %d is %d at %v m, want %d at %v", from, i, h.Feature.ID(), h.DistanceMetres, i+1, want)
			}
		}
		w := searcher.take()
		if most := tooMany + tooManyEach*20; cap(w.batch) > 2*most {
			t.Errorf("room for %d waiting features is kept, want at most %d", cap(w.batch), 2*most)
		}
		for _, left := range w.batch[:cap(w.batch)] {
			if left.feature != nil {
				t.Fatal("a pooled search points to a feature")
			}
		}
		searcher.put(w)
	}
}

// TestEdgesBeyondTheirBoxes asks from places poleward of a long edge, a geodesic
// whose middle is far beyond the box of its ends: it is nearer than a decoy, and
// its box is farther. A crowd at the rim decides how far the first look goes.
func TestEdgesBeyondTheirBoxes(t *testing.T) {
	for _, lat := range []float64{60, -60, 45, 30, -30, 10, -10} {
		const width = 3.5
		edge := orb.LineString{{20, lat}, {20 + width, lat}}
		frame := geodesy.NewFrame(orb.Point{20 + width/2, lat})
		n, _ := frame.Nearest(edge, math.Inf(1))
		middle, poleward := frame.Point(n), math.Copysign(1, lat)
		for height := 1.0; height < 8; height += 2 {
			for near := 0.1; near < 1.5; near += 0.35 { // of how far the edge may leave its box
				d := near * bulge(width) * poleward
				from := orb.Point{middle[0], middle[1] + d}
				all := []orb.Geometry{edge, orb.Point{from[0], from[1] + d*1.05}}
				for range 500 {
					all = append(all, orb.Point{20, lat - height*poleward})
				}
				s := build(t, map[city.LayerID][]orb.Geometry{"a": all})
				for _, k := range []int{1, 2} {
					if hits := check(t, s, Query{Point: from, K: k}, 1e-6); hits[0].Feature.ID() != 1 {
						t.Errorf("at %v, %v: the nearest is %d, %v m away; want the edge", lat, near, hits[0].Feature.ID(), hits[0].DistanceMetres)
					}
				}
			}
		}
	}
}

// TestGlobe looks for an edge that is 54° poleward of its ends, in a layer so
// sparse that its density asks for rectangles larger than continents.
func TestGlobe(t *testing.T) {
	edge := orb.LineString{{-85, 10}, {85, 10}}
	s := build(t, map[city.LayerID][]orb.Geometry{"a": {edge, orb.Point{0, 64}, orb.Point{0, -5}, orb.Point{0, 80}}})
	for _, from := range []orb.Point{{0, 63.8}, {1, 63.5}, {0, 64.2}, {-179, 80}} {
		for _, k := range []int{1, 2, 4, 100, 1000} {
			hits := check(t, s, Query{Point: from, K: k}, 1e-3)
			if from[0] >= 0 && len(hits) < min(k, 2) {
				t.Errorf("from %v: %d hits, want the edge and a point", from, len(hits))
			}
		}
	}
}

// TestLongFeaturesEqualBruteForce has features whose boxes say little.
func TestLongFeaturesEqualBruteForce(t *testing.T) {
	r := seeded(t)
	for _, o := range []orb.Point{{105.85, 21.03}, {20, 60}, {178.9, -40}, {0, 0.1}} {
		var all []orb.Geometry
		for range 400 {
			a := orb.Point{o[0] + 2*(r.Float64()-0.5), o[1] + 2*(r.Float64()-0.5)}
			b := orb.Point{o[0] + 2*(r.Float64()-0.5), o[1] + 2*(r.Float64()-0.5)}
			all = append(all, orb.LineString{a, b}, a)
		}
		s := build(t, map[city.LayerID][]orb.Geometry{"a": all[:300], "b": all[300:]})
		for range 12 {
			q := Query{Point: orb.Point{o[0] + 2*(r.Float64()-0.5), o[1] + 2*(r.Float64()-0.5)}, K: 1 + r.IntN(40)}
			if r.IntN(3) == 0 {
				q.RadiusMetres = 30e3 * r.Float64()
			}
			check(t, s, q, 0)
		}
	}
}

// TestBoxesNearLinesFar has as many lines as are asked for, whose boxes hold the
// point while the lines are 20 km away, and a multitude 10 km away.
func TestBoxesNearLinesFar(t *testing.T) {
	o := orb.Point{105.85, 21.03}
	var all []orb.Geometry
	for i := range 10 {
		all = append(all, orb.LineString{{o[0] - 0.3, o[1] + 0.001*float64(i+1)}, {o[0] + 0.02, o[1] - 0.3}})
	}
	for i := range 5000 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 5000)
		all = append(all, orb.Point{o[0] + 0.1*cos, o[1] + 0.1*sin})
	}
	s := build(t, map[city.LayerID][]orb.Geometry{"a": all})
	for _, k := range []int{1, 10, 11, 100} {
		check(t, s, Query{Point: o, K: k}, 0)
	}
}

// TestBatchesInOrder drains more waiting features than a heap of a few levels.
func TestBatchesInOrder(t *testing.T) {
	r := seeded(t)
	for n := range 200 {
		b := make([]waiting, n)
		for i := range b {
			b[i].bound2 = float32(r.IntN(50))
		}
		arrange(b)
		last := float32(-1)
		for len(b) > 0 {
			var first waiting
			if first, b = take(b); first.bound2 < last {
				t.Fatalf("%v after %v", first.bound2, last)
			}
			last = first.bound2
		}
	}
}

// TestCancelledWhileLooking cancels a search that only looks at boxes.
func TestCancelledWhileLooking(t *testing.T) {
	s := build(t, map[city.LayerID][]orb.Geometry{"a": crowd(seeded(t), orb.Point{105.85, 21.03}, 0.3, 5000)})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var searcher Searcher
	q := Query{Point: orb.Point{105.85, 21.03}, K: 1000, Statuses: []city.Status{city.Retired}}
	if hits, err := searcher.Nearby(ctx, s, q, nil); !errors.Is(err, context.Canceled) || len(hits) != 0 {
		t.Errorf("%d hits, %v; want context.Canceled", len(hits), err)
	}
}

// BenchmarkNearestFrom measures the nearest 10 roads where the layer is dense,
// where it is sparse, at its rim and far outside, and of ten cities side by side.
func BenchmarkNearestFrom(b *testing.B) {
	roads := realdata.Geometries(b, "layers/hanoi_roads.geojsonl")
	var ten []orb.Geometry
	for i := range 10 {
		for _, g := range roads {
			line := slices.Clone(g.(orb.LineString))
			for j := range line {
				line[j][0] += 0.8 * float64(i)
			}
			ten = append(ten, line)
		}
	}
	one := build(b, map[city.LayerID][]orb.Geometry{"roads": roads})
	tenfold := build(b, map[city.LayerID][]orb.Geometry{"roads": ten})
	for _, c := range []struct {
		name  string
		o     orb.Point
		width float64
	}{
		{"lake", orb.Point{105.8523, 21.0287}, 0},
		{"centre", orb.Point{105.85, 21.02}, 0.04},
		{"city", orb.Point{105.85, 21.02}, 0.3},
		{"province", orb.Point{105.7, 21}, 1},
		{"far", orb.Point{106.6, 20.5}, 0.2},
	} {
		b.Run(c.name+"/one", func(b *testing.B) { benchmarkFrom(b, one, c.o, c.width) })
		b.Run(c.name+"/ten", func(b *testing.B) { benchmarkFrom(b, tenfold, c.o, c.width) })
	}
}

func benchmarkFrom(b *testing.B, s *snapshot.Snapshot, o orb.Point, width float64) {
	r := seeded(b)
	places := make([]orb.Point, 512)
	for i := range places {
		places[i] = orb.Point{o[0] + width*(r.Float64()-0.5), o[1] + width*(r.Float64()-0.5)}
	}
	var searcher Searcher
	var hits []Hit
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		var err error
		if hits, err = searcher.Nearby(b.Context(), s, Query{Point: places[i%len(places)], K: 10}, hits[:0]); err != nil {
			b.Fatal(fmt.Errorf("from %v: %w", places[i%len(places)], err))
		}
	}
}
