package check_test

import (
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/check"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// polygonsOf reads a real layer.
func polygonsOf(t *testing.T, file string) []*city.Feature {
	t.Helper()
	var features []*city.Feature
	realdata.Features(t, "layers/"+file, func(g orb.Geometry, _ map[string]any) {
		features = append(features, &city.Feature{ID: int64(len(features) + 1), Geometry: g})
	})
	return features
}

// TestRealPolygons: of the footprints of Hoàn Kiếm 69 are known to be invalid,
// of the 126 ward borders, with 133,037 vertices, none, and all lie in the city.
func TestRealPolygons(t *testing.T) {
	for _, c := range []struct {
		file                      string
		features, invalid, beyond int
	}{
		{"hanoi_buildings.geojsonl", 5299, 69, 0},
		{"hanoi_wards.geojsonl", 126, 0, 0},
	} {
		s := places(t)
		s.features["places"] = polygonsOf(t, c.file)
		start := time.Now()
		report := run(t, s)
		invalid, beyond := 0, 0
		for _, n := range report.Summary.Checks {
			switch n.Check {
			case check.GeometryValid:
				invalid = n.Errors
			case check.InsideCity:
				beyond = n.Warnings
			}
		}
		if n := len(s.features["places"]); n != c.features || invalid != c.invalid || beyond != c.beyond {
			t.Errorf("%s: %d features, %d invalid, %d outside; want %d, %d, %d", c.file, n, invalid, beyond, c.features, c.invalid, c.beyond)
		}
		t.Logf("%s checked in %v", c.file, time.Since(start))
	}
}
