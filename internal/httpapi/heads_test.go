package httpapi

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestHeadAndOptionsEverywhere asks every path that there is. HEAD has the status
// and the headers of GET and no body; OPTIONS names the methods of the path and no
// others; TRACE, which no path has, is refused with the same list.
func TestHeadAndOptionsEverywhere(t *testing.T) {
	server, keys := rolesServer(t)
	p, err := promised(server)
	if err != nil {
		t.Fatal(err)
	}
	methods := map[string][]string{}
	for _, op := range server.operations {
		methods[op.Path] = append(methods[op.Path], op.Method)
		if op.Method == http.MethodGet {
			methods[op.Path] = append(methods[op.Path], http.MethodHead)
		}
	}
	ask := func(method, target string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, target, nil)
		r.Header.Set("X-API-Key", keys[city.Admin])
		r.Header.Set("X-Request-Id", "the-same-for-all")
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		return w
	}
	heads := 0
	for _, d := range describedOf(t, p.Object) {
		target, query := d.least()
		want := methods[strings.ReplaceAll(d.path, "/{rest}", "/*")]
		for _, method := range []string{http.MethodOptions, http.MethodTrace} {
			w := ask(method, target)
			allowed := strings.Split(w.Header().Get("Allow"), ", ")
			slices.Sort(allowed)
			all := append(slices.Clone(want), http.MethodOptions)
			slices.Sort(all)
			if status := map[string]int{http.MethodOptions: 200, http.MethodTrace: 405}[method]; w.Code != status || !slices.Equal(allowed, all) {
				t.Errorf("%s %s: %d, Allow %v, want %d, %v", method, target, w.Code, allowed, status, all)
			}
			if method == http.MethodOptions && w.Body.Len() > 0 {
				t.Errorf("OPTIONS %s has a body: %s", target, w.Body)
			}
		}
		if d.method != http.MethodGet || d.path == "/events" || d.path == "/metrics" {
			continue // a stream has no end; counters count what is asked of them
		}
		if len(query) > 0 {
			target += "?" + query.Encode()
		}
		get, head := ask(http.MethodGet, target), ask(http.MethodHead, target)
		length := head.Header().Get("Content-Length")
		if get.Code != head.Code || head.Body.Len() > 0 {
			t.Errorf("%s: GET %d, HEAD %d with %d bytes", target, get.Code, head.Code, head.Body.Len())
		}
		if get.Code == http.StatusOK {
			heads++
		}
		for _, h := range []http.Header{get.Header(), head.Header()} {
			h.Del("Content-Length") // which a download does not know, nor has a HEAD to say
			h.Del("Date")
		}
		if !maps.EqualFunc(get.Header(), head.Header(), slices.Equal) {
			t.Errorf("%s: GET has %v, HEAD %v, length %s", target, get.Header(), head.Header(), length)
		}
	}
	if heads < 35 {
		t.Errorf("only %d paths answered", heads)
	}
}
