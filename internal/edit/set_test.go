package edit

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/check"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

func isOutline(l *snapshot.Layer) bool { return l.ID() == outlineLayer }

func TestReadSet(t *testing.T) {
	set, err := ReadSet([]byte(`{"message":"Thông xe Vành đai 3,5","edits":[
		{"op":"create","layer":"nodes","feature":{"type":"Feature"}},
		{"op":"patch","layer":"nodes","id":7,"if_match":"\"3f\"","feature":{"properties":{}}},
		{"op":"delete","layer":"zones","id":"VD3-4"}]}`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if set.Message != "Thông xe Vành đai 3,5" || len(set.Steps) != 3 {
		t.Fatalf("%+v", set)
	}
	for i, want := range []Step{
		{Op: Create, Layer: "nodes", Body: []byte(`{"type":"Feature"}`)},
		{Op: Patch, Layer: "nodes", Feature: "7", IfMatch: `"3f"`, Body: []byte(`{"properties":{}}`)},
		{Op: Delete, Layer: "zones", Feature: "VD3-4"},
	} {
		got := set.Steps[i]
		if got.Op != want.Op || got.Layer != want.Layer || got.Feature != want.Feature || got.IfMatch != want.IfMatch || !bytes.Equal(got.Body, want.Body) {
			t.Errorf("step %d is %+v, want %+v", i, got, want)
		}
	}
}

func TestReadSetMistakes(t *testing.T) {
	many := `{"edits":[{}` + strings.Repeat(",{}", Limits{}.WithDefaults().Edits) + `]}`
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"nothing":  {`{}`, []string{"/edits is missing"}},
		"empty":    {`{"edits":[],"mesage":"x"}`, []string{"/edits is empty", "/mesage is not known here"}},
		"types":    {`{"edits":{},"message":1}`, []string{"/edits is an object, not an array", "/message is a number, not text"}},
		"too many": {many, []string{"/edits has more than 10000 edits"}},
		"too long": {`{"message":"` + strings.Repeat("x", 2001) + `","edits":[1]}`, []string{"/message has 2001 bytes; the limit is 2000", "/edits/0 is no JSON object"}},
		"edits": {
			`{"edits":[{"op":"move","layer":1},{"op":"create","id":1,"layer":"a"},{"op":"delete","layer":"a","feature":{}},{"op":"patch","layer":"a","id":1.5,"feature":{},"x":1},{"layer":"a","id":""}]}`,
			[]string{
				"/edits/0/layer is a number, not text", "/edits/0/op is no operation", "/edits/1/id does not belong to \"create\"", "/edits/1/feature is missing",
				"/edits/2/id is missing", "/edits/2/feature does not belong to \"delete\"", "/edits/3/id is no id", "/edits/3/x is not known here",
				"/edits/4/id is empty", "/edits/4/op is missing",
			},
		},
	} {
		_, err := ReadSet([]byte(c.body), Limits{})
		m, _ := AsMistakes(err)
		if got := told(m); !slices.Equal(got, c.want) {
			t.Errorf("%s: mistakes\n got %q\nwant %q", name, got, c.want)
		}
	}
}

// TestMistakesOfSets tells what is wrong with a set that cannot all be read together
// with what is wrong with its other steps, but of codes only what is sure.
func TestMistakesOfSets(t *testing.T) {
	taken := `{"op":"create","layer":"nodes","feature":` + node(`"code":"A","lanes":"x"`) + `}`
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"all": {`{"mesage":"","edits":[{"op":"move","layer":"zones"},{"op":"delete","layer":"none","id":1},` + taken + `]}`, []string{
			"/mesage is not known here", "/edits/0/op is no operation", "/edits/1/layer names no layer",
			"/edits/2/feature/properties/lanes is text, not an integer", "/edits/2/feature/properties/code belongs to feature 1",
		}},
		"a code that may become free": {`{"edits":[{"op":"delete","layer":"nodes","id":"A","x":1},` + taken + `]}`, []string{
			"/edits/0/x is not known here", "/edits/1/feature/properties/lanes is text, not an integer",
		}},
		"of whatever layer": {`{"edits":[1,` + taken + `]}`, []string{
			"/edits/0 is no JSON object", "/edits/1/feature/properties/lanes is text, not an integer",
		}},
	} {
		set, err := ReadSet([]byte(c.body), Limits{})
		read, ok := AsMistakes(err)
		if !ok {
			t.Fatalf("%s: %v", name, err)
		}
		all, _ := AsMistakes(planner(t).Mistakes(t.Context(), set.Steps, read))
		if got := told(all); !slices.Equal(got, c.want) {
			t.Errorf("%s: mistakes\n got %q\nwant %q", name, got, c.want)
		}
	}
}

// TestMergePatch is the table of RFC 7396, appendix A.
func TestMergePatch(t *testing.T) {
	for _, c := range [][3]string{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	} {
		got, err := mergePatch([]byte(c[0]), []byte(c[1]))
		if err != nil || string(got) != c[2] {
			t.Errorf("%s + %s is %s, %v; want %s", c[0], c[1], got, err, c[2])
		}
	}
}

func TestReadMessage(t *testing.T) {
	for body, want := range map[string]string{"": "", "  \n": "", `{"message":"nhầm"}`: "nhầm", `{}`: ""} {
		if got, err := ReadMessage([]byte(body)); err != nil || got != want {
			t.Errorf("%q: %q, %v", body, got, err)
		}
	}
	for _, body := range []string{`[]`, `{"message":1}`, `{"edits":[]}`, `{"message":"a\u0007"}`} {
		if _, err := ReadMessage([]byte(body)); err == nil {
			t.Errorf("%q is taken", body)
		}
	}
}

// FuzzFeature wants of whatever is taken that it is what stores may hold: typed
// values, text in normal form, a valid geometry inside the extent; and that the
// same body taken as a replacement of the result changes nothing.
func FuzzFeature(f *testing.F) {
	f.Add([]byte(node(`"code":"X","name":"e\u0301","lanes":1,"height":1e3,"seen":"2026-03-01T00:00:00Z","tags":{"a":[]},"valid_from":"2026-01-01"`)), false)
	f.Add([]byte(`{"geometry":{"coordinates":[105,21]},"properties":{"tags":{"a":{"b":null}},"name":null}}`), true)
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"Point","coordinates":[1e2,2e1]},"properties":{"code":"\ud83d\ude00"}}`), false)
	p := planner(f)
	f.Fuzz(func(t *testing.T, body []byte, patch bool) {
		s := Step{Op: Create, Layer: "nodes", Body: body}
		if patch {
			s.Op, s.Feature = Patch, "1"
		}
		changes, err := p.Plan(context.Background(), []Step{s})
		if err != nil {
			if m, ok := AsMistakes(err); !ok || len(m.List) == 0 || !utf8.ValidString(m.Error()) {
				t.Fatalf("%v", err)
			}
			return
		}
		is := changes[0].Is
		if err := check.Geometry(is.Geometry); err != nil || !p.Extent.Contains(is.Geometry.Bound().Min) {
			t.Fatalf("geometry %v: %v", is.Geometry, err)
		}
		def := nodes()
		for i, v := range is.Values {
			if !v.IsNull() && v.Kind() != def.Properties[i].Type {
				t.Fatalf("%s is a %s", def.Properties[i].Name, v.Kind())
			}
			if text := v.Text(); !norm.NFC.IsNormalString(text) || strings.ContainsRune(text, 0) {
				t.Fatalf("%s is %q", def.Properties[i].Name, text)
			}
			if v.Kind() == city.KindJSON && !json.Valid([]byte(v.Text())) {
				t.Fatalf("%s is %q", def.Properties[i].Name, v.Text())
			}
		}
	})
}

// FuzzSet wants that whatever is no change set is refused with mistakes, and that
// what is taken can be planned.
func FuzzSet(f *testing.F) {
	f.Add([]byte(`{"message":"x","edits":[{"op":"create","layer":"nodes","feature":` + node(`"code":"X"`) + `},{"op":"delete","layer":"zones","id":"A"}]}`))
	f.Add([]byte(`{"edits":[{"op":"patch","layer":"nodes","id":1,"if_match":"*","feature":{"properties":{"lanes":null}}}]}`))
	p := planner(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		set, err := ReadSet(body, Limits{})
		if err == nil {
			if len(set.Steps) == 0 || len(set.Steps) > (Limits{}).WithDefaults().Edits {
				t.Fatalf("%d steps", len(set.Steps))
			}
			var changes []Change
			if changes, err = p.Plan(context.Background(), set.Steps); err == nil && len(changes) != len(set.Steps) {
				t.Fatalf("%d changes for %d steps", len(changes), len(set.Steps))
			}
		}
		if err != nil {
			if m, ok := AsMistakes(err); !ok || len(m.List) == 0 {
				t.Fatal(err)
			}
		}
	})
}

func TestLimits(t *testing.T) {
	limits := Limits{Edits: 1, PolygonPositions: 5}
	_, err := ReadSet([]byte(`{"edits":[{"op":"delete","layer":"nodes","id":1},{"op":"delete","layer":"nodes","id":2}]}`), limits)
	m, _ := AsMistakes(err)
	if got := told(m); !slices.Equal(got, []string{"/edits has more than 1 edits"}) || m.List[0].Limit != 1 {
		t.Errorf("edits: %q", got)
	}
	p := planner(t)
	p.Limits = limits
	for ring, want := range map[string][]string{
		`[105,20],[105.9,20],[105.9,20.9],[105,20.9],[105,20]`:              nil,
		`[105,20],[105.9,20],[105.9,20.9],[105.5,20.9],[105,20.9],[105,20]`: {"/geometry has 6 positions; the limit is 5"},
	} {
		_, err := p.Plan(t.Context(), []Step{{Op: Create, Layer: "zones", Body: []byte(`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[` + ring + `]]},"properties":{}}`)}})
		m, _ := AsMistakes(err)
		if got := told(m); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", ring, got, want)
		}
	}
}
