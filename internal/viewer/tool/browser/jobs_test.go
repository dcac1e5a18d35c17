package browser

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The screens and languages that every job is done in.
func each(t *testing.T, job func(t *testing.T, sc screen, lang string)) {
	for _, sc := range []screen{desktop, phone} {
		for _, lang := range []string{"vi", "en"} {
			t.Run(sc.name+"/"+lang, func(t *testing.T) { job(t, sc, lang) })
		}
	}
}

// in adds the language to a link.
func in(lang, link string) string {
	if lang == "en" {
		return link + "&lang=en"
	}
	return link
}

// say chooses between the languages.
func say(lang, vi, en string) string {
	if lang == "en" {
		return en
	}
	return vi
}

// TestSee opens the map as a newcomer does: rings, intersections and names are
// drawn, the legend counts what there is.
func TestSee(t *testing.T) {
	t.Parallel()
	p := open(t, seed, desktop.lively(), "")
	for _, layer := range []string{"ring_roads-open", "ring_roads-building", "ring_roads-planned", "intersections-node", "wards-name", "metro_lines-line", "bridges-line"} {
		p.sees(layer)
	}
	p.until("document.querySelector('#legend').checkVisibility() && document.querySelector('#legend li')")
	legend := p.text("#legend")
	for _, line := range []string{"Đường vành đai", "55", "Nút giao cửa ngõ", "82", "Vành đai 2,5", "Đang xây dựng", "Khác mức"} {
		if !has(legend, line) {
			t.Errorf("the legend does not say %s:\n%s", line, legend)
		}
	}
	p.until("document.querySelector('#version').innerText === 'Phiên bản 1'")
	p.until("document.querySelector('#connection').innerText === 'Trực tuyến'")
	p.until("performance.getEntriesByName('map-idle').length")
	t.Logf("the map was idle %d ms after the start of the navigation", js[int](p, "Math.round(performance.getEntriesByName('map-idle')[0].startTime)"))
	p.picture("city")
	p.press("#tool-language")
	p.until("document.querySelector('#legend').innerText.includes('Ring Road 2.5')")
	p.press("#tool-theme")
	p.until("document.documentElement.dataset.theme === 'dark'")
	p.until(look) // the style comes later
	p.picture("city-dark-en")
	p.link("lang=en")
	p.link("theme=dark")
	p.quiet()
}

// TestNear is the main job of engineers: two clicks, and what is near an
// intersection is listed, nearest first.
func TestNear(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sc screen, lang string) {
		p := visit(t, sc, in(lang, "#map=13/20.96575/105.842076"))
		p.pressMap(105.842076, 20.96575)
		p.until("document.querySelector('#card h2')?.innerText === " + strconv.Quote(say(lang, "Nút giao Pháp Vân", "Phap Van interchange")))
		p.press("#card .primary")
		p.until("document.querySelectorAll('#near .hit').length > 0")
		p.until("document.querySelector('#near-radius').value === '3000'")
		compareHits(p, 3000)
		p.link("near=intersections/NG01&r=3000")

		p.press("[data-radius='1000']")
		p.link("r=1000")
		compareHits(p, 1000)
		if sc.phone {
			p.quiet()
			return
		}
		// type a radius
		p.press("#near-radius")
		js[bool](p, "document.querySelector('#near-radius').select() ?? true")
		p.keys("2000" + kb.Enter)
		p.link("r=2000")
		compareHits(p, 2000)
		p.idle()
		p.picture("near-" + lang)
		p.quiet()
	})
}

// TestNearOnStores has the list of either store hold what the other's holds.
func TestNearOnStores(t *testing.T) {
	t.Parallel()
	p := open(t, onPostGIS(t), desktop, "#map=13/20.96575/105.842076")
	p.pressMap(105.842076, 20.96575)
	p.until("document.querySelector('#card h2')?.innerText === 'Nút giao Pháp Vân'")
	p.press("#card .primary")
	p.until("document.querySelectorAll('#near .hit').length > 0")
	p.server = seed // which is a GeoPackage
	compareHits(p, 3000)
	p.quiet()
}

// answered waits for the answer to a link that asks what is near NG01, and until the
// map has come to rest where all of it is seen.
func (p *page) answered() {
	p.t.Helper()
	p.until("document.querySelector('#near h2')?.innerText === 'Nút giao Pháp Vân' && document.querySelectorAll('#near .hit').length > 0")
	p.idle()
}

type answer struct {
	Features []struct {
		ID         int64
		Layer      string
		Code       string
		DistanceM  float64 `json:"distance_m"`
		Properties map[string]any
	}
}

// compareHits holds the list against the server's own answer.
func compareHits(p *page, radius int) {
	p.t.Helper()
	layers := "ring_roads,intersections,roads,bridges,metro_lines,metro_stations,projects,high_tech_zones,wards"
	want := ask[answer](p.t, p.server, fmt.Sprintf("/collections/intersections/items/NG01/nearby?radius=%d&k=500&layers=%s", radius, layers))
	var refs []string
	last := 0.0
	for _, f := range want.Features {
		if f.DistanceM < last {
			p.t.Error("the server's answer is not sorted")
		}
		last = f.DistanceM
		refs = append(refs, f.Layer+"/"+f.Code)
	}
	if len(refs) < 3 {
		p.t.Fatalf("only %d near", len(refs))
	}
	p.until("document.querySelectorAll('#near li[data-ref]').length === " + strconv.Itoa(len(refs)))
	if got := js[[]string](p, "[...document.querySelectorAll('#near li[data-ref]')].map(e => e.dataset.ref)"); !slices.Equal(got, refs) {
		p.t.Errorf("within %d m the list is\n%v\nwant\n%v", radius, got, refs)
	}
}

// TestNearLinked drags the circle, and points from the list to the map and back.
func TestNearLinked(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=13/20.96575/105.842076&near=intersections/NG01&r=1500")
	p.answered()
	// the handle lies 1500 m east
	p.until("hanoitwin.map.querySourceFeatures('twin-circle', {filter: ['==', ['get', 'part'], 'handle']}).length > 0")
	p.idle()
	handle := js[[]float64](p, "(f => f.geometry.coordinates)(hanoitwin.map.querySourceFeatures('twin-circle', {filter: ['==', ['get', 'part'], 'handle']})[0])")
	x, y := p.where(handle[0], handle[1])
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y), chromedp.MouseEvent(chromedp.MousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, x+30, y, chromedp.ButtonLeft), chromedp.MouseEvent(chromedp.MouseMoved, x+60, y, chromedp.ButtonLeft))
	p.do(chromedp.MouseEvent(chromedp.MouseReleased, x+60, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	p.until("parseInt(document.querySelector('#near-radius').value) > 1600")
	radius, err := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(js[string](p, "document.querySelector('#near-radius').value")))
	if err != nil {
		t.Fatal(err)
	}
	p.link("r=" + strconv.Itoa(radius))
	compareHits(p, radius)

	// from the list to the map
	js[bool](p, "document.querySelector('#near .hit').focus() ?? true")
	p.until("document.querySelector('#near li.pointed')")
	p.until("hanoitwin.map.getSource('twin-hover')._data !== undefined && hanoitwin.map.queryRenderedFeatures().some(f => f.source === 'twin-hover')")
	// the list is filled again: the focus stays
	ref := js[string](p, "(e => { const row = e.closest('li'); row.dataset.old = ''; return row.dataset.ref })(document.activeElement)")
	js[bool](p, fmt.Sprintf("(hanoitwin.store.send({type: 'radius', radius: %d}), true)", radius+10))
	p.until("!document.querySelector('#near [data-old]')")
	if now := js[string](p, "document.activeElement.closest('li')?.dataset.ref ?? ''"); now != ref {
		t.Errorf("the focus was on %s and is on %q", ref, now)
	}
	// from the map to the list: Linh Đàm
	js[bool](p, "document.activeElement.blur() ?? true")
	near := ask[struct {
		Features []struct {
			Code     string
			Geometry struct{ Coordinates [2]float64 }
		}
	}](t, p.server, "/collections/intersections/items/NG01/nearby?k=1&layers=intersections").Features[0]
	x, y = p.where(near.Geometry.Coordinates[0], near.Geometry.Coordinates[1])
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, x+1, y), chromedp.MouseEvent(chromedp.MouseMoved, x, y))
	p.until("document.querySelector('#near li.pointed')?.dataset.ref === 'intersections/" + near.Code + "'")
	p.quiet()
}

// TestTakeAway reads the files that one can download.
func TestTakeAway(t *testing.T) {
	t.Parallel()
	p := open(t, seed, desktop, "#map=13/20.96575/105.842076&near=intersections/NG01&r=1000")
	p.answered()
	js[bool](p, `(URL.createObjectURL = b => { window.saved = b; return 'blob:none' }, HTMLAnchorElement.prototype.click = function () { window.savedName = this.download }, true)`)
	p.press("#near .near-tools button:nth-of-type(1)")
	p.until("window.saved")
	csv := js[string](p, "saved.arrayBuffer().then(b => new TextDecoder('utf-8', {ignoreBOM: true}).decode(b))")
	hits := js[int](p, "document.querySelectorAll('#near .hit').length")
	if lines := strings.Split(strings.TrimSpace(csv), "\r\n"); len(lines) != hits+1 || !strings.HasPrefix(csv, "\ufeffrank,layer,code,name") {
		t.Errorf("the CSV has %d lines for %d hits:\n%s", len(lines), hits, csv)
	}
	js[bool](p, "delete window.saved")
	p.press("#near .near-tools button:nth-of-type(2)")
	p.until("window.saved")
	if n := js[int](p, "saved.text().then(t => JSON.parse(t).features.length)"); n != hits {
		t.Errorf("the GeoJSON has %d features for %d hits", n, hits)
	}
	p.quiet()
}

// TestKnow reads the card of a feature.
func TestKnow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sc screen, lang string) {
		p := visit(t, sc, in(lang, "#map=14/20.96575/105.842076&sel=intersections/NG01"))
		p.until("document.querySelector('#card h2')?.checkVisibility()")
		card := p.text("#card")
		for _, line := range []string{
			say(lang, "Nút giao Pháp Vân", "Phap Van interchange"), "NG01",
			say(lang, "Đang khai thác", "In operation"), say(lang, "Khác mức", "Grade-separated"), say(lang, "Vành đai 3", "Ring Road 3"),
			"20.965750, 105.842076", "587368.3, 2319391.3", "587342.1, 2318695.4",
			say(lang, "Sai số vị trí", "Positional accuracy"), "25 m", "OpenStreetMap",
		} {
			if !has(card, line) {
				t.Errorf("the card does not say %q:\n%s", line, card)
			}
		}
		p.until("hanoitwin.map.queryRenderedFeatures({layers: ['twin-selection-dot']}).length > 0") // it is marked on the map
		js[bool](p, "document.querySelector('#card .history summary').click() ?? true")
		p.until("document.querySelector('#card .history time')")
		if history := p.text("#card .history"); !has(history, say(lang, "Phiên bản 1", "Version 1")) {
			t.Errorf("the history says %q", history)
		}
		p.press("#card .panel-head button")
		p.until("document.querySelector('#card').hidden")
		p.until("!location.hash.includes('sel=')")
		p.quiet()
	})
}

// slash presses the key that goes to the search box. The protocol would insert the
// character although the page prevents it.
func (p *page) slash() {
	p.t.Helper()
	js[bool](p, "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '/', bubbles: true, cancelable: true})) || true")
}

// TestFind searches by keyboard alone.
func TestFind(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, sc screen, lang string) {
		p := visit(t, sc, in(lang, "#map=12/21.03/105.85"))
		p.slash()
		p.until("document.activeElement.id === 'search'")
		p.keys("nga tu so")
		p.until("document.querySelector('#search-results [role=option]')?.innerText.includes('NG11')") // the first
		p.keys(kb.ArrowDown + kb.ArrowUp + kb.Enter)
		p.until("document.querySelector('#card h2')?.innerText === " + strconv.Quote(say(lang, "Nút giao Ngã Tư Sở", "Nga Tu So interchange")))
		p.link("sel=intersections/NG11")
		p.idle()
		// a ward by its whole name, and a place by the ward that it is near
		p.slash()
		p.keys("phuong cau giay")
		p.until("document.querySelector('#search-results [role=option]')?.innerText.includes('00166')")
		p.keys(kb.Enter)
		p.until("document.querySelector('#card h2')?.innerText === " + strconv.Quote(say(lang, "Cầu Giấy", "Cau Giay")))
		p.slash()
		p.keys("NG11")
		p.until("document.querySelector('#search-results [role=option]')?.innerText.includes(" + strconv.Quote(say(lang, "NG11 · gần ", "NG11 · near ")) + ")")
		p.keys(kb.Escape)
		// coordinates: VN-2000 of Hoàn Kiếm lake
		p.slash()
		p.until("document.activeElement.id === 'search'")
		p.keys("588394.3 2326366.4" + kb.Enter) // before the answer is there
		p.until("document.querySelector('#card h2')?.innerText === '21.028700, 105.852300'")
		p.quiet()
	})
}

// TestMeasure measures a kilometre and a square.
func TestMeasure(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=14/21.03/105.85")
	p.press("#tool-measure")
	p.until("document.querySelector('#measure').checkVisibility()")
	for _, at := range [][2]float64{{105.85, 21.03}, {105.86, 21.03}, {105.86, 21.035}} {
		p.pressMap(at[0], at[1])
	}
	p.until("hanoitwin.store.get().measure.length === 3")
	if text := p.text("#measure"); !has(text, "1,59 km") || !has(text, "ha") {
		t.Errorf("it measures %q", text)
	}
	p.quiet()
}

// TestBadLinks opens the nearest thing that makes sense, and says so.
func TestBadLinks(t *testing.T) {
	t.Parallel()
	p := open(t, seed, desktop, "#map=99/1/2&sel=intersections/NG02")
	p.until("document.querySelector('#card h2')?.checkVisibility()")
	p.follow("#map=11/21/105.8&sel=intersections/NG01&rubbish")
	p.until("document.querySelector('#messages').innerText.includes('rubbish')")
	p.until("document.querySelector('#card h2')?.innerText === 'Nút giao Pháp Vân'")
	p.quiet()
	p.forgive(`\b404\b`) // the browser itself reports it
	p.follow("#map=12/21/105.8&sel=intersections/NG9999")
	p.until("document.querySelector('#messages').innerText.includes('Không còn đối tượng này')")
	p.until("document.querySelector('#card').hidden")
	p.quiet()
}
