package httpapi

import (
	"strings"
	"testing"
)

// TestNotAcceptable expects a 406 that names what there is, and none when f does.
func TestNotAcceptable(t *testing.T) {
	server := newTested(t, Config{})
	for target, want := range map[string]string{
		"/": "application/json, text/html", "/collections": "application/json",
		"/nearby?lon=105.8&lat=21&k=1": "application/geo+json", "/tiles/all/0/0/0.mvt": "application/vnd.mapbox-vector-tile",
	} {
		res := server.get(target, "Accept", "image/png")
		text := string(body(t, res))
		if res.StatusCode != 406 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s, want 406 with %s", target, res.StatusCode, text, want)
		}
	}
	if res := server.get("/collections?f=json", "Accept", "image/png"); res.StatusCode != 200 {
		t.Errorf("f=json: %d", res.StatusCode)
	}
}
