package encode

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// TestGDALReadsEverything writes all kinds of values and geometries in each format
// and in two systems, and lets GDAL say what it reads.
func TestGDALReadsEverything(t *testing.T) {
	layer := everything(t, city.GeometryAny, allGeometries()...)
	for _, f := range All() {
		for _, srid := range []crs.SRID{0, crs.VN2000TM3482} {
			if f.Name == JSONFG && srid != 0 {
				continue // this GDAL knows no "place": TestJSONFG looks
			}
			t.Run(fmt.Sprint(f.Name, " ", srid), func(t *testing.T) {
				s := &Selection{Layer: layer, Space: Space{SRID: srid}}
				holdFeatures(t, f, s, readByGDAL(t, file(t, f.Name, s)))
			})
		}
	}
}

// readByGDAL returns features by our id.
func readByGDAL(t *testing.T, path string) map[int64]*geojson.Feature {
	t.Helper()
	text := gdaltest.Run(t, "ogr2ogr", "-f", "GeoJSON", "/vsistdout/", path, "-lco", "COORDINATE_PRECISION=12",
		"-lco", "SIGNIFICANT_FIGURES=17", "-preserve_fid")
	fc, err := geojson.UnmarshalFeatureCollection([]byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	out := map[int64]*geojson.Feature{}
	for _, f := range fc.Features {
		id, named := f.Properties["id"]
		if !named {
			id = f.ID
		}
		n, err := strconv.ParseInt(fmt.Sprint(id), 10, 64)
		if err != nil {
			t.Fatalf("id %v of %v", id, f)
		}
		out[n] = f
	}
	return out
}

func holdFeatures(t *testing.T, f Format, s *Selection, got map[int64]*geojson.Feature) {
	t.Helper()
	if len(got) != s.Layer.Len() {
		t.Fatalf("%d features, want %d", len(got), s.Layer.Len())
	}
	exact, err := crs.NewTransform(crs.WGS84, s.Space.srid())
	if err != nil {
		t.Fatal(err)
	}
	for feature := range s.Layer.All {
		read := got[feature.ID()]
		if read == nil {
			t.Errorf("no feature %d", feature.ID())
			continue
		}
		want, err := exact.Geometry(feature.Geometry())
		if err != nil {
			t.Fatal(err)
		}
		tolerance := 1e-12 // as it is stored, of which GDAL writes so many decimals
		if !s.Space.wgs84() {
			tolerance = 0.00051
		}
		if far, ok := apart(read.Geometry, want); !ok || far > tolerance {
			t.Errorf("feature %d is %v, %g from %v", feature.ID(), read.Geometry, far, want)
		}
		for i, p := range s.Layer.Definition().Properties {
			holdValue(t, f, p, read.Properties[p.Name], s.Layer.Value(feature, i))
		}
	}
}

// apart returns the largest difference of coordinates of two geometries of one
// shape.
func apart(a, b orb.Geometry) (far float64, ok bool) {
	va, vb := flat(a), flat(b)
	if a == nil || a.GeoJSONType() != b.GeoJSONType() || len(va) != len(vb) {
		return 0, false
	}
	for i := range va {
		far = max(far, math.Abs(va[i][0]-vb[i][0]), math.Abs(va[i][1]-vb[i][1]))
	}
	return far, true
}

func flat(g orb.Geometry) (out []orb.Point) {
	switch g := g.(type) {
	case orb.Point:
		return []orb.Point{g}
	case orb.MultiPoint:
		return g
	case orb.LineString:
		return g
	case orb.Ring:
		return g
	case orb.MultiLineString:
		for _, l := range g {
			out = append(out, l...)
		}
	case orb.Polygon:
		for _, r := range g {
			out = append(out, r...)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			out = append(out, flat(p)...)
		}
	case orb.Collection:
		for _, m := range g {
			out = append(out, flat(m)...)
		}
	}
	return out
}

// holdValue compares what GDAL made of a value.
func holdValue(t *testing.T, f Format, p city.Property, got any, want city.Value) {
	t.Helper()
	text := fmt.Sprint(got)
	if number, ok := got.(float64); ok {
		text = strconv.FormatFloat(number, 'f', -1, 64)
	}
	if object, ok := got.(map[string]any); ok {
		b, _ := json.Marshal(object)
		text = string(b)
	}
	wanted := want.String()
	switch {
	case want.IsNull():
		if got != nil && !(f.Name == CSV && got == "") {
			t.Errorf("%s is %v, want null", p.Name, got)
		}
		return
	case want.Kind() == city.KindNumber:
		if v, err := strconv.ParseFloat(text, 64); err == nil && v == want.Float() {
			return
		}
	case want.Kind() == city.KindBoolean && (text == "1" || text == "0"):
		text = strconv.FormatBool(text == "1")
	case want.Kind() == city.KindDate && strings.HasPrefix(strings.ReplaceAll(text, "/", "-"), wanted):
		return // some formats only know date with time
	case want.Kind() == city.KindInstant:
		text = strings.Replace(strings.Replace(text, "/", "-", 2), ".500", ".5", 1)
		text = strings.Replace(strings.TrimSuffix(strings.TrimSuffix(text, "+00"), "Z"), " ", "T", 1) + "Z"
	}
	if text != wanted {
		t.Errorf("%s is %q, want %q", p.Name, text, wanted)
	}
}

// TestGDALSeesTypes looks at the schemas that GDAL reads.
func TestGDALSeesTypes(t *testing.T) {
	layer := everything(t, city.GeometryLineString, allGeometries()[1], orb.LineString{{105, 20}, {106, 22}})
	for name, wants := range map[Name][]string{
		FlatGeobuf: {"Geometry: Line String", "Feature Count: 2", "Extent: (105.000000, 20.000000) - (106.000000, 22.000000)",
			`ID["EPSG",4326]`, "id: Integer64 (0.0) UNIQUE NOT NULL", "ghi chú, thêm: String", "lanes: Integer64", "length_m: Real", "toll: Integer(Boolean)",
			"valid_from: DateTime", "seen: DateTime", "tags: String"},
		GeoPackage: {"Geometry: Line String", "Feature Count: 2", "Extent: (105.000000, 20.000000) - (106.000000, 22.000000)", `ID["EPSG",4326]`,
			"ghi chú, thêm: String", "lanes: Integer64", "length_m: Real", "toll: Integer(Boolean)", "valid_from: Date ", "seen: DateTime"},
	} {
		out := gdaltest.Run(t, "ogrinfo", "-al", "-so", file(t, name, &Selection{Layer: layer}))
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", name, want, out)
			}
		}
	}
	for name, systems := range map[Name][]crs.SRID{
		GeoJSON: {crs.VN2000TM3482}, FlatGeobuf: {crs.VN2000TM3482}, GeoPackage: {crs.VN2000TM3482, crs.WebMercator, crs.VN2000},
	} {
		for _, srid := range systems {
			out := gdaltest.Run(t, "ogrinfo", "-al", "-so", file(t, name, &Selection{Layer: layer, Space: Space{SRID: srid}}))
			if want := fmt.Sprintf(`ID["EPSG",%d]]`, srid); !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", name, want, out)
			}
		}
	}
}

// TestFlatGeobufIndex compares GDAL's spatial filter with a look at every feature,
// for numbers of features at which the index has one, two and more levels.
func TestFlatGeobufIndex(t *testing.T) {
	for _, n := range []int{1, 2, 17, 257, 5000} {
		layer := scattered(t, n, n%2 == 1)
		path := file(t, FlatGeobuf, &Selection{Layer: layer})
		box := orb.Bound{Min: orb.Point{105.5, 20.7}, Max: orb.Point{105.72, 20.95}}
		if n < 3 {
			box = first(layer).Geometry().Bound()
		}
		want := 0
		for f := range layer.All {
			if f.Geometry().Bound().Intersects(box) {
				want++
			}
		}
		out := gdaltest.Run(t, "ogrinfo", "-al", "-so", "-spat", fmt.Sprint(box.Min[0]), fmt.Sprint(box.Min[1]), fmt.Sprint(box.Max[0]), fmt.Sprint(box.Max[1]), path)
		if !strings.Contains(out, fmt.Sprintf("Feature Count: %d\n", want)) {
			t.Errorf("%d features: want %d in %v:\n%s", n, want, box, out)
		}
		if out := gdaltest.Run(t, "ogrinfo", "-al", "-so", path); !strings.Contains(out, fmt.Sprintf("Feature Count: %d\n", n)) {
			t.Errorf("want all %d:\n%s", n, out)
		}
	}
}

// TestGDALReadsNothing opens layers without features and without geometries.
func TestGDALReadsNothing(t *testing.T) {
	empty := everything(t, city.GeometryPoint)
	for _, f := range All() {
		path := file(t, f.Name, &Selection{Layer: empty})
		if f.Name == Lines || f.Name == Sequence {
			continue // an empty file is no file to GDAL
		}
		out := gdaltest.Run(t, "ogrinfo", "-al", "-so", path)
		if !strings.Contains(out, "Feature Count: 0") {
			t.Errorf("%s:\n%s", f.Name, out)
		}
	}
	layer := everything(t, city.GeometryAny, allGeometries()...)
	for _, f := range All() {
		if f.Name == GeoPackage {
			continue // refused: TestRefusals
		}
		path := file(t, f.Name, &Selection{Layer: layer, NoGeometry: true, Columns: []int{0, 2}})
		out := gdaltest.Run(t, "ogrinfo", "-al", path)
		if !strings.Contains(out, fmt.Sprintf("Feature Count: %d", layer.Len())) || strings.Contains(out, "POINT") ||
			strings.Contains(out, "toll") || !strings.Contains(out, "Cầu Thê Húc") {
			t.Errorf("%s without geometry:\n%s", f.Name, out)
		}
	}
}

func first(l *snapshot.Layer) *snapshot.Feature {
	for f := range l.All {
		return f
	}
	return nil
}
