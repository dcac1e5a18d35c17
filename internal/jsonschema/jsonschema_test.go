package jsonschema_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2"
	"github.com/hanoitwin/hanoitwin/internal/jsonschema"
)

func layer(names ...string) *city.Layer {
	l := &city.Layer{ID: "things", Title: "Vật", TitleEN: "Things", Geometry: city.GeometryMultiPolygon}
	for _, name := range names {
		l.Properties = append(l.Properties, city.Property{Name: name, Type: city.KindString})
	}
	return l
}

func TestOf(t *testing.T) {
	l := layer()
	l.Properties = []city.Property{
		{Name: "status", Type: city.KindString, Title: "Tình trạng", TitleEN: "Status"},
		{Name: "area", Type: city.KindNumber, Title: "Diện tích", Unit: "ha"},
		{Name: "cost", Type: city.KindInteger, Unit: "billion VND"},
		{Name: "valid_from", Type: city.KindDate}, {Name: "valid_to", Type: city.KindDate},
		{Name: "seen", Type: city.KindInstant}, {Name: "open", Type: city.KindBoolean}, {Name: "tags", Type: city.KindJSON},
	}
	text, err := json.Marshal(jsonschema.Of(l, jsonschema.Returnables, "http://x/schema"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"http://x/schema","title":"Vật · Things","type":"object","properties":{` +
		`"id":{"title":"Mã số · Id","type":"integer","readOnly":true,"x-ogc-role":"id","x-ogc-propertySeq":1},` +
		`"status":{"title":"Tình trạng · Status","type":"string","enum":["planned","under_construction","in_operation","retired"],"x-ogc-propertySeq":2},` +
		`"area":{"title":"Diện tích","type":"number","x-ogc-propertySeq":3,"x-ogc-unit":"har"},` +
		`"cost":{"title":"cost","description":"Unit: billion VND","type":"integer","x-ogc-propertySeq":4},` +
		`"valid_from":{"title":"valid_from","type":"string","format":"date","x-ogc-role":"primary-interval-start","x-ogc-propertySeq":5},` +
		`"valid_to":{"title":"valid_to","type":"string","format":"date","x-ogc-role":"primary-interval-end","x-ogc-propertySeq":6},` +
		`"seen":{"title":"seen","type":"string","format":"date-time","x-ogc-propertySeq":7},` +
		`"open":{"title":"open","type":"boolean","x-ogc-propertySeq":8},` +
		`"tags":{"title":"tags","type":["object","array"],"x-ogc-propertySeq":9},` +
		`"geometry":{"title":"Hình học · Geometry","format":"geometry-multipolygon","x-ogc-role":"primary-geometry","x-ogc-propertySeq":10}},` +
		`"required":["geometry"],"additionalProperties":false}`
	if string(text) != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	for _, p := range jsonschema.Of(l, jsonschema.Sortables, "").Properties {
		if p.Name == "tags" || p.Name == "geometry" {
			t.Errorf("%s can be sorted by", p.Name)
		}
	}
}

// TestQueryablesAreThoseOfFilters holds the schema against what filters may name.
func TestQueryablesAreThoseOfFilters(t *testing.T) {
	for _, names := range [][]string{{"a", "b"}, {"id", "b"}, {"geometry", "id", "fid"}, {"geometry"}, nil} {
		l := layer(names...)
		var got, want []string
		for _, p := range jsonschema.Of(l, jsonschema.Queryables, "").Properties {
			got = append(got, p.Name)
		}
		for _, q := range cql2.Queryables(l) {
			want = append(want, q.Name)
		}
		slices.Sort(got)
		slices.Sort(want)
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("properties %v: the schema has %v, filters %v", names, got, want)
		}
	}
}

// TestNamesThatAreTaken keeps the names of a schema apart.
func TestNamesThatAreTaken(t *testing.T) {
	for _, names := range [][]string{{"id"}, {"id", "fid"}, {"geometry"}, {"geometry", "geom", "id"}} {
		seen := map[string]bool{}
		for _, p := range jsonschema.Of(layer(names...), jsonschema.Returnables, "").Properties {
			if seen[p.Name] {
				t.Errorf("properties %v: %s twice", names, p.Name)
			}
			seen[p.Name] = true
		}
	}
}
