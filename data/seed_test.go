package data_test

import (
	"errors"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/city"
)

// seedCounts is the number of features that the dataset promises.
var seedCounts = map[city.LayerID]int{
	"ring_roads": 55, "roads": 20, "intersections": 82, "high_tech_zones": 20, "projects": 17,
	"bridges": 18, "metro_lines": 4, "metro_stations": 24, "wards": 126, "city_outline": 1, "water": 1,
}

// seed reads one seed layer whole.
func seed(t *testing.T, id city.LayerID) (city.Layer, []*city.Feature) {
	t.Helper()
	layers, err := data.Layers()
	if err != nil {
		t.Fatal(err)
	}
	for i := range layers {
		if layers[i].ID != id {
			continue
		}
		var features []*city.Feature
		if err := data.Features(id, func(f *city.Feature) error {
			features = append(features, f)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return layers[i], features
	}
	t.Fatalf("layer %s is not in the catalogue", id)
	return city.Layer{}, nil
}

func TestSeedCounts(t *testing.T) {
	ids := data.SeedLayers()
	if len(ids) != len(seedCounts) {
		t.Fatalf("%d seed layers, want %d", len(ids), len(seedCounts))
	}
	for _, id := range ids {
		if _, features := seed(t, id); len(features) != seedCounts[id] {
			t.Errorf("%s: %d features, want %d", id, len(features), seedCounts[id])
		}
	}
}

func TestFeaturesOfUnknownLayer(t *testing.T) {
	for _, id := range []city.LayerID{"", "nowhere", "osm_roads", "../layers"} {
		err := data.Features(id, func(*city.Feature) error { return nil })
		if !errors.Is(err, city.ErrNotFound) {
			t.Errorf("Features(%q) = %v, want city.ErrNotFound", id, err)
		}
	}
}

func TestFeaturesStopsAtError(t *testing.T) {
	stop := errors.New("stop")
	calls := 0
	err := data.Features("wards", func(*city.Feature) error {
		calls++
		return stop
	})
	if err != stop || calls != 1 {
		t.Errorf("Features = %v after %d calls, want the error of the first", err, calls)
	}
}

// extent surely holds everything that the seed may contain: Ring Road 5 runs
// far outside the city, nothing else does.
var (
	cityExtent   = orb.Bound{Min: orb.Point{105.28, 20.56}, Max: orb.Point{106.03, 21.39}}
	regionExtent = orb.Bound{Min: orb.Point{105.20, 20.45}, Max: orb.Point{106.60, 21.60}}
)

func TestSeedExtents(t *testing.T) {
	for _, id := range data.SeedLayers() {
		_, features := seed(t, id)
		within := cityExtent
		switch id {
		case "ring_roads", "roads", "projects", "bridges":
			within = regionExtent
		}
		for _, f := range features {
			b := f.Geometry.Bound()
			if !within.Contains(b.Min) || !within.Contains(b.Max) {
				t.Errorf("%s %d: %v lies outside %v", id, f.ID, b, within)
			}
		}
	}
}
