package living

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/ssetest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// listener reads one stream of events, and holds each against its schema.
type listener struct {
	*ssetest.Listener
	t *testing.T
}

// listen opens a stream; headers are pairs. The stream ends with the test.
func listen(t *testing.T, url string, headers ...string) *listener {
	t.Helper()
	return &listener{ssetest.Listen(t, url, headers...), t}
}

// next waits for an event of the name.
func (l *listener) next(name string) ssetest.Event {
	l.t.Helper()
	e := l.Next(l.t, name)
	holdEvent(l.t, e)
	return e
}

// versionTold is what the tests read of a version event.
type versionTold struct {
	Version, Since int64
	Changesets     []struct {
		Version         int64
		Author, Message string
	}
	Layers   []city.LayerID
	Features map[city.LayerID][]int64
	Whole    []city.LayerID
	Tiles    map[string][]string
	Ranges   []any `json:"tile_ranges"`
}

func (l *listener) version() versionTold {
	l.t.Helper()
	e := l.next("version")
	var v versionTold
	if err := json.Unmarshal([]byte(e.Data), &v); err != nil || e.ID != strconv.FormatInt(v.Version, 10) {
		l.t.Fatalf("%+v: %v", e, err)
	}
	return v
}

func (l *living) commit(t *testing.T, message string, edits ...twin.Edit) []int64 {
	t.Helper()
	_, ids, err := l.Commit(t.Context(), twin.Commit{Author: "Lan", Message: message, Edits: edits})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// listening serves an empty store with two layers over a real connection.
func listening(t *testing.T, where string, options twin.Options, private ...city.Role) (*living, string) {
	t.Helper()
	l := live(t, newStore(t, where), httpapi.Config{}, options)
	even := walkersLayer("even")
	even.VisibleTo = private
	_, _, err := l.Commit(t.Context(), twin.Commit{Put: []city.Layer{walkersLayer("odd"), even}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(l.server)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	return l, server.URL
}

// TestEvents follows versions, loses the connection, and misses none.
func TestEvents(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		l, url := listening(t, where, twin.Options{})
		first := int64(l.State().Version())
		client := listen(t, url+"/events")
		if e := client.next("hello"); e.ID != strconv.FormatInt(first, 10) {
			t.Errorf("hello of version %s, want %d", e.ID, first)
		}
		ids := l.commit(t, "mở đường", twin.Edit{Layer: "odd", Feature: walkerAt(0, 0)}, twin.Edit{Layer: "even", Feature: walkerAt(1, 0)})
		v := client.version()
		if v.Version != first+1 || v.Since != first || len(v.Changesets) != 1 || v.Changesets[0].Author != "Lan" || v.Changesets[0].Message != "mở đường" ||
			!slices.Equal(v.Layers, []city.LayerID{"even", "odd"}) || !slices.Equal(v.Features["odd"], ids[:1]) || !slices.Equal(v.Features["even"], ids[1:]) || v.Tiles != nil {
			t.Errorf("told %+v", v)
		}
		only := listen(t, url+"/events?layers=odd")
		only.next("hello")
		l.commit(t, "chỉ even", twin.Edit{Layer: "even", ID: ids[1], Feature: walkerAt(1, 1)})
		if v := only.version(); v.Version != first+2 || len(v.Layers) != 0 || len(v.Features) != 0 {
			t.Errorf("of another layer: %+v", v)
		}
		client.version()
		for step := range 5 {
			l.commit(t, fmt.Sprint("bước ", step), twin.Edit{Layer: "odd", ID: ids[0], Feature: walkerAt(0, step+1)})
		}
		again := listen(t, url+"/events", "Last-Event-ID", strconv.FormatInt(first+2, 10))
		for step := range 5 {
			a, b := client.version(), again.version()
			if want := first + 3 + int64(step); a.Version != want || b.Version != want || b.Changesets[0].Message != fmt.Sprint("bước ", step) {
				t.Errorf("step %d: versions %d and %d, want %d", step, a.Version, b.Version, want)
			}
		}
	})
}

// TestEventsReset tells a client that was away too long to load everything anew,
// and one from the future too.
func TestEventsReset(t *testing.T) {
	t.Parallel()
	l, url := listening(t, t.TempDir()+"/reset.gpkg", twin.Options{Retention: twin.Retention{Versions: 3}})
	first := int64(l.State().Version())
	for step := range 6 {
		l.commit(t, "bước", twin.Edit{Layer: "odd", Feature: walkerAt(step, step)})
	}
	for i, after := range []int64{first, 0, first + 1000} {
		client := listen(t, url+"/events?after="+strconv.FormatInt(after, 10))
		if e := client.next("reset"); e.ID != strconv.FormatInt(first+6, 10) {
			t.Errorf("after %d: reset to %s, want %d", after, e.ID, first+6)
		}
		l.commit(t, "tiếp", twin.Edit{Layer: "odd", Feature: walkerAt(20+i, 1)})
		first++
		if v := client.version(); v.Version != first+6 {
			t.Errorf("then version %d, want %d", v.Version, first+6)
		}
	}
}

// TestEventsHideLayers tells nothing of a private layer, not even its messages.
func TestEventsHideLayers(t *testing.T) {
	t.Parallel()
	l, url := listening(t, t.TempDir()+"/private.gpkg", twin.Options{}, city.Editor)
	client := listen(t, url+"/events?zooms=0-14")
	client.next("hello")
	l.commit(t, "bí mật", twin.Edit{Layer: "even", Feature: walkerAt(0, 0)})
	if v := client.version(); len(v.Layers)+len(v.Features)+len(v.Tiles) != 0 || v.Changesets[0].Message != "" || v.Changesets[0].Author != "" {
		t.Errorf("told %+v of a private layer", v)
	}
	l.commit(t, "mở", twin.Edit{Layer: "odd", Feature: walkerAt(0, 0)})
	if v := client.version(); !slices.Equal(v.Layers, []city.LayerID{"odd"}) || v.Changesets[0].Message != "mở" {
		t.Errorf("told %+v of a public layer", v)
	}
}

// TestEventsNameTiles holds the tiles that events name against the bytes of all
// tiles before and after.
func TestEventsNameTiles(t *testing.T) {
	t.Parallel()
	l, url := listening(t, t.TempDir()+"/tiles.gpkg", twin.Options{})
	client := listen(t, url+"/events?zooms=9-15&bbox=105.5,20.5,106.5,21.5")
	client.next("hello")
	ids := l.commit(t, "bốn người", twin.Edit{Layer: "odd", Feature: walkerAt(0, 0)}, twin.Edit{Layer: "odd", Feature: walkerAt(1, 0)},
		twin.Edit{Layer: "even", Feature: walkerAt(2, 0)}, twin.Edit{Layer: "even", Feature: walkerAt(3, 0)})
	client.version()
	tiny := walkerAt(2, 0)
	tiny.Geometry = orb.Point{place(2, 0)[0] + 1e-9, place(2, 0)[1]}
	for i, edits := range [][]twin.Edit{
		{{Layer: "odd", ID: ids[0], Feature: walkerAt(0, 1)}},
		{{Layer: "odd", ID: ids[1]}, {Layer: "even", Feature: walkerAt(1, 2)}},
		{{Layer: "even", ID: ids[2], Feature: tiny}},
		{{Layer: "even", ID: ids[3], Feature: &city.Feature{Geometry: place(3, 0), Values: []city.Value{city.String("đổi tên")}}}},
	} {
		before := l.State().Version()
		l.commit(t, "đổi", edits...)
		v := client.version()
		got := map[string]bool{}
		for z, all := range v.Tiles {
			for _, xy := range all {
				got[z+"/"+xy] = true
			}
		}
		if want := l.differing(t, before, city.Version(v.Version)); len(v.Ranges) > 0 || !sameKeys(got, want) {
			t.Errorf("change %d: told %v, %v; differing %v", i, got, v.Ranges, want)
		}
	}
}

// differing compares all tiles about the corner at two versions.
func (l *living) differing(t *testing.T, a, b city.Version) map[string]bool {
	t.Helper()
	differ := map[string]bool{}
	c := walkCorner()
	around := orb.Bound{Min: orb.Point{c[0] - 0.03, c[1] - 0.03}, Max: orb.Point{c[0] + 0.03, c[1] + 0.03}}
	for z := uint8(9); z <= 15; z++ {
		for tile := range tiles.Touched(around, z).All() {
			path := fmt.Sprintf("/tiles/all/%d/%d/%d.mvt?version=", tile.Z, tile.X, tile.Y)
			codeA, was := l.get(path + strconv.FormatInt(int64(a), 10))
			codeB, is := l.get(path + strconv.FormatInt(int64(b), 10))
			if codeA != codeB || string(was) != string(is) {
				differ[fmt.Sprintf("%d/%d/%d", tile.Z, tile.X, tile.Y)] = true
			}
		}
	}
	return differ
}

func sameKeys(a, b map[string]bool) bool {
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return len(a) == len(b)
}
