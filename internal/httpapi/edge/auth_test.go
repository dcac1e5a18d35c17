package edge

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestClientAddr(t *testing.T) {
	trusted := Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("10.0.0.0/8")}}
	for _, c := range []struct {
		config  Config
		peer    string
		headers []string
		want    string
	}{
		{Config{}, "192.0.2.1:1234", []string{"X-Forwarded-For", "203.0.113.7"}, "192.0.2.1"},
		{trusted, "192.0.2.1:1234", []string{"X-Forwarded-For", "203.0.113.7"}, "203.0.113.7"},
		{trusted, "192.0.2.1:1234", []string{"X-Forwarded-For", "6.6.6.6, 203.0.113.7, 10.0.0.2"}, "203.0.113.7"},
		{trusted, "192.0.2.1:1234", []string{"Forwarded", `for="[2001:db8::7]:99"`}, "2001:db8::7"},
		{trusted, "198.51.100.1:1234", []string{"X-Forwarded-For", "203.0.113.7"}, "198.51.100.1"},
		{trusted, "192.0.2.1:1234", nil, "192.0.2.1"},
		{trusted, "192.0.2.1:1234", []string{"X-Forwarded-For", "nobody"}, "192.0.2.1"},
		{Config{}, "@", nil, "invalid IP"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		for i := 0; i < len(c.headers); i += 2 {
			r.Header.Add(c.headers[i], c.headers[i+1])
		}
		r.RemoteAddr = c.peer
		x := &Exchange{server: &Core{config: c.config}, Request: r}
		if got := x.clientAddr().String(); got != c.want {
			t.Errorf("%s %v: %s, want %s", c.peer, c.headers, got, c.want)
		}
	}
}

func TestKeepPrivate(t *testing.T) {
	for before, want := range map[string]string{
		"public, no-cache": "private, no-cache", "no-store": "no-store", "private, no-cache": "private, no-cache", "": "",
	} {
		h, shared := http.Header{}, []string{before}
		if before != "" {
			h["Cache-Control"] = shared
		}
		KeepPrivate(h)
		if h.Get("Cache-Control") != want || shared[0] != before {
			t.Errorf("%q became %q, the shared value %q", before, h.Get("Cache-Control"), shared[0])
		}
	}
}
