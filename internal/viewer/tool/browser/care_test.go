package browser

import (
	"fmt"
	"strconv"
	"testing"
)

// nameless lists what can be used and has no name that a screen reader could say.
const nameless = `[...document.querySelectorAll('button, input, select, textarea, summary, a[href], canvas, [role=listbox], [role=slider]')]
	.filter(e => e.checkVisibility())
	.filter(e => !(e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText)?.trim())
	.map(e => e.outerHTML.slice(0, 120))`

// TestNames holds that everything has a name, in every state of the page.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, link := range []string{"#map=12/21/105.8&legend=1", "#map=12/21/105.8&sel=intersections/NG01&date=2027-01-01", "#map=12/21/105.8&near=intersections/NG01", "#map=12/21/105.8&date=2027-01-01&swipe=2030-01-01,40&legend=1&order=roads,ring_roads", "#map=12/21/105.8&measure=21,105.8;21,105.9;21.1,105.9"} {
		p := visit(t, desktop, link)
		p.settled(link)
		for _, e := range js[[]string](p, nameless) {
			t.Errorf("%s: no name: %s", link, e)
		}
		if lang := js[string](p, "document.documentElement.lang"); lang != "vi" {
			t.Errorf("the page says that it is in %q", lang)
		}
		p.quiet()
	}
}

// settled waits for the panels that a link opens.
func (p *page) settled(link string) {
	p.t.Helper()
	for part, panel := range map[string]string{"sel=": "#card h2", "near=": "#near .hit", "legend=": "#legend li", "date=": "#time-label", "swipe=": "#swipe", "measure=": "#measure"} {
		if has(link, part) {
			p.until("document.querySelector(" + strconv.Quote(panel) + ")?.checkVisibility()")
		}
	}
	p.idle()
}

// worstContrast lists text on panels whose contrast is below 4.5, with the ratio.
const worstContrast = `(() => {
	const parse = c => { const x = document.createElement('canvas').getContext('2d', {willReadFrequently: true}); x.fillStyle = c; x.fillRect(0, 0, 1, 1); return x.getImageData(0, 0, 1, 1).data };
	const lum = c => { const [r, g, b] = [...parse(c)].slice(0, 3).map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
	const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (parse(c)[3] > 200) return c } return 'rgb(255, 255, 255)' };
	return [...document.querySelectorAll('.panel *, #search-card *, #statusline *')]
		.filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
		.map(e => { const a = lum(getComputedStyle(e).color), b = lum(behind(e)); return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.className + ' ' + e.innerText.slice(0, 30)] })
		.filter(([ratio]) => ratio < 4.5).map(([ratio, text]) => ratio.toFixed(2) + ' ' + text)
})()`

// TestContrast computes the contrast of text on panels in both looks: WCAG AA
// asks for 4.5.
func TestContrast(t *testing.T) {
	t.Parallel()
	for _, theme := range []string{"light", "dark"} {
		for _, link := range []string{"&legend=1", "&sel=ring_roads/VD3-4", "&near=intersections/NG01"} {
			p := visit(t, desktop, fmt.Sprintf("#map=12/21/105.8&theme=%s%s", theme, link))
			p.settled(link)
			for _, e := range js[[]string](p, worstContrast) {
				t.Errorf("%s%s: contrast %s", theme, link, e)
			}
			p.quiet()
		}
	}
}

// TestCalm holds that who wants less motion gets none.
func TestCalm(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=12/21/105.8&legend=1")
	const moves = "hanoitwin.map.isMoving() || hanoitwin.map._fadeDuration > 0 || document.getAnimations().length > 0"
	js[bool](p, "(document.querySelector('#tool-in').click(), true)")
	if js[bool](p, moves) {
		t.Error("something moves")
	}
	p.until("hanoitwin.map.getZoom() === 13")
	lively := visit(t, desktop.lively(), "#map=12/21/105.8&legend=1")
	if !js[bool](lively, "(document.querySelector('#tool-in').click(), hanoitwin.map.isMoving())") {
		t.Error("for others nothing moves")
	}
	p.quiet()
	lively.quiet()
}
