package living

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// TestCommitKeepsTiles asks for all tiles about a corner after each of some
// commits. A server without a cache of its own yet says which have changed: those
// and no others must be built again, and the others keep their ETags.
func TestCommitKeepsTiles(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		l := live(t, newStore(t, where), httpapi.Config{}, twin.Options{})
		start := twin.Commit{Message: "hai lớp", Put: []city.Layer{walkersLayer("odd"), walkersLayer("even")}}
		for w := range 4 {
			start.Edits = append(start.Edits, twin.Edit{Layer: "even", Feature: walkerAt(w, 0)})
		}
		_, ids, err := l.Commit(t.Context(), start)
		if err != nil {
			t.Fatal(err)
		}
		tags, _ := tilesAbout(t, l.server)
		tiny := walkerAt(2, 0)
		tiny.Geometry = orb.Point{place(2, 0)[0] + 1e-9, place(2, 0)[1]}
		kept := 0
		for i, edits := range [][]twin.Edit{
			{{Layer: "even", ID: ids[0], Feature: walkerAt(0, 1)}},
			{{Layer: "even", ID: ids[1]}, {Layer: "odd", Feature: walkerAt(1, 2)}},
			{{Layer: "even", ID: ids[2], Feature: tiny}},
			{{Layer: "even", ID: ids[3], Feature: &city.Feature{Geometry: place(3, 0), Values: []city.Value{city.String("đổi tên")}}}},
		} {
			if _, _, err := l.Commit(t.Context(), twin.Commit{Message: "đổi", Edits: edits}); err != nil {
				t.Fatal(err)
			}
			fresh, err := httpapi.New(httpapi.Config{}, l.Twin, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			wantTags, wantBodies := tilesAbout(t, fresh)
			fresh.Close()
			before := tileBuilds(t, l.server)
			gotTags, gotBodies := tilesAbout(t, l.server)
			changed := 0
			for path, want := range wantTags {
				if gotTags[path] != want || gotBodies[path] != wantBodies[path] {
					t.Errorf("change %d: %s has ETag %s, want %s", i, path, gotTags[path], want)
				}
				if want != tags[path] {
					changed++
				} else {
					kept++
				}
			}
			if got := tileBuilds(t, l.server) - before; got != changed {
				t.Errorf("change %d: %d tiles were built, %d changed", i, got, changed)
			}
			tags = gotTags
		}
		if kept == 0 {
			t.Error("no tile stayed as it was")
		}
	})
}

// tilesAbout asks for all tiles about the corner.
func tilesAbout(t *testing.T, server *httpapi.Server) (etags, bodies map[string]string) {
	t.Helper()
	etags, bodies = map[string]string{}, map[string]string{}
	c := walkCorner()
	around := orb.Bound{Min: orb.Point{c[0] - 0.02, c[1] - 0.02}, Max: orb.Point{c[0] + 0.02, c[1] + 0.02}}
	for z := uint8(0); z <= 15; z++ {
		for tile := range tiles.Touched(around, z).All() {
			path := fmt.Sprintf("/tiles/all/%d/%d/%d.mvt", tile.Z, tile.X, tile.Y)
			w := httptest.NewRecorder()
			server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != http.StatusOK && w.Code != http.StatusNoContent {
				t.Fatalf("%s: %d %s", path, w.Code, w.Body)
			}
			etags[path], bodies[path] = w.Header().Get("Etag"), w.Body.String()
		}
	}
	return etags, bodies
}

var tileBuildsLine = regexp.MustCompile(`(?m)^hanoitwin_tile_build_seconds_count (\d+)$`)

// tileBuilds returns how many tiles the server has built.
func tileBuilds(t *testing.T, server *httpapi.Server) int {
	t.Helper()
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	found := tileBuildsLine.FindStringSubmatch(w.Body.String())
	if found == nil {
		t.Fatalf("no count of builds in %s", w.Body)
	}
	n, err := strconv.Atoi(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
