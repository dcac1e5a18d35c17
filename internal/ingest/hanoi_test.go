package ingest

import (
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/ingest/repair"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// again imports the same files and expects that nothing changes.
func again(t *testing.T, m *memory, opt Options, files ...string) {
	t.Helper()
	stored := 0
	for _, f := range m.features {
		stored += len(f)
	}
	mustRun(t, m, opt, files...)
	if m.created != 0 || m.updated != 0 || m.puts != 0 || m.same != stored {
		t.Errorf("second import: %d created, %d updated, %d layers changed, %d of %d the same", m.created, m.updated, m.puts, m.same, stored)
	}
}

func TestRoadsPBF(t *testing.T) {
	path := filepath.Join(realdata.Hanoi(t), "osm", "hanoi_roads_merged.osm.pbf")
	m, opt := newMemory(), Options{Profile: profile(t), Layer: "osm_roads"}
	r := mustRun(t, m, opt, path)
	if got := r.Layers[0]; got.Read != 42292 || got.Stored != 42292 || got.Skipped != 0 {
		t.Errorf("%+v, want 42292 read and stored", got)
	}
	zero := issue(&r, reasonZeroLength)
	if zero.Count != 1 || zero.Action != feed.Kept || zero.Examples[0].At != "way/599647458" {
		t.Errorf("zero-length ways: %+v, want way/599647458", zero)
	}
	vertices := 0
	for _, f := range m.features["osm_roads"] {
		vertices += len(f.Geometry.(orb.LineString))
	}
	if vertices != 240865 {
		t.Errorf("%d vertices, want 240865", vertices)
	}
}

func TestWardsPBF(t *testing.T) {
	path := filepath.Join(realdata.Hanoi(t), "osm", "hanoi_admin_boundaries_2025-11-29.osm.pbf")
	m, opt := newMemory(), Options{Profile: profile(t)}
	r := mustRun(t, m, opt, path)
	wards := m.features["osm_wards"]
	if len(wards) != 126 || r.Faults() != 0 {
		t.Errorf("%d wards, want 126; issues %+v", len(wards), r.Issues)
	}
	for _, f := range wards {
		if _, why, err := repair.Polygon(f.Geometry); why != "" || err != nil {
			t.Errorf("%v: %s %v", f.Values[0], why, err)
		}
	}
	again(t, m, opt, path)
}

func TestHoanKiemSameFromXMLAndPBF(t *testing.T) {
	dir := filepath.Join(realdata.Hanoi(t), "osm")
	opt := Options{Profile: profile(t)}
	fromPBF, fromXML := newMemory(), newMemory()
	a := mustRun(t, fromPBF, opt, filepath.Join(dir, "hoankiem_2019-06.osm.pbf"))
	b := mustRun(t, fromXML, opt, filepath.Join(dir, "hoankiem_2019-06.osm.gz"))
	want := map[city.LayerID]int64{
		"osm_roads": 743, "osm_intersections": 770, "buildings": 571, "pois": 2868, "bus_stops": 131,
		"osm_water": 8, "railways": 19, "landuse": 35,
	}
	for _, l := range a.Layers {
		if l.Stored != want[l.Layer] || l.Skipped != 0 {
			t.Errorf("%+v, want %d stored", l, want[l.Layer])
		}
	}
	if !reflect.DeepEqual(fromPBF.features, fromXML.features) || !reflect.DeepEqual(a.Layers, b.Layers) {
		t.Error("the two files give different features")
	}
	if len(a.Issues) != len(b.Issues) {
		t.Errorf("%d and %d issues", len(a.Issues), len(b.Issues))
	}
	if got := issue(&a, "relation refers to ways that the file does not contain"); got.Count == 0 {
		t.Error("missing members are not reported")
	}
	again(t, fromPBF, opt, filepath.Join(dir, "hoankiem_2019-06.osm.gz"))
}

func TestBuildingsShapefile(t *testing.T) {
	dir := realdata.Hanoi(t)
	shp := filepath.Join(dir, "shapefile", "buildings.shp")
	lines := filepath.Join(dir, "layers", "hanoi_buildings.geojsonl")
	fromSHP, fromJSON := newMemory(), newMemory()
	a := mustRun(t, fromSHP, Options{Layer: "b"}, shp)
	b := mustRun(t, fromJSON, Options{Layer: "b"}, lines)
	if a.Files[0].CRS != "EPSG:32648" {
		t.Errorf("CRS %s", a.Files[0].CRS)
	}
	for _, r := range []Report{a, b} {
		l := r.Layers[0]
		repaired, empty := issue(&r, reasonCrossing).Count, issue(&r, reasonNoArea).Count
		if l.Repaired != repaired || l.Read != 5299 || l.Stored+l.Skipped != 5299 || l.Skipped != empty {
			t.Errorf("%+v, %d without area", l, empty)
		}
	}
	if got := issue(&b, reasonCrossing).Count + issue(&b, reasonNoArea).Count; got != 69 {
		t.Errorf("%d invalid buildings reported, want 69", got)
	}
	// All are valid in the shapefile: degrees made 63 slivers invalid, and
	// rounding to 7 decimals 69 in the other file, which has the same buildings
	// in the same order.
	if got := issue(&a, reasonCrossing).Count + issue(&a, reasonNoArea).Count; got != 63 {
		t.Errorf("%d buildings of the shapefile reported, want 63", got)
	}
	for _, f := range fromSHP.features["b"] {
		if _, why, err := repair.Polygon(f.Geometry); why != "" || err != nil {
			t.Errorf("%v: %s %v", f.Values[0], why, err)
		}
	}
	left := fromSHP.features["b"]
	for _, g := range realdata.Geometries(t, "layers/hanoi_buildings.geojsonl") {
		if len(left) > 0 && apart(left[0].Geometry, g) < 0.02 {
			left = left[1:]
		}
	}
	if len(left) > 0 { // the first that lies elsewhere stays, and all after it
		t.Errorf("%d buildings do not lie where the other file has them", len(left))
	}
	again(t, fromSHP, Options{Layer: "b"}, shp)
}

// apart is the greatest distance from a vertex of a to the nearest one of b.
func apart(a, b orb.Geometry) float64 {
	worst := 0.0
	for _, p := range vertices(a) {
		nearest := math.Inf(1)
		for _, q := range vertices(b) {
			nearest = min(nearest, geodesy.Distance(p, q))
		}
		worst = max(worst, nearest)
	}
	return worst
}

func vertices(g orb.Geometry) []orb.Point {
	var out []orb.Point
	eachPolygon(g, func(p orb.Polygon) {
		for _, r := range p {
			out = append(out, r...)
		}
	})
	return out
}

// TestAllFilesOfHanoi leaves out the roads, which TestRoadsPBF has.
func TestAllFilesOfHanoi(t *testing.T) {
	dir := realdata.Hanoi(t)
	for pattern, want := range map[string]int64{
		"layers/hanoi_intersections.geojsonl": 35621,
		"layers/hanoi_road_nodes.geojsonl":    10984, "layers/hanoi_buildings_osm.geojsonl": 1068,
		"layers/hanoi_pois.geojsonl": 3870, "layers/hanoi_bus_stops.geojson": 3326,
		"layers/hanoi_wards.geojsonl": 126, "layers/hanoi_landuse.geojsonl": 134,
		"layers/hanoi_railways.geojsonl": 29, "layers/hanoi_water.geojsonl": 15,
		"wards/hanoi_osm_admin_2025-11-29.geojsonl": 127, "wards/hanoi_city.geojson": 1,
		"ring_roads/ring_1_2_2.5_3_3.5_osm.geojsonl": 347, "ring_roads/ring4_and_bridges_construction.geojsonl": 9,
		"shapefile/full_roads.shp": 3183, "shapefile/intersections.shp": 676,
		"shapefile/sensors.shp": 9, "shapefile/naturals.shp": 15,
	} {
		t.Run(strings.ReplaceAll(pattern, "/", " "), func(t *testing.T) {
			m := newMemory()
			path := filepath.Join(dir, filepath.FromSlash(pattern))
			r := mustRun(t, m, Options{}, path)
			if got := r.Layers[0]; got.Read != want || got.Stored+got.Skipped != want {
				t.Errorf("%+v, want %d", got, want)
			}
			if want < 20_000 { // the largest takes long, and is no other than the rest
				again(t, m, Options{}, path)
			}
		})
	}
}
