package httpapi

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// askedOf returns what the owner of a key gets as JSON.
func askedOf(t *testing.T, server http.Handler, key, target string) map[string]any {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	if key != "" {
		r.Header.Set("X-API-Key", key)
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if w.Code != http.StatusOK || err != nil {
		t.Fatalf("%s: %d %v %.300s", target, w.Code, err, w.Body)
	}
	return document.(map[string]any)
}

// TestSchemasAreSchemas holds the schemas that are served against the metaschema of
// JSON Schema 2020-12, the features against the schema of their layer, and each
// schema in the description of the API against the metaschema, too.
func TestSchemasAreSchemas(t *testing.T) {
	whole, keys := rolesServer(t)
	server, key := newTested(t, Config{}), ""
	compiler := jsonschema.NewCompiler()
	meta, err := compiler.Compile("https://json-schema.org/draft/2020-12/schema")
	if err != nil {
		t.Fatal(err)
	}
	features := 0
	for _, c := range askedOf(t, server, key, "/collections")["collections"].([]any) {
		path := "/collections/" + c.(map[string]any)["id"].(string)
		for _, name := range []string{"/schema", "/queryables", "/sortables"} {
			document := askedOf(t, server, key, path+name)
			if err := meta.Validate(document); err != nil {
				t.Errorf("%s: %v", path+name, err)
			}
			if err := compiler.AddResource(path+name, document); err != nil {
				t.Fatal(err)
			}
			compiled, err := compiler.Compile(path + name)
			if err != nil {
				t.Errorf("%s: %v", path+name, err)
				continue
			}
			if name != "/schema" {
				continue
			}
			for _, f := range askedOf(t, server, key, path+"/items")["features"].([]any) {
				feature := f.(map[string]any)
				flat := map[string]any{"id": feature["id"], "geometry": feature["geometry"]}
				for k, v := range feature["properties"].(map[string]any) {
					flat[k] = v
				}
				if err := compiled.Validate(flat); err != nil {
					t.Errorf("%s of %s: %v", feature["id"], path, err)
				}
				features++
			}
		}
	}
	if features < 5 {
		t.Errorf("only %d features seen", features)
	}
	schemas := 0
	each := func(name string, schema any) {
		schemas++
		if err := meta.Validate(schema); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	api := askedOf(t, whole, keys[city.Admin], "/api")
	for name, schema := range api["components"].(map[string]any)["schemas"].(map[string]any) {
		each(name, schema)
	}
	var walk func(name string, part any)
	walk = func(name string, part any) {
		switch part := part.(type) {
		case []any:
			for _, p := range part {
				walk(name, p)
			}
		case map[string]any:
			for k, p := range part {
				if k == "schema" {
					each(name, p)
					continue
				}
				walk(name+"/"+k, p)
			}
		}
	}
	walk("", api["paths"])
	if schemas < 200 {
		t.Errorf("only %d schemas seen", schemas)
	}
}
