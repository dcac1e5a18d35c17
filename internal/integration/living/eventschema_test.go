package living

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hanoitwin/hanoitwin/internal/openapi"
	"github.com/hanoitwin/hanoitwin/internal/ssetest"
)

// eventSchemas compiles the schemas that the API's document has of the data of
// events, by the names of those, with no members but the described.
var eventSchemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	document, err := openapi.Document(&openapi.API{})
	if err != nil {
		return nil, err
	}
	schemas := document["components"].(openapi.Object)["schemas"].(openapi.Object)
	for _, name := range []string{"VersionEvent", "VersionMark", "TileRange"} {
		schemas[name].(openapi.Object)["additionalProperties"] = false
	}
	text, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("api.json", value); err != nil {
		return nil, err
	}
	all := map[string]*jsonschema.Schema{}
	for event, name := range map[string]string{"version": "VersionEvent", "hello": "VersionMark", "reset": "VersionMark"} {
		if all[event], err = c.Compile("api.json#/components/schemas/" + name); err != nil {
			return nil, err
		}
	}
	return all, nil
})

// holdEvent holds the data of an event of a version against its schema.
func holdEvent(t *testing.T, e ssetest.Event) {
	t.Helper()
	all, err := eventSchemas()
	if err != nil {
		t.Fatal(err)
	}
	schema := all[e.Name]
	if schema == nil {
		return
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(e.Data))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		t.Errorf("event %s: %#v\n%s", e.Name, err, e.Data)
	}
}
