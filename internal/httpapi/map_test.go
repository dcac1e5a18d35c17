package httpapi

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// browserAccept is what browsers accept for a page.
const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

func TestMapForBrowsers(t *testing.T) {
	server := newTested(t, Config{})
	for _, c := range []struct{ path, accept, want string }{
		{"/", browserAccept, "text/html; charset=utf-8"},
		{"/", "", "application/json"},
		{"/", "*/*", "application/json"},
		{"/?f=json", browserAccept, "application/json"},
		{"/?f=map", "application/json", "text/html; charset=utf-8"},
		{"/viewer/app.js", "*/*", "text/javascript; charset=utf-8"},
		{"/viewer/app.css", "*/*", "text/css; charset=utf-8"},
		{"/viewer/fonts/be-vietnam-pro-latin-400.woff2", "*/*", "font/woff2"},
		{"/viewer/embed.html", browserAccept, "text/html; charset=utf-8"},
		{"/viewer/example.html", browserAccept, "text/html; charset=utf-8"},
		{"/viewer/hanoi-map.js", "*/*", "text/javascript; charset=utf-8"},
		{"/styles/hanoi.json", "*/*", "application/json"},
		{"/styles/hanoi-dark.json?lang=en", "*/*", "application/json"},
		{"/styles/sprite@2x.png", "*/*", "image/png"},
		{"/viewer/", "*/*", "application/problem+json"},
		{"/viewer/../server.go", "*/*", "application/problem+json"},
		{"/styles/sprite.svg", "*/*", "application/problem+json"},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		if c.accept != "" {
			r.Header.Set("Accept", c.accept)
		}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Type"); got != c.want {
			t.Errorf("%s for %q is %s, want %s", c.path, c.accept, got, c.want)
		}
	}
}

// TestMapPolicy holds that the pages and their scripts may use nothing but this
// server, and that only the page that is made for it may be framed by others.
func TestMapPolicy(t *testing.T) {
	server := newTested(t, Config{})
	for path, framed := range map[string]string{"/?f=map": "'self'", "/viewer/index.html": "'self'", "/viewer/example.html": "'self'", "/viewer/app.js": "'self'", "/viewer/worker.js": "'self'", "/viewer/embed.html": "*"} {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		policy, by, _ := strings.Cut(w.Header().Get("Content-Security-Policy"), "; frame-ancestors ")
		if !strings.HasPrefix(policy, "default-src 'none';") || by != framed {
			t.Errorf("%s: policy %q, framed by %q", path, policy, by)
		}
		for _, forbidden := range []string{"unsafe", "*", "http:", "https:"} {
			if strings.Contains(policy, forbidden) {
				t.Errorf("%s: the policy allows %s", path, forbidden)
			}
		}
	}
}

// TestAssetCaching holds that caches keep what is named by its content, which is in
// what the page begins with, and ask again for all else.
func TestAssetCaching(t *testing.T) {
	server := newTested(t, Config{})
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		return w
	}
	chunks := regexp.MustCompile(`href="(/viewer/chunk-[^"]+)"`).FindAllStringSubmatch(get("/viewer/index.html").Body.String(), -1)
	if len(chunks) == 0 {
		t.Fatal("the page names no chunks")
	}
	for _, c := range chunks {
		if got := get(c[1]).Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %q", c[1], got)
		}
	}
	for _, path := range []string{"/viewer/index.html", "/viewer/app.js", "/viewer/worker.js", "/viewer/app.css", "/viewer/fonts/be-vietnam-pro-latin-400.woff2"} {
		if got := get(path).Header().Get("Cache-Control"); got != "public, no-cache" {
			t.Errorf("%s: %q", path, got)
		}
	}
}

// TestAssetCodings holds that what is sent compressed is the same, smaller, and
// known again by its tag.
func TestAssetCodings(t *testing.T) {
	server := httptest.NewServer(newTested(t, Config{}))
	defer server.Close()
	get := func(accept, etag string) (*http.Response, []byte) {
		r, err := http.NewRequest(http.MethodGet, server.URL+"/viewer/app.js", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", accept)
		if etag != "" {
			r.Header.Set("If-None-Match", etag)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, body
	}
	_, plain := get("identity", "")
	for _, c := range []string{"gzip", "zstd"} {
		answer, body := get(c, "")
		if answer.Header.Get("Content-Encoding") != c || len(body)*2 > len(plain) {
			t.Errorf("%s: coding %q, %d of %d bytes", c, answer.Header.Get("Content-Encoding"), len(body), len(plain))
		}
		if again, _ := get(c, answer.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %s when the tag is known", c, again.Status)
		}
	}
}

// TestStyleNamesThisServer holds that all addresses in a style are of the server
// that was asked.
func TestStyleNamesThisServer(t *testing.T) {
	server := newTested(t, Config{PublicURL: "https://twin.example.vn/api/"})
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/styles/hanoi.json", nil))
	var style struct {
		Sprite  string
		Sources map[string]struct{ Tiles []string }
		Fonts   map[string][]struct{ URL string } `json:"font-faces"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &style); err != nil {
		t.Fatal(err)
	}
	addresses := append([]string{style.Sprite}, style.Sources["hanoi"].Tiles...)
	for _, faces := range style.Fonts {
		for _, f := range faces {
			addresses = append(addresses, f.URL)
		}
	}
	if len(addresses) != 8 {
		t.Errorf("%d addresses: %v", len(addresses), addresses)
	}
	for _, a := range addresses {
		if !strings.HasPrefix(a, "https://twin.example.vn/api/") {
			t.Errorf("the style names %s", a)
		}
	}
}
