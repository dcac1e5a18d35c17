package openapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

func testAPI() *API {
	return &API{
		Title: "Bản sao số", Version: "1.0.0", Server: "https://twin.example.vn/api", Licence: "ODbL-1.0", LicenceURL: "https://opendatacommons.org/licenses/odbl/1-0/",
		ExampleLayer: "roads", ExampleFeature: "R1",
		Layers: []*city.Layer{
			{
				ID: "roads", Title: "Đường", TitleEN: "Roads", Geometry: city.GeometryLineString,
				Properties: []city.Property{
					{Name: "code", Type: city.KindString}, {Name: "lanes", Type: city.KindInteger, Title: "Số làn", TitleEN: "Lanes"},
					{Name: "width", Type: city.KindNumber, Unit: "m"}, {Name: "status", Type: city.KindString},
					{Name: "valid_from", Type: city.KindDate}, {Name: "seen", Type: city.KindInstant}, {Name: "toll", Type: city.KindBoolean}, {Name: "more", Type: city.KindJSON},
					{Name: "type", Type: city.KindString}, {Name: "properties", Type: city.KindString}, {Name: "const", Type: city.KindString},
				},
			},
			{ID: "things", Geometry: city.GeometryAny},
		},
		Operations: []Operation{
			{
				Method: http.MethodGet, Path: "/collections/{layer}/items", ID: "getItems", Summary: "Features of a layer", Tag: "Data", Access: Optional,
				Query: []Parameter{
					{Name: "limit", Kind: Integer, Low: 1, High: 10, Clamped: true, Example: "5"},
					{Name: "radius", Kind: Number, Low: 0.001, High: 50_000},
					{Name: "layers", Kind: List, Example: "rivers,roads"},
					{Name: "f", OneOf: []string{"json", "html"}},
				},
				Answers: []Answer{
					{Status: 200, Content: []Content{{Type: "application/geo+json", Schema: "FeatureCollection"}, {Type: "text/html", Text: true}, {Type: "application/x-bytes"}}, Headers: []string{"ETag"}},
					{Status: 304},
				},
				Problems: []int{400, 404, 429, 503},
			},
			{
				Method: http.MethodPost, Path: "/collections/{layer}/items", ID: "createItem", Summary: "Adds a feature", Tag: "Writing", Access: Required,
				Headers:  []Parameter{{Name: "If-Match", Required: true}},
				Body:     &Body{Types: []string{"application/geo+json"}, Schema: "FeatureInput", Required: true, Example: Object{"type": "Feature"}},
				Answers:  []Answer{{Status: 201, Content: []Content{{Type: "application/geo+json", Schema: "Feature"}}, Headers: []string{"Location"}}},
				Problems: []int{401, 415},
			},
			{Method: http.MethodGet, Path: "/viewer/*", ID: "getViewerFile", Summary: "A file", Tag: "Operation", Answers: []Answer{{Status: 200, Content: []Content{{Type: "*/*"}}}}},
		},
	}
}

func documentOf(t *testing.T) Object {
	t.Helper()
	document, err := Document(testAPI())
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// generic is a document as a reader of its JSON has it.
func generic(t *testing.T, document Object) any {
	t.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// published compiles a schema that the OpenAPI Initiative publishes.
func published(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("published.json", value); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("published.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestPublishedSchemas holds both versions of the document against the schemas
// of the OpenAPI Initiative.
func TestPublishedSchemas(t *testing.T) {
	document := documentOf(t)
	if err := published(t, "testdata/openapi-3.1.schema.json").Validate(generic(t, document)); err != nil {
		t.Errorf("3.1: %v", err)
	}
	older := Downgrade(document)
	if err := published(t, "testdata/openapi-3.0.schema.json").Validate(generic(t, older)); err != nil {
		t.Errorf("3.0: %v", err)
	}
	if document["openapi"] != "3.1.0" || older["openapi"] != "3.0.3" {
		t.Error(document["openapi"], older["openapi"])
	}
	// And the check can fail.
	delete(document, "info")
	if published(t, "testdata/openapi-3.1.schema.json").Validate(generic(t, document)) == nil {
		t.Error("a document without info is valid")
	}
}

// TestNamesStandOnce holds that no object of schemas.json says anything twice: of
// two members of a name, encoding/json keeps the last without a word.
func TestNamesStandOnce(t *testing.T) {
	if name := repeated(t, `{"a":{"b":1,"c":[{"b":2}]},"b":[{"a":1},{"a":2}],"d":{"x":1,"x":2}}`); name != "x" {
		t.Errorf("found %q", name)
	}
	if name := repeated(t, string(fixedSchemas)); name != "" {
		t.Errorf("schemas.json has two members %q in one object", name)
	}
}

// repeated returns a name that an object has twice, "" when there is none.
func repeated(t *testing.T, text string) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	next := func() json.Token {
		token, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	var value func() string
	value = func() string {
		found := ""
		switch next() {
		case json.Delim('{'):
			for seen := map[string]bool{}; d.More(); {
				name, _ := next().(string)
				inside := value()
				if seen[name] {
					inside = name
				}
				found, seen[name] = cmp.Or(found, inside), true
			}
			next()
		case json.Delim('['):
			for d.More() {
				found = cmp.Or(found, value())
			}
			next()
		}
		return found
	}
	return value()
}

// TestReferences follows every reference of both versions.
func TestReferences(t *testing.T) {
	document := documentOf(t)
	for name, d := range map[string]Object{"3.1": document, "3.0": Downgrade(document)} {
		components, _ := d["components"].(Object)
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`"\$ref":"#/components/(\w+)/([^"]+)"`).FindAllStringSubmatch(string(text), -1)
		if len(found) < 50 {
			t.Fatalf("%s: only %d references", name, len(found))
		}
		for _, m := range found {
			kind, _ := components[m[1]].(Object)
			if kind[m[2]] == nil {
				t.Errorf("%s: %s leads nowhere", name, m[0])
			}
		}
	}
}

// TestLayerSchemas validates features against the schema of their layer.
func TestLayerSchemas(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("api.json", generic(t, documentOf(t))); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("api.json#/components/schemas/" + FeatureSchema("roads"))
	if err != nil {
		t.Fatal(err)
	}
	line := `"geometry":{"type":"LineString","coordinates":[[105,21],[105.1,21]]}`
	for text, valid := range map[string]bool{
		`{"type":"Feature","id":1,` + line + `,"properties":{"lanes":4,"width":7.5,"toll":true,"valid_from":"2027-06-30","seen":"2027-06-30T00:00:00Z","more":[1]}}`: true,
		`{"type":"Feature","id":1,` + line + `,"properties":{"lanes":"four"}}`:                                                                                       false,
		`{"type":"Feature","id":1,` + line + `,"properties":{"valid_from":"30/06/2027"}}`:                                                                            false,
		`{"type":"Feature","id":"1",` + line + `,"properties":{}}`:                                                                                                   false,
		`{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[105,21]},"properties":{}}`:                                                               false,
		`{"type":"Feature","id":1,"geometry":{"type":"LineString","coordinates":[[105,21]]},"properties":{}}`:                                                        false,
		`{"type":"Feature","id":1,` + line + `,"properties":{"type":"x","properties":"y","const":"z"},"links":[],"distance_m":1.5}`:                                  true,
		`{"type":"Feature","id":1,` + line + `,"properties":{"type":1}}`:                                                                                             false,
		`{"type":"Feature","id":1,` + line + `,"properties":{},"links":[{"href":"/"}]}`:                                                                              false,
	} {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != valid {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestDowngrade looks at each thing that 3.0 says otherwise.
func TestDowngrade(t *testing.T) {
	in := Object{
		"properties": Object{
			"const": Object{"type": []any{"string", "null"}},
			"kind":  Object{"const": "a"},
			"many":  Object{"type": []any{"integer", "string"}},
			"maybe": Object{"oneOf": []any{Object{"$ref": "#/x"}, Object{"type": "null"}}},
			"bytes": Object{"type": "string", "contentEncoding": "binary", "contentMediaType": "image/png"},
			"shown": Object{"type": "string", "examples": []any{"b", "c"}},
		},
		"example": Object{"const": 1, "type": []any{"kept"}},
	}
	got, err := json.Marshal(Downgrade(in))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"example":{"const":1,"type":["kept"]},"openapi":"3.0.3","properties":{` +
		`"bytes":{"format":"binary","type":"string"},"const":{"nullable":true,"type":"string"},"kind":{"enum":["a"]},` +
		`"many":{"anyOf":[{"type":"integer"},{"type":"string"}]},"maybe":{"allOf":[{"$ref":"#/x"}],"nullable":true},` +
		`"shown":{"example":"b","type":"string"}}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func BenchmarkDocument(b *testing.B) {
	api := testAPI()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Document(api); err != nil {
			b.Fatal(err)
		}
	}
}
