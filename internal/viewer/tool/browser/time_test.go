package browser

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// stages are the statuses of the parts of ring 4 that a map has loaded.
func stages(m string) string {
	return "[...new Set(" + m + ".querySourceFeatures('hanoi', {sourceLayer: 'ring_roads'}).filter(f => f.properties.ring === 'VD4').map(f => f.properties.status))].sort().join()"
}

// TestTime goes to 2030: what is under construction is in operation then.
func TestTime(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=9.6/21.03/105.85")
	now := stages("hanoitwin.map")
	p.until(now + ".includes('under_construction')")
	p.press("#tool-time")
	p.link("date=")
	p.until("document.querySelector('#time').checkVisibility()")
	p.slide("#time .time-track input", 2030*12)
	js[bool](p, "(hanoitwin.store.send({type: 'legend', open: true}), true)") // another change meanwhile
	p.link("date=2030-01-01")
	p.until(now + " === 'in_operation'")
	if label := p.text("#time-label"); !has(label, "01/2030") {
		t.Errorf("the label says %q", label)
	}
	p.press("#time > button:nth-of-type(3)")
	p.until("document.querySelector('#time').hidden")
	p.until(now + ".includes('under_construction')")
	p.quiet()
}

// TestLateTiles changes the day while tiles of the other day are on their way: what
// is drawn in the end is the day that the page says.
func TestLateTiles(t *testing.T) {
	t.Parallel()
	p := open(t, seed, desktop, "#map=13/21.03/105.85&date=2030-01-01")
	release := p.proxy.hold("datetime=2030-01-01")
	js[bool](p, "!!hanoitwin.map.jumpTo({center: [105.85, 21.03], zoom: 9.6})")
	p.held()
	js[bool](p, "(hanoitwin.store.send({type: 'date', date: '2026-01-01'}), true)")
	p.until("(s => s.tiles[0].endsWith('datetime=2026-01-01') && s.loaded())(hanoitwin.map.getSource('hanoi'))")
	release()
	p.until(stages("hanoitwin.map") + ".includes('under_construction')")
	p.quiet()
}

// slide sets a range as a hand does.
func (p *page) slide(selector string, value int) {
	p.t.Helper()
	js[bool](p, fmt.Sprintf("(r => { r.value = %d; r.dispatchEvent(new Event('input')); return true })(document.querySelector('%s'))", value, selector))
}

// TestSwipe puts two days side by side and moves the line by keyboard and mouse.
func TestSwipe(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=9.6/21.03/105.85&date=2026-01-01")
	p.press("#time-swipe")
	p.until("document.querySelector('#swipe')")
	p.link("swipe=2035-12-01,50")
	p.slide("#time-second", 2031*12)
	p.link("swipe=2031-01-01,50")
	second := "hanoitwin.city.beside.map.gl"
	p.until(stages(second) + " === 'in_operation'")
	p.until(stages("hanoitwin.map") + ".includes('under_construction')") // left of the line

	js[bool](p, "document.querySelector('#swipe').focus() ?? true")
	p.keys(kb.ArrowRight + kb.ArrowRight)
	p.link("swipe=2031-01-01,54")
	p.keys(kb.Home)
	p.link("swipe=2031-01-01,0")
	p.keys(kb.End + kb.PageDown)
	p.link("swipe=2031-01-01,90")
	if says := js[string](p, "document.querySelector('#swipe').getAttribute('aria-valuetext')"); says != "90 %: 01/2026 | 01/2031" {
		t.Errorf("the line says %q", says)
	}
	x, y := 0.9*float64(desktop.width), 300.0
	p.do(chromedp.MouseEvent(chromedp.MousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(chromedp.MouseMoved, 640, y, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseReleased, 640, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	link := p.link("swipe=2031-01-01,50")

	// the maps move together, and so do clicks on the right one
	js[bool](p, "hanoitwin.map.jumpTo({center: [105.8, 21], zoom: 11}) !== null")
	p.until(second + ".getZoom() === 11 && Math.abs(" + second + ".getCenter().lng - 105.8) < 1e-9")
	p.press("#time-swipe")
	p.until("!document.querySelector('#swipe') && !location.hash.includes('swipe')")
	p.follow(link)
	p.until("document.querySelector('#swipe')")
	p.quiet()
}

// TestDifference marks what the plan adds until 2030, and counts it.
func TestDifference(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=9.6/21.03/105.85&date=2030-01-01")
	p.press("#time-compare")
	p.link("diff=1")
	type sums struct{ Added, Changed, Removed int }
	today := js[string](p, "new Date().toISOString().slice(0, 10)")
	want := sums{}
	for _, l := range ask[struct{ Totals []sums }](t, p.server, "/diff?limit=1&to=2030-01-01&from="+today).Totals {
		want.Added, want.Changed, want.Removed = want.Added+l.Added, want.Changed+l.Changed, want.Removed+l.Removed
	}
	if want.Changed == 0 {
		t.Fatal("nothing differs")
	}
	p.until("document.querySelector('#time .totals').innerText === " + strconv.Quote(fmt.Sprintf("%d thêm\n%d đổi\n%d bỏ", want.Added, want.Changed, want.Removed)))
	// each kind has its colour on the map
	p.until("hanoitwin.map.queryRenderedFeatures({layers: ['diff-ring_roads-line']}).some(f => f.properties.change === 'changed')")
	p.press("#time-compare")
	p.until("!hanoitwin.map.getLayer('diff-ring_roads-line')")
	p.quiet()
}

// TestKnown changes the city and looks at what was known before.
func TestKnown(t *testing.T) {
	t.Parallel()
	s := own(t)
	s.importFeature(t, "intersections", "Dời nút Pháp Vân", phapVan("planned", 105.85, 20.97))
	p := open(t, s, desktop, "#map=13/20.96575/105.842076&sel=intersections/NG01&date=2026-11-01")
	p.until("document.querySelector('#card .badge.status')?.innerText === 'Quy hoạch'")
	p.press("#time-known")
	p.until("document.querySelector('#known-version').innerText.startsWith('Phiên bản 2')")
	p.press("#known-earlier")
	link := p.link("known=20")
	p.until("document.querySelector('#known-version').innerText.startsWith('Phiên bản 1 · ')")
	p.until("document.querySelector('#card .badge.status').innerText === 'Đang khai thác'")
	node := "hanoitwin.map.loaded() && hanoitwin.map.querySourceFeatures('hanoi', {sourceLayer: 'intersections'}).filter(f => f.properties.code === 'NG01').every(f => f.properties.status === '%s')"
	p.until(fmt.Sprintf(node, "in_operation"))
	p.press("#known-later")
	p.until("document.querySelector('#known-version').innerText.startsWith('Phiên bản 2')")
	p.press("#known-now")
	p.until("!location.hash.includes('known=')")
	p.until(fmt.Sprintf(node, "planned"))
	p.follow(link)
	p.until("document.querySelector('#known-version').innerText.startsWith('Phiên bản 1 · ')")
	p.quiet()

	// a time before the record is refused with a sentence
	js[bool](p, "(i => { i.value = '1999-01-01T00:00:00'; i.dispatchEvent(new Event('change')); return true })(document.querySelector('#known-moment'))")
	p.until("document.querySelector('#messages').innerText.includes('Hồ sơ thay đổi')")
	p.quiet()
}
