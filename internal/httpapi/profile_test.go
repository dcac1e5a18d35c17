package httpapi

import (
	"net/http"
	"strings"
	"testing"
)

// TestProfiles: profile chooses between GeoJSON and JSON-FG, alone and beside f, on
// pages and downloads; links lead on in the same profile.
func TestProfiles(t *testing.T) {
	server := newTested(t, Config{})
	const page, file = "/collections/places/items?limit=1", "/collections/places/download?skipGeometry=true"
	for _, c := range []struct {
		query, same string
		accept      string
	}{
		{"&profile=rfc7946", "&f=geojson", ""},
		{"&profile=jsonfg", "&f=jsonfg", ""},
		{"&f=geojson&profile=jsonfg", "&f=jsonfg", ""},
		{"&profile=jsonfg&f=json", "&f=jsonfg", ""},
		{"&profile=jsonfg&f=jsonfg", "&f=jsonfg", ""},
		{"&f=json&profile=rfc7946", "&f=geojson", ""},
		{"&profile=rfc7946", "&f=geojson", "text/html"},
		{"&profile=jsonfg", "&f=jsonfg", "text/csv"},
	} {
		for _, target := range []string{page, file} {
			got, want := server.get(target+c.query, "Accept", c.accept), server.get(target+c.same)
			if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != want.Header.Get("Content-Type") || got.Header.Get("Link") != want.Header.Get("Link") {
				t.Errorf("%s%s: %d %v, want %v", target, c.query, got.StatusCode, got.Header, want.Header)
			}
			if a, b := string(body(t, got)), string(body(t, want)); a != b {
				t.Errorf("%s%s gives\n%s\nand %s\n%s", target, c.query, a, c.same, b)
			}
		}
	}
	if text := string(body(t, server.get(page+"&profile=jsonfg"))); !strings.Contains(text, `conf/core`) || !strings.Contains(text, `"rel":"next"`) || strings.Contains(text, "&profile=") {
		t.Errorf("a page of JSON-FG: %s", text)
	}
	for _, query := range []string{"&profile=jsonfg-plus", "&profile=", "&profile=jsonfg&profile=jsonfg", "&profile=jsonfg&f=csv", "&profile=rfc7946&f=jsonfg", "&profile=rfc7946&f=html", "&profile=jsonfg&f=x", "&profile=RFC7946"} {
		for _, target := range []string{page, file} {
			res := server.get(target + query)
			if text := string(body(t, res)); res.StatusCode != http.StatusBadRequest || !strings.Contains(text, `"parameter":"profile"`) {
				t.Errorf("%s%s: %d %s", target, query, res.StatusCode, text)
			}
		}
	}
	for _, target := range []string{"/collections/places?profile=rfc7946", "/collections/places/items/1?profile=rfc7946", "/nearby?lon=105&lat=21&k=1&profile=jsonfg"} {
		if res := server.get(target); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s, where there are no profiles", target, res.Status)
		}
	}
}
