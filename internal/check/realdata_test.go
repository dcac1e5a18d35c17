package check_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/check"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// polygonsOf reads a file of newline-delimited MultiPolygon features.
func polygonsOf(t *testing.T, file string) []*city.Feature {
	t.Helper()
	f, err := os.Open(filepath.Join(realdata.Hanoi(t), "layers", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var features []*city.Feature
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var feature struct {
			Geometry struct {
				Coordinates orb.MultiPolygon `json:"coordinates"`
			} `json:"geometry"`
		}
		if err := json.Unmarshal(lines.Bytes(), &feature); err != nil {
			t.Fatal(err)
		}
		features = append(features, &city.Feature{ID: int64(len(features) + 1), Geometry: feature.Geometry.Coordinates})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
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
