package integration

import (
	"slices"
	"strings"
	"testing"
)

// ogcSchema is a JSON Schema as Common, part 3, has it.
type ogcSchema struct {
	Schema               string `json:"$schema"`
	ID                   string `json:"$id"`
	Type                 string
	Properties           map[string]map[string]any
	AdditionalProperties *bool
}

// schema reads a schema that a collection links to, and holds what every schema
// must be.
func (o *ogc) schema(t *testing.T, c ogcCollection, rel, path string) ogcSchema {
	t.Helper()
	uri := o.base + "/collections/" + c.ID + path
	if l := c.one(t, rel); l.Href != uri || l.Type != "application/schema+json" {
		t.Errorf("%s: %+v, want %s", c.ID, l, uri)
	}
	s := as[ogcSchema](t, o.get(t, uri, "Accept", "application/schema+json").want(t, 200).wantType(t, "application/schema+json"))
	if s.Schema != "https://json-schema.org/draft/2020-12/schema" || s.ID != uri || s.Type != "object" || len(s.Properties) == 0 {
		t.Errorf("%s: %+v", uri, s)
	}
	keywords := []string{"title", "description", "type", "format", "enum", "readOnly"}
	places := map[any]bool{}
	ids, geometries := 0, 0
	for name, p := range s.Properties {
		for keyword := range p {
			if !slices.Contains(keywords, keyword) && !strings.HasPrefix(keyword, "x-ogc-") {
				t.Errorf("%s: %s has %s", uri, name, keyword)
			}
		}
		format, _ := p["format"].(string)
		if spatial := strings.HasPrefix(format, "geometry-"); spatial != (p["type"] == nil) {
			t.Errorf("%s: %s is %v", uri, name, p)
		}
		if place := p["x-ogc-propertySeq"]; place == nil || places[place] {
			t.Errorf("%s: %s stands at %v", uri, name, place)
		} else {
			places[place] = true
		}
		if p["title"] == nil {
			t.Errorf("%s: %s has no title", uri, name)
		}
		switch p["x-ogc-role"] {
		case "id":
			ids++
			if p["type"] != "integer" || p["readOnly"] != true {
				t.Errorf("%s: the id is %v", uri, p)
			}
		case "primary-geometry":
			geometries++
		case "primary-interval-start", "primary-interval-end":
			if p["type"] != "string" || format != "date" && format != "date-time" {
				t.Errorf("%s: %s is %v", uri, name, p)
			}
		}
		if unit, ok := p["x-ogc-unit"]; ok && (p["type"] != "number" && p["type"] != "integer" || unit == "ha") { // UCUM says har
			t.Errorf("%s: %s is in %v", uri, name, unit)
		}
	}
	if ids != 1 || geometries > 1 {
		t.Errorf("%s: %d ids, %d geometries", uri, ids, geometries)
	}
	return s
}

// schemaTests are of OGC API Common, part 3, and of what is sorted and shown.
func schemaTests() []ogcTest {
	return []ogcTest{
		{"conf_returnables-and-receivables_response", func(t *testing.T, o *ogc) {
			for _, c := range o.collections(t) {
				s := o.schema(t, c, "http://www.opengis.net/def/rel/ogc/1.0/schema", "/schema")
				for _, f := range o.items(t, c.ID, "limit", "50").Features {
					for name, value := range f.Properties {
						if p := s.Properties[name]; p == nil || !fits(value, p) {
							t.Errorf("%s/%d: %s is %v, the schema says %v", c.ID, f.ID, name, value, p)
						}
					}
					if want := s.Properties["geometry"]["format"]; want != "geometry-any" && want != "geometry-"+strings.ToLower(f.Geometry.Type) {
						t.Errorf("%s/%d: a %s, the schema says %v", c.ID, f.ID, f.Geometry.Type, want)
					}
				}
			}
		}},
		{"conf_advanced-property-roles_role-primary-temporal", func(t *testing.T, o *ogc) {
			s := as[ogcSchema](t, o.get(t, "/collections/bridges/schema"))
			if s.Properties["valid_from"]["x-ogc-role"] != "primary-interval-start" || s.Properties["valid_to"]["x-ogc-role"] != "primary-interval-end" {
				t.Errorf("%v, %v", s.Properties["valid_from"], s.Properties["valid_to"])
			}
			if title := s.Properties["status"]["title"]; title != "Tình trạng · Status" {
				t.Errorf("status is called %v", title)
			}
		}},
		{"conf_sortables_op-and-response", func(t *testing.T, o *ogc) {
			for _, c := range o.collections(t) {
				s := o.schema(t, c, "http://www.opengis.net/def/rel/ogc/1.0/sortables", "/sortables")
				names := make([]string, 0, len(s.Properties))
				for name, p := range s.Properties {
					if kind, _ := p["type"].(string); kind == "" {
						t.Errorf("%s: %s is %v", c.ID, name, p)
					}
					names = append(names, name)
				}
				for _, name := range names[:min(len(names), 4)] {
					o.get(t, "/collections/"+c.ID+"/items?limit=2&sortby=-"+name).want(t, 200)
				}
				o.get(t, "/collections/"+c.ID+"/items?sortby=geometry").want(t, 400)
			}
		}},
		{"sorting_order", func(t *testing.T, o *ogc) {
			up := o.items(t, "bridges", "sortby", "valid_from,-id", "limit", "1000").Features
			down := o.items(t, "bridges", "sortby", "-valid_from", "limit", "1000").Features
			day := func(f ogcFeature) string { s, _ := f.Properties["valid_from"].(string); return s }
			for i := 1; i < len(up); i++ {
				a, b := day(up[i-1]), day(up[i])
				if a == "" && b != "" || b != "" && a > b || a == b && up[i-1].ID <= up[i].ID {
					t.Errorf("%d (%s) before %d (%s)", up[i-1].ID, a, up[i].ID, b)
				}
				if a, b = day(down[i-1]), day(down[i]); a == "" && b != "" || b != "" && a < b || a == b && down[i-1].ID >= down[i].ID {
					t.Errorf("down: %d (%s) before %d (%s)", down[i-1].ID, a, down[i].ID, b)
				}
			}
		}},
		{"property-selection", func(t *testing.T, o *ogc) {
			for _, f := range o.items(t, "bridges", "properties", "status,name", "skipGeometry", "true").Features {
				for name := range f.Properties {
					if name != "status" && name != "name" {
						t.Errorf("%s is there", name)
					}
				}
				if f.Geometry != nil || len(f.Properties) == 0 {
					t.Errorf("%+v", f)
				}
			}
		}},
	}
}

// fits tells whether a value is what a schema says.
func fits(v any, p map[string]any) bool {
	switch v := v.(type) {
	case string:
		if enum, ok := p["enum"].([]any); ok && !slices.Contains(enum, any(v)) {
			return false
		}
		return p["type"] == "string"
	case float64:
		return p["type"] == "number" || p["type"] == "integer" && v == float64(int64(v))
	case bool:
		return p["type"] == "boolean"
	default:
		_, several := p["type"].([]any)
		return several
	}
}
