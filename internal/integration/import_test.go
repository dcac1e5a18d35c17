package integration

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/ingest"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/wkb"
)

// importReport is what `import --json` prints.
type importReport struct {
	Version city.Version                `json:"version"`
	Tally   map[city.LayerID]city.Tally `json:"tally"`
	ingest.Report
}

// importJSON imports into a store and reads the report, which must be all that
// there is on standard output.
func importJSON(t *testing.T, store string, args ...string) importReport {
	t.Helper()
	r := run(t, append([]string{"import", "--store", store, "--json"}, args...)...).want(t, 0)
	var report importReport
	d := json.NewDecoder(strings.NewReader(r.out))
	d.DisallowUnknownFields()
	if err := d.Decode(&report); err != nil {
		t.Fatalf("%v: %v\n%s", r.args, err, r.out)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		t.Fatalf("%v: more than one document on standard output:\n%s", r.args, r.out)
	}
	return report
}

// layer returns the report on one layer.
func (r *importReport) layer(t *testing.T, id city.LayerID) ingest.LayerReport {
	t.Helper()
	for _, l := range r.Layers {
		if l.Layer == id {
			return l
		}
	}
	t.Fatalf("no report on layer %s: %+v", id, r.Layers)
	return ingest.LayerReport{}
}

// faults adds up the issues of a layer with the action.
func (r *importReport) faults(id city.LayerID, action feed.Action) int64 {
	n := int64(0)
	for _, issue := range r.Issues {
		if issue.Layer == id && issue.Action == action {
			n += issue.Count
		}
	}
	return n
}

// importTwice imports files into a new store without the seed, and again, when
// nothing may change. It returns the store and the first report.
func importTwice(t *testing.T, args ...string) (string, importReport) {
	t.Helper()
	store := filepath.Join(t.TempDir(), "store.gpkg")
	first := importJSON(t, store, append([]string{"--empty"}, args...)...)
	if first.Version != 1 {
		t.Errorf("%v: version %d, want 1", args, first.Version)
	}
	unchanged(t, store, first, args...)
	return store, first
}

// unchanged imports files again.
func unchanged(t *testing.T, store string, first importReport, args ...string) {
	t.Helper()
	again := importJSON(t, store, args...)
	if again.Version != first.Version {
		t.Errorf("%v: importing again made version %d of %d", args, again.Version, first.Version)
	}
	for _, l := range first.Layers {
		before, now := first.Tally[l.Layer], again.Tally[l.Layer]
		want := city.Tally{Unchanged: before.Created + before.Updated + before.Unchanged}
		if now != want || want.Unchanged == 0 {
			t.Errorf("%v: importing %s again: %+v, want %+v", args, l.Layer, now, want)
		}
	}
}

// contents reads all features of a store, by layer.
func contents(t *testing.T, path string) map[city.LayerID][]city.Feature {
	t.Helper()
	all := map[city.LayerID][]city.Feature{}
	readStore(t, path, func(l *city.Layer, f *city.Feature) {
		kept := *f
		kept.Values = slices.Clone(f.Values)
		all[l.ID] = append(all[l.ID], kept)
	})
	return all
}

// valid says by simplefeatures, whose rules are the OGC's, whether g is valid.
func valid(t *testing.T, g orb.Geometry) error {
	t.Helper()
	raw, err := wkb.Append(nil, g)
	if err != nil {
		t.Fatal(err)
	}
	_, err = geom.UnmarshalWKB(raw)
	return err
}

func TestImportRoads(t *testing.T) {
	t.Parallel()
	file := filepath.Join(realdata.Hanoi(t), "osm", "hanoi_roads_merged.osm.pbf")
	store, report := importTwice(t, file)
	if got := report.layer(t, "osm_roads"); got.Read != 42292 || got.Stored != 42292 || got.Skipped != 0 {
		t.Errorf("%+v, want 42292 roads read and stored", got)
	}
	if got := report.Tally["osm_roads"]; got != (city.Tally{Created: 42292}) {
		t.Errorf("%+v, want 42292 roads created", got)
	}
	reported := 0
	for _, issue := range report.Issues {
		for _, e := range issue.Examples {
			if e.At == "way/599647458" && e.File == file && strings.Contains(issue.Reason, "zero-length") && issue.Count == 1 {
				reported++
			}
		}
	}
	if reported != 1 {
		t.Errorf("way 599647458 of no length is reported %d times: %+v", reported, report.Issues)
	}
	if got := contents(t, store)["osm_roads"]; len(got) != 42292 {
		t.Errorf("%d roads in the store", len(got))
	}
	// The same on the terminal, for a person.
	r := run(t, "import", "--store", store, file).want(t, 0)
	if !strings.Contains(r.err, "way/599647458") || strings.Contains(r.out, "way/599647458") {
		t.Errorf("way 599647458 belongs to standard error\nstdout:\n%s\nstderr:\n%s", r.out, r.err)
	}
}

func TestImportWards(t *testing.T) {
	t.Parallel()
	file := filepath.Join(realdata.Hanoi(t), "osm", "hanoi_admin_boundaries_2025-11-29.osm.pbf")
	store, report := importTwice(t, file)
	if got := report.Tally["osm_wards"]; got != (city.Tally{Created: 126}) {
		t.Errorf("%+v, want 126 wards created", got)
	}
	wards := contents(t, store)["osm_wards"]
	if len(wards) != 126 {
		t.Errorf("%d wards in the store", len(wards))
	}
	area := 0.0
	for _, f := range wards {
		if err := valid(t, f.Geometry); err != nil {
			t.Errorf("ward %d: %v", f.ID, err)
		}
		area += geodesy.Area(f.Geometry)
	}
	if km2 := area / 1e6; math.Abs(km2-3360) > 10 { // Hà Nội has 3,359.8 km²
		t.Errorf("the wards have %.1f km²", km2)
	}
}

func TestImportHoanKiemFromBothForms(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(realdata.Hanoi(t), "osm")
	a, reportA := importTwice(t, filepath.Join(dir, "hoankiem_2019-06.osm.gz"))
	b, reportB := importTwice(t, filepath.Join(dir, "hoankiem_2019-06.osm.pbf"))
	if len(reportA.Layers) != 8 {
		t.Errorf("%d layers, want 8: %+v", len(reportA.Layers), reportA.Layers)
	}
	missing := int64(0)
	for _, issue := range reportA.Issues {
		if strings.Contains(issue.Reason, "does not contain") {
			missing += issue.Count
		}
	}
	if missing == 0 {
		t.Error("the missing members are not reported")
	}
	if textA, textB := storeText(t, a), storeText(t, b); textA != textB {
		t.Errorf("the stores differ:\n%s", firstDifference(textA, textB))
	}
	for i := range reportA.Layers {
		if !sameLayer(reportA.Layers[i], reportB.Layers[i]) {
			t.Errorf("%+v from XML, %+v from PBF", reportA.Layers[i], reportB.Layers[i])
		}
	}
}

func sameLayer(a, b ingest.LayerReport) bool {
	added := slices.Equal(a.Added, b.Added)
	a.Added, b.Added = nil, nil
	return added && a.Layer == b.Layer && a.Created == b.Created && a.Key == b.Key &&
		a.Read == b.Read && a.Stored == b.Stored && a.Skipped == b.Skipped && a.Repaired == b.Repaired
}

// TestImportBuildings holds the buildings in UTM against those in degrees: they
// are the same 5,299 in the same order, rounded differently.
func TestImportBuildings(t *testing.T) {
	t.Parallel()
	hanoi := realdata.Hanoi(t)
	lines := filepath.Join(hanoi, "layers", "hanoi_buildings.geojsonl")
	fromSHP, reportSHP := importTwice(t, filepath.Join(hanoi, "shapefile", "buildings.shp"))
	fromJSON, reportJSON := importTwice(t, lines)
	if reportSHP.Files[0].CRS != "EPSG:32648" {
		t.Errorf("the shapefile is in %s", reportSHP.Files[0].CRS)
	}
	raw := realdata.Geometries(t, "layers/hanoi_buildings.geojsonl")
	invalid := int64(0)
	for _, g := range raw {
		if valid(t, g) != nil {
			invalid++
		}
	}
	repaired, skipped := reportJSON.faults("hanoi_buildings", feed.Repaired), reportJSON.faults("hanoi_buildings", feed.Skipped)
	if invalid != 69 || repaired+skipped != invalid {
		t.Errorf("%d buildings are invalid, %d repaired and %d skipped; want 69", invalid, repaired, skipped)
	}
	for id, report := range map[city.LayerID]importReport{"buildings": reportSHP, "hanoi_buildings": reportJSON} {
		l := report.layer(t, id)
		if l.Read != 5299 || l.Stored+l.Skipped != l.Read || l.Skipped != report.faults(id, feed.Skipped) || l.Repaired != report.faults(id, feed.Repaired) {
			t.Errorf("%+v: features are missing; %+v", l, report.Issues)
		}
	}
	for _, store := range []string{fromSHP, fromJSON} {
		for id, features := range contents(t, store) {
			for _, f := range features {
				if err := valid(t, f.Geometry); err != nil {
					t.Errorf("%s %d in the store: %v", id, f.ID, err)
				}
			}
		}
	}
	// Both lists are in the order of the file; what was skipped is missing.
	left, worst := contents(t, fromSHP)["buildings"], 0.0
	for _, g := range raw {
		if len(left) == 0 {
			break
		}
		if d := apart(vertices(left[0].Geometry), vertices(g)); d < 1 {
			worst = max(worst, d)
			left = left[1:]
		}
	}
	if len(left) > 0 {
		t.Errorf("building %d of the shapefile, and %d after it, do not lie within 1 m of the other file's", left[0].ID, len(left)-1)
	}
	t.Logf("the files are %.3f m apart at most", worst)
}

// apart is the greatest distance from a point of a to the nearest one of b, in
// metres.
func apart(a, b []orb.Point) float64 {
	worst := 0.0
	for _, p := range a {
		nearest := math.Inf(1)
		for _, q := range b {
			nearest = min(nearest, geodesy.Distance(p, q))
		}
		worst = max(worst, nearest)
	}
	return worst
}

func vertices(g orb.Geometry) []orb.Point {
	var out []orb.Point
	switch g := g.(type) {
	case orb.Polygon:
		for _, ring := range g {
			out = append(out, ring...)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			out = append(out, vertices(polygon)...)
		}
	}
	return out
}
