package encode

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// TestGolden compares two features in each format that is text, byte by byte.
func TestGolden(t *testing.T) {
	layer := everything(t, city.GeometryAny, allGeometries()[:2]...)
	const (
		point    = `{"type":"Point","coordinates":[105.8529998,21.0307572]}`
		line     = `{"type":"LineString","coordinates":[[105.8529998,21.0307572],[105.85256731234567,21.0308055]]}`
		first    = `{"type":"Feature","id":5,"geometry":` + point + `,"properties":{"lanes":-9007199254740991,"name":"Cầu Thê Húc"}}`
		second   = `{"type":"Feature","id":8,"geometry":` + line + `,"properties":{}}`
		conforms = `"conformsTo":["http://www.opengis.net/spec/json-fg-1/1.0/conf/core","http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas"],"featureType":"everything"`
	)
	for name, want := range map[Name]string{
		GeoJSON:  `{"type":"FeatureCollection","features":[` + "\n" + first + ",\n" + second + "\n" + `],"links":[]}` + "\n",
		Lines:    first + "\n" + second + "\n",
		Sequence: "\x1e" + first + "\n\x1e" + second + "\n",
		JSONFG: `{"type":"FeatureCollection",` + conforms + `,"features":[` + "\n" +
			`{"type":"Feature","id":5,"time":{"interval":["2025-07-01","2027-06-30"]},"place":null,"geometry":` + point + `,"properties":{"lanes":-9007199254740991,"name":"Cầu Thê Húc"}},` + "\n" +
			`{"type":"Feature","id":8,"time":null,"place":null,"geometry":` + line + `,"properties":{}}` + "\n" + `],"links":[]}` + "\n",
		CSV: "id,name,lanes,WKT\r\n5,Cầu Thê Húc,-9007199254740991,POINT (105.8529998 21.0307572)\r\n" +
			"8,,,\"LINESTRING (105.8529998 21.0307572, 105.85256731234567 21.0308055)\"\r\n",
	} {
		got := written(t, name, &Selection{Layer: layer, Columns: []int{0, 2}, Tail: []byte(`,"links":[]`)})
		if string(got) != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestJSONFG looks at what GDAL does not read yet: place, the axis order, time.
func TestJSONFG(t *testing.T) {
	layer := everything(t, city.GeometryPoint, orb.Point{105.8523, 21.0287}, orb.Point{105, 20}, orb.Point{105, 20}, orb.Point{105, 20})
	for _, c := range []struct {
		space Space
		crs   any
		place []any
	}{
		{Space{}, nil, nil},
		{Space{Swapped: true}, "http://www.opengis.net/def/crs/EPSG/0/4326", []any{21.0287, 105.8523}},
		{Space{SRID: crs.VN2000TM3482, Swapped: true}, "http://www.opengis.net/def/crs/EPSG/0/5897", []any{2326366.399, 588394.324}},
		{Space{SRID: crs.WebMercator, URI: "urn:x"}, "urn:x", []any{11783424.135, 2395301.085}},
	} {
		doc := validJSON(t, written(t, JSONFG, &Selection{Layer: layer, Space: c.space}))
		feature := doc["features"].([]any)[0].(map[string]any)
		place, geometry := feature["place"], feature["geometry"]
		if c.place == nil {
			place, geometry = geometry, place
			c.place = []any{105.8523, 21.0287}
		}
		if doc["coordRefSys"] != c.crs || geometry != nil || doc["geometryDimension"] != 0.0 ||
			!reflect.DeepEqual(place, map[string]any{"type": "Point", "coordinates": c.place}) {
			t.Errorf("%+v: %v", c.space, doc)
		}
	}
	doc := validJSON(t, written(t, JSONFG, &Selection{Layer: layer}))
	var times []string
	for _, f := range doc["features"].([]any) {
		text, _ := json.Marshal(f.(map[string]any)["time"])
		times = append(times, string(text))
	}
	want := []string{`{"interval":["2025-07-01","2027-06-30"]}`, `null`, `{"interval":["..","2030-06-30"]}`, `{"interval":["1010-07-01",".."]}`}
	if !slices.Equal(times, want) {
		t.Errorf("times %v, want %v", times, want)
	}
}

// TestCSVReadsBack reads cells with Go's reader and finds null and empty apart.
func TestCSVReadsBack(t *testing.T) {
	layer := everything(t, city.GeometryPoint, orb.Point{105, 21}, orb.Point{105, 21}, orb.Point{105, 21}, orb.Point{105, 21})
	text := written(t, CSV, &Selection{Layer: layer})
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header := []string{"id", "name", "ghi chú, thêm", "lanes", "length_m", "toll", "valid_from", "valid_to", "seen", "tags", "lon", "lat", "WKT"}
	if len(rows) != 5 || !slices.Equal(rows[0], header) {
		t.Fatalf("%q", rows)
	}
	i := 1
	for f := range layer.All {
		for j := range layer.Definition().Properties {
			if want := layer.Value(f, j).String(); rows[i][j+1] != want {
				t.Errorf("row %d, %s: %q, want %q", i, header[j+1], rows[i][j+1], want)
			}
		}
		i++
	}
	if !bytes.Contains(text, []byte("\r\n8,,,")) || !bytes.Contains(text, []byte("\r\n11,\"\",,0,0,false,,2030-07-01,,,105,21,POINT (105 21)\r\n")) {
		t.Errorf("null and empty text: %s", text)
	}
	taken := snapshottest.Layer(t, city.Layer{ID: "taken", Geometry: city.GeometryPoint, Properties: []city.Property{
		{Name: "ID", Type: city.KindString}, {Name: "fid", Type: city.KindString}, {Name: "wkt", Type: city.KindString}}},
		[]city.Feature{{ID: 1, Geometry: orb.Point{105, 21}}})
	if got := string(written(t, CSV, &Selection{Layer: taken, Space: Space{SRID: crs.UTM48N}})); !strings.HasPrefix(got, "_fid,ID,fid,wkt,x,y,_WKT\r\n1,,,,500000,") {
		t.Errorf("names that are taken: %s", got)
	}
}

// TestSwapped writes latitude before longitude, in every kind of geometry.
func TestSwapped(t *testing.T) {
	layer := everything(t, city.GeometryAny, allGeometries()...)
	plain := validJSON(t, written(t, GeoJSON, &Selection{Layer: layer}))
	swapped := validJSON(t, written(t, GeoJSON, &Selection{Layer: layer, Space: Space{SRID: crs.WGS84, Swapped: true}}))
	var turn func(v any) any
	turn = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for name := range v {
				if name != "properties" {
					v[name] = turn(v[name])
				}
			}
			return v
		case []any:
			if len(v) == 2 {
				if x, ok := v[0].(float64); ok {
					return []any{v[1], x}
				}
			}
			for i := range v {
				v[i] = turn(v[i])
			}
			return v
		default:
			return v
		}
	}
	if !reflect.DeepEqual(turn(plain), swapped) {
		t.Errorf("%v, want %v", swapped, plain)
	}
}

// TestOtherDays writes what Features and Tags choose.
func TestOtherDays(t *testing.T) {
	layer := scattered(t, 10, false)
	chosen := []*snapshot.Feature{layer.Feature(7), layer.Feature(3)}
	s := &Selection{Layer: layer, Features: slices.Values(chosen), NoGeometry: true,
		Tags: func(f *snapshot.Feature) []tiles.Tag { return f.Tags()[1:] }}
	const want = "id,name,n\r\n7,,6\r\n3,,2\r\n"
	if got := string(written(t, CSV, s)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := string(written(t, Lines, s)); got != `{"type":"Feature","id":7,"geometry":null,"properties":{"n":6}}`+"\n"+
		`{"type":"Feature","id":3,"geometry":null,"properties":{"n":2}}`+"\n" {
		t.Error(got)
	}
	s.NoGeometry, s.Columns = false, []int{}
	if fgb := written(t, FlatGeobuf, s); bytes.Contains(fgb, []byte("name")) {
		t.Error("a FlatGeobuf of no columns has name")
	}
}

// TestRefusals gives every format what it cannot do.
func TestRefusals(t *testing.T) {
	far := snapshottest.Layer(t, city.Layer{ID: "far", Geometry: city.GeometryPoint}, []city.Feature{{ID: 1, Geometry: orb.Point{-75, 20}}})
	for _, f := range All() {
		err := f.Write(context.Background(), &counter{}, &Selection{Layer: far, Space: Space{SRID: crs.VN2000TM3482}})
		if !errors.Is(err, crs.ErrOutside) {
			t.Errorf("%s of a place outside: %v", f.Name, err)
		}
		err = f.Write(context.Background(), &counter{}, &Selection{Layer: far, Space: Space{SRID: 27700}})
		if !errors.Is(err, crs.ErrUnknownCRS) {
			t.Errorf("%s in an unknown system: %v", f.Name, err)
		}
	}
	err := mustFind(t, GeoPackage).Write(context.Background(), &counter{}, &Selection{Layer: far, NoGeometry: true})
	if !errors.Is(err, ErrBare) {
		t.Errorf("GeoPackage without geometry: %v", err)
	}
	if _, err := Find("shp"); !errors.Is(err, ErrUnknown) {
		t.Errorf("shp: %v", err)
	}
}

// TestStops ends a write by its context, by its writer and by the room on disk,
// and looks that nothing remains.
func TestStops(t *testing.T) {
	layer := scattered(t, 3_000, true)
	for _, f := range All() {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(context.Background())
		seen := 0
		s := &Selection{Layer: layer, TempDir: dir, Tags: func(f *snapshot.Feature) []tiles.Tag {
			if seen++; seen == 1000 {
				cancel()
			}
			return f.Tags()
		}}
		if err := f.Write(ctx, &counter{}, s); !errors.Is(err, context.Canceled) || seen > 1000+checkEvery {
			t.Errorf("%s: cancelled after 1000 features, %d seen: %v", f.Name, seen, err)
		}
		if err := f.Write(context.Background(), &failing{left: 1}, &Selection{Layer: layer, TempDir: dir}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v, want the writer's error", f.Name, err)
		}
		if f.Name == GeoPackage {
			err := f.Write(context.Background(), &counter{}, &Selection{Layer: layer, TempDir: dir, MaxTempBytes: 100_000})
			if !errors.Is(err, ErrTooLarge) {
				t.Errorf("%s: %v, want ErrTooLarge", f.Name, err)
			}
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: remains %v", f.Name, left)
		}
	}
}

// heapMeter looks at the heap now and then.
type heapMeter struct {
	writes int
	most   uint64
}

func (m *heapMeter) Write(p []byte) (int, error) {
	if m.writes++; m.writes%16 == 15 {
		m.most = max(m.most, heap())
	}
	return len(p), nil
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// TestMemoryIsFlat measures what is in use while a layer of 5 MB is written.
func TestMemoryIsFlat(t *testing.T) {
	layer := scattered(t, 20_000, true)
	for _, f := range All() {
		if f.Name == GeoPackage {
			continue // SQLite's pages, up to 64 MB of them, are no matter of ours
		}
		idle := heap()
		var m heapMeter
		if err := f.Write(context.Background(), &m, &Selection{Layer: layer, Space: Space{SRID: crs.VN2000TM3482}}); err != nil {
			t.Fatal(err)
		}
		allowed := uint64(700 << 10)
		if f.Name == FlatGeobuf {
			allowed += 60 * 20_000
		}
		if m.most > idle+allowed {
			t.Errorf("%s: %d kB above idle, want at most %d kB", f.Name, (m.most-idle)>>10, allowed>>10)
		}
	}
	runtime.KeepAlive(layer)
}

// TestConsistent holds the coordinates of the text formats against each other and
// against the exact conversion: a client may mix them.
func TestConsistent(t *testing.T) {
	layer := scattered(t, 500, false)
	exact, err := crs.NewTransform(crs.WGS84, crs.VN2000TM3482)
	if err != nil {
		t.Fatal(err)
	}
	s := &Selection{Layer: layer, Space: Space{SRID: crs.VN2000TM3482}}
	rows, err := csv.NewReader(bytes.NewReader(written(t, CSV, s))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	features := validJSON(t, written(t, GeoJSON, s))["features"].([]any)
	for i, f := range features {
		at := f.(map[string]any)["geometry"].(map[string]any)["coordinates"].([]any)
		want, err := exact.Point(layer.Feature(int64(i + 1)).Geometry().(orb.Point))
		if err != nil {
			t.Fatal(err)
		}
		for axis := range 2 {
			got := at[axis].(float64)
			if math.Abs(got-want[axis]) > 0.00051 || strconv.FormatFloat(got, 'f', -1, 64) != rows[i+1][3+axis] {
				t.Fatalf("feature %d: %v and %v, exactly %v", i+1, at, rows[i+1], want)
			}
		}
	}
}

func TestDisposition(t *testing.T) {
	for name, want := range map[string]string{
		mustFind(t, FlatGeobuf).FileName("ring_roads", 42): `attachment; filename="ring_roads-v42.fgb"`,
		"đường \"1\".csv":                                  `attachment; filename="___ng _1_.csv"; filename*=UTF-8''%C4%91%C6%B0%E1%BB%9Dng%20%221%22.csv`,
		"a/b\r\nX: y%41":                                   `attachment; filename="a_b__X: y_41"; filename*=UTF-8''a%2Fb%0D%0AX%3A%20y%2541`,
	} {
		if got := Disposition(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

// TestFormatsAreTold finds every format by its name, and no two that share one.
func TestFormatsAreTold(t *testing.T) {
	names, extensions := map[Name]bool{}, map[string]bool{}
	for _, f := range All() {
		if got, err := Find(f.Name); err != nil || got.Extension != f.Extension || names[f.Name] || extensions[f.Extension] ||
			f.Title == "" || !strings.Contains(f.MediaType, "/") {
			t.Errorf("%+v: %v", f, err)
		}
		names[f.Name], extensions[f.Extension] = true, true
	}
}

// FuzzCell reads cells back with Go's reader, which makes one line feed of \r\n.
func FuzzCell(f *testing.F) {
	for _, text := range []string{"", " a", `"`, "a,b", "a\r\nb", "Hồ \"Gươm\"", "\ufeff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line := append(appendCell(append(appendCell(nil, text), ','), "x"), "\r\n"...)
		rows, err := csv.NewReader(bytes.NewReader(line)).ReadAll()
		want := strings.ReplaceAll(text, "\r\n", "\n")
		if err != nil || len(rows) != 1 || len(rows[0]) != 2 || rows[0][0] != want || rows[0][1] != "x" {
			t.Fatalf("%q is %q, read as %q, %v", text, line, rows, err)
		}
	})
}
