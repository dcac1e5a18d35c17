package check_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"github.com/hanoitwin/hanoitwin/internal/check"
	"github.com/hanoitwin/hanoitwin/internal/city"
)

// places makes a store of the seed's outline, held to be exact, and features
// of the given shapes.
func places(t *testing.T, shapes ...orb.Geometry) *store {
	t.Helper()
	s := seedStore(t)
	s.set(t, "city_outline", "01", "accuracy_m", city.Number(0.001))
	for i := range s.layers {
		if s.layers[i].ID == "city_outline" {
			s.layers = s.layers[i : i+1]
			break
		}
	}
	s.layers = append(s.layers, city.Layer{ID: "places", Title: "t", TitleEN: "t", Geometry: city.GeometryAny})
	for i, g := range shapes {
		s.features["places"] = append(s.features["places"], &city.Feature{ID: int64(i + 1), Geometry: g})
	}
	return s
}

// outside returns the labels of the features that the report finds outside.
func outside(t *testing.T, s *store) map[string]bool {
	t.Helper()
	report, err := check.Run(context.Background(), s, check.Options{Today: today, MaxRows: -1})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range report.Rows {
		if r.Check == check.InsideCity {
			found[r.Feature] = true
		}
	}
	return found
}

// TestInsideCityAgreesWithOrb: random places, some on the latitude of a vertex.
func TestInsideCityAgreesWithOrb(t *testing.T) {
	s := places(t)
	polygons := s.find(t, "city_outline", "01").Geometry.(orb.MultiPolygon)
	ring := polygons[0][0]
	const seed = 7
	rng := rand.New(rand.NewPCG(seed, seed))
	want := map[string]bool{}
	for i := range 5000 {
		p := orb.Point{105.2 + 0.9*rng.Float64(), 20.5 + rng.Float64()}
		if i%4 == 0 {
			p[1] = ring[rng.IntN(len(ring))][1]
		}
		f := &city.Feature{ID: int64(i + 1), Geometry: p}
		s.features["places"] = append(s.features["places"], f)
		if !planar.MultiPolygonContains(polygons, p) {
			want[label(f)] = true
		}
	}
	got := outside(t, s)
	differ := 0
	for _, f := range s.features["places"] {
		if got[label(f)] != want[label(f)] {
			differ++
			// Edges here are geodesics, there straight on the map: they part by
			// less than a metre on edges of this length.
			p := f.Geometry.(orb.Point)
			moved := orb.Point{p[0] + 1e-5, p[1] + 1e-5}
			back := orb.Point{p[0] - 1e-5, p[1] - 1e-5}
			if planar.MultiPolygonContains(polygons, moved) == planar.MultiPolygonContains(polygons, back) {
				t.Errorf("seed %d: %v outside = %v, orb says %v", seed, p, got[label(f)], want[label(f)])
			}
		}
	}
	if len(want) < 1000 || differ > 5 {
		t.Errorf("%d outside, %d differ", len(want), differ)
	}
}

func TestInsideCityByShape(t *testing.T) {
	cases := []struct {
		name    string
		g       orb.Geometry
		outside bool
	}{
		{"Hồ Gươm", orb.Point{105.8524, 21.0287}, false},
		{"Hải Phòng", orb.Point{106.68, 20.86}, true},
		{"line through the whole city, both ends outside", orb.LineString{{105.1, 21}, {106.5, 21}}, false},
		{"line that passes north of it", orb.LineString{{105.1, 21.5}, {106.5, 21.5}}, true},
		{"line whose bound covers a corner only", orb.LineString{{105.2, 20.6}, {105.3, 20.5}}, true},
		{"polygon around the whole city", orb.Polygon{{{105, 20}, {107, 20}, {107, 22}, {105, 22}, {105, 20}}}, false},
		{"polygon beside it", orb.Polygon{{{106.2, 20}, {107, 20}, {107, 22}, {106.2, 22}, {106.2, 20}}}, true},
		{"one part of two inside", orb.MultiPoint{{106.68, 20.86}, {105.85, 21.03}}, false},
		{"collection with one part inside", orb.Collection{orb.Point{106.68, 20.86}, orb.LineString{{105.85, 21.03}, {105.86, 21.03}}}, false},
	}
	var shapes []orb.Geometry
	for _, c := range cases {
		shapes = append(shapes, c.g)
	}
	s := places(t, shapes...)
	got := outside(t, s)
	for i, c := range cases {
		if f := s.features["places"][i]; got[label(f)] != c.outside {
			t.Errorf("%s: outside = %v, want %v", c.name, got[label(f)], c.outside)
		}
	}
}
