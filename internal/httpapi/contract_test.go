package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"hash/maphash"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"weak"

	"github.com/go-chi/chi/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/contracttest"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/openapi"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// The answers of these tests are held against the document that /api answers: a
// status, a header, a media type or a member that it does not declare is an error.

// promise is the document of a server.
type promise struct{ *contracttest.Document }

// promises keeps the documents of servers that promise the same. Making and reading one
// takes as long as a hundred answers, and each test has servers of its own, nearly all
// of which promise the same: they are found by what is told of them.
type promises struct {
	seed        maphash.Seed
	all         sync.Map // of *promise, by hash of the gathered operations and layers
	served      sync.Map // of *promise, by served
	definitions sync.Map // hashes, by *city.Layer: definitions do not change
}

// served is a server while its layers are defined as they are: of the rest of its
// state the document takes examples only, which promise nothing. The server may go.
type served struct {
	server weak.Pointer[Server]
	layers uint64 // the hash of their definitions
}

var kept = &promises{seed: maphash.MakeSeed()}

// errNothingServed says that a server has no state yet.
var errNothingServed = errors.New("there is no state, so that nothing is promised")

// promised returns the document of a server as an admin sees it.
func promised(server *Server) (*promise, error) {
	view := server.core.Views().Load(city.Admin)
	if view.Snapshot == nil {
		return nil, errNothingServed
	}
	layers, err := kept.layersOf(view.All.Layers)
	if err != nil {
		return nil, err
	}
	now := served{weak.Make(server), layers}
	if p, ok := kept.served.Load(now); ok {
		return p.(*promise), nil
	}
	x := server.core.Begin(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://contract.example/api", nil))
	defer x.End()
	x.View = view
	p, err := promisedAnew(server.describer.Describe(x))
	if err == nil {
		kept.served.Store(now, p)
	}
	return p, err
}

// layersOf hashes the definitions of layers, in their order.
func (ps *promises) layersOf(layers []*snapshot.Layer) (uint64, error) {
	var all maphash.Hash
	all.SetSeed(ps.seed)
	for _, l := range layers {
		definition := l.Definition()
		hash, ok := ps.definitions.Load(definition)
		if !ok {
			text, err := json.Marshal(definition)
			if err != nil {
				return 0, err
			}
			hash = maphash.Bytes(ps.seed, text)
			ps.definitions.Store(definition, hash)
		}
		maphash.WriteComparable(&all, hash.(uint64))
	}
	return all.Sum64(), nil
}

func promisedAnew(api *openapi.API) (*promise, error) {
	told := *api
	told.ExampleLayer, told.ExampleFeature = "", "" // which promise nothing
	gathered, err := json.Marshal(told)
	if err != nil {
		return nil, err
	}
	key := maphash.Bytes(kept.seed, gathered)
	if p, ok := kept.all.Load(key); ok {
		return p.(*promise), nil
	}
	document, err := openapi.Document(api)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	d, err := contracttest.New(text)
	if err != nil {
		return nil, err
	}
	first, _ := kept.all.LoadOrStore(key, &promise{d})
	return first.(*promise), nil
}

func pointerTo(names ...string) string { return contracttest.PointerTo(names...) }

// hold returns how an answer breaks the contract, or nil.
func (p *promise) hold(method, pattern string, c *copied) error {
	return p.Hold(method, pattern, &contracttest.Answer{Status: c.status, Header: c.header, Body: c.body.Bytes()})
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
	if errors.Is(err, errNothingServed) {
		return
	}
	if err != nil {
		h.tb.Errorf("%s %s: %v", method, target, err)
		return
	}
	if err := p.hold(method, pattern, c); err != nil {
		h.tb.Errorf("%s %s breaks the contract: %v\n%.500s", method, target, err, c.body.Bytes())
	}
	if err := p.HoldRequest(r, pattern, c.status, sent); err != nil {
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
		if err := p.HoldRequest(r, "/watches", 201, []byte(body)); (err != nil) != breaks {
			t.Errorf("%s: %v", body, err)
		}
	}
	for text, breaks := range map[string]bool{
		"retry: 1\nevent: hello\nid: 1\ndata: {\"version\":1}\n\n: \n\nevent: gone\ndata: {}\n\n": false,
		"event: hello\nid: 1\ndata: {\"versoin\":1}\n\n":                                          true,
		"event: helo\nid: 1\ndata: {\"version\":1}\n\n":                                           true,
		"event: watch\nid: 1\ndata: {\"type\":\"watch.events\",\"data\":{\"id\":\"a\"}}\n\n":      true,
	} {
		answer := &copied{status: 200, header: http.Header{"Content-Type": {"text/event-stream"}}}
		answer.body.WriteString(text)
		if err := p.hold("GET", "/events", answer); (err != nil) != breaks {
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
