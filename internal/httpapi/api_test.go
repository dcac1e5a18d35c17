package httpapi

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/openapi"
)

// TestDescriptionIsValid holds what a whole server says of itself against the
// schemas of the OpenAPI Initiative, in both versions.
func TestDescriptionIsValid(t *testing.T) {
	server, keys := rolesServer(t)
	for _, c := range []struct{ accept, mediaType, schema string }{
		{"application/vnd.oai.openapi+json;version=3.1", "application/vnd.oai.openapi+json;version=3.1", "openapi-3.1"},
		{"application/vnd.oai.openapi+json; version=3.0", "application/vnd.oai.openapi+json;version=3.0", "openapi-3.0"},
		{"application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json;version=3.1", "openapi-3.1"},
		{"application/json", "application/vnd.oai.openapi+json;version=3.1", "openapi-3.1"},
		{"*/*", "application/vnd.oai.openapi+json;version=3.1", "openapi-3.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/api", nil)
		r.Header.Set("Accept", c.accept)
		r.Header.Set("X-API-Key", keys[city.Admin])
		w := httptest.NewRecorder()
		held{server, t}.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != c.mediaType {
			t.Fatalf("Accept: %s: %d %v", c.accept, w.Code, w.Header())
		}
		file, err := os.ReadFile("../openapi/testdata/" + c.schema + ".schema.json")
		if err != nil {
			t.Fatal(err)
		}
		published, err := jsonschema.UnmarshalJSON(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource("published.json", published); err != nil {
			t.Fatal(err)
		}
		schema, err := compiler.Compile("published.json")
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Errorf("%s: %v", c.schema, err)
		}
	}
	if res := newTested(t, Config{}).get("/api", "Accept", "application/vnd.oai.openapi+json;version=2.0"); res.StatusCode != http.StatusNotAcceptable {
		t.Errorf("version 2.0: %s", res.Status)
	}
}

// TestEveryOperationIsDescribed finds each operation of the router in the document,
// in both languages.
func TestEveryOperationIsDescribed(t *testing.T) {
	server, _ := rolesServer(t)
	p, err := promised(server)
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range server.operations {
		o, _ := p.At(pointerTo("paths", strings.ReplaceAll(op.Path, "/*", "/{rest}"), strings.ToLower(op.Method)))
		summary, _ := o["summary"].(string)
		if o["operationId"] != op.ID || !strings.HasSuffix(summary, " · "+op.Summary) {
			t.Errorf("%s %s: %v %q", op.Method, op.Path, o["operationId"], summary)
		}
	}
}

// TestEveryPage asks for each page that there is. All are HTML in Vietnamese, under
// a policy that allows no scripts, and lead to the same as JSON.
func TestEveryPage(t *testing.T) {
	server, keys := rolesServer(t)
	p, err := promised(server)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, d := range describedOf(t, p.Object) {
		response, _ := p.At(pointerTo("paths", d.path, strings.ToLower(d.method), "responses", "200"))
		content, _ := response["content"].(openapi.Object)
		if content[media.TypeHTML] == nil || strings.HasPrefix(d.path, "/watches/") {
			continue
		}
		path, query := d.least()
		query.Set("f", "html")
		r := httptest.NewRequest(http.MethodGet, path+"?"+query.Encode(), nil)
		r.Header.Set("X-API-Key", keys[city.Admin])
		w := httptest.NewRecorder()
		held{server, t}.ServeHTTP(w, r)
		text := w.Body.String()
		if seen++; w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(text, `<html lang="vi">`) {
			t.Errorf("%s: %d %v\n%.300s", r.URL, w.Code, w.Header(), text)
		}
		if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "script-src") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", r.URL, policy)
		}
		if !strings.Contains(text, `<link rel="alternate"`) || strings.Contains(text, "<script>") || strings.Contains(text, "<style") {
			t.Errorf("%s: %.500s", r.URL, text)
		}
	}
	if seen < 15 {
		t.Errorf("only %d pages", seen)
	}
}

// TestPageOrDocument: browsers get pages, programs JSON, whatever the order in
// which they come to the same exchange.
func TestPageOrDocument(t *testing.T) {
	server := newTested(t, Config{})
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, c := range []struct{ target, accept, want string }{
		{"/collections", browser, "text/html; charset=utf-8"},
		{"/collections", "*/*", media.TypeJSON},
		{"/healthz", browser, media.TypeJSON},
		{"/collections/places/items", browser, "text/html; charset=utf-8"},
		{"/styles/hanoi.json", browser, media.TypeJSON},
		{"/collections/places/items", "", media.TypeGeoJSON},
		{"/collections/places/items?f=geojson", browser, media.TypeGeoJSON},
		{"/viewer/page.css", browser, "text/css; charset=utf-8"},
		{"/robots.txt", browser, "text/plain; charset=utf-8"},
		{"/dcat", "*/*", media.TypeJSONLD},
		{"/.well-known/api-catalog", "*/*", `application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"`},
	} {
		if got := server.get(c.target, "Accept", c.accept).Header.Get("Content-Type"); got != c.want {
			t.Errorf("%s for %q is %s, want %s", c.target, c.accept, got, c.want)
		}
	}
}

// TestPagesAreShort: a page for people ends early, with a link to the rest.
func TestPagesAreShort(t *testing.T) {
	server := newTested(t, Config{MaxPageBytes: 300})
	res := server.get("/collections/places/items?f=html")
	if text := string(body(t, res)); !strings.Contains(text, `rel="next"`) || strings.Contains(text, "Cầu Chương Dương") {
		t.Errorf("%s", text)
	}
}
