package browser

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestEditAdd draws a new intersection, is told of its mistakes at the fields, and
// saves it; then takes the save back.
func TestEditAdd(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, s *server) {
		key := s.key(t, "khao-sat", "--role", "editor", "--layers", "intersections,projects")
		p := open(t, s, desktop, "#map=15/21.0287/105.8523")
		p.forgive(`\b(400|404)\b`) // the browser reports the refusals, and that what was taken back is not there
		p.beginEdit(key)
		if who := p.text("#edit .eyebrow"); !has(who, "khao-sat") {
			t.Errorf("the editor is called %q", who)
		}
		if layers := p.texts("#edit-layer option"); len(layers) != 2 {
			t.Errorf("the key may write %q", layers)
		}
		p.press("#edit-add-Point")
		p.until("document.querySelector('#edit[data-screen=draw]')")
		p.pressMap(105.8510, 21.0300)
		p.until("document.querySelector('#edit[data-screen=feature]')")
		p.fill("edit-field-name", "Nút giao thử nghiệm")
		p.fill("edit-field-status", "planned")
		p.fill("edit-field-valid_from", "2030-01-01")
		p.fill("edit-field-valid_to", "2029-01-01")
		p.shot("add-form")
		p.readable("the form")
		p.press("#edit-done")
		p.press("#edit-review")
		p.fill("edit-message", "Thêm nút giao thử nghiệm")
		p.shot("add-review")
		p.readable("the review")
		p.press("#edit-save") // without a code: told before the server is asked
		p.until("document.querySelector('#edit .edit-diff .trouble')")
		p.press("#edit .edit-diff [aria-label^='Xem trên bản đồ']")
		p.until("document.querySelector('#edit-field-code')?.getAttribute('aria-invalid') === 'true'")
		p.fill("edit-field-code", "NG01") // which another one has
		p.press("#edit-done")
		p.press("#edit-review")
		p.press("#edit-save")
		p.until("document.querySelectorAll('#edit .edit-diff .trouble').length === 2") // the dates too
		p.press("#edit .edit-diff [aria-label^='Xem trên bản đồ']")
		p.until("document.querySelector('#edit-field-valid_to')?.getAttribute('aria-invalid') === 'true'")
		if wrong := p.text("#edit-field-code-wrong"); wrong != "Đã thuộc về đối tượng số 1" {
			t.Errorf("at the code it says %q", wrong)
		}
		p.shot("add-mistake")
		p.fill("edit-field-code", "NG99")
		p.fill("edit-field-valid_to", "")
		p.press("#edit-done")
		p.press("#edit-review")
		p.press("#edit-save")
		p.until("document.querySelector('#edit .edit-saved')?.checkVisibility()")
		p.until("hanoitwin.map.queryRenderedFeatures({layers: ['intersections-node']}).some(f => f.properties.code === 'NG99')")
		p.shot("add-saved")
		p.readable("what was saved")
		made := s.item(t, "intersections", "NG99")
		if at := made.point(t); made.Properties["name"] != "Nút giao thử nghiệm" || made.Properties["status"] != "planned" || far(at, [2]float64{105.8510, 21.0300}) > 5 {
			t.Errorf("it is %v at %v", made.Properties, at)
		}
		p.press("#edit-revert")
		p.until("document.querySelector('#messages').innerText.includes('Đã hoàn tác')")
		p.until("!hanoitwin.map.queryRenderedFeatures({layers: ['intersections-node']}).some(f => f.properties.code === 'NG99')")
		p.quiet()
	})
}

// far is how many metres apart two places are, about.
func far(p, q [2]float64) float64 {
	return math.Hypot((p[0]-q[0])*103_900, (p[1]-q[1])*110_700)
}

// TestEditShape moves the end of a bridge onto an intersection, which has to meet
// it exactly; inserts a vertex and takes that back; draws a line by keyboard; and
// saves both as one version.
func TestEditShape(t *testing.T) {
	t.Parallel()
	s := own(t)
	p := open(t, s, desktop, "#map=16/21.0362/105.856")
	p.beginEdit(s.key(t, "ban-do", "--role", "editor"))
	bridge, node := s.item(t, "bridges", "C03").line(t), s.item(t, "intersections", "NG64").point(t)
	p.pressMap((bridge[0][0]*2+bridge[1][0])/3, (bridge[0][1]*2+bridge[1][1])/3)
	p.until("document.querySelector('#edit[data-screen=feature] h2')?.innerText === 'Cầu Chương Dương'")
	p.until("document.querySelector('#edit .edit-size').innerText.includes('3 đỉnh')")
	p.idle()
	x, y := p.where(bridge[0][0], bridge[0][1])
	toX, toY := p.where(node[0], node[1])
	release := p.proxy.hold("/collections/intersections/items/")
	p.drag(x, y, toX+4, toY+3)
	p.held()
	release() // where it is comes when the mouse is at rest
	p.until("hanoitwin.map.queryRenderedFeatures({layers: ['edit-snap']}).length > 0")
	p.shot("shape-drag")
	p.release(toX+4, toY+3)
	p.until("document.querySelector('#edit-discard')?.checkVisibility()")
	// a click chooses a vertex; its place can be typed
	p.until("document.querySelector('#edit .edit-count').innerText === '1 / 3'")
	p.pressMap(bridge[1][0], bridge[1][1])
	p.until("document.querySelector('#edit .edit-count').innerText === '2 / 3'")
	position := func(at [2]float64) string { return fmt.Sprintf("%.7f, %.7f", at[1], at[0]) }
	p.fill("edit-position", position([2]float64{bridge[1][0], bridge[1][1] + 0.0002}))
	p.undo()
	p.until("document.querySelector('#edit-position').value === '" + position(bridge[1]) + "'")
	// the whole, and back
	p.press("#edit-whole")
	wx, wy := p.where((node[0]+bridge[1][0]*3)/4, (node[1]+bridge[1][1]*3)/4)
	p.drag(wx, wy, wx, wy+50)
	p.release(wx, wy+50)
	p.until("document.querySelector('#edit-position').value !== '" + position(bridge[1]) + "'")
	p.undo()
	p.until("document.querySelector('#edit-position').value === '" + position(bridge[1]) + "'")
	p.press("#edit-whole")
	// a vertex more, and back
	mx, my := p.where((node[0]+bridge[1][0])/2, (node[1]+bridge[1][1])/2)
	p.drag(mx, my, mx+10, my-40)
	p.release(mx+10, my-40)
	p.until("document.querySelector('#edit .edit-size').innerText.includes('4 đỉnh')")
	p.shot("shape-inserted")
	p.press("#tool-theme") // another style is drawn, and what is edited stays
	p.until("hanoitwin.map.getPaintProperty('edit-vertex', 'circle-color') === '#12161b' && hanoitwin.map.loaded()")
	p.press("#tool-language")
	p.until("document.querySelector('#edit').innerText.includes('4 vertices') && hanoitwin.map.queryRenderedFeatures({layers: ['edit-vertex']}).length === 2")
	p.shot("shape-dark")
	p.press("#tool-language")
	p.undo()
	p.until("document.querySelector('#edit .edit-size').innerText.includes('3 đỉnh')")

	// by keyboard: a line along the centre of the map
	p.press("#edit-done")
	js[bool](p, "(e => { e.value = 'roads'; e.dispatchEvent(new Event('change')); document.querySelector('#edit-add-LineString').focus(); return true })(document.querySelector('#edit-layer'))")
	p.keys(kb.Enter)
	p.until("document.activeElement === hanoitwin.map.getCanvas()")
	p.keys(kb.Enter)
	for range 2 {
		before := js[float64](p, "hanoitwin.map.getCenter().lng")
		p.keys(kb.ArrowRight)
		p.until(fmt.Sprintf("hanoitwin.map.getCenter().lng > %v && !hanoitwin.map.isMoving()", before))
		p.keys(kb.Enter)
	}
	p.until("document.querySelector('#edit .measured').innerText.includes('3')")
	p.shot("shape-drawing")
	p.keys(kb.Backspace)
	p.until("document.querySelector('#edit .measured').innerText.startsWith('Đỉnh\\n2')")
	p.press("#edit-finish")
	p.until("document.querySelector('#edit[data-screen=feature]')")
	p.fill("edit-field-code", "DUONG-1")
	p.press("#edit-done")
	p.press("#edit-review")
	p.until("document.querySelectorAll('#edit .edit-diff').length === 2")
	if diff := p.text("#edit [data-key='bridges/3']"); !has(diff, "lệch nhiều nhất "+strconv.Itoa(int(math.Round(far(bridge[0], node))))) {
		t.Errorf("the bridge moved by %.1f m; the review says %q", far(bridge[0], node), diff)
	}
	p.shot("shape-review")
	p.fill("edit-message", "Nối cầu vào nút")
	p.press("#edit-save")
	p.until("document.querySelector('#edit .edit-saved-text')?.innerText === 'Đã lưu thành phiên bản 2'")
	if now := s.item(t, "bridges", "C03").line(t); now[0] != node || now[1] != bridge[1] || len(now) != 3 {
		t.Errorf("the bridge is %v; it should begin at %v", now, node)
	}
	if line := s.item(t, "roads", "DUONG-1").line(t); len(line) != 2 || far(line[0], [2]float64{105.856, 21.0362}) > 1 {
		t.Errorf("the road is %v", line)
	}
	p.quiet()
}

// TestEditConflict edits what another editor changes meanwhile: the draft outlives
// a reload, both sides are shown, and what is chosen is saved.
func TestEditConflict(t *testing.T) {
	t.Parallel()
	s := own(t)
	key, other := s.key(t, "mot", "--role", "editor"), s.key(t, "hai", "--role", "editor")
	p := open(t, s, desktop, "#map=15/21.0375/105.8604&sel=bridges/C03")
	p.forgive(`\b(404|409|412)\b`) // the browser reports the conflicts, and that what was deleted is not there
	p.until("document.querySelector('#card').checkVisibility()")
	p.press("#tool-edit") // what is selected is what is edited
	p.until("document.activeElement?.id === 'edit-key'")
	p.keys(key + kb.Enter)
	p.until("document.querySelector('#edit[data-screen=feature] h2')?.innerText === 'Cầu Chương Dương'")
	p.fill("edit-field-length_km_official", "8")
	p.fill("edit-field-note", "Sửa của tôi")
	p.until("document.querySelector('#edit-discard')?.checkVisibility()")

	p.reload()
	p.press("#messages .message button")
	p.until("document.querySelectorAll('#edit .edit-change').length === 1") // the key is known in this tab

	s.write(t, other, http.MethodPatch, "/collections/bridges/items/C03", `{"properties": {"length_km_official": 6, "name_en": "Chuong Duong Crossing"}}`)
	p.until("document.querySelector('#edit-resolve')?.checkVisibility()") // it is told at once
	p.press("#edit-review")
	p.press("#edit-save")
	p.until("document.querySelector('#edit[data-screen=conflict]')")
	clashes := p.texts("#edit .clash")
	if len(clashes) != 1 || !has(clashes[0], "Của tôi: 8 km") || !has(clashes[0], "Của họ: 6 km") {
		t.Errorf("to be chosen are %q", clashes)
	}
	if !js[bool](p, "document.querySelector('#edit-apply').disabled") {
		t.Error("it can be saved before a choice is made")
	}
	p.shot("conflict")
	p.readable("the conflict")
	p.press("#edit .clash input[value=mine]")
	p.press("#edit-apply")
	p.until("document.querySelector('#edit .edit-saved-text')?.innerText === 'Đã lưu thành phiên bản 3'")
	now := s.item(t, "bridges", "C03").Properties
	if now["length_km_official"] != 8.0 || now["note"] != "Sửa của tôi" || now["name_en"] != "Chuong Duong Crossing" {
		t.Errorf("the bridge is %v", now)
	}
	// someone changes it again: the save cannot be taken back, and it is said
	s.write(t, other, http.MethodPatch, "/collections/bridges/items/C03", `{"properties": {"length_km_official": 7}}`)
	p.until("document.querySelector('#version').innerText === 'Phiên bản 4'")
	p.press("#edit-revert")
	p.until("document.querySelector('#messages').innerText.includes('bridges/3')")
	// and deletes it: it can be made again
	p.slash()
	p.until("document.activeElement.id === 'search'")
	p.keys("cau chuong duong" + kb.Enter)
	p.until("document.querySelector('#edit[data-screen=feature] h2')?.innerText === 'Cầu Chương Dương'")
	p.fill("edit-field-note", "Làm lại")
	p.press("#edit-done")
	s.write(t, other, http.MethodDelete, "/collections/bridges/items/C03", "")
	p.press("#edit-resolve")
	p.until("document.querySelector('#edit[data-screen=conflict]')")
	p.press("#edit .edit-choice input[value=mine]")
	p.press("#edit-apply")
	p.until("document.querySelector('#edit .edit-saved-text')?.innerText === 'Đã lưu thành phiên bản 6'")
	if again := s.item(t, "bridges", "C03").Properties; again["note"] != "Làm lại" || again["length_km_official"] != 7.0 {
		t.Errorf("the bridge is made again as %v", again)
	}
	p.quiet()
}

// TestEditKeys is refused with a key that is none and with one that may only read.
func TestEditKeys(t *testing.T) {
	t.Parallel()
	s := own(t)
	viewer, editor := s.key(t, "chi-xem", "--role", "viewer"), s.key(t, "mot-lop", "--role", "editor", "--layers", "projects")
	p := open(t, s, desktop, "#map=15/21.0375/105.8604&lang=en&theme=dark")
	p.forgive(`\b401\b`) // the browser reports it
	p.press("#tool-edit")
	p.until("document.activeElement?.id === 'edit-key'")
	p.shot("key-dark")
	p.keys("ht_nobody" + kb.Enter)
	p.until("document.querySelector('#edit [role=alert]')?.innerText.includes('The credentials are not valid')")
	js[bool](p, "(e => { e.value = ''; e.focus(); return true })(document.querySelector('#edit-key'))")
	p.keys(viewer + kb.Enter)
	p.until("document.querySelector('#edit[data-screen=reader]')?.innerText.includes('This key may only read')")
	p.press("#edit-sign-out")
	p.until("document.activeElement?.id === 'edit-key'")
	p.keys(editor + kb.Enter)
	p.until("document.querySelector('#edit[data-screen=list]')")
	p.pressMap(105.8604, 21.0375) // a bridge, which the key may not edit
	p.until("document.querySelector('#messages').innerText.includes('This key may not edit the layer: Bridges')")
	if kept := js[[]string](p, "[location.href, document.cookie, JSON.stringify(localStorage)]"); has(strings.Join(kept, " "), editor) {
		t.Errorf("the key is in %q", kept)
	}
	asked, _ := p.proxy.seen()
	for _, path := range asked {
		if has(path, "ht_") {
			t.Errorf("the key is in the address %s", path)
		}
	}
	p.quiet()
}

// TestEditPhone draws an area by finger on a phone, deletes a project, and looks
// whether all of it can be read and has a name.
func TestEditPhone(t *testing.T) {
	t.Parallel()
	s := own(t)
	p := open(t, s, phone, "#map=15/21.0287/105.8523&theme=dark")
	p.forgive(`\b404\b`) // the browser reports that what was deleted is not there
	p.beginEdit(s.key(t, "tai-cho", "--role", "editor"))
	p.shot("phone-list")
	p.readable("the list")
	js[bool](p, "(e => { e.value = 'projects'; e.dispatchEvent(new Event('change')); return true })(document.querySelector('#edit-layer'))")
	p.press("#edit-add-Polygon")
	p.until("document.querySelector('#edit[data-screen=draw]')")
	corners := [][2]float64{{105.8500, 21.0320}, {105.8550, 21.0320}, {105.8550, 21.0345}}
	for i, at := range corners {
		p.pressMap(at[0], at[1])
		p.until(fmt.Sprintf("document.querySelector('#edit .measured').innerText.includes('Đỉnh\\n%d')", i+1))
	}
	p.shot("phone-draw")
	p.readable("drawing")
	if size := p.text("#edit .measured"); !has(size, "7,2 ha") {
		t.Errorf("the area is %q", size)
	}
	p.pressMap(corners[0][0], corners[0][1]) // closes it
	p.until("document.querySelector('#edit[data-screen=feature]')")
	p.fill("edit-field-code", "P99")
	p.fill("edit-field-name", "Công viên thử nghiệm")
	before := js[string](p, "hanoitwin.map.getCenter().toString()")
	x, y := p.where(corners[2][0], corners[2][1])
	p.swipe(x, y, x-20, y+60) // the corner goes with the finger, the map does not
	p.until("!document.querySelector('#edit .edit-size').innerText.includes('7,2 ha')")
	if after := js[string](p, "hanoitwin.map.getCenter().toString()"); after != before {
		t.Errorf("the map moved from %s to %s", before, after)
	}
	p.swipe(x, y+200, x-60, y+200) // and where nothing is to be grabbed, the map
	p.until("hanoitwin.map.getCenter().toString() !== '" + before + "' && !hanoitwin.map.isMoving()")
	p.shot("phone-feature")
	p.readable("the form")
	p.press("#edit-done")
	p.slash()
	p.until("document.activeElement.id === 'search'")
	p.keys("P10" + kb.Enter)
	p.until("document.querySelector('#edit[data-screen=feature] h2')?.innerText.includes('Ngọc Trai')")
	p.press("#edit-remove")
	p.until("document.querySelectorAll('#edit .edit-change').length === 2")
	p.shot("phone-changes")
	p.readable("the changes")
	p.press("#edit-review")
	p.shot("phone-review")
	p.readable("the review")
	p.press("#edit-save")
	p.until("document.querySelector('#edit .edit-saved-text')?.innerText === 'Đã lưu thành phiên bản 2'")
	made := s.item(t, "projects", "P99")
	var rings [][][2]float64
	if err := json.Unmarshal(made.Geometry.Coordinates, &rings); err != nil || len(rings) != 1 || len(rings[0]) != 4 || made.Geometry.Type != "Polygon" {
		t.Errorf("the area is %s %s: %v", made.Geometry.Type, made.Geometry.Coordinates, err)
	}
	if gone := s.item(t, "projects", "P10"); gone.Geometry.Type != "" {
		t.Errorf("the project is still there: %v", gone)
	}
	p.quiet()
}
