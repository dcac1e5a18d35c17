package changes

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hanoitwin/hanoitwin/internal/openapi"
)

// TestDefinitionAsDescribed holds what PUT /layers/{layer} reads against the schema
// that the API's document has of it: both take the same, and refuse the same.
func TestDefinitionAsDescribed(t *testing.T) {
	document, err := openapi.Document(&openapi.API{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("api.json", value); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("api.json#/components/schemas/LayerInput")
	if err != nil {
		t.Fatal(err)
	}
	for body, right := range map[string]bool{
		`{}`: true,
		`{"id":"a","title":"Trạm","title_en":"Stops","description":"x","description_en":"x","attribution":"x","geometry":"Point","key":"code",` +
			`"properties":[{"name":"code","type":"string","title":"Mã","title_en":"Code","unit":"m"}],"visible_to":["editor"],"extent":[105,20,107,22],` +
			`"tiles":{"min_zoom":3,"classes":[{"property":"code","values":["x"],"min_zoom":4}],"simplify":1.5,"min_size":0,"attributes":["code"]}}`: true,
		`null`:                          false,
		`[]`:                            false,
		`"x"`:                           false,
		`{"titel":"x"}`:                 false,
		`{"Title":"x"}`:                 false,
		`{"title":null}`:                false,
		`{"title":1}`:                   false,
		`{"geometry":"Circle"}`:         false,
		`{"properties":{}}`:             false,
		`{"properties":[{}]}`:           false,
		`{"properties":[null]}`:         false,
		`{"properties":[{"name":"a"}]}`: false,
		`{"properties":[{"name":"a","type":"text"}]}`:            false,
		`{"properties":[{"name":"a","type":"null"}]}`:            false,
		`{"properties":[{"name":"a","type":"json","note":"x"}]}`: false,
		`{"tiles":{"min_zoom":23}}`:                              false,
		`{"tiles":{"min_zoom":1.5}}`:                             false,
		`{"tiles":{"zoom":1}}`:                                   false,
		`{"tiles":{"classes":[{"property":"a","min_zoom":4}]}}`:  false,
		`{"tiles":{"classes":[{"values":["a"],"min_zoom":4}]}}`:  false,
		`{"tiles":{"simplify":-1}}`:                              false,
		`{"tiles":{"min_size":5000}}`:                            false,
		`{"visible_to":["nobody"]}`:                              false,
		`{"extent":[105,20]}`:                                    false,
		`{"extent":"105,20,106,21"}`:                             false,
	} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != right {
			t.Errorf("the schema says of %s: %v", body, err)
		}
		if taken, wrong := takes(body); taken != right {
			t.Errorf("%s is taken: %v, %v", body, taken, wrong)
		}
	}
	for _, body := range []string{`{"title":"a","title":"b"}`, `{"properties":[{"name":"a","type":"string","type":"date"}]}`, `{"key":"none"}`, `{`} { // which no schema can tell
		if taken, _ := takes(body); taken {
			t.Errorf("%s is taken", body)
		}
	}
}

// takes tells whether a body is a definition of a new layer, and what is wrong.
func takes(body string) (bool, string) {
	layer, wrong := decodeLayer([]byte(body))
	if layer == nil || len(wrong) > 0 {
		return false, badDefinitions(wrong).Detail
	}
	layer.ID = "a"
	if layer.Geometry == "" {
		layer.Geometry = "Geometry"
	}
	if err := layer.Validate(); err != nil {
		return false, err.Error()
	}
	return true, ""
}
