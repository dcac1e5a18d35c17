package httpapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// TestDescriptionsAreKept compares the description that a used server gives with
// that of a new one: for each host, version and coding, after changes of features
// and of layers, asked at once by many.
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
	server.source.set(fixture(t, 43)) // the same layers, loaded anew
	compare("a.example")
	var wait sync.WaitGroup
	for i := range 12 {
		wait.Go(func() { ask(server.Server, fmt.Sprintf("host%d.example", i%4), "oas31", "gzip") })
	}
	wait.Wait()
	compare("a.example")
}

func BenchmarkDescription(b *testing.B) {
	server := newTested(b, Config{})
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, "/api", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		server.ServeHTTP(httptest.NewRecorder(), r)
	}
}
