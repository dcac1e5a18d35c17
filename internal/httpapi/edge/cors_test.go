package edge

import (
	"errors"
	"net/http"
	"testing"
)

func TestCORS(t *testing.T) {
	listed := []string{"https://map.example.vn", "http://localhost:3000"}
	for _, c := range []struct {
		name        string
		cors        CORS
		origin      string
		allow, with string
		varies      bool
	}{
		{"all", CORS{}, "https://anybody.example", "*", "", false},
		{"all, no page", CORS{}, "", "*", "", false},
		{"listed", CORS{Origins: listed}, listed[1], listed[1], "", true},
		{"not listed", CORS{Origins: listed}, "https://evil.example", "", "", true},
		{"nearly listed", CORS{Origins: listed}, "https://map.example.vn.evil.example", "", "", true},
		{"null", CORS{Origins: listed}, "null", "", "", true},
		{"no page", CORS{Origins: listed}, "", "", "", true},
		{"with credentials", CORS{listed, true}, listed[0], listed[0], "true", true},
		{"credentials of others", CORS{listed, true}, "https://evil.example", "", "", true},
		{"never for all, though asked for", CORS{nil, true}, "https://evil.example", "*", "", false},
	} {
		h := http.Header{}
		c.cors.setOrigin(h, c.origin)
		if h.Get("Access-Control-Allow-Origin") != c.allow || h.Get("Access-Control-Allow-Credentials") != c.with || (h.Get("Vary") == "Origin") != c.varies {
			t.Errorf("%s: %v", c.name, h)
		}
	}
	for _, good := range []CORS{{}, {Origins: listed}, {listed, true}} {
		if err := good.Validate(); err != nil {
			t.Errorf("%v: %v", good, err)
		}
	}
	for _, bad := range []CORS{{nil, true}, {[]string{"*"}, true}, {[]string{"*"}, false}, {[]string{"map.example.vn"}, false}, {[]string{"https://map.example.vn/"}, false}, {[]string{"null"}, false}} {
		if err := bad.Validate(); !errors.Is(err, ErrConfig) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
