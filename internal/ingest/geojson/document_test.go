package geojson

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/paulmach/orb"
)

func TestMembers(t *testing.T) {
	members, err := Members([]byte(` {"a" : [1, 2], "b\u0301":null,"a":"x"} `), 3)
	if err != nil {
		t.Fatal(err)
	}
	want := []Member{{"a", []byte("[1, 2]")}, {"b\u0301", []byte("null")}, {"a", []byte(`"x"`)}}
	if len(members) != len(want) {
		t.Fatalf("%d members, want %d", len(members), len(want))
	}
	for i, m := range members {
		if m.Name != want[i].Name || !bytes.Equal(m.Value, want[i].Value) {
			t.Errorf("member %d is %q %s, want %q %s", i, m.Name, m.Value, want[i].Name, want[i].Value)
		}
	}
	deep := bytes.Repeat([]byte(`{"a":`), 100)
	deep = append(append(deep, '1'), bytes.Repeat([]byte("}"), 100)...)
	for text, want := range map[string]error{
		``: ErrSyntax, `[]`: ErrSyntax, `{"a":1} {}`: ErrSyntax, `{"a":1,}`: ErrSyntax, `{"a":01}`: ErrSyntax,
		"{\"a\":\"\xff\"}": ErrEncoding, "{}\x00": ErrSyntax, string(deep): ErrSyntax,
	} {
		if _, err := Members([]byte(text), 100); !errors.Is(err, want) {
			t.Errorf("%.20q: %v, want %v", text, err, want)
		}
	}
}

func TestDocumentParts(t *testing.T) {
	if e, err := Elements([]byte(`[ {"a":1} ,2]`), 2); err != nil || len(e) != 2 || string(e[0]) != `{"a":1}` || string(e[1]) != "2" {
		t.Errorf("elements %q, %v", e, err)
	}
	if s, err := Text([]byte(`"H\u1ed3 Tây"`)); err != nil || s != "Hồ Tây" {
		t.Errorf("text %q, %v", s, err)
	}
	if _, err := Text([]byte(`1`)); !errors.Is(err, ErrSyntax) {
		t.Errorf("a number taken as text: %v", err)
	}
	if _, err := Elements([]byte(`[1,2,3]`), 2); !errors.Is(err, ErrTooMany) {
		t.Errorf("three elements where two are taken: %v", err)
	}
	if _, err := Members([]byte(`{"a":1,"b":2}`), 1); !errors.Is(err, ErrTooMany) {
		t.Errorf("two members where one is taken: %v", err)
	}
	g, flat, err := Geometry([]byte(`{"type":"Point","coordinates":[105.8,21,7]}`))
	if err != nil || !flat || !orb.Equal(g, orb.Point{105.8, 21}) {
		t.Errorf("geometry %v, %v, %v", g, flat, err)
	}
	if g, _, err := Geometry([]byte(`null`)); g != nil || err != nil {
		t.Errorf("null is %v, %v", g, err)
	}
	for _, text := range []string{`[]`, `"Point"`, `{"type":"Circle","coordinates":[1,2]}`, `{"type":"Point"}`} {
		if _, _, err := Geometry([]byte(text)); !errors.Is(err, ErrGeometry) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzMembers holds Members against encoding/json: what it takes is JSON, and
// its parts are.
func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"a":[1,2],"b":{"c":null}}`))
	f.Add([]byte(`{"\ud800":"\u0000"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		members, err := Members(text, 1000)
		if err != nil {
			return
		}
		if !json.Valid(text) {
			t.Fatalf("%q is no JSON", text)
		}
		for _, m := range members {
			if !json.Valid(m.Value) {
				t.Fatalf("member %q: %q is no JSON", m.Name, m.Value)
			}
		}
	})
}
