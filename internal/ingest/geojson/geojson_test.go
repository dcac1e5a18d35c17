package geojson

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed"
	"github.com/hanoitwin/hanoitwin/internal/ingest/feed/feedtest"
)

func read(tb testing.TB, content []byte) (*feedtest.Found, *Source, error) {
	tb.Helper()
	s, err := Open(feedtest.File(tb, "a.json", content))
	if err != nil {
		return nil, nil, err
	}
	f := &feedtest.Found{}
	return f, s, s.Read(context.Background(), f)
}

const (
	pointA = `{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[105.85,21.03]},"properties":{"tên":"Hồ Gươm","n":3,"f":1.5,"big":12345678901234567890,"b":true,"x":null,"list":[1, 2],"o":{"k":"v"}}}`
	pointB = `{"type":"Feature","id":"way/9","geometry":{"coordinates":[105.86,21.04,7.5],"type":"Point"},"properties":{"tên":"Hồ Tây"}}`
)

func TestForms(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(pointA + "\n" + pointB))
	_ = z.Close()
	pretty := func(text string) string {
		var out bytes.Buffer
		if err := json.Indent(&out, []byte(text), "", "  "); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	collection := `{"type":"FeatureCollection","name":"x","bbox":[1,2,3,4],"features":[` + pointA + "," + pointB + `]}`
	for name, content := range map[string]string{
		"collection":              collection,
		"pretty collection":       pretty(collection),
		"members after features":  `{"features":[` + pointA + ",\n" + pointB + `],"type":"FeatureCollection","more":{"a":["]}"]}}`,
		"byte order mark":         "\xEF\xBB\xBF" + collection,
		"lines":                   pointA + "\n" + pointB + "\n",
		"lines, CR LF and blanks": pointA + "\r\n\r\n" + pointB,
		"text sequence":           "\x1e" + pointA + "\n\x1e" + pointB + "\n",
		"pretty text sequence":    "\x1e" + pretty(pointA) + "\n\x1e" + pretty(pointB) + "\n",
		"pretty features":         pretty(pointA) + "\n" + pretty(pointB),
		"features in one line":    pointA + pointB,
		"two collections":         `{"type":"FeatureCollection","features":[` + pointA + "]}\n" + `{"type":"FeatureCollection","features":[` + pointB + `]}`,
		"gzip":                    packed.String(),
	} {
		f, _, err := read(t, []byte(content))
		if err != nil || len(f.Problems) != 0 || len(f.Records) != 2 {
			t.Errorf("%s: %d records, problems %v, error %v", name, len(f.Records), f.Problems, err)
			continue
		}
		a, b := f.Records[0], f.Records[1]
		list, _ := city.JSON([]byte(`[1,2]`))
		object, _ := city.JSON([]byte(`{"k":"v"}`))
		want := []feed.Field{
			{Name: "tên", Value: city.String("Hồ Gươm")}, {Name: "n", Value: city.Integer(3)}, {Name: "f", Value: city.Number(1.5)},
			{Name: "big", Value: city.String("12345678901234567890")}, {Name: "b", Value: city.Boolean(true)},
			{Name: "x", Value: city.Null}, {Name: "list", Value: list}, {Name: "o", Value: object},
		}
		if a.Key != "7" || a.ID != 7 || a.Geometry != orb.Geometry(orb.Point{105.85, 21.03}) || a.Flat || !reflect.DeepEqual(a.Fields, want) {
			t.Errorf("%s: first %+v", name, a)
		}
		if b.Key != "way/9" || b.ID != 0 || b.Geometry != orb.Geometry(orb.Point{105.86, 21.04}) || !b.Flat || b.At.Index != 2 {
			t.Errorf("%s: second %+v", name, b)
		}
	}
}

func TestBadFeatures(t *testing.T) {
	for content, reason := range map[string]string{
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[105.8]},"properties":{}}`:         ReasonSyntax,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[105.8,NaN]},"properties":{}}`:     ReasonSyntax,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[105.8,null]},"properties":{}}`:    ReasonSyntax,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[105.8,"21"]},"properties":{}}`:    ReasonSyntax,
		`{"type":"Feature","geometry":{"type":"Circle","coordinates":[105.8,21]},"properties":{}}`:     ReasonSyntax,
		`{"type":"Feature","geometry":{"type":"LineString","coordinates":[105.8,21]},"properties":{}}`: ReasonSyntax,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[1e999,21]},"properties":{}}`:      ReasonSyntax,
		`{"type":"Feature","geometry":null,"properties":{"a":01}}`:                                     ReasonSyntax,
		`{"type":"Feature","geometry":null,"properties":{"a":"x` + "\xff" + `"}}`:                      ReasonEncoding,
		`{"type":"Feature","geometry":null,"properties":{"a":1,}}`:                                     ReasonSyntax,
		`{"type":"Thing"}`: ReasonSyntax,
		`{"type":"Feature","geometry":{"type":"GeometryCollection"},"properties":{}}`:                               ReasonSyntax,
		`{"type":"Feature","geometry":null,"properties":` + strings.Repeat(`{"a":`, 200) + strings.Repeat("}", 201): ReasonSyntax,
	} {
		// Beside good features, in lines and in a collection: only the bad one
		// is lost, and its place is known.
		for name, text := range map[string]string{
			"lines":      pointA + "\n" + content + "\n" + pointB + "\n",
			"collection": `{"type":"FeatureCollection","features":[` + pointA + ",\n" + content + ",\n" + pointB + `]}`,
		} {
			f, _, err := read(t, []byte(text))
			if err != nil {
				t.Errorf("%s: %s: %v", name, content, err)
				continue
			}
			if len(f.Records) != 2 || len(f.Problems) != 1 {
				t.Errorf("%s: %s: %d records, problems %+v", name, content, len(f.Records), f.Problems)
				continue
			}
			p := f.Problems[0]
			if p.Reason != reason || p.At.Index != 2 || p.At.Line != 2 || p.Action != feed.Skipped {
				t.Errorf("%s: %s: %+v", name, content, p)
			}
			if offset := int64(strings.Index(text, content)); p.At.Offset != offset {
				t.Errorf("%s: %s: offset %d, want %d", name, content, p.At.Offset, offset)
			}
		}
	}
}

func TestBrokenLines(t *testing.T) {
	f, _, err := read(t, []byte(pointA[:40]+"\n"+pointB+"\nnonsense\n"+pointA))
	if err != nil || len(f.Records) != 2 || len(f.Problems) != 2 || f.Problems[1].At.Line != 3 {
		t.Errorf("%d records, %+v, %v", len(f.Records), f.Problems, err)
	}
}

func TestEndOfFile(t *testing.T) {
	text := `{"type":"FeatureCollection","features":[` + pointA + "," + pointB + `]}`
	for n := range len(text) {
		_, _, err := read(t, []byte(text[:n]))
		if n > 0 && n != len(text) && err == nil && n > len(`{"type":"FeatureCollection"`) {
			t.Errorf("cut at %d: no error", n)
		}
		if err != nil && !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrSyntax) && (n > 0 || !errors.Is(err, ErrEmpty)) {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
	if f, _, err := read(t, []byte(`{"type":"FeatureCollection","features":[]}`)); err != nil || len(f.Records)+len(f.Problems) != 0 {
		t.Errorf("a collection of nothing: %+v, %v", f, err)
	}
	for _, nothing := range []string{"", "  \n"} {
		for name, want := range map[string]error{"a.geojson": ErrEmpty, "a.JSON": ErrEmpty, "a.geojsonl": nil, "a.ndjson": nil} {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, []byte(nothing), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(feed.File{Path: path})
			if !errors.Is(err, want) {
				t.Errorf("%q in %s: %v, want %v", nothing, name, err, want)
			}
			var f feedtest.Found
			if err == nil && (s.Read(t.Context(), &f) != nil || len(f.Records)+len(f.Problems) != 0) {
				t.Errorf("%q in %s: %+v", nothing, name, f)
			}
		}
	}
	if _, _, err := read(t, []byte("\xFF\xFE{\x00")); !errors.Is(err, ErrNotUTF8) {
		t.Errorf("UTF-16: %v", err)
	}
}

func TestCRS(t *testing.T) {
	for member, want := range map[string]string{
		`"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::5897"}},`: "urn:ogc:def:crs:EPSG::5897",
		`"crs":null,`: "",
		``:            "",
	} {
		for _, text := range []string{
			`{"type":"FeatureCollection",` + member + `"features":[` + pointA + `]}`,
			`{"type":"FeatureCollection","features":[` + pointA + `]` + strings.TrimSuffix(","+member, ",") + `}`,
		} {
			_, s, err := read(t, []byte(text))
			if err != nil || s.Schemas()[0].CRS != want {
				t.Errorf("%s: %q, %v", text, s.Schemas()[0].CRS, err)
			}
		}
	}
}

func TestGeometries(t *testing.T) {
	for text, want := range map[string]orb.Geometry{
		`{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`:                                         orb.MultiPoint{{1, 2}, {3, 4}},
		`{"type":"LineString","coordinates":[[1,2],[3,4]]}`:                                         orb.LineString{{1, 2}, {3, 4}},
		`{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]}`:                                  orb.MultiLineString{{{1, 2}, {3, 4}}},
		`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`:                              orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}},
		`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[]]}`:                    orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}, {}},
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[-1.5e-3,2E2]}]}`: orb.Collection{orb.Point{-0.0015, 200}},
		`{"type":"Point","coordinates":[]}`:                                                         orb.MultiPoint{},
		`null`:                                                                                      nil,
	} {
		f, _, err := read(t, []byte(`{"type":"Feature","geometry":`+text+`,"properties":null}`))
		if err != nil || len(f.Records) != 1 || !reflect.DeepEqual(f.Records[0].Geometry, want) {
			t.Errorf("%s: %+v %v", text, f, err)
		}
		if want == nil {
			continue
		}
		if f, _, err := read(t, []byte(text)); err != nil || len(f.Records) != 1 || !reflect.DeepEqual(f.Records[0].Geometry, want) {
			t.Errorf("bare %s: %+v %v", text, f, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(pointA + "\n" + pointB))
	f.Add([]byte(`{"type":"FeatureCollection","crs":null,"features":[` + pointA + "," + pointB + `]}`))
	f.Add([]byte("\x1e" + pointA))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2,3]}]},"properties":{"a\u00e9\ud83d\ude00":"\n"}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		got := &feedtest.Found{}
		task := &task{ctx: context.Background(), v: got, s: newStream(bytes.NewReader(content)), p: parser{names: map[string]string{}}}
		switch detect(content) {
		case formCollection:
			_ = task.collections()
		case formLines:
			_ = task.delimited('\n')
		case formSequence:
			_ = task.delimited(recordSeparator)
		default:
			_ = task.concatenated()
		}
		// What is taken for a feature is JSON to the standard library as well.
		for _, r := range got.Records {
			for _, field := range r.Fields {
				if field.Value.Kind() == city.KindJSON && !json.Valid([]byte(field.Value.Text())) {
					t.Errorf("property %q is %q", field.Name, field.Value.Text())
				}
			}
		}
	})
}

// FuzzSyntax holds the cursor against encoding/json: they agree on what is JSON.
func FuzzSyntax(f *testing.F) {
	for _, seed := range []string{pointA, `[1,-0.5e+3,"\ud800x",{}]`, `01`, `"\x"`, `{"a":1,}`, ` true `, "\"\x01\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		c := &cursor{b: content}
		err := c.skipValue(0)
		ours := err == nil && c.peek() == 0 && c.i >= len(content)
		if theirs := json.Valid(content); ours != theirs && !strings.Contains(errorText(err), "nested") {
			t.Errorf("%q: ours %v (%v), encoding/json %v", content, ours, err, theirs)
		}
	})
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

type discard struct{}

func (discard) Record(*feed.Record) error  { return nil }
func (discard) Problem(feed.Problem) error { return nil }

func BenchmarkRead(b *testing.B) {
	const n = 2000
	line := `{"type":"Feature","id":9566542,"properties":{"osm_id":9566542,"name":"Cầu Thê Húc","highway":"footway","bridge":"yes","layer":"1"},"geometry":{"type":"LineString","coordinates":[[105.8529998,21.0307572],[105.8525673,21.0308055],[105.8529998,21.0307572],[105.8525673,21.0308055]]}}` + "\n"
	path := filepath.Join(b.TempDir(), "a.geojsonl")
	if err := os.WriteFile(path, []byte(strings.Repeat(line, n)), 0o600); err != nil {
		b.Fatal(err)
	}
	s, err := Open(feed.File{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(n * len(line)))
	for b.Loop() {
		if err := s.Read(context.Background(), discard{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "features/s")
}
