package browser

import (
	"fmt"
	"net/http"
	"testing"
)

// TestEditMoved moves an intersection that another editor moves meanwhile: both
// places are shown, one is chosen, and that is what the store has. Then once more,
// the other way.
func TestEditMoved(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, s *server) {
		key, other := s.key(t, "mot", "--role", "editor"), s.key(t, "hai", "--role", "editor")
		p := open(t, s, desktop, "#map=15.5/21.0362/105.852")
		p.forgive(`\b412\b`) // the browser reports it
		p.beginEdit(key)
		start := s.item(t, "intersections", "NG64").point(t)
		for i, side := range []string{"mine", "theirs"} {
			at := s.item(t, "intersections", "NG64").point(t)
			// what was saved last has come back as a tile
			p.until(fmt.Sprintf("(p => hanoitwin.map.queryRenderedFeatures([[p.x - 3, p.y - 3], [p.x + 3, p.y + 3]], {layers: ['intersections-node']}).some(f => f.properties.code === 'NG64'))(hanoitwin.map.project([%g, %g]))", at[0], at[1]))
			p.idle()
			p.pressMap(at[0], at[1])
			p.until("document.querySelector('#edit[data-screen=feature] h2')?.innerText.includes('Chương Dương')")
			p.idle()
			x, y := p.where(at[0], at[1])
			p.drag(x, y, x-90, y+60)
			p.release(x-90, y+60)
			p.until("document.querySelector('#edit-discard')?.checkVisibility()")
			mine := js[string](p, "document.querySelector('#edit-position').value")
			theirs := [2]float64{start[0] + 0.001, start[1] + 0.0005*float64(i+1)}
			s.write(t, other, http.MethodPatch, "/collections/intersections/items/NG64", fmt.Sprintf(`{"geometry": {"type": "Point", "coordinates": [%v, %v]}}`, theirs[0], theirs[1]))
			p.press("#edit-done")
			p.until("document.querySelector('#edit-resolve')?.checkVisibility()") // it is told at once
			p.press("#edit-review")
			p.press("#edit-save")
			p.until("document.querySelector('#edit[data-screen=conflict] .clash[data-property=\"\"]')")
			p.idle()
			// both places, and where it was, are on the screen
			p.until("['mine', 'theirs'].every(k => hanoitwin.map.queryRenderedFeatures({layers: ['edit-dot']}).some(f => f.properties.kind === k)) && hanoitwin.map.queryRenderedFeatures({layers: ['edit-base-dot']}).length > 0")
			p.shot("moved-" + side)
			p.readable("the conflict of shapes")
			if !js[bool](p, "document.querySelector('#edit-apply').disabled") {
				t.Error("it can be saved before a choice is made")
			}
			p.press("#edit .clash input[value=" + side + "]")
			p.press("#edit-apply")
			want := theirs
			if side == "mine" {
				p.until("document.querySelector('#edit .edit-saved-text')?.checkVisibility()")
				var lat, lon float64
				if _, err := fmt.Sscanf(mine, "%f, %f", &lat, &lon); err != nil {
					t.Fatal(err)
				}
				want = [2]float64{lon, lat}
			} else { // nothing is left to save
				p.until("document.querySelector('#edit[data-screen=list]') && document.querySelectorAll('#edit .edit-change').length === 0")
			}
			if now := s.item(t, "intersections", "NG64").point(t); far(now, want) > 0.02 {
				t.Errorf("%s: it is at %v, not %v", side, now, want)
			}
		}
		p.quiet()
	})
}
