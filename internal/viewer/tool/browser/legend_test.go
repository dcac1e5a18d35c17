package browser

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestLayers switches layers, statuses and opacity by the legend, and finds it all
// in the link.
func TestLayers(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=11/21.03/105.85&legend=1")
	p.press("#legend [data-layer=intersections] input[type=checkbox]")
	p.link("off=intersections")
	p.until("hanoitwin.map.loaded() && hanoitwin.map.getLayoutProperty('intersections-node', 'visibility') === 'none'")
	p.press("#legend .statuses label:nth-of-type(3) input")
	p.link("hide=planned")
	p.idle()
	p.until("hanoitwin.map.queryRenderedFeatures({layers: ['ring_roads-planned']}).length === 0")
	p.sees("ring_roads-open") // which did not go too
	p.press("#legend [data-layer=projects] .small-icon")
	js[bool](p, "(r => { r.value = 40; r.dispatchEvent(new Event('input')); return true })(document.querySelector('#legend [data-layer=projects] input[type=range]'))")
	link := p.link("opacity=projects:40")
	p.press("#legend [data-layer=bridges] .small-icon")
	before := js[float64](p, "hanoitwin.map.getZoom()")
	p.press("#legend [data-layer=bridges] .row-more button")
	p.until(fmt.Sprintf("Math.abs(hanoitwin.map.getZoom() - %g) > 0.05 && !hanoitwin.map.isMoving()", before))
	p.quiet()

	again := open(t, seed, desktop, link)
	again.sees("ring_roads-open")
	again.until("hanoitwin.map.queryRenderedFeatures({layers: ['ring_roads-planned']}).length === 0")
	again.until("document.querySelector('#legend [data-layer=intersections] input').checked === false")
	again.quiet()
}

// TestLayerOrder moves layers by button and by dragging, and hides one status of
// one layer; the link keeps it.
func TestLayerOrder(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=11/21.03/105.85&legend=1")
	position := func(id string) int {
		return js[int](p, "hanoitwin.map.getLayersOrder().indexOf("+strconv.Quote(id)+")")
	}
	if position("ring_roads-open") < position("bridges-line") {
		t.Fatal("bridges lie above rings to begin with")
	}
	p.press("#legend-by-order")
	order := func() []string {
		return js[[]string](p, "[...document.querySelectorAll('#legend .order > li')].map(e => e.dataset.layer)")
	}
	before := order()
	rings, bridges := slices.Index(before, "ring_roads"), slices.Index(before, "bridges")
	if rings < 0 || bridges <= rings {
		t.Fatalf("the list is %v", before)
	}
	for range bridges - rings { // by keyboard: the focus stays on the button
		js[bool](p, "document.querySelector('#legend .order [data-layer=bridges] [data-move=\"-1\"]').focus() ?? true")
		p.keys(kb.Enter)
	}
	p.until("hanoitwin.map.getLayersOrder().indexOf('bridges-line') > hanoitwin.map.getLayersOrder().indexOf('ring_roads-open')")
	p.link("order=" + strings.Join(order(), ","))

	// drag the last to the top
	last := order()[len(before)-1]
	at := func(selector string) []float64 {
		return js[[]float64](p, "(r => [r.x + r.width / 2, r.y + 2])(document.querySelector("+strconv.Quote(selector)+").getBoundingClientRect())")
	}
	js[bool](p, "(document.querySelector('#legend .order li:last-child').scrollIntoView(), true)")
	grip := at("#legend .order li:last-child .grip")
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, grip[0], grip[1]+10), chromedp.MouseEvent(chromedp.MousePressed, grip[0], grip[1]+10, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	js[bool](p, "(document.querySelector('#legend .order li').scrollIntoView(), true)")
	top := at("#legend .order li")
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, grip[0], top[1], chromedp.ButtonLeft), chromedp.MouseEvent(chromedp.MouseReleased, grip[0], top[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	p.until("document.querySelector('#legend .order li').dataset.layer === " + strconv.Quote(last))

	// one status of one layer
	p.press("#legend [data-layer=ring_roads] .row .small-icon")
	p.press("#legend [data-layer=ring_roads] [data-status=planned]")
	link := p.link("hidein=ring_roads:planned")
	p.idle()
	p.until("hanoitwin.map.queryRenderedFeatures({layers: ['ring_roads-planned']}).length === 0")
	if js[string](p, "JSON.stringify(hanoitwin.map.getFilter('metro_lines-planned'))") != `["==",["get","status"],"planned"]` {
		t.Error("planned metro lines went too")
	}
	want := order()
	p.press("#legend-reset")
	p.until("!location.hash.includes('order=')")
	p.follow(link)
	p.until("document.querySelector('#legend .order li').dataset.layer === " + strconv.Quote(last))
	if got := order(); !slices.Equal(got, want) {
		t.Errorf("the link brings back %v, want %v", got, want)
	}
	p.press("#legend-by-theme")
	p.quiet()
}

// TestOwnLayer imports a layer that nobody knew: it appears by itself, drawn and
// named, with its own line in the legend; although that is before the page hears of
// changes.
func TestOwnLayer(t *testing.T) {
	t.Parallel()
	s := own(t)
	p := blank(t, s, desktop)
	release := p.proxy.hold("/events")
	p.do(chromedp.Navigate(s.base + "/#map=13/21.03/105.85&legend=1"))
	p.idle()
	p.held()
	s.importFeature(t, "cay_xanh", "Cây mới", map[string]any{
		"type": "Feature", "geometry": map[string]any{"type": "Point", "coordinates": []float64{105.85, 21.03}},
		"properties": map[string]any{"code": "C1", "name": "Cây đa", "status": "planned"},
	})
	for end := time.Now().Add(patience); ask[struct{ ID string }](t, s, "/collections/cay_xanh").ID == ""; time.Sleep(pause) {
		if time.Now().After(end) {
			t.Fatal("the server does not follow its store")
		}
	}
	release()
	p.until("document.querySelector('#legend [data-layer=cay_xanh]')")
	p.until("hanoitwin.map.getLayer('cay_xanh-dot') && hanoitwin.map.queryRenderedFeatures({layers: ['cay_xanh-dot']}).length === 1")
	p.until("hanoitwin.map.queryRenderedFeatures({layers: ['cay_xanh-name']}).length === 1")
	p.pressMap(105.85, 21.03)
	p.until("document.querySelector('#card h2')?.innerText === 'Cây đa'")
	p.quiet()
}
