package geopackage

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/twin/twintest"
)

// kinds is a layer with a property of each kind and names that need quoting.
func kinds() city.Layer {
	return city.Layer{
		ID: "kinds", Title: "Các loại", TitleEN: "Kinds", Geometry: city.GeometryAny, Key: "code",
		Properties: []city.Property{
			{Name: "code", Type: city.KindString, Title: "Mã", TitleEN: "Code"},
			{Name: "addr:street", Type: city.KindString},
			{Name: "lanes", Type: city.KindInteger},
			{Name: "length_m", Type: city.KindNumber, Title: "Dài", TitleEN: "Length", Unit: "m"},
			{Name: "toll", Type: city.KindBoolean},
			{Name: "valid_from", Type: city.KindDate},
			{Name: "seen", Type: city.KindInstant},
			{Name: "tags", Type: city.KindJSON},
		},
	}
}

func kindsFeatures(t testing.TB) []city.Feature {
	t.Helper()
	tags, err := city.JSON([]byte(`{"cầu":["Nhật Tân",1]}`))
	if err != nil {
		t.Fatal(err)
	}
	geometries := []orb.Geometry{
		orb.Point{105.8, 21},
		orb.LineString{{105.1, 21.1}, {105.2, 21.3}},
		orb.MultiPolygon{{{{105.3, 20.9}, {105.4, 20.9}, {105.4, 21}, {105.3, 20.9}}}},
		orb.Collection{orb.Point{105.5, 21.5}, orb.LineString{{105.1, 21.1}, {105.2, 21.3}}},
	}
	var features []city.Feature
	for i, g := range geometries {
		features = append(features, city.Feature{ID: int64(i + 1), Geometry: g, Values: []city.Value{
			city.String(fmt.Sprint("K", i)), city.String("phố Hàng Bạc"), city.Integer(int64(i)), city.Number(1.5 * float64(i)), city.Boolean(i%2 == 0),
			city.Date(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)), city.Instant(time.Date(2026, 11, 23, 8, 30, 0, 500_000_000, time.UTC)), tags,
		}})
	}
	return features
}

// kindsStore is the file that kindsFile copies, made by the first test that asks:
// making it costs a third of a second with the race detector, for seventy tests.
var kindsStore struct {
	once    sync.Once
	content []byte
}

// kindsFile returns a closed store of the test's own with the layer kinds.
func kindsFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hanoi.gpkg")
	kindsStore.once.Do(func() {
		s := mustOpen(t, path)
		putAll(t, s, kinds(), kindsFeatures(t))
		mustClose(t, s)
		wantSingleFile(t, path)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		kindsStore.content = content
	})
	if err := os.WriteFile(path, kindsStore.content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustClose(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func wantSingleFile(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(path) {
			t.Errorf("%s lies beside the closed store", e.Name())
		}
	}
}

func TestGDALReadsTheFile(t *testing.T) {
	path := kindsFile(t)
	wantSingleFile(t, path)
	out := gdaltest.Run(t, "ogrinfo", "-so", "-al", path)
	for _, want := range []string{
		"Layer name: kinds", "Feature Count: 4", "Extent: (105.100000, 20.900000) - (105.800000, 21.500000)",
		"FID Column = fid", "Geometry Column = geom", `ID["EPSG",4326]`,
		"code: String (0.0)", "addr:street: String (0.0)", "lanes: Integer64 (0.0)", "length_m: Real (0.0)",
		"toll: Integer(Boolean) (0.0)", "valid_from: Date (0.0)", "seen: DateTime (0.0)", "tags: String(JSON) (0.0)",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("ogrinfo does not say %q:\n%s", want, out)
		}
	}
	if got := strings.Count(out, "Layer name:"); got != 2 { // kinds and twin_state
		t.Errorf("ogrinfo lists %d layers:\n%s", got, out)
	}
	if out := gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", "SELECT HasSpatialIndex('kinds', 'geom') AS has"); !strings.Contains(out, "HasSpatialIndex (Integer) = 1") {
		t.Errorf("no spatial index:\n%s", out)
	}
	if out := gdaltest.Run(t, "ogrinfo", "-ro", "-al", "-q", path, "kinds", "-spat", "105.75", "20.95", "105.85", "21.05"); strings.Count(out, "OGRFeature(kinds)") != 1 {
		t.Errorf("the spatial index does not find the point alone:\n%s", out)
	}
	if out := gdaltest.Run(t, "ogrinfo", "-ro", "-al", "-q", path, "kinds", "-fid", "1"); !strings.Contains(out, "(DateTime) = 2026/11/23 08:30:00.500+00") || !strings.Contains(out, "(Date) = 2027/01/01") {
		t.Errorf("dates:\n%s", out)
	}
}

func TestGDALValidates(t *testing.T) {
	const script = "/usr/lib/python3/dist-packages/osgeo_utils/samples/validate_gpkg.py"
	if _, err := os.Stat(script); err != nil {
		realdata.Missing(t, "validate_gpkg.py of python3-gdal (comes with gdal-bin): %v", err)
	}
	if err := exec.Command("/usr/bin/python3", "-c", "import osgeo.gdal").Run(); err != nil {
		realdata.Missing(t, "python3-gdal: %v", err)
	}
	path := kindsFile(t)
	if out, err := exec.CommandContext(t.Context(), "/usr/bin/python3", script, path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Log("validate_gpkg.py found nothing to complain of")
}

func version(t testing.TB, s *Store) (v city.Version) {
	t.Helper()
	if err := s.Read(t.Context(), func(r Reader) error { v = r.Version(); return nil }); err != nil {
		t.Fatal(err)
	}
	return v
}

// state reads a whole store as text, to be compared.
func state(t testing.TB, s *Store) string {
	t.Helper()
	var text strings.Builder
	twintest.Walk(t, s, func(l *city.Layer) { fmt.Fprintf(&text, "%s key=%s\n", l.ID, l.Key) }, func(l *city.Layer, f *city.Feature) {
		g, err := json.Marshal(f.Geometry)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "  %d %s", f.ID, g)
		for i, v := range f.Values {
			if !v.IsNull() {
				fmt.Fprintf(&text, " %s=%s", l.Properties[i].Name, v.AppendJSON(nil))
			}
		}
		text.WriteByte('\n')
	})
	return text.String()
}

// newKinds writes two features for the layer kinds into a GeoJSON file.
func newKinds(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "new.geojson")
	const collection = `{"type":"FeatureCollection","features":[
  {"type":"Feature","geometry":{"type":"Point","coordinates":[105.85,21.02]},"properties":{"code":"NEW","lanes":7}},
  {"type":"Feature","geometry":{"type":"Point","coordinates":[105.86,21.03]},"properties":{"code":"NEW2"}}]}`
	if err := os.WriteFile(path, []byte(collection), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEditsByGDALAreOneNewVersion(t *testing.T) {
	sample := newKinds(t)
	for name, test := range map[string]struct {
		edit func(t *testing.T, path string)
		want []string // what the state says afterwards
		not  string   // and what it no longer says
	}{
		"update": {
			func(t *testing.T, path string) {
				gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", `UPDATE kinds SET "addr:street" = 'phố Huế' WHERE code = 'K1'`)
			},
			[]string{`code="K1" addr:street="phố Huế"`}, "",
		},
		"delete": {
			func(t *testing.T, path string) {
				gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", `DELETE FROM kinds WHERE code = 'K2'`)
			},
			nil, `code="K2"`,
		},
		"append": {
			func(t *testing.T, path string) {
				gdaltest.Run(t, "ogr2ogr", "-update", "-append", path, sample, "-nln", "kinds")
			},
			[]string{`  5 [105.85,21.02] code="NEW" lanes=7`, `code="NEW2"`}, "",
		},
		"add a column": {
			func(t *testing.T, path string) {
				gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", `ALTER TABLE kinds ADD COLUMN "ghi chú" TEXT`)
				gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", `UPDATE kinds SET "ghi chú" = 'mới' WHERE code = 'K0'`)
			},
			[]string{`ghi chú="mới"`}, "",
		},
		"drop a column": {
			func(t *testing.T, path string) {
				gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", `ALTER TABLE kinds DROP COLUMN "addr:street"`)
			},
			[]string{`code="K0" lanes=0`}, "addr:street",
		},
		"add a layer": {
			func(t *testing.T, path string) {
				gdaltest.Run(t, "ogr2ogr", "-update", path, sample, "-nln", "Điểm mới")
			},
			[]string{"diem_moi key=\n", `  1 [105.85,21.02] code="NEW" lanes=7`}, "",
		},
		"replace a layer": {
			func(t *testing.T, path string) {
				gdaltest.Run(t, "ogr2ogr", "-update", "-overwrite", path, sample, "-nln", "kinds")
			},
			[]string{`  1 [105.85,21.02] code="NEW" lanes=7`}, `code="K0"`,
		},
		"drop a layer": {
			func(t *testing.T, path string) { gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", "DROP TABLE kinds") },
			nil, "kinds",
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := kindsFile(t)
			before := mustOpen(t, path)
			old := version(t, before)
			mustClose(t, before)
			test.edit(t, path)
			for range 2 { // the second opening must find nothing new
				s := mustOpen(t, path)
				if v := version(t, s); v != old+1 {
					t.Errorf("version %d after %d", v, old)
				}
				text := state(t, s)
				for _, want := range test.want {
					if !strings.Contains(text, want) {
						t.Errorf("the state does not say %s:\n%s", want, text)
					}
				}
				if test.not != "" && strings.Contains(text, test.not) {
					t.Errorf("the state still says %s:\n%s", test.not, text)
				}
				mustClose(t, s)
			}
		})
	}
}

func TestOurEditsKeepGDALsIndexRight(t *testing.T) {
	path := kindsFile(t)
	for round := range 3 {
		s := mustOpen(t, path)
		features := kindsFeatures(t)
		features[0].Geometry = orb.Point{106 + float64(round), 22}
		features = append(features, city.Feature{Geometry: orb.Point{100, 10 + float64(round)}, Values: []city.Value{city.String(fmt.Sprint("R", round))}})
		putAll(t, s, kinds(), features)
		mustClose(t, s)
		if got, want := ogrIDs(t, path, 99, 9, 101, 15), round+1; len(got) != want {
			t.Errorf("round %d: the index finds %v, want %d features", round, got, want)
		}
		if got := ogrIDs(t, path, 105.9+float64(round), 21.9, 106.1+float64(round), 22.1); len(got) != 1 || got[0] != "1" {
			t.Errorf("round %d: the index finds %v where feature 1 is now", round, got)
		}
		if got := ogrIDs(t, path, 105.75, 20.95, 105.85, 21.05); len(got) != 0 {
			t.Errorf("round %d: the index finds %v where feature 1 was", round, got)
		}
		want := fmt.Sprintf("Extent: (100.000000, 10.000000) - (%.6f, 22.000000)", 106+float64(round))
		if out := gdaltest.Run(t, "ogrinfo", "-so", path, "kinds"); !strings.Contains(out, want) {
			t.Errorf("round %d: not %s:\n%s", round, want, out)
		}
	}
}

var ogrID = regexp.MustCompile(`OGRFeature\(\w+\):(\d+)`)

// ogrIDs lists the features that GDAL finds in a box with the spatial index.
func ogrIDs(t *testing.T, path string, box ...float64) []string {
	t.Helper()
	args := []string{"-ro", "-al", "-q", path, "kinds", "-spat"}
	for _, side := range box {
		args = append(args, fmt.Sprint(side))
	}
	var ids []string
	for _, match := range ogrID.FindAllStringSubmatch(gdaltest.Run(t, "ogrinfo", args...), -1) {
		ids = append(ids, match[1])
	}
	return ids
}

func TestGDALBesideAnOpenStore(t *testing.T) {
	path := kindsFile(t)
	s := mustOpen(t, path)
	old := version(t, s)
	if out := gdaltest.Run(t, "ogrinfo", "-ro", "-so", path, "kinds"); !strings.Contains(out, "Feature Count: 4") {
		t.Errorf("read beside an open store:\n%s", out)
	}
	gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", `UPDATE kinds SET lanes = 9 WHERE code = 'K1'`)
	if v := version(t, s); v != old+1 {
		t.Errorf("version %d after %d", v, old)
	}
	if text := state(t, s); !strings.Contains(text, `code="K1" addr:street="phố Hàng Bạc" lanes=9`) {
		t.Errorf("the edit is not seen:\n%s", text)
	}
	// The edit of a stranger and ours are two versions.
	gdaltest.Run(t, "ogrinfo", "-q", path, "-sql", `UPDATE kinds SET lanes = 8 WHERE code = 'K1'`)
	feature := kindsFeatures(t)[0]
	feature.Values[2] = city.Integer(77)
	putAll(t, s, kinds(), []city.Feature{feature})
	if v := version(t, s); v != old+3 {
		t.Errorf("version %d, want %d", v, old+3)
	}
}

// TestEditsByGDALAreRecorded lets GDAL edit the open store and compares what the
// record tells of it.
func TestEditsByGDALAreRecorded(t *testing.T) {
	sample := newKinds(t)
	s := mustOpen(t, kindsFile(t))
	sql := func(statement string) { gdaltest.Run(t, "ogrinfo", "-q", s.path, "-sql", statement) }
	for _, edit := range []func(){
		func() { sql("UPDATE kinds SET lanes = 41 WHERE code = 'K1'") },
		func() { sql("UPDATE kinds SET lanes = lanes + 1") },
		func() { gdaltest.Run(t, "ogr2ogr", "-update", "-append", s.path, sample, "-nln", "kinds") },
		func() { sql("DELETE FROM kinds WHERE code = 'NEW'") },
		func() {
			sql("DELETE FROM kinds WHERE fid <= 2")
			sql("UPDATE kinds SET code = 'K1' WHERE code = 'NEW2'")
		},
		func() { sql("DELETE FROM kinds") },
		func() { gdaltest.Run(t, "ogr2ogr", "-update", "-append", s.path, sample, "-nln", "kinds") },
	} {
		before, v := worldOf(t, s)
		edit()
		if now := version(t, s); now != v+1 {
			t.Errorf("version %d after %d", now, v)
		}
		checkRecord(t, s, before, v)
	}
}
