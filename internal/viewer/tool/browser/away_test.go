package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestShare reads the codes that one can take away, by keyboard.
func TestShare(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=13/20.96575/105.842076&off=projects&date=2030-01-01&lang=en")
	p.press("#tool-share")
	p.until("document.querySelector('#share')?.open")
	for field, want := range map[string]string{
		"link":    p.server.base + "/#map=13/20.96575/105.842076&lang=en&off=projects&date=2030-01-01",
		"frame":   `<iframe src="` + p.server.base + `/viewer/embed.html#map=13/20.96575/105.842076&amp;lang=en&amp;off=projects&amp;date=2030-01-01" width="800" height="500" title="Hanoi Twin" loading="lazy" allow="fullscreen"></iframe>`,
		"element": `<script type="module" src="` + p.server.base + "/viewer/hanoi-map.js\"></script>\n" + `<hanoi-map center="105.84208,20.96575" zoom="13.00" layers="ring_roads,intersections,roads,bridges,metro_lines,metro_stations,high_tech_zones,wards" datetime="2030-01-01" lang="en"></hanoi-map>`,
		"style":   p.server.base + "/styles/hanoi.json?lang=en",
	} {
		if got := js[string](p, "document.querySelector('#share-"+field+"').value"); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", field, got, want)
		}
	}
	for _, e := range js[[]string](p, nameless) {
		t.Errorf("no name: %s", e)
	}
	p.keys("\x1b")
	p.until("!document.querySelector('#share')")
	p.quiet()
}

// elsewhere serves a page from another origin.
func elsewhere(t *testing.T, html string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!DOCTYPE html><meta charset=utf-8><link rel=icon href=data:,><body>" + html))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestElement uses <hanoi-map> in a page of another origin: it loads all from our
// server, and follows its attributes.
func TestElement(t *testing.T) {
	t.Parallel()
	host := elsewhere(t, `<script type="module" src="`+seed.base+`/viewer/hanoi-map.js"></script>
		<hanoi-map center="105.82,21.03" zoom="10.5" layers="ring_roads,wards" datetime="2030-01-01" lang="en"></hanoi-map>`)
	p := blank(t, seed, desktop)
	p.proxy.also(host)
	p.do(chromedp.Navigate(host))
	p.until("document.querySelector('hanoi-map').map?.loaded() && document.querySelector('hanoi-map').map.areTilesLoaded()")
	m := "document.querySelector('hanoi-map').map"
	if at := js[[]float64](p, fmt.Sprintf("[%s.getCenter().lng, %s.getCenter().lat, %s.getZoom()]", m, m, m)); at[0] != 105.82 || at[1] != 21.03 || at[2] != 10.5 {
		t.Errorf("it shows %v", at)
	}
	p.until(m + ".queryRenderedFeatures({layers: ['ring_roads-open']}).length > 0")
	if visible := js[string](p, m+".getLayoutProperty('projects-fill', 'visibility')"); visible != "none" {
		t.Errorf("projects are %q", visible)
	}
	p.until(stages(m) + " === 'in_operation'")
	js[bool](p, "(e => { e.setAttribute('datetime', '2026-01-01'); e.setAttribute('theme', 'dark'); e.setAttribute('zoom', '11'); return true })(document.querySelector('hanoi-map'))")
	p.until(m + ".getZoom() === 11 && " + m + ".getStyle().metadata['hanoitwin:dark'] === true")
	p.until(stages(m) + ".includes('under_construction')")
	js[bool](p, "(document.querySelector('hanoi-map').addEventListener('hanoi-click', e => { window.clicked = e.detail }), true)")
	p.pressAt(400, 150)
	p.until("window.clicked?.lngLat.length === 2")
	js[bool](p, "(document.querySelector('hanoi-map').remove(), true)")
	p.quiet()
}

// TestEmbed frames the map in a page of another origin; the page of the map itself
// refuses that.
func TestEmbed(t *testing.T) {
	t.Parallel()
	host := elsewhere(t, `<iframe width=900 height=500 src="`+seed.base+`/viewer/embed.html#map=13/20.96575/105.842076"></iframe><iframe width=300 height=200 src="`+seed.base+`/?f=map"></iframe>`)
	p := blank(t, seed, desktop)
	p.proxy.also(host)
	p.do(chromedp.Navigate(host))
	p.until("document.readyState === 'complete'")
	infos, err := chromedp.Targets(p.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range infos {
		if info.Type == "iframe" && has(info.URL, "/?f=map") {
			t.Error("the map's own page lets itself be framed by others")
		}
	}

	frame := open(t, seed, desktop, "viewer/embed.html#map=13/20.96575/105.842076")
	for _, hidden := range []string{"#search-card", "#tool-measure", "#tool-share", "#tool-language"} {
		if js[bool](frame, "document.querySelector("+strconv.Quote(hidden)+").checkVisibility()") {
			t.Errorf("%s is shown", hidden)
		}
	}
	if js[bool](frame, "document.querySelector('#tool-edit') !== null") {
		t.Error("a page that anybody may frame lets people edit")
	}
	frame.pressMap(105.842076, 20.96575)
	frame.until("document.querySelector('#card h2')?.innerText === 'Nút giao Pháp Vân'")
	frame.until("document.querySelector('#full-map').getAttribute('href').startsWith('/#map=13/') && document.querySelector('#full-map').href.includes('sel=intersections/NG01')")
	frame.quiet()
}

// TestExample looks at the page of examples.
func TestExample(t *testing.T) {
	t.Parallel()
	p := blank(t, seed, desktop)
	p.do(chromedp.Navigate(seed.base + "/viewer/example.html"))
	p.until("[...document.querySelectorAll('hanoi-map')].every(e => e.map?.loaded() && e.map.areTilesLoaded())")
	p.quiet()
}
