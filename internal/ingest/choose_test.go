package ingest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
)

// table is a GeoPackage of one table of points, with a primary key or without.
type table struct {
	key    string
	layer  city.Layer
	values [][]city.Value
}

func (f *table) open(context.Context, string) (GeoPackage, error) { return f, nil }
func (f *table) Tables() []city.Layer                             { return []city.Layer{f.layer} }
func (f *table) Key(string) string                                { return f.key }
func (f *table) CRS(string) string                                { return "EPSG:4326" }
func (f *table) Close() error                                     { return nil }

func (f *table) Rows(_ context.Context, _ string, yield func(*city.Feature, error) error) error {
	for i, values := range f.values {
		row := &city.Feature{Geometry: orb.Point{105.85, 21.03}, Values: values}
		if f.key != "" {
			row.ID = int64(10 + i)
		}
		if err := yield(row, nil); err != nil {
			return err
		}
	}
	return nil
}

// stored returns the key property and the keys of the only layer, in order.
func stored(m *memory) (key string, keys []string) {
	l := &m.layers[0]
	for _, f := range m.features[l.ID] {
		keys = append(keys, f.Value(l.PropertyIndex(l.Key)).String())
	}
	return l.Key, keys
}

// TestWhatKeyNames asks in each format for a key by the name of a property, and by
// that of the identifier, which is no property.
func TestWhatKeyNames(t *testing.T) {
	withID := func(id, properties string) string {
		return `{"type":"Feature","id":` + id + `,"geometry":` + point + `,"properties":{` + properties + `}}`
	}
	lines := func(l ...string) string { return write(t, "a.geojsonl", strings.Join(l, "\n")) }
	sqlite := write(t, "a.gpkg", "SQLite format 3\x00")
	named := city.Layer{Table: "a", Properties: []city.Property{{Name: "n", Type: city.KindInteger}}}
	rows := [][]city.Value{{city.Integer(7)}, {city.Integer(8)}}
	osmFile := write(t, "a.osm", `<osm version="0.6"><node id="1" lon="105.85" lat="21.03"/><node id="2" lon="105.86" lat="21.03"/>`+
		`<way id="5"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="Phố Huế"/></way>`+
		`<way id="6"><nd ref="2"/><nd ref="1"/><tag k="highway" v="primary"/><tag k="name" v="Phố Huế"/></way></osm>`)
	for name, c := range map[string]struct {
		file string
		opt  Options
		want []string // nil: refused
	}{
		"GeoJSON, the id of features":           {lines(withID("5", `"n":1`), withID(`"b"`, `"n":2`), feature(point, `"n":3`)), Options{Key: "id"}, []string{"5", "b"}},
		"GeoJSON, a property id before the id":  {lines(withID("5", `"id":"x"`), withID("6", `"id":"y"`)), Options{Key: "id"}, []string{"x", "y"}},
		"GeoJSON, the id rather than code":      {lines(withID("5", `"code":"x"`), withID("6", `"code":"y"`)), Options{Key: "id"}, []string{"5", "6"}},
		"GeoJSON, an id twice":                  {lines(withID("5", `"n":1`), withID("5", `"n":2`)), Options{Key: "id"}, []string{"5"}},
		"GeoJSON, a property twice":             {lines(withID("5", `"n":1`), withID("6", `"n":1`)), Options{Key: "n"}, []string{"1"}},
		"GeoJSON, another case":                 {lines(withID("5", `"Number":"a"`), withID("6", `"Number":"b"`)), Options{Key: "number"}, []string{"a", "b"}},
		"GeoJSON, in the place of external_key": {lines(feature(point, `"external_key":7,"n":"a"`), feature(point, `"external_key":8,"n":"b"`)), Options{Key: "n"}, []string{"a", "b"}},
		"GeoJSON, nothing of that name":         {lines(withID("5", `"n":1`)), Options{Key: "fid"}, nil},
		"GeoPackage, the primary key":           {sqlite, Options{Key: "id", OpenGeoPackage: (&table{"id", named, rows}).open}, []string{"10", "11"}},
		"GeoPackage, another primary key":       {sqlite, Options{Key: "fid", OpenGeoPackage: (&table{"fid", named, rows}).open}, []string{"10", "11"}},
		"GeoPackage, a property":                {sqlite, Options{Key: "n", OpenGeoPackage: (&table{"fid", named, rows}).open}, []string{"7", "8"}},
		"GeoPackage, id is not its primary key": {sqlite, Options{Key: "id", OpenGeoPackage: (&table{"fid", named, rows}).open}, nil},
		"GeoPackage, a view":                    {sqlite, Options{Key: "fid", OpenGeoPackage: (&table{"", named, rows}).open}, nil},
		"CSV, a column":                         {write(t, "a.csv", "ID,x,y\n007,105,21\n8,105,21\n"), Options{Key: "id"}, []string{"007", "8"}},
		"CSV, no column":                        {write(t, "a.csv", "n,x,y\n7,105,21\n"), Options{Key: "id"}, nil},
		"OSM, the id of elements":               {osmFile, Options{Key: "id", Layer: "osm_roads", Profile: profile(t)}, []string{"way/5", "way/6"}},
		"OSM, by the name of the layer's key":   {osmFile, Options{Key: "external_key", Layer: "osm_roads", Profile: profile(t)}, []string{"way/5", "way/6"}},
		"OSM, a tag that two have":              {osmFile, Options{Key: "name", Layer: "osm_roads", Profile: profile(t)}, []string{"Phố Huế"}},
		"OSM, no such tag":                      {osmFile, Options{Key: "n", Layer: "osm_roads", Profile: profile(t)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			r, err := Run(t.Context(), m, []string{c.file}, c.opt)
			if c.want == nil {
				if !errors.Is(err, ErrNoKey) || !strings.Contains(err.Error(), fmt.Sprintf("no property %q but ", c.opt.Key)) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if key, keys := stored(m); key != city.PropExternalKey || !slices.Equal(keys, c.want) {
				t.Errorf("%s: %v, want %v; %+v", key, keys, c.want, r.Issues)
			}
			if r.Layers[0].Read != r.Layers[0].Stored+issue(&r, reasonKeyTwice).Count+issue(&r, reasonNoKey).Count {
				t.Errorf("%+v %+v", r.Layers, r.Issues)
			}
			again(t, m, c.opt, c.file)
		})
	}
}

// TestShapefileHasNoIdentifier takes a shapefile: its rows have attributes alone.
func TestShapefileHasNoIdentifier(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.shp")
	source := write(t, "a.geojson", `{"type":"Feature","id":5,"geometry":`+point+`,"properties":{"SO":"x"}}`)
	gdaltest.Run(t, "ogr2ogr", path, source)
	m := newMemory()
	if _, err := Run(t.Context(), m, []string{path}, Options{Key: "fid"}); !errors.Is(err, ErrNoKey) {
		t.Errorf("fid: %v", err)
	}
	mustRun(t, m, Options{Key: "so"}, path)
	if _, keys := stored(m); !slices.Equal(keys, []string{"x"}) {
		t.Errorf("%v", keys)
	}
}

// TestViewIsKeyedByContent imports rows without a primary key: each is a feature.
func TestViewIsKeyedByContent(t *testing.T) {
	view := &table{"", city.Layer{Table: "a", Properties: []city.Property{{Name: "n", Type: city.KindInteger}}},
		[][]city.Value{{city.Integer(7)}, {city.Integer(8)}}}
	m := newMemory()
	opt := Options{OpenGeoPackage: view.open}
	mustRun(t, m, opt, write(t, "a.gpkg", "SQLite format 3\x00"))
	if _, keys := stored(m); len(keys) != 2 || !strings.HasPrefix(keys[0], hashPrefix) || keys[0] == keys[1] {
		t.Errorf("%v", keys)
	}
}

// TestKeyOfExistingLayer imports into layers that have a key of their own.
func TestKeyOfExistingLayer(t *testing.T) {
	put := func(key string, kind city.Kind) *memory {
		l := city.Layer{ID: "a", Geometry: city.GeometryPoint, Key: key, Properties: []city.Property{{Name: "n", Type: city.KindInteger}}}
		if key != "" {
			l.Properties = append(l.Properties, city.Property{Name: key, Type: kind})
		}
		m := newMemory()
		if err := m.PutLayer(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		return m
	}
	rows := [][]city.Value{{city.Integer(7)}, {city.Integer(8)}}
	fid := &table{"id", city.Layer{Table: "a", Properties: []city.Property{{Name: "n", Type: city.KindInteger}}}, rows}
	file := write(t, "a.gpkg", "SQLite format 3\x00")

	m := put("id", city.KindInteger)
	opt := Options{Layer: "a", OpenGeoPackage: fid.open}
	mustRun(t, m, opt, file)
	if key, keys := stored(m); key != "id" || !slices.Equal(keys, []string{"10", "11"}) {
		t.Errorf("%s %v", key, keys)
	}
	again(t, m, opt, file)
	r := mustRun(t, m, opt, write(t, "a.geojson", feature(point, `"n":1`)))
	if len(m.features["a"]) != 2 || issue(&r, reasonNoKey).Count != 1 {
		t.Errorf("a feature without an id: %+v", r)
	}

	// A column that would go into the key's place stays, numbered.
	m = put("code", city.KindString)
	opt = Options{Layer: "a", Key: "n"}
	path := write(t, "a.geojson", feature(point, `"code":"x","n":3`))
	mustRun(t, m, opt, path)
	if got := values(m, "a", 0); got["code"] != "3" || got["code_2"] != "x" {
		t.Errorf("%v", got)
	}
	again(t, m, opt, path)

	m = put("code", city.KindString)
	mustRun(t, m, Options{Layer: "a"}, write(t, "a.geojson", feature(point, `"CODE":"x","n":3`)))
	if got := values(m, "a", 0); got["code"] != "x" {
		t.Errorf("another case: %v", got)
	}

	m = put("", city.KindNull)
	if _, err := Run(t.Context(), m, []string{file}, Options{Layer: "a", Key: "n", OpenGeoPackage: fid.open}); !errors.Is(err, ErrNoKey) {
		t.Errorf("a property for a layer that is matched by id: %v", err)
	}
	mustRun(t, m, Options{Layer: "a", Key: "id", OpenGeoPackage: fid.open}, file)
	if m.created != 2 || m.features["a"][0].ID != 10 {
		t.Errorf("%+v", m.features["a"])
	}
}

// TestKeyInAnotherCase makes new layers of files with a property like ours.
func TestKeyInAnotherCase(t *testing.T) {
	for properties, want := range map[string]map[string]string{
		`"Code":"x"`:                       {"code": "x"},
		`"Code":"y","code":"x"`:            {"code": "x", "Code_2": "y"},
		`"EXTERNAL_KEY":"x"`:               {"external_key": "x"},
		`"External_Key":null,"code":"x"`:   {"code": "x"},
		`"External_Key":"x","Code":"code"`: {"external_key": "x", "Code": "code"},
	} {
		m := newMemory()
		path := write(t, "a.geojson", feature(point, properties))
		mustRun(t, m, Options{}, path)
		if got := values(m, "a", 0); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", properties, got, want)
		}
		again(t, m, Options{}, path)
	}
}
