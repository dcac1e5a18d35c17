package city

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

// FuzzAppendJSONString holds the writer against encoding/json, byte for byte.
func FuzzAppendJSONString(f *testing.F) {
	for _, s := range []string{"", "Nút giao Ngã Tư Sở", "a\"b\\c/d", "\x00\x1f\x7f\n\r\t\b\f", "<script>&", "\xff\xfe bad", "\u2028\u2029", "😀", "e\u0302\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := AppendJSONString(nil, s)
		var back string
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatalf("%q: %s: %v", s, got, err)
		}
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var wantBack string
		if err := json.Unmarshal(want, &wantBack); err != nil {
			t.Fatal(err)
		}
		if back != wantBack {
			t.Fatalf("%q reads back as %q, want %q", s, back, wantBack)
		}
	})
}

func TestValueText(t *testing.T) {
	day := time.Date(2026, 2, 3, 23, 30, 0, 0, time.UTC)
	list, err := JSON([]byte(`[ "Vành đai 3", 1.50 ]`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		value      Value
		text, json string
	}{
		{Null, "", "null"},
		{String("Hòa Lạc"), "Hòa Lạc", `"Hòa Lạc"`},
		{Integer(-7), "-7", "-7"},
		{Integer(math.MinInt64), "-9223372036854775808", "-9223372036854775808"},
		{Number(0.1), "0.1", "0.1"},
		{Number(1e21), "1e+21", "1e+21"},
		{Number(math.Copysign(0, -1)), "0", "0"},
		{Number(math.NaN()), "", "null"},
		{Number(math.Inf(-1)), "", "null"},
		{Boolean(true), "true", "true"},
		{Date(day), "2026-02-03", `"2026-02-03"`},
		{Date(time.Date(1010, 10, 10, 0, 0, 0, 0, time.UTC)), "1010-10-10", `"1010-10-10"`},
		{Instant(day), "2026-02-03T23:30:00Z", `"2026-02-03T23:30:00Z"`},
		{list, `["Vành đai 3",1.50]`, `["Vành đai 3",1.50]`},
	} {
		if got := c.value.String(); got != c.text {
			t.Errorf("text %q, want %q", got, c.text)
		}
		if got := string(c.value.AppendJSON(nil)); got != c.json {
			t.Errorf("JSON %s, want %s", got, c.json)
		}
		if c.value.IsNull() {
			continue
		}
		back, err := ParseValue(c.value.Kind(), c.text)
		if err != nil || back != c.value {
			t.Errorf("%q reads back as %v (%v)", c.text, back, err)
		}
	}
}

func TestParseValueRefuses(t *testing.T) {
	for kind, text := range map[Kind]string{
		KindInteger: "1.5", KindNumber: "x", KindBoolean: "maybe", KindDate: "2026-02-30",
		KindInstant: "yesterday", KindJSON: "{", KindNull: "x",
	} {
		if v, err := ParseValue(kind, text); err == nil {
			t.Errorf("%q as %s: %v", text, kind, v)
		}
	}
}

func TestKindNames(t *testing.T) {
	for k := KindString; k <= KindJSON; k++ {
		if back, err := ParseKind(k.String()); err != nil || back != k {
			t.Errorf("%s reads back as %s (%v)", k, back, err)
		}
	}
	for _, name := range []string{"", "null", "text"} {
		if _, err := ParseKind(name); !errors.Is(err, ErrUnknownKind) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestLayerIDs(t *testing.T) {
	for _, good := range []string{"roads", "a", "ring_roads_2"} {
		if _, err := ParseLayerID(good); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"", "Roads", "1a", "đường", "a-b", "a b", "twin_layers", "gpkg_contents", "rtree_x", "a;drop", string(make([]byte, 70))} {
		if _, err := ParseLayerID(bad); !errors.Is(err, ErrBadName) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestLayerValidate(t *testing.T) {
	good := func() Layer {
		return Layer{ID: "roads", Geometry: GeometryLineString, Key: "code", Properties: []Property{{Name: "code", Type: KindString}, {Name: "lanes", Type: KindInteger}}}
	}
	l := good()
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Layer){
		"geometry":          func(l *Layer) { l.Geometry = "Circle" },
		"twice":             func(l *Layer) { l.Properties[1].Name = "CODE" },
		"no type":           func(l *Layer) { l.Properties[1].Type = KindNull },
		"no name":           func(l *Layer) { l.Properties[1].Name = "" },
		"quote":             func(l *Layer) { l.Properties[1].Name = `a"b` },
		"key":               func(l *Layer) { l.Key = "nothing" },
		"min zoom":          func(l *Layer) { l.Tiles.MinZoom = 23 },
		"class":             func(l *Layer) { l.Tiles.Classes = []ZoomClass{{Property: "nothing"}} },
		"attribute":         func(l *Layer) { l.Tiles.Attributes = []string{"nothing"} },
		"simplify":          func(l *Layer) { l.Tiles.Simplify = -1 },
		"visible to nobody": func(l *Layer) { l.VisibleTo = []Role{""} },
		"visible to whom":   func(l *Layer) { l.VisibleTo = []Role{Admin, "Admin"} },
		"visible twice":     func(l *Layer) { l.VisibleTo = []Role{Editor, Viewer, Editor} },
		"size of class":     func(l *Layer) { l.Tiles.Classes = []ZoomClass{{Property: "lanes", MinZoom: 99}} },
		"half an extent":    func(l *Layer) { l.Extent = []float64{105, 20} },
		"extent inside out": func(l *Layer) { l.Extent = []float64{106, 20, 105, 21} },
		"extent off globe":  func(l *Layer) { l.Extent = []float64{105, 20, 106, 91} },
		"extent of NaN":     func(l *Layer) { l.Extent = []float64{105, math.NaN(), 106, 21} },
	} {
		l := good()
		spoil(&l)
		if err := l.Validate(); !errors.Is(err, ErrBadLayer) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLayerValidateAll: whatever is wrong is told, not the first alone.
func TestLayerValidateAll(t *testing.T) {
	l := Layer{
		ID: "roads", Geometry: "Circle", Key: "nothing", VisibleTo: []Role{"nobody"}, Extent: []float64{1},
		Properties: []Property{{Name: "", Type: KindString}, {Name: "a"}},
		Tiles:      TileRules{MinZoom: 23, Attributes: []string{"b", "c"}},
	}
	err := l.Validate()
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{`geometry "Circle"`, `key "nothing"`, "nobody", "extent [1]", `name ""`, `"a" has no type`, "tile rules", `attribute "b"`, `attribute "c"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not told: %v", want, err)
		}
	}
}

func TestMinZoomOf(t *testing.T) {
	l := Layer{Properties: []Property{{Name: "highway", Type: KindString}, {Name: "lanes", Type: KindInteger}},
		Tiles: TileRules{MinZoom: 14, Classes: []ZoomClass{
			{Property: "highway", Values: []string{"motorway", "trunk"}, MinZoom: 5},
			{Property: "lanes", Values: []string{"6"}, MinZoom: 9}}}}
	for _, c := range []struct {
		values []Value
		want   uint8
	}{
		{[]Value{String("trunk"), Integer(6)}, 5},
		{[]Value{String("residential"), Integer(6)}, 9},
		{[]Value{String("residential")}, 14},
		{nil, 14},
	} {
		if got := l.MinZoomOf(&Feature{Values: c.values}); got != c.want {
			t.Errorf("%v: zoom %d, want %d", c.values, got, c.want)
		}
	}
}

func TestParseStatus(t *testing.T) {
	for _, s := range Statuses() {
		if got, err := ParseStatus(string(s)); err != nil || got != s {
			t.Error(got, err)
		}
	}
	if _, err := ParseStatus("open"); !errors.Is(err, ErrBadStatus) {
		t.Error(err)
	}
}

// TestAppendJSONStringIsJSON holds every rune, whole and cut, against encoding/json.
func TestAppendJSONStringIsJSON(t *testing.T) {
	for r := range rune(0x11000) {
		whole := string(r)
		for _, s := range []string{"a" + whole + "b", whole[:len(whole)-1], whole[1:] + "b"} {
			want, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			var a, b string
			got := AppendJSONString(nil, s)
			if err := errors.Join(json.Unmarshal(got, &a), json.Unmarshal(want, &b)); err != nil || a != b {
				t.Fatalf("%q is %s, want %s; %v", s, got, want, err)
			}
		}
	}
}
