package browser

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// tabTo presses Tab, or Shift with it, until an element has the focus.
func (p *page) tabTo(selector string, back ...bool) {
	p.t.Helper()
	var path string
	for range 60 {
		if len(back) > 0 && back[0] {
			p.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
		} else {
			p.keys(kb.Tab)
		}
		if js[bool](p, "!!document.activeElement?.matches("+strconv.Quote(selector)+")") {
			return
		}
		path += " " + js[string](p, "(e => e?.id || e?.getAttribute('aria-label') || e?.tagName || '')(document.activeElement)")
	}
	p.t.Fatalf("Tab does not come to %s, but to%s", selector, path)
}

// TestKeyboard does the jobs of reading without a mouse: find and know a feature,
// ask what is near it, follow an answer, show a layer, go to another time, ask about
// a place in the middle of the map, measure. Editing has its own tests.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=13/20.96575/105.842076")
	p.keys("/")
	p.until("document.activeElement.id === 'search'")
	p.keys("NG01")
	p.until("document.querySelector('#search-results [role=option]')?.innerText.includes('Pháp Vân')")
	p.keys(kb.Enter)
	p.until("document.querySelector('#card h2')?.innerText === 'Nút giao Pháp Vân'")
	p.tabTo("#card .primary")
	p.keys(kb.Enter)
	p.until("document.querySelectorAll('#near .hit').length > 3")
	p.tabTo("#near .hit")
	p.until("hanoitwin.map.queryRenderedFeatures({layers: ['twin-hover-line']}).length > 0") // the focused answer is marked
	first := js[string](p, "document.activeElement.querySelector('strong').innerText")
	p.keys(kb.Enter)
	p.until("document.querySelector('#card h2')?.innerText === " + strconv.Quote(first))
	p.keys(kb.Escape)
	p.until("document.querySelector('#card').hidden && document.activeElement === hanoitwin.map.getCanvas()")

	p.tabTo("#tool-layers") // tools come before the time and after the panels
	p.keys(kb.Enter)
	p.until("document.querySelector('#legend').checkVisibility()")
	p.tabTo("#legend [data-layer=ring_roads] input[type=checkbox]", true)
	p.keys(" ")
	p.link("off=ring_roads")
	p.keys(" ")
	p.tabTo("#tool-time")
	p.keys(kb.Enter)
	p.tabTo("#time .time-track input")
	before := p.text("#time-label")
	p.keys(kb.ArrowRight)
	p.until("document.querySelector('#time-label').innerText !== " + strconv.Quote(before))
	p.tabTo("#time-compare", true)
	p.keys(kb.Enter)
	p.link("diff=1")

	p.tabTo("#tool-measure", true)
	p.keys(kb.Enter)
	p.until("document.activeElement === hanoitwin.map.getCanvas()")
	p.keys(kb.Enter)
	for i := range 2 {
		lng := js[float64](p, "hanoitwin.map.getCenter().lng")
		p.keys(kb.ArrowRight)
		p.until(fmt.Sprintf("hanoitwin.map.getCenter().lng > %v && !hanoitwin.map.isMoving()", lng))
		p.keys(kb.Enter)
		p.until(fmt.Sprintf("hanoitwin.store.get().measure.length === %d", i+2))
	}
	p.keys(kb.Backspace)
	p.until("hanoitwin.store.get().measure.length === 2")
	p.keys(kb.Escape)
	p.until("document.querySelector('#measure').hidden")
	p.keys(kb.Enter) // what is in the middle of the map
	p.until("document.querySelector('#card').checkVisibility()")
	p.quiet()
}

// TestEditViews compares the form and the handles of a bridge, and what is about to
// be saved, with golden pictures, on a desk and on a phone.
func TestEditViews(t *testing.T) {
	t.Parallel()
	s := own(t)
	key := s.key(t, "phong-quy-hoach", "--role", "editor")
	for sc, link := range map[screen]string{desktop: "#map=15.2/21.0375/105.858", phone: "#map=14/21.0335/105.8604&theme=dark"} {
		p := open(t, s, sc, link)
		p.beginEdit(key)
		p.slash()
		p.until("document.activeElement.id === 'search'")
		p.keys("cau chuong duong" + kb.Enter)
		p.until("document.querySelector('#edit[data-screen=feature] h2')?.innerText === 'Cầu Chương Dương'")
		p.fill("edit-field-length_km_official", "1.25")
		p.until("document.querySelector('#edit-discard')?.checkVisibility()")
		p.press("#edit-next-vertex")
		p.press("#edit-next-vertex")
		p.until("document.querySelector('#edit .edit-count').innerText === '2 / 3'")
		p.idle() // what brought the bridge and the vertex into view has come to rest
		view := "{center: [105.8565, 21.0365], zoom: 15.5}"
		if sc.phone {
			view = "{center: [105.8553, 21.0335], zoom: 15.5}"
		}
		js[bool](p, "!!hanoitwin.map.jumpTo("+view+")")
		p.picture("edit")
		p.readable("the form")
		p.press("#edit-done")
		p.press("#edit-review")
		p.until("document.querySelector('#edit .edit-diff')")
		p.picture("review")
		p.readable("the review")
		p.quiet()
		js[bool](p, "localStorage.clear() ?? true")
	}
}
