package httpapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestDescriptionsAreKept compares the description that a used server gives with
// that of a new one: for each host, version and coding, after changes of features
// and of layers, asked at once by many. Not more are kept than there is room for.
func TestDescriptionsAreKept(t *testing.T) {
	server := newTested(t, Config{})
	ask := func(s http.Handler, host, format, accepted string) (etag, body string) {
		r := httptest.NewRequest(http.MethodGet, "/api?f="+format, nil)
		r.Host = host
		r.Header.Set("Accept-Encoding", accepted)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s %s: %d", host, format, w.Code)
		}
		return w.Header().Get("Etag"), w.Body.String()
	}
	compare := func(host string) {
		fresh := newTested(t, Config{})
		fresh.source.current.Store(server.source.State())
		for _, format := range []string{"oas31", "oas30", "html"} {
			for _, accepted := range []string{"identity", "gzip", "zstd"} {
				etag, body := ask(server.Server, host, format, accepted)
				if wantTag, want := ask(fresh.Server, host, format, accepted); etag != wantTag || body != want || len(body) < 1000 {
					t.Errorf("%s %s %s: %s of %d bytes, a new server gives %s of %d", host, format, accepted, etag, len(body), wantTag, len(want))
				}
			}
		}
	}
	compare("a.example")
	before := server.described.find(keyOf(server.Server, "a.example"))
	server.source.set(fixture(t, 43)) // the same layers, loaded anew
	compare("a.example")
	same, changed := keyOf(server.Server, "a.example")
	if d := server.described.find(same, changed); d == nil || d == before {
		t.Errorf("layers that were defined anew: %p, before %p", d, before)
	}
	var wait sync.WaitGroup
	for i := range 4 * maxDescriptions {
		wait.Go(func() { ask(server.Server, fmt.Sprintf("host%d.example", i%(2*maxDescriptions)), "oas31", "gzip") })
	}
	wait.Wait()
	if n := len(*server.described.list.Load()); n != maxDescriptions {
		t.Errorf("%d descriptions are kept, want %d", n, maxDescriptions)
	}
	compare("a.example")
	kept := server.described.find(keyOf(server.Server, "a.example"))
	ask(server.Server, "a.example", "oas31", "gzip")
	if again := server.described.find(keyOf(server.Server, "a.example")); kept == nil || again != kept {
		t.Error("the description was made anew")
	}
}

// keyOf is what the description for a host is kept by.
func keyOf(s *Server, host string) (descriptionKey, []*city.Layer) {
	layers := s.views.load("").all.layers
	key := descriptionKey{base: "http://" + host}
	key.layer, key.feature = exampleOf(layers)
	var definitions []*city.Layer
	for _, l := range layers {
		definitions = append(definitions, l.Definition())
	}
	return key, definitions
}

func BenchmarkDescription(b *testing.B) {
	server := newTested(b, Config{})
	for _, kept := range []bool{true, false} {
		b.Run(map[bool]string{true: "kept", false: "anew"}[kept], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !kept {
					server.described.list.Store(nil)
				}
				r := httptest.NewRequest(http.MethodGet, "/api", nil)
				r.Header.Set("Accept-Encoding", "gzip")
				server.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
