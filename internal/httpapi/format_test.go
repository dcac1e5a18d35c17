package httpapi

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// TestChoose holds the choice of a format against what f and Accept say.
func TestChoose(t *testing.T) {
	landing := []media.Format{media.JSON, media.Map, media.HTML}
	for _, c := range []struct {
		f, accept string
		offered   []media.Format
		want      string // the format's name, or the status of the problem
	}{
		{"", "", landing, "json"},
		{"", "*/*", landing, "json"},
		{"", "text/html", landing, "map"},
		{"", "application/json", landing, "json"},
		{"", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", landing, "map"},
		{"", "text/html;q=0.5, application/json", landing, "json"},
		{"", "application/json;q=0.5, TEXT/HTML;q=0.6", landing, "map"},
		{"", "text/html;q=0", landing, "406"},
		{"", "text/html;q=0, */*", landing, "json"},
		{"", "image/png", landing, "406"},
		{"", "image/png, */*;q=0.1", landing, "json"},
		{"", "application/*", landing, "json"},
		{"", "text/*;q=1.0, application/json;q=0.9", landing, "map"},
		{"", "application/json; q=high", landing, "406"},
		{"html", "application/json", landing, "html"},
		{"html", "image/png", landing, "html"},
		{"xml", "", landing, "400"},
		{"", "application/json", []media.Format{media.GeoJSON}, "geojson"},
		{"json", "", []media.Format{media.GeoJSON}, "geojson"},
		{"", "application/x-protobuf", []media.Format{media.MVT}, "mvt"},
	} {
		server := newTested(t, Config{})
		r := httptest.NewRequest("GET", "/?f="+url.QueryEscape(c.f), nil)
		if c.f == "" {
			r.URL.RawQuery = ""
		}
		if c.accept != "" {
			r.Header.Set("Accept", c.accept)
		}
		x := &exchange{server: server.Server, r: r, raw: r.URL.RawQuery, header: map[string][]string{}}
		got := ""
		if err := x.choose(c.offered); err != nil {
			got = strings.Fields(problem.Of(err).Error())[0]
		} else if len(x.query.Carried) > 0 {
			got = "400"
		} else {
			got = x.format.Names()[0]
		}
		if got != c.want {
			t.Errorf("f=%s, Accept %q: %s, want %s", c.f, c.accept, got, c.want)
		}
	}
}

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
