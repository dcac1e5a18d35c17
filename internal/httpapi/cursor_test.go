package httpapi

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

type pageBody struct {
	Features                      []struct{ ID int64 }
	NumberMatched, NumberReturned int
	Links                         []struct{ Href, Rel string }
}

func (p *pageBody) link(rel string) string {
	for _, l := range p.Links {
		if l.Rel == rel {
			return strings.TrimPrefix(l.Href, "http://example.com")
		}
	}
	return ""
}

func (t *tested) page(tb testing.TB, target string) *pageBody {
	tb.Helper()
	res := t.get(target)
	content := body(tb, res)
	var p pageBody
	if err := json.Unmarshal(content, &p); res.StatusCode != 200 || err != nil {
		tb.Fatalf("%s: %d %v %s", target, res.StatusCode, err, content)
	}
	return &p
}

// changed returns an URL with one parameter set, or removed where value is empty.
func changed(tb testing.TB, target, name, value string) string {
	tb.Helper()
	u, err := url.Parse(target)
	if err != nil {
		tb.Fatal(err)
	}
	q := u.Query()
	q.Set(name, value)
	if value == "" {
		q.Del(name)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// TestCursors uses a link to the next page as it should be used, and otherwise.
func TestCursors(t *testing.T) {
	server := newTested(t, Config{})
	first := server.page(t, "/collections/places/items?limit=1&sortby=-name&bbox=105,20,106,22")
	next := first.link("next")
	if first.NumberMatched != 4 || next == "" {
		t.Fatalf("%+v", first)
	}
	second := server.page(t, next)
	for _, good := range []string{
		changed(t, next, "version", ""), // nothing was written since
		changed(t, next, "skipGeometry", "true"), changed(t, next, "crs", "EPSG:5897"), changed(t, next, "properties", "name"),
		changed(t, next, "f", "geojson"),
	} {
		if p := server.page(t, good); len(p.Features) != 1 || p.Features[0] != second.Features[0] || p.NumberMatched != 4 {
			t.Errorf("%s: %+v, want %+v", good, p, second)
		}
	}
	if p := server.page(t, changed(t, next, "limit", "3")); len(p.Features) != 3 || p.link("next") != "" {
		t.Errorf("the rest at once: %+v", p)
	}
	for _, bad := range []string{
		changed(t, next, "cursor", "abc"), changed(t, next, "cursor", "AAAA"), changed(t, next, "bbox", ""), changed(t, next, "bbox", "105,20,106,21"),
		changed(t, next, "sortby", "name"), changed(t, next, "sortby", ""), changed(t, next, "status", "planned"), changed(t, next, "offset", "1"),
		changed(t, next, "datetime", "2026-01-01"), changed(t, next, "filter", "open"), strings.Replace(next, "places", "roads", 1),
	} {
		res := server.get(bad)
		if content := body(t, res); res.StatusCode != 400 || !strings.Contains(string(content), `"parameter":"`) {
			t.Errorf("%s: %d %s", bad, res.StatusCode, content)
		}
	}
	// The version is not kept any more: 410. Without it, the cursor is of another
	// version than the newest: 400.
	server.source.set(fixture(t, 43))
	if res := server.get(next); res.StatusCode != 410 {
		t.Errorf("%s: %d, want 410", next, res.StatusCode)
	}
	if res := server.get(changed(t, next, "version", "")); res.StatusCode != 400 {
		t.Errorf("without its version: %d, want 400", res.StatusCode)
	}
}
