package ingest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/ingest/repair"
)

func feature(geometry, properties string) string {
	return `{"type":"Feature","geometry":` + geometry + `,"properties":{` + properties + `}}`
}

const point = `{"type":"Point","coordinates":[105.85,21.03]}`

// kinds returns the types of a layer's properties by name.
func kinds(l *city.Layer) map[string]string {
	out := map[string]string{}
	for _, p := range l.Properties {
		out[p.Name] = p.Type.String()
	}
	return out
}

func values(m *memory, id city.LayerID, i int) map[string]string {
	out := map[string]string{}
	for p, property := range m.layer(id).Properties {
		if v := m.features[id][i].Value(p); !v.IsNull() {
			out[property.Name] = v.String()
		}
	}
	return out
}

func TestSchemaFound(t *testing.T) {
	path := write(t, "Điểm dừng 2025.geojsonl", strings.Join([]string{
		feature(point, `"int":1,"mix":1,"num":1,"word":"a","day":"2025-07-01","maybe":"2025-07-01","when":"2025-07-01T10:00:00+07:00","flag":true,"list":[1],"both":[1],"empty":null,"digits":"12","wide":9007199254740993`),
		feature(point, `"int":2,"mix":"x","num":2.5,"word":"b","day":"2024-02-29","maybe":"soon","when":"2025-07-01T10:00:00Z","flag":false,"list":{"a":1},"both":7,"digits":"13","wide":0.5`),
		feature(point, `"int":null,"late":3`),
	}, "\n"))
	m := newMemory()
	r := mustRun(t, m, Options{}, path)
	if got := m.layers[0].ID; got != "diem_dung_2025" {
		t.Errorf("layer %q", got)
	}
	want := map[string]string{
		"int": "integer", "mix": "string", "num": "number", "word": "string", "day": "date", "maybe": "string",
		"when": "instant", "flag": "boolean", "list": "json", "both": "string", "empty": "string", "digits": "string",
		"wide": "string", "late": "integer", "external_key": "string",
	}
	if got := kinds(&m.layers[0]); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	first := values(m, "diem_dung_2025", 0)
	if first["when"] != "2025-07-01T03:00:00Z" || first["both"] != "[1]" || first["num"] != "1" || first["wide"] != "9007199254740993" {
		t.Errorf("values %v", first)
	}
	if r.Faults() != 0 {
		t.Errorf("issues %+v", r.Issues)
	}
	again(t, m, Options{}, path)
}

func TestTextColumns(t *testing.T) {
	path := write(t, "a.csv", "id,zip,phone,n,f,ok,since,note,x,y\n"+
		"1,00010,+84 24,5,1.50,true,2025-07-01,,105.85,21.03\n"+
		"2,10000,024,-7,3,FALSE,,Hà Nội,105.86,21.04\n")
	m := newMemory()
	mustRun(t, m, Options{Key: "id"}, path)
	want := map[string]string{
		"id": "integer", "zip": "string", "phone": "string", "n": "integer", "f": "number", "ok": "boolean",
		"since": "date", "note": "string", "external_key": "string",
	}
	if got := kinds(&m.layers[0]); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got := values(m, "a", 0); got["zip"] != "00010" || got["external_key"] != "1" || got["f"] != "1.5" {
		t.Errorf("values %v", got)
	}
	again(t, m, Options{Key: "id"}, path)
}

func TestBadGeometry(t *testing.T) {
	line := func(coordinates string) string { return `{"type":"LineString","coordinates":` + coordinates + `}` }
	polygon := func(coordinates string) string { return `{"type":"Polygon","coordinates":` + coordinates + `}` }
	for geometry, want := range map[string]struct {
		reason string
		action feed.Action
		stored int64
	}{
		"null":                          {reasonNull, feed.Skipped, 0},
		line(`[]`):                      {reasonEmpty, feed.Skipped, 0},
		line(`[[105,21]]`):              {reasonShort, feed.Skipped, 0},
		line(`[[105,21],[105,21]]`):     {reasonZeroLength, feed.Kept, 1},
		line(`[[105,21,5],[105,22,6]]`): {reasonFlat, feed.Noted, 1},
		line(`[[21,105],[22,105]]`):     {reasonRange, feed.Skipped, 0},
		line(`[[587340.6,2324371.9],[587341.6,2324371.9]]`):                                                               {reasonRange, feed.Skipped, 0},
		polygon(`[[[105,21],[105.1,21],[105.1,21.1],[105,21.1]]]`):                                                        {reasonOpenRing, feed.Repaired, 1},
		polygon(`[[[105,21],[105.1,21],[105,21]]]`):                                                                       {reasonNoArea, feed.Skipped, 0},
		polygon(`[[[105,21],[105.1,21],[105.2,21],[105,21]]]`):                                                            {reasonNoArea, feed.Skipped, 0},
		polygon(`[[[105,21],[105.1,21.1],[105.1,21],[105,21.1],[105,21]]]`):                                               {reasonCrossing, feed.Repaired, 1},
		polygon(`[[[105,21],[105.1,21],[105.1,21.1],[105,21.1],[105,21]],[[105.01,21.01],[105.02,21.02]]]`):               {reasonNoArea, feed.Dropped, 1},
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[105,21]},` + line(`[[105,21]]`) + `]}`: {reasonMember, feed.Dropped, 1},
		`{"type":"GeometryCollection","geometries":[]}`:                                                                   {reasonEmpty, feed.Skipped, 0},
		`{"type":"MultiPoint","coordinates":[]}`:                                                                          {reasonEmpty, feed.Skipped, 0},
		`{"type":"Point","coordinates":[]}`:                                                                               {reasonEmpty, feed.Skipped, 0},
	} {
		path := write(t, "a.geojsonl", feature(point, `"n":1`)+"\n"+feature(geometry, `"n":2`)+"\n")
		m := newMemory()
		r := mustRun(t, m, Options{}, path)
		found := issue(&r, want.reason)
		if found.Action != want.action || found.Count < 1 || r.Layers[0].Stored != 1+want.stored || r.Layers[0].Read != 2 || r.Layers[0].Skipped != 1-want.stored {
			t.Errorf("%s: %+v %+v", geometry, r.Layers, r.Issues)
			continue
		}
		if at := found.Examples[0].At; !strings.HasPrefix(at, "feature 2, line 2, byte ") {
			t.Errorf("%s: at %q", geometry, at)
		}
		_, err := Run(context.Background(), newMemory(), []string{path}, Options{Strict: true})
		if strict := want.action != feed.Noted; errors.Is(err, ErrStrict) != strict {
			t.Errorf("%s: strict: %v", geometry, err)
		}
	}
}

func TestBowTieKeepsBothLobes(t *testing.T) {
	path := write(t, "a.geojson", feature(`{"type":"Polygon","coordinates":[[[105,21],[105.3,21.3],[105.3,21.2],[105,21.3],[105,21]]]}`, ""))
	m := newMemory()
	mustRun(t, m, Options{}, path)
	g, ok := m.features["a"][0].Geometry.(orb.MultiPolygon)
	if !ok || len(g) != 2 || m.layers[0].Geometry != city.GeometryMultiPolygon {
		t.Fatalf("%v in a layer of %s", m.features["a"][0].Geometry, m.layers[0].Geometry)
	}
	// Crossing at 105.225, 21.225: a triangle of 0.3 by 0.225 and one of 0.1 by 0.075.
	if got, want := area(g), (0.3*0.225+0.1*0.075)/2; math.Abs(got-want) > 1e-9 {
		t.Errorf("area %v, want %v", got, want)
	}
}

func TestKeys(t *testing.T) {
	withID := func(id, properties string) string {
		return `{"type":"Feature","id":` + id + `,"geometry":` + point + `,"properties":{` + properties + `}}`
	}
	for name, c := range map[string]struct {
		lines []string
		opt   Options
		key   string
		want  []string
	}{
		"code":               {[]string{feature(point, `"code":"VD1","external_key":null`), feature(point, `"code":"VD2"`)}, Options{}, "code", []string{"VD1", "VD2"}},
		"external_key first": {[]string{feature(point, `"code":"VD1","external_key":"way/1"`)}, Options{}, "external_key", []string{"way/1"}},
		"code repeated":      {[]string{withID("1", `"code":"VD1"`), withID("2", `"code":"VD1"`)}, Options{}, "external_key", []string{"1", "2"}},
		"id":                 {[]string{withID("5", ``), withID(`"a"`, ``)}, Options{}, "external_key", []string{"5", "a"}},
		"id repeated":        {[]string{withID("5", `"n":1`), withID("5", `"n":2`)}, Options{}, "external_key", []string{"5"}},
		"chosen":             {[]string{feature(point, `"osm_id":7`), feature(point, `"osm_id":8`), feature(point, ``)}, Options{Key: "osm_id"}, "external_key", []string{"7", "8"}},
		"hash": {[]string{feature(point, `"a":1,"b":2`), feature(point, `"b":2,"a":1`), feature(point, `"a":1`)}, Options{}, "external_key",
			[]string{"h:a1", "h:a1#2", "h:b"}},
	} {
		path := write(t, "a.geojsonl", strings.Join(c.lines, "\n"))
		m := newMemory()
		r := mustRun(t, m, c.opt, path)
		l := m.layers[0]
		var keys []string
		for _, f := range m.features["a"] {
			keys = append(keys, f.Value(l.PropertyIndex(l.Key)).String())
		}
		if c.want[0] == "h:a1" {
			if len(keys) != 3 || keys[1] != keys[0]+"#2" || keys[2] == keys[0] || !strings.HasPrefix(keys[0], "h:") {
				t.Errorf("%s: %v", name, keys)
			}
		} else if !slices.Equal(keys, c.want) || l.Key != c.key {
			t.Errorf("%s: key %s: %v, want %v", name, l.Key, keys, c.want)
		}
		if r.Layers[0].Read != int64(len(c.lines)) || r.Layers[0].Stored != int64(len(keys)) {
			t.Errorf("%s: %+v", name, r.Layers[0])
		}
		again(t, m, c.opt, path)
	}
}

func TestHashIsFixed(t *testing.T) {
	// Stores hold keys made of this hash: it must never change.
	r := &feed.Record{Geometry: orb.LineString{{105.85, 21.03}, {105.86, 21.04}}, Fields: []feed.Field{
		{Name: "tên", Value: city.String("Hồ Gươm")}, {Name: "n", Value: city.Integer(3)}, {Name: "none", Value: city.Null},
	}}
	const want = "h:c206061fb7f2cbc9d3d2240b"
	if got := newDigest().of(r); got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
}

func TestExistingLayer(t *testing.T) {
	layer := city.Layer{ID: "roads", Geometry: city.GeometryMultiLineString, Key: "code", Properties: []city.Property{
		{Name: "code", Type: city.KindString}, {Name: "Lanes", Type: city.KindInteger}, {Name: "since", Type: city.KindDate}, {Name: "length", Type: city.KindNumber},
	}}
	file := func(properties string) string {
		return write(t, "x.geojson", feature(`{"type":"LineString","coordinates":[[105,21],[105.1,21]]}`, properties))
	}
	m := newMemory()
	if err := m.PutLayer(context.Background(), layer); err != nil {
		t.Fatal(err)
	}
	opt := Options{Layer: "roads"}
	r := mustRun(t, m, opt, file(`"code":"A","lanes":4.0,"since":"2025-07-01","length":3,"surface":"asphalt"`))
	want := map[string]string{"code": "A", "Lanes": "4", "since": "2025-07-01", "length": "3", "surface": "asphalt"}
	if got := values(m, "roads", 0); !reflect.DeepEqual(got, want) || !slices.Equal(r.Layers[0].Added, []string{"surface"}) {
		t.Errorf("%v, %+v", got, r.Layers[0])
	}
	if _, ok := m.features["roads"][0].Geometry.(orb.MultiLineString); !ok || r.Layers[0].Created {
		t.Errorf("%+v %+v", m.features["roads"][0], r.Layers[0])
	}
	r = mustRun(t, m, opt, file(`"code":"A","Lanes":4.5,"since":"July","length":"3"`))
	if bad := issue(&r, reasonValueType); bad.Count != 2 || bad.Action != feed.Dropped || m.updated != 1 {
		t.Errorf("%+v", r.Issues)
	}
	if _, err := Run(context.Background(), m, []string{file(`"code":"B","new":1`)}, Options{Layer: "roads", Strict: true}); !errors.Is(err, ErrStrict) {
		t.Errorf("unknown property, strict: %v", err)
	}
	if _, err := Run(context.Background(), m, []string{file(`"name":"B"`)}, opt); !errors.Is(err, ErrNoKey) {
		t.Errorf("no key: %v", err)
	}
	r = mustRun(t, m, opt, write(t, "y.geojson", feature(point, `"code":"P"`)))
	if bad := issue(&r, reasonType); bad.Count != 1 {
		t.Errorf("a point among lines: %+v", r.Issues)
	}
}

func TestLayerWithoutKey(t *testing.T) {
	m := newMemory()
	if err := m.PutLayer(context.Background(), city.Layer{ID: "t", Geometry: city.GeometryAny, Properties: []city.Property{{Name: "n", Type: city.KindInteger}}}); err != nil {
		t.Fatal(err)
	}
	path := write(t, "t.geojsonl", `{"type":"Feature","id":12,"geometry":`+point+`,"properties":{"n":1}}`+"\n"+feature(point, `"n":2`))
	r := mustRun(t, m, Options{}, path)
	if len(m.features["t"]) != 1 || m.features["t"][0].ID != 12 || issue(&r, reasonNoKey).Count != 1 {
		t.Errorf("%+v %+v", m.features["t"], r.Issues)
	}
	again(t, m, Options{}, path)
}

func TestText(t *testing.T) {
	decomposed := "Ha\u0300 No\u0323\u0302i"
	path := write(t, "a.geojsonl", strings.Join([]string{
		feature(point, `"name":"`+decomposed+`","list":["`+decomposed+`"]`),
		feature(point, `"name":"HÃ\u00a0 Ná»\u0099i"`),
		feature(point, `"name":"a\u0000b"`),
	}, "\n"))
	m := newMemory()
	r := mustRun(t, m, Options{}, path)
	if got := values(m, "a", 0); got["name"] != "Hà Nội" || got["list"] != `["Hà Nội"]` {
		t.Errorf("%q", got)
	}
	if issue(&r, reasonNFC).Count != 2 || issue(&r, reasonMojibake).Count != 1 || issue(&r, reasonNUL).Count != 1 {
		t.Errorf("%+v", r.Issues)
	}
	if got := values(m, "a", 2)["name"]; got != "ab" {
		t.Errorf("%q", got)
	}
}

func TestCRS(t *testing.T) {
	hanoi := orb.Point{105.8522, 21.0287}
	for _, srid := range []crs.SRID{crs.WebMercator, crs.UTM48N, crs.VN2000UTM48N, crs.VN2000TM3481, crs.VN2000TM3482, crs.VN2000TM3491, crs.VN2000DN} {
		transform, err := crs.NewTransform(crs.WGS84, srid)
		if err != nil {
			t.Fatal(err)
		}
		p, err := transform.Point(hanoi)
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("x,y\n%.6f,%.6f\n", p[0], p[1])
		member := fmt.Sprintf(`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[%.6f,%.6f]},"properties":null}],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::%d"}}}`, p[0], p[1], int(srid))
		for path, opt := range map[string]Options{
			write(t, "a.csv", text):       {CRS: srid, Layer: "a"},
			write(t, "a.geojson", member): {Layer: "a"},
		} {
			m := newMemory()
			r := mustRun(t, m, opt, path)
			if len(m.features["a"]) != 1 || geodesy.Distance(m.features["a"][0].Geometry.(orb.Point), hanoi) > 0.002 || r.Files[0].CRS != srid.String() {
				t.Errorf("%s %s: %+v", srid, path, m.features["a"])
			}
		}
		if _, err := Run(context.Background(), newMemory(), []string{write(t, "a.csv", text)}, Options{}); !errors.Is(err, ErrNoCRS) {
			t.Errorf("%s: metres without --crs: %v", srid, err)
		}
	}
	m := newMemory()
	r := mustRun(t, m, Options{}, write(t, "a.csv", "x,y\n105.8,21\n"))
	if issue(&r, reasonAssumedCRS).Count != 1 {
		t.Errorf("degrees in x, y: %+v", r.Issues)
	}
}

func TestSeveralFilesOneLayer(t *testing.T) {
	a := write(t, "a.geojson", feature(point, `"code":"1","n":1`))
	b := write(t, "b.geojson", feature(`{"type":"MultiPoint","coordinates":[[105,21],[106,21]]}`, `"code":"2","n":2.5,"only":true`))
	m := newMemory()
	mustRun(t, m, Options{Layer: "all"}, a, b)
	want := map[string]string{"code": "string", "n": "number", "only": "boolean"}
	if got := kinds(&m.layers[0]); !reflect.DeepEqual(got, want) || m.layers[0].Geometry != city.GeometryMultiPoint || m.layers[0].Key != "code" {
		t.Errorf("%v %+v", got, m.layers[0])
	}
	again(t, m, Options{Layer: "all"}, b, a)
}

func TestPropertyNames(t *testing.T) {
	long := strings.Repeat("ộ", 40)
	path := write(t, "a.geojson", feature(point, `"Name":"1","name":"2","a\"b":"3","":"4","`+long+`":"5","name_2":"6"`))
	m := newMemory()
	r := mustRun(t, m, Options{}, path)
	got := values(m, "a", 0)
	delete(got, "external_key")
	want := map[string]string{"Name": "1", "name_2": "2", "a_b": "3", "property": "4", strings.Repeat("ộ", 21): "5", "name_2_2": "6"}
	if !reflect.DeepEqual(got, want) || issue(&r, reasonRenamed).Count != 5 {
		t.Errorf("%v\n%+v", got, r.Issues)
	}
	again(t, m, Options{}, path)
}

func TestCatalogue(t *testing.T) {
	known := city.Layer{ID: "bus_stops", Title: "Điểm dừng", Geometry: city.GeometryPoint, Key: "external_key", Properties: []city.Property{
		{Name: "external_key", Type: city.KindString}, {Name: "ref", Type: city.KindString},
	}}
	m := newMemory()
	r := mustRun(t, m, Options{Catalogue: []city.Layer{known}}, write(t, "bus_stops.geojson", feature(point, `"ref":12,"shelter":true`)))
	if l := m.layers[0]; l.Title != "Điểm dừng" || len(l.Properties) != 3 || !r.Layers[0].Created || values(m, "bus_stops", 0)["ref"] != "12" {
		t.Errorf("%+v %+v", l, r.Layers)
	}
}

func TestDetect(t *testing.T) {
	for name, content := range map[string]string{"a.txt.bin": "hello", "a.dbf": "x", "a.png": "\x89PNG"} {
		if _, err := Detect(write(t, name, content)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Detect(filepath.Join(t.TempDir(), "nowhere")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if f, err := Detect(write(t, "anything", "\n {\"type\"")); f != FormatGeoJSON || err != nil {
		t.Errorf("%s %v", f, err)
	}
	if _, err := Run(context.Background(), newMemory(), []string{write(t, "a.osm", "<osm></osm>")}, Options{}); !errors.Is(err, ErrNoProfile) {
		t.Errorf("OSM without a profile: %v", err)
	}
	if _, err := Run(context.Background(), newMemory(), []string{write(t, "a.gpkg", "SQLite format 3\x00")}, Options{}); !errors.Is(err, ErrFormat) {
		t.Errorf("GeoPackage without a reader: %v", err)
	}
}

func TestLayerNames(t *testing.T) {
	for path, want := range map[string]city.LayerID{
		"roads.geojson": "roads", "Đường Vành đai.shp": "duong_vanh_dai", "hanoi_roads.geojsonl.gz": "hanoi_roads",
		"ring_1_2_2.5_osm.geojsonl": "ring_1_2_2_5_osm", "2025.csv": "l_2025", "___.csv": "layer", "twin_x.csv": "l_twin_x",
		strings.Repeat("a", 100) + ".csv": city.LayerID(strings.Repeat("a", 63)),
	} {
		got := targetName(filepath.Join("dir", path), "", &Options{})
		if _, err := city.ParseLayerID(string(got)); got != want || err != nil {
			t.Errorf("%s: %q, want %q (%v)", path, got, want, err)
		}
	}
}

// steps records the calls of Progress.
type steps struct {
	calls       []string
	total, read int64
}

func (s *steps) Start(_, what string, total int64) {
	s.calls = append(s.calls, what)
	s.total += total
}
func (s *steps) Advance(n int64) { s.read += n }
func (s *steps) Done()           { s.calls = append(s.calls, "done") }

func TestProgress(t *testing.T) {
	s := &steps{}
	mustRun(t, newMemory(), Options{Progress: s}, write(t, "a.geojson", feature(point, "")))
	if !slices.Equal(s.calls, []string{"survey", "done", "import", "done"}) || s.read != s.total || s.total == 0 {
		t.Errorf("%+v", s)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, newMemory(), []string{write(t, "a.geojson", feature(point, ""))}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func FuzzRun(f *testing.F) {
	f.Add([]byte(feature(`{"type":"Polygon","coordinates":[[[105,21],[105.3,21.3],[105.3,21.2],[105,21.3],[105,21]]]}`, `"a":1`)))
	f.Add([]byte(feature(`{"type":"MultiPolygon","coordinates":[[[[1,2],[3,4],[5,1],[1,2]],[[2,2],[3,3],[3,2],[2,2]]]]}`, `"a":"2025-01-01"`) + "\n" + feature(point, `"a":2`)))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "a.geojsonl")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		m := newMemory()
		r, err := Run(context.Background(), m, []string{path}, Options{})
		if err != nil {
			return
		}
		// The sink checks types; here that nothing got lost and all is valid.
		if l := r.Layers[0]; l.Read != l.Stored+l.Skipped || int(l.Stored) != len(m.features["a"]) {
			t.Errorf("%+v, %d features", l, len(m.features["a"]))
		}
		for _, feature := range m.features["a"] {
			switch feature.Geometry.(type) {
			case orb.Polygon, orb.MultiPolygon:
				if _, why, err := repair.Polygon(feature.Geometry); why != "" || err != nil {
					t.Errorf("%v: %s %v", feature.Geometry, why, err)
				}
			}
		}
	})
}
