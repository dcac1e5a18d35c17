package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/openapi"
)

// The answers of these tests are held against the document that /api answers: a
// status, a header, a media type or a member that it does not declare is an error.

// promise is the document of a server, with its schemas compiled when they are
// needed. Its schemas are closed: what the published ones leave open for the
// future, such as members that nobody has described, is a mistake here.
type promise struct {
	document openapi.Object
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

// promises keeps the documents of servers that promise the same.
type promises struct {
	seed   maphash.Seed
	all    sync.Map // by hash of the document
	served sync.Map // by served
}

// served is a server while its layers are defined as they are: of the rest of its
// state the document takes examples only, which promise nothing.
type served struct {
	server *Server
	layers uint64 // the hash of their definitions
}

var kept = &promises{seed: maphash.MakeSeed()}

// promised returns the document of a server as an admin sees it.
func promised(server *Server) (*promise, error) {
	r := httptest.NewRequest(http.MethodGet, "http://contract.example/api", nil)
	x := server.core.Begin(httptest.NewRecorder(), r)
	defer x.End()
	x.View = server.core.Views().Load(city.Admin)
	if x.View.Snapshot == nil {
		return nil, errors.New("there is no state, so that nothing is promised")
	}
	var definitions maphash.Hash
	definitions.SetSeed(kept.seed)
	for _, l := range x.View.All.Layers {
		text, err := json.Marshal(l.Definition())
		if err != nil {
			return nil, err
		}
		definitions.Write(text)
	}
	now := served{server, definitions.Sum64()}
	if p, ok := kept.served.Load(now); ok {
		return p.(*promise), nil
	}
	p, err := promisedAnew(server.describer.Describe(x))
	if err == nil {
		kept.served.Store(now, p)
	}
	return p, err
}

func promisedAnew(api *openapi.API) (*promise, error) {
	document, err := openapi.Document(api)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	key := maphash.Bytes(kept.seed, text)
	if p, ok := kept.all.Load(key); ok {
		return p.(*promise), nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	components := value.(openapi.Object)["components"].(openapi.Object)
	for _, schema := range components["schemas"].(openapi.Object) {
		closeObjects(schema)
	}
	p := &promise{document: value.(openapi.Object), compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	p.compiler.AssertFormat()
	if err := p.compiler.AddResource("api.json", value); err != nil {
		return nil, err
	}
	first, _ := kept.all.LoadOrStore(key, p)
	return first.(*promise), nil
}

// closeObjects lets objects have no members but those that are described.
func closeObjects(part any) {
	switch part := part.(type) {
	case []any:
		for _, member := range part {
			closeObjects(member)
		}
	case openapi.Object:
		for _, member := range part {
			closeObjects(member)
		}
		if _, open := part["additionalProperties"]; !open && part["type"] == "object" && part["properties"] != nil {
			part["additionalProperties"] = false
		}
	}
}

// at returns the object at a JSON Pointer, references followed.
func (p *promise) at(pointer string) (openapi.Object, string) {
	var here any = p.document
	for name := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		object, _ := here.(openapi.Object)
		here = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
	}
	object, _ := here.(openapi.Object)
	if ref, ok := object["$ref"].(string); ok {
		return p.at(strings.TrimPrefix(ref, "#"))
	}
	return object, pointer
}

func (p *promise) schema(pointer string) (*jsonschema.Schema, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.compiled[pointer]; s != nil {
		return s, nil
	}
	s, err := p.compiler.Compile("api.json#" + strings.ReplaceAll(pointer, "%", "%25"))
	p.compiled[pointer] = s
	return s, err
}

func pointerTo(names ...string) string {
	text := ""
	for _, name := range names {
		text += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	return text
}

// held is a server whose answers are held against what it promises.
type held struct {
	*Server
	tb testing.TB
}

func (h held) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, ok := h.tb.(*testing.T); !ok { // neither benchmarks nor fuzzing want to wait for it
		h.Server.ServeHTTP(w, r)
		return
	}
	method, target := r.Method, r.URL.RequestURI()
	pattern := patternOf(h.Server, method, r.URL.EscapedPath())
	c, sent := &copied{ResponseWriter: w}, copyBody(r)
	h.Server.ServeHTTP(c, r)
	if h.tb.Context().Err() != nil {
		return // a stream that outlives its test
	}
	p, err := promised(h.Server)
	if err != nil {
		return // nothing is served yet
	}
	if err := p.hold(method, pattern, c); err != nil {
		h.tb.Errorf("%s %s breaks the contract: %v\n%.500s", method, target, err, c.body.Bytes())
	}
	if err := p.holdRequest(r, pattern, c.status, sent); err != nil {
		h.tb.Errorf("%s %s: %v", method, target, err)
	}
}

// patternOf returns the path of the operation that a request is for, "" for none.
func patternOf(server *Server, method, path string) string {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	routing := chi.NewRouteContext()
	if !server.router.Match(routing, method, path) {
		return ""
	}
	return routing.RoutePattern()
}

// copied is an answer on its way, and a copy of it.
type copied struct {
	http.ResponseWriter
	status int
	header http.Header
	body   bytes.Buffer
}

func (c *copied) WriteHeader(status int) {
	if c.status == 0 {
		c.status, c.header = status, c.ResponseWriter.Header().Clone()
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *copied) Write(body []byte) (int, error) {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	c.body.Write(body)
	return c.ResponseWriter.Write(body)
}

// Unwrap lets http.ResponseController reach the connection.
func (c *copied) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// plainHeaders mean what they mean anywhere.
func plainHeaders() []string {
	return []string{
		"Content-Type", "Content-Length", "Date", "Connection", "X-Accel-Buffering", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy", "Allow",
		"Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Access-Control-Allow-Credentials",
	}
}

// hold returns how an answer breaks the contract, or nil.
func (p *promise) hold(method, pattern string, c *copied) error {
	switch {
	case c.status == 0 || c.status/100 == 2 && method == http.MethodOptions:
		return nil // the client has gone, or asks what it may
	case pattern == "" || method == http.MethodOptions:
		if c.status/100 != 4 {
			return fmt.Errorf("status %d of what is not declared", c.status)
		}
		return p.holdBody(method, pointerTo("components", "schemas", "Problem"), c)
	}
	operation := method
	if method == http.MethodHead {
		operation = http.MethodGet
	}
	at := pointerTo("paths", strings.ReplaceAll(pattern, "/*", "/{rest}"), strings.ToLower(operation), "responses", strconv.Itoa(c.status))
	response, at := p.at(at)
	if response == nil {
		return fmt.Errorf("status %d is not declared at %s", c.status, at)
	}
	if err := holdHeaders(response, c.header); err != nil {
		return err
	}
	return p.holdContent(method, response, at, c)
}

func holdHeaders(response openapi.Object, header http.Header) error {
	declared, _ := response["headers"].(openapi.Object)
	var errs []error
	for name := range header {
		known := slices.Contains(plainHeaders(), name)
		for d := range declared {
			known = known || http.CanonicalHeaderKey(d) == http.CanonicalHeaderKey(name)
		}
		if !known {
			errs = append(errs, fmt.Errorf("the header %s is not declared", name))
		}
	}
	return errors.Join(errs...)
}

func (p *promise) holdContent(method string, response openapi.Object, at string, c *copied) error {
	content, _ := response["content"].(openapi.Object)
	given := c.header.Get("Content-Type")
	if c.status == http.StatusNotModified || c.status == http.StatusNoContent || given == "" && c.body.Len() == 0 {
		return nil
	}
	base, _, err := mime.ParseMediaType(given)
	if err != nil {
		return fmt.Errorf("Content-Type %q: %w", given, err)
	}
	declared := ""
	for _, name := range []string{given, base, "*/*"} {
		if _, ok := content[name]; ok {
			declared = name
			break
		}
	}
	if declared == "" {
		return fmt.Errorf("the media type %q is not declared for %d", given, c.status)
	}
	switch base {
	case "text/event-stream":
		return p.holdEvents(at, c.body.String())
	case "application/geo+json-lines", "application/geo+json-seq":
		return p.holdRecords(method, base, c)
	}
	if !strings.HasSuffix(base, "json") {
		return nil
	}
	return p.holdBody(method, at+pointerTo("content", declared, "schema"), c)
}

// holdBody validates JSON, and features of a layer against the schema of that.
func (p *promise) holdBody(method, pointer string, c *copied) error {
	if method == http.MethodHead {
		if c.body.Len() > 0 {
			return errors.New("HEAD is answered with a body")
		}
		return nil
	}
	plain, err := decompressed(&http.Response{Header: c.header, Body: io.NopCloser(&c.body)})
	if err != nil {
		return err
	}
	c.body = *bytes.NewBuffer(plain)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	if err != nil {
		return err
	}
	schema, err := p.schema(pointer)
	if err != nil {
		return err
	}
	if err := schema.Validate(value); err != nil {
		return fmt.Errorf("schema: %#v", err)
	}
	if c.header.Get("Content-Type") != media.TypeGeoJSON {
		return nil
	}
	return p.holdFeatures(value)
}

// holdFeatures validates the features of an answer that are of a layer of now.
func (p *promise) holdFeatures(value any) error {
	object, _ := value.(openapi.Object)
	features, isCollection := object["features"].([]any)
	if !isCollection {
		features = []any{value}
	}
	for _, f := range features {
		feature, _ := f.(openapi.Object)
		layer := layerOf(object, feature)
		pointer := pointerTo("components", "schemas", openapi.FeatureSchema(city.LayerID(layer)))
		if found, _ := p.at(pointer); found == nil {
			continue
		}
		schema, err := p.schema(pointer)
		if err != nil {
			return err
		}
		if err := schema.Validate(f); err != nil {
			return fmt.Errorf("schema of %s: %#v", layer, err)
		}
	}
	return nil
}

// layerOf tells of which layer a feature is: what it says itself, or otherwise what
// the answer links to.
func layerOf(answer, feature openapi.Object) string {
	if layer, ok := feature["layer"].(string); ok {
		return layer
	}
	links, _ := answer["links"].([]any)
	for _, l := range links {
		if link, _ := l.(openapi.Object); link["rel"] == "collection" {
			href, _ := link["href"].(string)
			_, layer, _ := strings.Cut(href, "/collections/")
			layer, _, _ = strings.Cut(layer, "?")
			return layer
		}
	}
	return ""
}

// TestContractFailsOnRequests shows bodies, and events, that break the contract.
func TestContractFailsOnRequests(t *testing.T) {
	server, _ := rolesServer(t)
	p, err := promised(server)
	if err != nil {
		t.Fatal(err)
	}
	for body, breaks := range map[string]bool{`{"title":"x","place":{"point":[105,21],"radius_m":5}}`: false, `{"titel":"x"}`: true, `{`: true} {
		r := httptest.NewRequest("POST", "/watches", nil)
		r.Header.Set("Content-Type", "application/json")
		if err := p.holdRequest(r, "/watches", 201, []byte(body)); (err != nil) != breaks {
			t.Errorf("%s: %v", body, err)
		}
	}
	for text, breaks := range map[string]bool{
		"retry: 1\nevent: hello\nid: 1\ndata: {\"version\":1}\n\n: \n\nevent: gone\ndata: {}\n\n": false,
		"event: hello\nid: 1\ndata: {\"versoin\":1}\n\n":                                          true,
		"event: helo\nid: 1\ndata: {\"version\":1}\n\n":                                           true,
		"event: watch\nid: 1\ndata: {\"type\":\"watch.events\",\"data\":{\"id\":\"a\"}}\n\n":      true,
	} {
		if err := p.holdEvents(pointerTo("paths", "/events", "get", "responses", "200"), text); (err != nil) != breaks {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestContractFails shows answers that break the contract to what holds them
// against it.
func TestContractFails(t *testing.T) {
	server := newTested(t, Config{})
	p, err := promised(server.Server)
	if err != nil {
		t.Fatal(err)
	}
	good := `{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[105,21]},"properties":{"name":"x","lanes":4},` +
		`"links":[{"href":"http://x/collections/places","rel":"collection"}]}`
	const item, download, jsonFG = "/collections/{layer}/items/{feature}", "/collections/{layer}/download", "application/geo+json; profile=jsonfg"
	const fg = `,"conformsTo":["http://www.opengis.net/spec/json-fg-1/1.0/conf/core"],"featureType":"places","time":{"interval":["2027-01-01",".."]}`
	for _, c := range []struct {
		name, method, pattern, kind, body string
		status                            int
		header                            string
		breaks                            bool
	}{
		{"right", "GET", item, media.TypeGeoJSON, good, 200, "", false},
		{"status", "GET", item, media.TypeGeoJSON, good, 203, "", true},
		{"media type", "GET", item, "application/xml", good, 200, "", true},
		{"header", "GET", item, media.TypeGeoJSON, good, 200, "X-Secret", true},
		{"member", "GET", item, media.TypeGeoJSON, strings.Replace(good, `"id":1`, `"id":1,"extra":true`, 1), 200, "", true},
		{"property", "GET", item, media.TypeGeoJSON, strings.Replace(good, `"lanes":4`, `"lanes":"four"`, 1), 200, "", true},
		{"property that the layer has not", "GET", item, media.TypeGeoJSON, strings.Replace(good, `"lanes":4`, `"speed":4`, 1), 200, "", true},
		{"geometry", "GET", item, media.TypeGeoJSON, strings.Replace(good, `"coordinates":[105,21]`, `"coordinates":[105]`, 1), 200, "", true},
		{"lines", "GET", download, "application/geo+json-lines", good + "\n" + good + "\n", 200, "", false},
		{"lines without an end", "GET", download, "application/geo+json-lines", good + "\n" + good, 200, "", true},
		{"a line of another kind", "GET", download, "application/geo+json-lines", good + "\n{}\n", 200, "", true},
		{"sequence", "GET", download, "application/geo+json-seq", "\x1e" + good + "\n\x1e" + good + "\n", 200, "", false},
		{"sequence without separators", "GET", download, "application/geo+json-seq", good + "\n", 200, "", true},
		{"JSON-FG", "GET", item, jsonFG, good[:len(good)-1] + fg + `,"place":null}`, 200, "", false},
		{"JSON-FG in two places", "GET", item, jsonFG, good[:len(good)-1] + fg + `,"place":{"type":"Point","coordinates":[1,2]}}`, 200, "", true},
		{"JSON-FG at no time", "GET", item, jsonFG, strings.Replace(good[:len(good)-1]+fg+`,"place":null}`, "2027-01-01", "..", 1), 200, "", true},
		{"JSON-FG without its class", "GET", item, jsonFG, strings.Replace(good[:len(good)-1]+fg+`,"place":null}`, "core", "cor", 1), 200, "", true},
		{"JSON-FG of no type", "GET", item, jsonFG, strings.Replace(good[:len(good)-1]+fg+`,"place":null}`, "featureType", "code", 1), 200, "", true},
		{"body of HEAD", "HEAD", item, media.TypeGeoJSON, good, 200, "", true},
		{"problem", "GET", item, "application/problem+json", `{"type":"x","title":"x","status":404}`, 404, "", false},
		{"problem without type", "GET", item, "application/problem+json", `{"title":"x","status":404}`, 404, "", true},
		{"problem as JSON", "GET", item, media.TypeJSON, `{"type":"x","title":"x","status":404}`, 404, "", true},
		{"nothing declared", "GET", "", "text/plain", "hello", 200, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := &copied{status: c.status, header: http.Header{"Content-Type": {c.kind}}}
			if c.header != "" {
				answer.header.Set(c.header, "x")
			}
			answer.body.WriteString(c.body)
			if err := p.hold(c.method, c.pattern, answer); (err != nil) != c.breaks {
				t.Error(err)
			}
		})
	}
}
