package browser

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// depots are a layer that only who has a key sees, with one feature near the lake.
func (s *server) depots(t *testing.T, admin string) {
	t.Helper()
	s.write(t, admin, http.MethodPut, "/layers/depots", `{"title": "Kho vật tư", "title_en": "Depots", "geometry": "Point", "key": "code", "visible_to": ["viewer"],
		"properties": [{"name": "code", "type": "string"}, {"name": "name", "type": "string"}]}`)
	s.write(t, admin, http.MethodPost, "/collections/depots/items", `{"type": "Feature", "geometry": {"type": "Point", "coordinates": [105.8523, 21.0287]}, "properties": {"code": "KHO-1", "name": "Kho Hoàn Kiếm"}}`)
}

const (
	depotDrawn = "hanoitwin.map.queryRenderedFeatures().some(f => f.sourceLayer === 'depots')"
	depotInRAM = "hanoitwin.map.querySourceFeatures('hanoi', {sourceLayer: 'depots'}).length > 0"
	depotKnown = "document.querySelector('#legend [data-layer=depots]')"
)

// TestPrivateLayer sees a private layer with a viewer's key, everywhere on the page,
// and nothing of it without.
func TestPrivateLayer(t *testing.T) {
	t.Parallel()
	s := own(t)
	admin, key := s.key(t, "quan-tri", "--role", "admin"), s.key(t, "phong-doc", "--role", "viewer")
	s.depots(t, admin)
	p := open(t, s, desktop, "#map=15/21.0287/105.8523&legend=1")
	hidden := func(when string) {
		t.Helper()
		p.until("!" + depotKnown)
		p.until("!(" + depotDrawn + ")")
		p.until("!(" + depotInRAM + ")")
		if text := js[string](p, "document.body.innerText"); has(text, "Kho ") {
			t.Errorf("%s: the page tells of the layer:\n%s", when, text)
		}
		if used := p.text("#key-forget"); used != "" {
			t.Errorf("%s: it says %q", when, used)
		}
	}
	seen := func() {
		t.Helper()
		p.until(depotKnown)
		p.until(depotDrawn)
		p.until("document.querySelector('#key-forget')?.checkVisibility()")
	}
	p.until("document.querySelector('#connection').innerText === 'Trực tuyến'")
	hidden("without a key")
	before := len(p.proxy.requests(0))

	p.press("#tool-edit")
	p.until("document.activeElement?.id === 'edit-key'")
	p.keys(key + kb.Enter)
	p.until("document.querySelector('#edit[data-screen=reader]')")
	p.readable("the reader's key")
	p.shot("private-reader")
	seen()
	p.press("#edit-see")
	p.until("!document.querySelector('#edit')")
	p.pressMap(105.8523, 21.0287)
	p.until("document.querySelector('#card h2')?.innerText === 'Kho Hoàn Kiếm'")
	p.shot("private-card")
	p.press("#card .primary")
	p.until("document.querySelector('#near')?.checkVisibility() && document.querySelectorAll('#near .hit').length > 3")
	p.slash()
	p.until("document.activeElement.id === 'search'")
	p.keys("kho hoan kiem")
	p.until("document.querySelector('#search-results li[role=option]')?.innerText.includes('Kho Hoàn Kiếm')")
	p.keys(kb.Escape + kb.Escape)
	s.write(t, admin, http.MethodPatch, "/collections/depots/items/KHO-1", `{"properties": {"name": "Kho mới"}}`) // and is told of what changes
	p.until("document.querySelector('#messages').innerText.includes('1 đối tượng vừa thay đổi')")
	for _, part := range []string{"/tiles/", "/styles/", "/collections", "/events", "/search", "nearby", "/items/"} {
		p.asksWith(key, before, part)
	}

	p.do(chromedp.Navigate(s.base + "/viewer/LICENSES.txt")) // the tab remembers the key
	p.do(chromedp.Navigate(s.base + "/#map=15/21.0287/105.8523&legend=1"))
	p.idle()
	seen()
	p.keyStays()

	before = len(p.proxy.requests(0))
	p.press("#key-forget")
	p.until("document.querySelector('#messages').innerText.includes('Không dùng khóa nữa')")
	hidden("after it was forgotten")
	p.until("document.querySelector('#connection').innerText === 'Trực tuyến'")
	for _, part := range []string{"/tiles/", "/styles/", "/collections", "/events"} {
		p.asksWith("", before, part)
	}
	if kept := js[[]string](p, "[location.href, document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)]"); has(strings.Join(kept, " "), key) {
		t.Errorf("the key is in %q", kept)
	}
	for _, r := range p.proxy.requests(0) {
		if has(r.path+"?"+r.query, "ht_") {
			t.Errorf("the key is in the address %s?%s", r.path, r.query)
		}
	}
	p.quiet()
}

// asksWith waits until the newest request for a path came with the key, "" for none.
func (p *page) asksWith(key string, from int, part string) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(pause) {
		all := p.proxy.requests(from)
		slices.Reverse(all)
		i := slices.IndexFunc(all, func(r request) bool { return has(r.path, part) })
		if i >= 0 && all[i].key == key {
			return
		}
		if time.Now().Before(end) {
			continue
		}
		if i < 0 {
			p.t.Fatalf("nothing was asked of %s", part)
		}
		p.t.Fatalf("%s was asked with the key %.6q…, not %.6q…", all[i].path, all[i].key, key)
	}
}

// keyStays holds that the key goes to no other server.
func (p *page) keyStays() {
	p.t.Helper()
	const asked = "Object.keys(hanoitwin.map._requestManager.transformRequest(%q, 'Tile').headers ?? {}).join()"
	for _, address := range []string{"https://tiles.example.org/1/0/0.mvt", "//tiles.example.org/1/0/0.mvt", strings.Replace(p.server.base, "127.0.0.1", "localhost", 1) + "/tiles/all/1/0/0.mvt", "data:,x"} {
		if with := js[string](p, fmt.Sprintf(asked, address)); with != "" {
			p.t.Errorf("%s would get %s", address, with)
		}
	}
	if with := js[string](p, fmt.Sprintf(asked, p.server.base+"/tiles/all/1/0/0.mvt")); with != "Authorization" {
		p.t.Errorf("the own server gets %q", with)
	}
}

// TestRevokedKey goes on without a key that has been revoked meanwhile.
func TestRevokedKey(t *testing.T) {
	t.Parallel()
	s := own(t)
	s.depots(t, s.key(t, "quan-tri", "--role", "admin"))
	p := open(t, s, desktop, "#map=15/21.0287/105.8523&legend=1")
	p.forgive(`\b401\b`) // the browser reports it
	p.press("#tool-edit")
	p.until("document.activeElement?.id === 'edit-key'")
	p.keys(s.key(t, "tam-thoi", "--role", "editor") + kb.Enter)
	p.until("document.querySelector('#edit[data-screen=list]')")
	p.until(depotDrawn)
	if out, err := exec.Command(program, "key", "revoke", "tam-thoi", "--store", s.store).CombinedOutput(); err != nil {
		t.Fatalf("key revoke: %v\n%s", err, out)
	}
	p.until("document.querySelector('#edit[data-screen=key]')")
	p.until("!(" + depotDrawn + ") && !(" + depotInRAM + ") && !" + depotKnown)
	p.until("document.querySelector('#connection').innerText === 'Trực tuyến'")
	p.quiet()
}

// TestClosedServer asks for a key before anything can be seen.
func TestClosedServer(t *testing.T) {
	t.Parallel()
	store := filepath.Join(t.TempDir(), "closed.gpkg")
	key := start(t, store).key(t, "nguoi-xem", "--role", "viewer")
	s := start(t, store, "--require-read-key")
	p := blank(t, s, phone)
	p.forgive(`\b401\b`) // the browser reports them
	p.do(chromedp.Navigate(s.base + "/"))
	p.until("document.activeElement?.id === 'gate-key'")
	p.readableGate()
	p.keys("ht_nobody" + kb.Enter)
	p.until("document.querySelector('#gate [role=alert]')?.checkVisibility()")
	js[bool](p, "(e => { e.value = ''; e.focus(); return true })(document.querySelector('#gate-key'))")
	p.keys(key + kb.Enter)
	p.idle()
	p.until("document.querySelector('#connection').innerText === 'Trực tuyến'")
	p.sees("ring_roads-open")
	p.press("#key-forget")
	p.until("document.querySelector('#gate-key')")
	if js[bool](p, "!!window.hanoitwin") {
		t.Error("the map is still there")
	}
	p.quiet()
}

// readableGate holds the question for a key to the rules of all panels.
func (p *page) readableGate() {
	p.t.Helper()
	p.until("document.getAnimations().length === 0")
	p.readable("the question for a key")
}
