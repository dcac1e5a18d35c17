package browser

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// choose goes through the options of a select by arrow until one is chosen.
func (p *page) choose(selector, value string) {
	p.t.Helper()
	p.tabTo(selector)
	now := "document.querySelector(" + strconv.Quote(selector) + ").value"
	for range js[int](p, "document.querySelector("+strconv.Quote(selector)+").options.length") {
		if js[string](p, now) == value {
			return
		}
		p.keys(kb.ArrowDown)
	}
	p.t.Fatalf("the arrows do not come to %q in %s, but end at %q", value, selector, js[string](p, now))
}

// push goes to a button by Tab and presses Enter.
func (p *page) push(selector string) {
	p.t.Helper()
	p.tabTo(selector)
	p.keys(kb.Enter)
}

// TestEditByKeyboard does a whole edit by keys alone, from the opened page to the
// saved change set: a new intersection is drawn at the crosshair, its attributes
// are filled in, another is found and moved, the differences are reviewed, and
// both are saved with a reason.
func TestEditByKeyboard(t *testing.T) {
	t.Parallel()
	s := own(t)
	key := s.key(t, "ban-phim", "--role", "editor")
	p := open(t, s, desktop, "#map=15/21.0287/105.8523")
	js[bool](p, "(window.mice = [], ['pointerdown', 'pointermove', 'mousedown', 'mousemove', 'touchstart'].forEach(kind => addEventListener(kind, e => mice.push(kind), true)), true)")

	p.push("#tool-edit")
	p.until("document.activeElement?.id === 'edit-key'")
	p.keys(key + kb.Enter)
	p.until("document.querySelector('#edit[data-screen=list]')")
	p.choose("#edit-layer", "intersections")
	p.push("#edit-add-Point")
	p.until("document.activeElement === hanoitwin.map.getCanvas()")
	lng := js[float64](p, "hanoitwin.map.getCenter().lng")
	p.keys(kb.ArrowRight)
	p.until(fmt.Sprintf("hanoitwin.map.getCenter().lng > %v && !hanoitwin.map.isMoving()", lng))
	centre := js[[2]float64](p, "hanoitwin.map.getCenter().toArray()")
	p.keys(kb.Enter)
	p.until("document.querySelector('#edit[data-screen=feature]')?.contains(document.activeElement)") // the form has the focus
	p.tabTo("#edit-field-code")
	p.keys("NG98")
	p.tabTo("#edit-field-name")
	p.keys("Nút giao bàn phím")
	p.choose("#edit-field-status", "planned")
	p.push("#edit-done")
	p.until("document.querySelectorAll('#edit[data-screen=list] .edit-change').length === 1")

	start := s.item(t, "intersections", "NG64").point(t)
	p.tabTo("#tool-in") // out of the panel, whose fields take slashes
	p.keys("/")
	p.until("document.activeElement.id === 'search'")
	p.keys("NG64")
	p.until("document.querySelector('#search-results [role=option]')?.innerText.includes('Chương Dương')")
	p.keys(kb.Enter)
	p.until("document.querySelector('#edit[data-screen=feature] h2')?.innerText.includes('Chương Dương')")
	p.idle()
	p.tabTo(".maplibregl-canvas")
	p.keys("]") // the place itself comes under the crosshair
	p.until(fmt.Sprintf("hanoitwin.map.project([%v, %v]).dist(hanoitwin.map.project(hanoitwin.map.getCenter())) < 1 && !hanoitwin.map.isMoving()", start[0], start[1]))
	lat := js[float64](p, "hanoitwin.map.getCenter().lat")
	p.keys(kb.ArrowUp)
	p.until(fmt.Sprintf("hanoitwin.map.getCenter().lat > %v && !hanoitwin.map.isMoving()", lat))
	p.keys(kb.Enter)
	p.until("document.querySelector('#edit-discard')?.checkVisibility()")
	moved := js[[2]float64](p, "hanoitwin.map.getCenter().toArray()")
	p.push("#edit-done")
	p.until("document.querySelectorAll('#edit[data-screen=list] .edit-change').length === 2")
	p.push("#edit-review")
	p.until("document.querySelectorAll('#edit[data-screen=review] .edit-diff').length === 2")
	p.tabTo("#edit-message")
	p.keys("Sửa bằng bàn phím")
	p.push("#edit-save")
	p.until("document.querySelector('#edit .edit-saved-text')?.innerText === 'Đã lưu thành phiên bản 2'")

	made := s.item(t, "intersections", "NG98")
	if made.Properties["name"] != "Nút giao bàn phím" || made.Properties["status"] != "planned" || far(made.point(t), centre) > 0.1 {
		t.Errorf("it is %v at %v, drawn at %v", made.Properties, made.point(t), centre)
	}
	if now := s.item(t, "intersections", "NG64").point(t); far(now, moved) > 0.1 || far(now, start) < 10 {
		t.Errorf("the other is at %v; it was at %v and moved to %v", now, start, moved)
	}
	if saved := ask[struct{ Message string }](t, s, "/changesets/2"); saved.Message != "Sửa bằng bàn phím" {
		t.Errorf("the reason of the change set is %q", saved.Message)
	}
	if mice := js[[]string](p, "mice"); len(mice) > 0 {
		t.Errorf("there was a mouse: %v", mice)
	}
	p.quiet()
}
