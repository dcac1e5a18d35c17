package search

import (
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

// areas is a layer of two squares beside each other, each 0.02 degrees wide.
func areas(t *testing.T) *snapshot.Layer {
	t.Helper()
	var features []city.Feature
	for id, west := range map[int64]float64{20: 105.80, 21: 105.82} {
		ring := orb.Ring{{west, 21}, {west + 0.02, 21}, {west + 0.02, 21.02}, {west, 21.02}, {west, 21}}
		features = append(features, city.Feature{ID: id, Geometry: orb.MultiPolygon{{ring}}, Values: []city.Value{city.String("x")}})
	}
	return snapshottest.Layer(t, city.Layer{
		ID: "osm_wards", Geometry: city.GeometryMultiPolygon, Key: "external_key",
		Properties: []city.Property{{Name: "external_key", Type: city.KindString}},
	}, features)
}

func TestWardOf(t *testing.T) {
	points := layer(t, "wards", "code", place{1, "A", "Một", 105.80, 21.00}, place{2, "B", "Hai", 105.90, 21.00})
	nodes := layer(t, "nodes", "code", place{3, "N", "Nút", 105.85, 21.00})
	for _, c := range []struct {
		name   string
		layers []*snapshot.Layer
		at     orb.Point
		id     int64
		within bool
	}{
		{"the nearest point", []*snapshot.Layer{nodes, points}, orb.Point{105.84, 21}, 1, false},
		{"the boundary before the nearer point", []*snapshot.Layer{points, areas(t)}, orb.Point{105.821, 21.001}, 21, true},
		{"a point outside the boundaries", []*snapshot.Layer{points, areas(t)}, orb.Point{105.89, 21.001}, 2, false},
		{"too far", []*snapshot.Layer{points}, orb.Point{105.80, 22}, -1, false},
		{"no wards", []*snapshot.Layer{nodes}, orb.Point{105.85, 21}, -1, false},
	} {
		w, ok := WardOf(c.layers, c.at)
		id := int64(-1)
		if ok {
			id = w.Feature.ID()
		}
		if id != c.id || w.Within != c.within {
			t.Errorf("%s: %d within %t, want %d within %t", c.name, id, w.Within, c.id, c.within)
		}
	}
}
