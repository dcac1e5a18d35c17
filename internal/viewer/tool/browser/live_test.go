package browser

import (
	"strings"
	"testing"
	"time"
)

// phapVan is the interchange NG01, moved and in another stage.
func phapVan(status string, lon, lat float64) map[string]any {
	return map[string]any{
		"type": "Feature", "geometry": map[string]any{"type": "Point", "coordinates": []float64{lon, lat}},
		"properties": map[string]any{"code": "NG01", "status": status},
	}
}

// TestLive changes the city beside the server: the map follows without a reload,
// and fetches only tiles that have changed.
func TestLive(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, s *server) {
		p := open(t, s, desktop.lively(), "#map=13/20.96575/105.842076&sel=intersections/NG01")
		p.until("document.querySelector('#connection').innerText === 'Trực tuyến'")
		js[bool](p, "window.marker = true")
		before, _ := p.proxy.seen()
		start := time.Now()
		s.importFeature(t, "intersections", "Dời nút Pháp Vân", phapVan("planned", 105.85, 20.97))
		p.until("document.querySelector('#version').innerText === 'Phiên bản 2'")
		p.until("document.querySelector('#messages').innerText.includes('Dời nút Pháp Vân')")
		p.until("hanoitwin.map.queryRenderedFeatures({layers: ['intersections-node']}).some(f => f.properties.code === 'NG01' && f.properties.status === 'planned')")
		t.Logf("from the start of the import to the changed map: %v", time.Since(start).Round(time.Millisecond))
		p.until("document.querySelector('#card .badge.status').innerText === 'Quy hoạch'")
		if !js[bool](p, "window.marker === true") {
			t.Error("the page was loaded anew")
		}
		p.idle()
		visible := js[int](p, "hanoitwin.map.style.tileManagers.hanoi.getRenderableIds().length")
		after, _ := p.proxy.seen()
		tiles := 0
		for _, path := range after[len(before):] {
			if strings.HasSuffix(path, ".mvt") {
				tiles++
			}
		}
		if tiles == 0 || tiles >= visible {
			t.Errorf("%d tiles were fetched again of %d on the screen", tiles, visible)
		}
		p.quiet()
	})
}

// TestReconnect loses the server: the map says so, and catches up when it is back.
func TestReconnect(t *testing.T) {
	t.Parallel()
	s := own(t)
	p := open(t, s, desktop, "#map=13/20.96575/105.842076")
	p.until("document.querySelector('#connection').innerText === 'Trực tuyến'")
	p.forgive(`net::ERR_|Failed to fetch`) // the browser reports what it cannot reach
	s.stop()
	p.proxy.lose(s) // whoever gets its port
	p.until("document.querySelector('#connection').innerText.startsWith('Mất kết nối')")
	js[bool](p, "!!hanoitwin.map.jumpTo({center: [105.79, 21.17]})") // where nothing can be fetched now: Quang Minh
	p.until("hanoitwin.map.style.tileManagers.hanoi.getIds().some(id => hanoitwin.map.style.tileManagers.hanoi.getTileByID(id).state === 'errored')")
	s.importFeature(t, "intersections", "Khi không ai nghe", phapVan("planned", 105.85, 20.97))
	p.proxy.move(s, start(t, s.store))
	p.until("document.querySelector('#connection').innerText === 'Trực tuyến'")
	p.until("document.querySelector('#version').innerText === 'Phiên bản 2'")
	p.until("hanoitwin.map.queryRenderedFeatures({layers: ['high_tech_zones-fill']}).some(f => f.properties.code === 'I3')")
	js[bool](p, "!!hanoitwin.map.jumpTo({center: [105.842076, 20.96575]})")
	p.until("hanoitwin.map.queryRenderedFeatures({layers: ['intersections-node']}).some(f => f.properties.code === 'NG01' && f.properties.status === 'planned')")
	p.quiet()
}

// TestLinkMeanwhile opens a link in the moment in which the page writes its own
// address, as it does while the map moves: the link is followed all the same.
func TestLinkMeanwhile(t *testing.T) {
	t.Parallel()
	p := visit(t, desktop, "#map=13/20.96575/105.842076")
	p.until("document.querySelector('#connection').innerText === 'Trực tuyến'")
	js[bool](p, "(own => { location.hash = '#map=13/20.96575/105.842076&sel=intersections/NG01'; history.replaceState(null, '', own); return location.hash === own })(location.hash)")
	p.until("document.querySelector('#card h2')?.innerText.includes('Pháp Vân')")
	p.link("sel=intersections/NG01")
	p.quiet()
}
