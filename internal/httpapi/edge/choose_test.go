package edge

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
		r := httptest.NewRequest("GET", "/?f="+url.QueryEscape(c.f), nil)
		if c.f == "" {
			r.URL.RawQuery = ""
		}
		if c.accept != "" {
			r.Header.Set("Accept", c.accept)
		}
		x := &Exchange{Fixed: newFixed(&CORS{}), Request: r, Raw: r.URL.RawQuery, Headers: map[string][]string{}}
		got := ""
		if err := x.choose(c.offered); err != nil {
			got = strings.Fields(problem.Of(err).Error())[0]
		} else if len(x.Query.Carried) > 0 {
			got = "400"
		} else {
			got = x.Format.Names()[0]
		}
		if got != c.want {
			t.Errorf("f=%s, Accept %q: %s, want %s", c.f, c.accept, got, c.want)
		}
	}
}
