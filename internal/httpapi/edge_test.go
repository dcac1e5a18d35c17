package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// gettable are targets that answer 200, one for each kind of answer.
func gettable() []string {
	return []string{
		"/", "/conformance", "/collections", "/collections/places", "/collections/places/items",
		"/collections/places/items/1", "/collections/places/items/1/nearby?k=2",
		"/nearby?lon=105.85&lat=21.03&k=3", "/tiles/all.json", "/tiles/all/12/3252/1803.mvt",
		"/tileMatrixSets", "/tileMatrixSets/WorldCRS84Quad", "/tiles", "/tiles/VN2000TM3-105", "/tiles/WebMercatorQuad/12/1803/3252?collections=roads",
		"/collections/places/tiles", "/collections/places/tiles/WebMercatorQuad?f=tilejson", "/collections/places/tiles/WorldCRS84Quad/0/0/1?filter=lanes%3E2",
		"/healthz", "/readyz",
	}
}

// TestConditional asks everything again with the ETag it came with.
func TestConditional(t *testing.T) {
	server := newTested(t, Config{})
	for _, target := range gettable() {
		for _, accepted := range []string{"", "gzip", "zstd"} {
			first := server.get(target, "Accept-Encoding", accepted)
			etag := first.Header.Get("Etag")
			if first.StatusCode != 200 || len(etag) < 3 || etag[0] != '"' {
				t.Fatalf("%s: status %d, ETag %s", target, first.StatusCode, etag)
			}
			for _, given := range []string{etag, "W/" + etag, `"other", ` + etag, "*"} {
				res := server.get(target, "Accept-Encoding", accepted, "If-None-Match", given)
				if content := body(t, res); res.StatusCode != 304 || len(content) != 0 {
					t.Errorf("%s, If-None-Match %s: %d with %d bytes, want 304 and none", target, given, res.StatusCode, len(content))
				}
				for _, header := range []string{"Etag", "Twin-Version", "Vary", "Cache-Control", "X-Request-Id", "Access-Control-Allow-Origin"} {
					if res.Header.Get(header) == "" {
						t.Errorf("%s: 304 without %s", target, header)
					}
				}
			}
			for _, given := range []string{`"other"`, "other", `"`, strings.Trim(etag, `"`), etag[:len(etag)-1]} {
				if res := server.get(target, "Accept-Encoding", accepted, "If-None-Match", given); res.StatusCode != 200 {
					t.Errorf("%s, If-None-Match %s: %d, want 200", target, given, res.StatusCode)
				}
			}
		}
	}
}

// TestCodings compares every answer in all codings.
func TestCodings(t *testing.T) {
	server := newTested(t, Config{})
	for _, target := range gettable() {
		plain := server.get(target)
		want := body(t, plain)
		etags := map[string]string{plain.Header.Get("Etag"): ""}
		for _, c := range []coding.Coding{coding.Gzip, coding.Zstd} {
			// Identity refused: small answers are compressed too.
			res := server.get(target, "Accept-Encoding", c.String()+", identity;q=0")
			if got := res.Header.Get("Content-Encoding"); got != c.String() {
				t.Errorf("%s: Content-Encoding %q, want %s", target, got, c)
			}
			if got := res.Header.Get("Content-Length"); got != fmt.Sprint(res.ContentLength) {
				t.Errorf("%s in %s: Content-Length %s, body has %d", target, c, got, res.ContentLength)
			}
			if !strings.Contains(res.Header.Get("Vary"), "Accept-Encoding") {
				t.Errorf("%s: Vary is %q", target, res.Header.Get("Vary"))
			}
			etag := res.Header.Get("Etag")
			if other, taken := etags[etag]; taken {
				t.Errorf("%s: ETag %s of %s and of %q", target, etag, c, other)
			}
			etags[etag] = c.String()
			if got := body(t, res); !bytes.Equal(got, want) {
				t.Errorf("%s in %s: %d bytes, want %d", target, c, len(got), len(want))
			}
		}
		refused := server.get(target, "Accept-Encoding", "identity;q=0")
		if refused.StatusCode != 406 || refused.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s without any coding: %d, want 406", target, refused.StatusCode)
		}
	}
}

// TestHead compares HEAD with GET on everything, errors included.
func TestHead(t *testing.T) {
	server := newTested(t, Config{})
	targets := append(gettable(), "/nowhere", "/collections/rivers", "/nearby?k=x", "/tiles/roads/14/0/0.mvt", "/tiles/roads/99/0/0.mvt")
	for _, target := range targets {
		get := server.get(target, "X-Request-Id", "same", "Accept-Encoding", "gzip")
		head := server.ask(http.MethodHead, target, "X-Request-Id", "same", "Accept-Encoding", "gzip")
		if get.StatusCode != head.StatusCode || fmt.Sprint(get.Header) != fmt.Sprint(head.Header) {
			t.Errorf("%s: HEAD %d %v\nwant GET's %d %v", target, head.StatusCode, head.Header, get.StatusCode, get.Header)
		}
		if n := len(body(t, &http.Response{Body: head.Body, Header: http.Header{}})); n != 0 {
			t.Errorf("%s: HEAD has a body of %d bytes", target, n)
		}
	}
}

// TestEveryAnswer checks what must stand on all answers.
func TestEveryAnswer(t *testing.T) {
	server := newTested(t, Config{MaxURLBytes: 100, MaxHeaderBytes: 600})
	for _, c := range []struct {
		method, target string
		status         int
		headers        []string
	}{
		{"GET", "/healthz", 200, nil},
		{"GET", "/tiles/roads/14/0/0.mvt", 204, nil},
		{"OPTIONS", "/collections", 200, nil},
		{"GET", "/collections/places", 304, []string{"If-None-Match", "*"}},
		{"GET", "/nearby", 400, nil},
		{"GET", "/nowhere", 404, nil},
		{"PATCH", "/collections", 405, nil},
		{"GET", "/", 406, []string{"Accept-Encoding", "*;q=0"}},
		{"GET", "/" + strings.Repeat("x", 100), 414, nil},
		{"GET", "/", 431, []string{"Cookie", strings.Repeat("x", 600)}},
	} {
		res := server.ask(c.method, c.target, c.headers...)
		if res.StatusCode != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, problem.Clip(c.target), res.StatusCode, c.status)
		}
		for header, want := range map[string]string{
			"Twin-Version": "42", "Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff",
		} {
			if got := res.Header.Get(header); got != want {
				t.Errorf("%d: %s is %q, want %q", c.status, header, got, want)
			}
		}
		id := res.Header.Get("X-Request-Id")
		if len(id) != 16 {
			t.Errorf("%d: X-Request-Id %q", c.status, id)
		}
		if c.status < 400 {
			continue
		}
		var p problem.Problem
		if err := json.Unmarshal(body(t, res), &p); err != nil {
			t.Errorf("%d: %v", c.status, err)
		}
		if p.Status != c.status || p.RequestID != id || p.Title == "" || !strings.HasPrefix(p.Type, "urn:problem-type:hanoitwin:") {
			t.Errorf("%d: problem %+v", c.status, p)
		}
		if got := res.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%d: Content-Type %s", c.status, got)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	server := newTested(t, Config{MaxBodyBytes: 10})
	r := httptest.NewRequest(http.MethodGet, "/collections", strings.NewReader("more than ten bytes"))
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	if w.Code != 413 || !strings.Contains(w.Body.String(), "the limit is 10") {
		t.Errorf("%d %s, want 413 that names the limit", w.Code, w.Body)
	}
}

func TestRequestID(t *testing.T) {
	const safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
	server := newTested(t, Config{})
	for given, kept := range map[string]bool{
		"abc-DEF_1.2":            true,
		strings.Repeat("a", 64):  true,
		strings.Repeat("a", 65):  false,
		"a b":                    false,
		"a\"b":                   false,
		"ü":                      false,
		"level=ERROR\\nmsg=fake": false,
	} {
		got := server.get("/healthz", "X-Request-Id", given).Header.Get("X-Request-Id")
		if (got == given) != kept || strings.Trim(got, safe) != "" {
			t.Errorf("id %q becomes %q, kept should be %v", given, got, kept)
		}
	}
}

// TestPanic expects a 500 that shows nothing and a log that shows the stack.
func TestPanic(t *testing.T) {
	server := newTested(t, Config{})
	server.declare([]edge.Operation{{Method: "GET", Path: "/panic", Answer: func(*edge.Exchange) error { panic("secret value") }}})
	server.declare([]edge.Operation{{Method: "GET", Path: "/late", Answer: func(x *edge.Exchange) error {
		x.WriteHeader(200)
		panic("too late")
	}}})
	server.declare([]edge.Operation{{Method: "GET", Path: "/internal", Answer: func(*edge.Exchange) error { return fmt.Errorf("secret path") }}})

	res := server.get("/panic", "X-Request-Id", "panicking")
	text := string(body(t, res))
	if res.StatusCode != 500 || !strings.Contains(text, `"request_id":"panicking"`) || strings.Contains(text, "secret") {
		t.Errorf("panic: %d %s", res.StatusCode, text)
	}
	if log := server.log.String(); !strings.Contains(log, "secret value") || !strings.Contains(log, "edge_test.go") || !strings.Contains(log, "request_id=panicking") {
		t.Errorf("the log lacks the panic, its stack or the request id:\n%s", log)
	}
	if res := server.get("/internal"); res.StatusCode != 500 || strings.Contains(string(body(t, res)), "secret") {
		t.Errorf("unknown error: %d", res.StatusCode)
	}
	if !strings.Contains(server.log.String(), "secret path") {
		t.Error("the log lacks the unknown error")
	}
	func() {
		defer func() {
			if got := recover(); got != http.ErrAbortHandler {
				t.Errorf("panic after the header: %v, want the connection aborted", got)
			}
		}()
		server.get("/late")
	}()
	if n := server.core.InFlight(); n != 0 {
		t.Errorf("%d requests in flight after all are done", n)
	}
}

func TestNotReady(t *testing.T) {
	server := newTestedOver(t, Config{}, nil)
	for target, want := range map[string]int{"/healthz": 200, "/readyz": 503, "/collections": 503, "/tiles/all/0/0/0.mvt": 503, "/metrics": 200, "/nowhere": 404} {
		res := server.get(target)
		if res.StatusCode != want || res.Header.Get("Twin-Version") != "0" {
			t.Errorf("%s before the first state: %d, version %s, want %d, 0", target, res.StatusCode, res.Header.Get("Twin-Version"), want)
		}
		if want == 503 && res.Header.Get("Retry-After") == "" {
			t.Errorf("%s: 503 without Retry-After", target)
		}
	}
	server.source.set(fixture(t, 1))
	if res := server.get("/readyz"); res.StatusCode != 200 || res.Header.Get("Twin-Version") != "1" {
		t.Errorf("/readyz with a state: %d", res.StatusCode)
	}
	server.core.Stop()
	if res := server.get("/readyz"); res.StatusCode != 503 {
		t.Errorf("/readyz while stopping: %d, want 503", res.StatusCode)
	}
}

func TestOverload(t *testing.T) {
	server := newTested(t, Config{MaxInFlight: 1})
	x := server.core.Begin(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	res := server.get("/collections")
	if text := string(body(t, res)); res.StatusCode != 503 || !strings.Contains(text, "More than 1 requests") {
		t.Errorf("%d %s, want 503 that names the limit", res.StatusCode, text)
	}
	if res := server.get("/healthz"); res.StatusCode != 200 {
		t.Errorf("/healthz under load: %d, want 200", res.StatusCode)
	}
	x.End()
	if res := server.get("/collections"); res.StatusCode != 200 {
		t.Errorf("after the load: %d, want 200", res.StatusCode)
	}
}

// TestVersionsNeverGoBack lets a slow reader publish an old state late.
func TestVersionsNeverGoBack(t *testing.T) {
	server := newTested(t, Config{})
	newest := fixture(t, 43)
	server.source.set(newest)
	if got := server.get("/healthz").Header.Get("Twin-Version"); got != "43" {
		t.Fatalf("version %s, want 43", got)
	}
	server.source.set(fixture(t, 42))
	if got := server.get("/healthz").Header.Get("Twin-Version"); got != "43" {
		t.Errorf("version %s after an older state, want 43", got)
	}
}

func TestProxies(t *testing.T) {
	trusted := Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
	for _, c := range []struct {
		name     string
		config   Config
		headers  []string
		wantSelf string
		client   string
	}{
		{"no proxy", Config{}, []string{"X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "X-Forwarded-For", "1.2.3.4"}, "http://example.com/collections", "192.0.2.1"},
		{"untrusted peer", trusted, []string{"X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example"}, "http://example.com/collections", "192.0.2.1"},
		{"X headers", trusted, []string{"Peer", "10.1.2.3:5", "X-Forwarded-Host", "twin.vn", "X-Forwarded-Proto", "https", "X-Forwarded-For", "6.6.6.6, 203.0.113.7, 10.9.9.9"}, "https://twin.vn/collections", "203.0.113.7"},
		{"prefix", trusted, []string{"Peer", "10.1.2.3:5", "X-Forwarded-Host", "twin.vn", "X-Forwarded-Prefix", "/city/"}, "http://twin.vn/city/collections", "10.1.2.3"},
		{"Forwarded", trusted, []string{"Peer", "[::1]:5", "Forwarded", `for=6.6.6.6;host=evil.example, for="203.0.113.7:99";proto=HTTPS;host="twin.vn", for=10.0.0.2;host=inner`}, "https://twin.vn/collections", "203.0.113.7"},
		{"Forwarded IPv6", trusted, []string{"Peer", "[::1]:5", "Forwarded", `For="[2001:db8::7]:99";Proto=https;Host=twin.vn`}, "https://twin.vn/collections", "2001:db8::7"},
		{"bad host", trusted, []string{"Peer", "10.1.2.3:5", "X-Forwarded-Host", `a"b<c>`, "X-Forwarded-Proto", "javascript"}, "http://example.com/collections", "10.1.2.3"},
		{"public URL wins", Config{PublicURL: "https://twin.vn/x", TrustedProxies: trusted.TrustedProxies}, []string{"Peer", "10.1.2.3:5", "X-Forwarded-Host", "other"}, "https://twin.vn/x/collections", "10.1.2.3"},
		{"bad Host", Config{}, []string{"Host", `evil"host`}, "/collections", "192.0.2.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := newTested(t, c.config)
			var document struct{ Links []edge.Link }
			if err := json.Unmarshal(body(t, server.get("/collections", c.headers...)), &document); err != nil {
				t.Fatal(err)
			}
			if got := document.Links[0].Href; got != c.wantSelf {
				t.Errorf("self is %s, want %s", got, c.wantSelf)
			}
			server.get("/nowhere", c.headers...)
			if want := "client=" + c.client + " "; !strings.Contains(server.log.String(), want) {
				t.Errorf("the log lacks %q:\n%s", want, server.log)
			}
		})
	}
}

func TestMetrics(t *testing.T) {
	server := newTested(t, Config{})
	for range 3 {
		server.get("/tiles/roads/12/3252/1803.mvt")
	}
	server.get("/tiles/roads/99/0/0.mvt")
	server.get("/nowhere")
	res := server.get("/metrics")
	text := string(body(t, res))
	for _, line := range []string{
		`hanoitwin_http_requests_total{route="/tiles/{layers}/{z}/{x}/{y}.mvt",status="200"} 3`,
		`hanoitwin_http_requests_total{route="/tiles/{layers}/{z}/{x}/{y}.mvt",status="400"} 1`,
		`hanoitwin_http_requests_total{route="none",status="404"} 1`,
		`hanoitwin_http_request_seconds_count{route="/tiles/{layers}/{z}/{x}/{y}.mvt"} 4`,
		`hanoitwin_tile_build_seconds_count 1`,
		`hanoitwin_tile_bytes_count 1`,
		`hanoitwin_tile_cache_hits_total 2`,
		`hanoitwin_tile_cache_misses_total 1`,
		`hanoitwin_tile_cache_tiles 1`,
		`hanoitwin_snapshot_version 42`,
		`hanoitwin_snapshot_age_seconds 0`,
		`hanoitwin_features{layer="places"} 4`,
		`hanoitwin_features{layer="empty"} 0`,
		`hanoitwin_http_in_flight 1`,
	} {
		if !slices.Contains(strings.Split(text, "\n"), line) {
			t.Errorf("/metrics lacks %s", line)
		}
	}
	if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
		t.Errorf("Content-Type %s", got)
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestLogLevels(t *testing.T) {
	server := newTested(t, Config{})
	server.get("/healthz?x=1%0Alevel=ERROR")
	server.get("/collections")
	log := server.log.String()
	if strings.Count(log, "msg=request") != 1 || !strings.Contains(log, "level=WARN") || !strings.Contains(log, "status=400") {
		t.Errorf("want one line, a warning, got:\n%s", log)
	}
}
