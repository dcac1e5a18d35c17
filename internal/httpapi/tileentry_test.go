package httpapi

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/logtest"
	"github.com/hanoitwin/hanoitwin/internal/rounds"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// chain is a source that keeps the states from some version on.
type chain struct {
	source
	states atomic.Pointer[[]*twin.State]
}

func newChain(first *snapshot.Snapshot) *chain {
	c := &chain{}
	c.states.Store(&[]*twin.State{{Snapshot: first, Everything: true, Published: fixtureTime()}})
	return c
}

func (c *chain) State() *twin.State { all := *c.states.Load(); return all[len(all)-1] }

func (c *chain) At(v city.Version) (*twin.State, error) {
	all := *c.states.Load()
	if i, found := slices.BinarySearchFunc(all, v, compareState); found {
		return all[i], nil
	}
	return nil, &twin.GoneError{Asked: v, Oldest: all[0].Version(), Newest: all[len(all)-1].Version()}
}

func (c *chain) Since(v city.Version) ([]*twin.State, <-chan struct{}, error) {
	all := *c.states.Load()
	if i, found := slices.BinarySearchFunc(all, v, compareState); found {
		return all[i+1:], nil, nil
	}
	return nil, nil, &twin.GoneError{Asked: v, Oldest: all[0].Version(), Newest: all[len(all)-1].Version()}
}

func compareState(s *twin.State, v city.Version) int { return cmp.Compare(s.Version(), v) }

// commit publishes the next version and keeps the last few. One goroutine calls
// it.
func (c *chain) commit(keep int, step snapshot.Step) *twin.State {
	all := *c.states.Load()
	last := all[len(all)-1]
	step.Version = last.Version() + 1
	s := &twin.State{Since: last.Version(), Published: fixtureTime()}
	if step.Loaded != nil {
		for _, l := range step.Loaded.Layers() {
			s.Whole = append(s.Whole, l.ID())
		}
	}
	s.Whole = append(s.Whole, step.Dropped...)
	s.Snapshot, s.Edits, _ = last.Snapshot.Take(step)
	all = append(slices.Clone(all[max(0, len(all)+1-keep):]), s)
	c.states.Store(&all)
	return s
}

// newChained is a server over a chain that begins with the fixture.
func newChained(tb testing.TB, config Config) (*tested, *chain) {
	tb.Helper()
	return newChainedOver(tb, config, fixture(tb, 42))
}

func newChainedOver(tb testing.TB, config Config, first *snapshot.Snapshot) (*tested, *chain) {
	tb.Helper()
	c := newChain(first)
	server, err := newServer(config, c, slog.New(slog.NewTextHandler(io.Discard, nil)), fixtureTime)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(server.Close)
	return &tested{held: held{server, tb}, source: &c.source, log: &logtest.Buffer{}}, c
}

// builds returns how many tiles have been built.
func (t *tested) builds(tb testing.TB) int {
	tb.Helper()
	const name = "\nhanoitwin_tile_build_seconds_count "
	_, rest, found := strings.Cut(string(body(tb, t.get("/metrics"))), name)
	line, _, _ := strings.Cut(rest, "\n")
	n, err := strconv.Atoi(line)
	if !found || err != nil {
		tb.Fatalf("/metrics has no number at %q: %q", name, line)
	}
	return n
}

// listedTiles are tiles all over the fixture.
func listedTiles() []tiles.Tile {
	var list []tiles.Tile
	for z := range uint8(17) {
		for _, at := range []orb.Point{{105.8524, 21.0288}, {105.8412, 21.0021}, {105.52, 21.02}, {105.86, 21.0288}} {
			if t := tiles.At(at, z); !slices.Contains(list, t) {
				list = append(list, t)
			}
		}
	}
	return list
}

var listedSets = map[string][]city.LayerID{
	"all": {"empty", "places", "roads", "zones"}, "places": {"places"}, "roads,zones": {"roads", "zones"},
}

func placeChange(id int64, at orb.Point, name string) city.Change {
	return city.Change{Layer: "places", ID: id, Feature: &city.Feature{ID: id, Geometry: at, Values: []city.Value{text("HK"), text(name)}}}
}

// TestCommitDropsChangedTiles commits and asks for a list of tiles in two
// codings: those whose bytes differ are built again, all others are not, and keep
// their ETags. Then the version before is asked for.
func TestCommitDropsChangedTiles(t *testing.T) {
	server, source := newChained(t, Config{})
	list := listedTiles()
	ask := func(query string) (etags, bodies map[string]string) {
		etags, bodies = map[string]string{}, map[string]string{}
		for set := range listedSets {
			for _, tile := range list {
				for _, accepted := range []string{"identity", "gzip"} {
					target := fmt.Sprintf("/tiles/%s/%s.mvt", set, tile)
					res := server.get(target+query, "Accept-Encoding", accepted)
					etags[target+" "+accepted] = res.Header.Get("Etag")
					bodies[target+" "+accepted] = string(body(t, res))
				}
			}
		}
		return etags, bodies
	}
	etags, bodies := ask("")
	moved := orb.Point{105.8412, 21.0023}
	for _, c := range []struct {
		name string
		step snapshot.Step
	}{
		{"a place moves", snapshot.Step{Changes: []city.Change{placeChange(2, moved, "Ngã tư Vọng")}}},
		{"a place is renamed", snapshot.Step{Changes: []city.Change{placeChange(2, moved, "Vọng")}}},
		{"nothing differs", snapshot.Step{Changes: []city.Change{placeChange(2, moved, "Vọng")}}},
		{"a place goes", snapshot.Step{Changes: []city.Change{{Layer: "places", ID: 1}}}},
		{"a road shifts by less than tiles show", snapshot.Step{Changes: []city.Change{{Layer: "roads", ID: 11, Feature: &city.Feature{
			ID: 11, Geometry: orb.LineString{{105.8510000001, 21.0288}, {105.8535, 21.0287}}, Values: []city.Value{text("Tràng Tiền"), text("street")},
		}}}}},
	} {
		old := source.State().Version()
		source.commit(10, c.step)
		before := server.builds(t)
		nextTags, nextBodies := ask("")
		changed := 0
		for target, content := range nextBodies {
			if content != bodies[target] {
				changed++
			} else if nextTags[target] != etags[target] {
				t.Errorf("%s: %s is the same and has ETag %s, had %s", c.name, target, nextTags[target], etags[target])
			}
		}
		if got := server.builds(t) - before; got != changed {
			t.Errorf("%s: %d tiles were built, %d changed", c.name, got, changed)
		}
		t.Logf("%s: %d of %d changed", c.name, changed, len(bodies))
		before = server.builds(t)
		pinnedTags, pinnedBodies := ask(fmt.Sprintf("?version=%d", old))
		for target, content := range pinnedBodies {
			if content != bodies[target] || pinnedTags[target] != etags[target] {
				t.Errorf("%s: %s of version %d is not what it was", c.name, target, old)
			}
		}
		if got := server.builds(t) - before; got != changed {
			t.Errorf("%s: %d tiles of the version before were built, %d changed", c.name, got, changed)
		}
		misses := server.tiles.Stats().Misses
		ask(fmt.Sprintf("?version=%d", old))
		if ask(""); server.tiles.Stats().Misses != misses {
			t.Errorf("%s: %d tiles were missing when asked for again", c.name, server.tiles.Stats().Misses-misses)
		}
		etags, bodies = nextTags, nextBodies
	}
}

// TestWholeLayerDropsTiles reads a layer anew, adds one and removes one.
func TestWholeLayerDropsTiles(t *testing.T) {
	server, source := newChained(t, Config{})
	get := func(list string) string {
		res := server.get("/tiles/" + list + "/12/3252/1803.mvt")
		if res.StatusCode >= 400 {
			return strconv.Itoa(res.StatusCode)
		}
		return string(body(t, res))
	}
	want := func(list string, names ...city.LayerID) {
		t.Helper()
		if got, want := get(list), string(directTile(t, source.State().Snapshot, names, tiles.Tile{Z: 12, X: 3252, Y: 1803})); got != want {
			t.Errorf("%s of version %d: %d bytes, want %d", list, source.State().Version(), len(got), len(want))
		}
	}
	want("all", "empty", "places", "roads", "zones")
	want("places", "places")
	want("roads", "roads")
	loaded := build(t, 43, map[city.LayerID][]city.Feature{"places": {{ID: 1, Geometry: orb.Point{105.85, 21.03}}}})
	loaded = loaded.Without(func(l *snapshot.Layer) bool { return l.ID() != "places" })
	source.commit(10, snapshot.Step{Loaded: loaded})
	want("all", "empty", "places", "roads", "zones")
	want("places", "places")
	before := server.builds(t)
	if want("roads", "roads"); server.builds(t) != before {
		t.Error("the tile of another layer was built again")
	}
	source.commit(10, snapshot.Step{Dropped: []city.LayerID{"roads"}})
	want("all", "empty", "places", "zones")
	if got := get("roads"); got != "404" {
		t.Errorf("a removed layer answers %.20q, want 404", got)
	}
	source.commit(10, snapshot.Step{Loaded: fixture(t, 1).Without(func(l *snapshot.Layer) bool { return l.ID() != "roads" })})
	want("all", "empty", "places", "roads", "zones")
	want("roads", "roads")
}

// TestTilesOfEveryVersion commits while many read the newest version and pin
// older ones: what is served for a version must be the tile of that version.
func TestTilesOfEveryVersion(t *testing.T) {
	const keep, readers = 20, 4
	commits := rounds.Of(150)
	seed := rounds.Seed(t)
	for _, c := range []struct {
		bytes    int64 // 0 is the default: nothing is evicted
		wideFrom int
	}{{0, 0}, {30_000, 0}, {0, wideFrom}, {30_000, wideFrom}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			server, source := newChained(t, Config{CacheBytes: c.bytes, wideFrom: c.wideFrom})
			list := listedTiles()
			done := make(chan struct{})
			var wg sync.WaitGroup
			var checked atomic.Int64
			for worker := range uint64(readers) {
				wg.Go(func() {
					r := rand.New(rand.NewPCG(seed, worker))
					for {
						select {
						case <-done:
							return
						default:
						}
						checkTile(t, r, server, source, list)
						checked.Add(1)
					}
				})
			}
			r := rand.New(rand.NewPCG(seed, 99))
			for n := range int64(commits) {
				source.commit(keep, someStep(r))
				for checked.Load() < 10*n && !t.Failed() { // let them read between commits
					runtime.Gosched()
				}
			}
			close(done)
			wg.Wait()
			hits, misses := server.tiles.Stats().Hits, server.tiles.Stats().Misses
			t.Logf("%d answers, %d hits, %d misses", checked.Load(), hits, misses)
			if hits == 0 || misses == 0 {
				t.Errorf("%d hits, %d misses: too little to compare", hits, misses)
			}
		})
	}
}

// someStep moves, renames, makes or removes a place or a road.
func someStep(r *rand.Rand) snapshot.Step {
	id := r.Int64N(12) + 1
	at := orb.Point{105.84 + r.Float64()*0.02, 21 + r.Float64()*0.03}
	change := placeChange(id, at, fmt.Sprint("Tên ", r.IntN(3)))
	if id > 8 {
		change.Layer = "roads"
		change.Feature.Geometry = orb.LineString{at, {105.85, 21.02}}
		change.Feature.Values = []city.Value{text("Đường"), text("trunk")}
	}
	if r.IntN(5) == 0 {
		change.Feature = nil
	}
	return snapshot.Step{Changes: []city.Change{change}}
}

// checkTile asks for a tile, of a kept version half of the times, and compares it
// with one that is encoded afresh.
func checkTile(t *testing.T, r *rand.Rand, server *tested, source *chain, list []tiles.Tile) {
	tile := list[r.IntN(len(list))]
	set := []string{"all", "places", "roads,zones"}[r.IntN(3)]
	target := fmt.Sprintf("/tiles/%s/%s.mvt", set, tile)
	states := *source.states.Load()
	if r.IntN(2) == 0 {
		target += fmt.Sprintf("?version=%d", states[r.IntN(len(states))].Version())
	}
	res := server.get(target, "Accept-Encoding", []string{"identity", "gzip", "zstd"}[r.IntN(3)])
	if res.StatusCode == http.StatusGone {
		return // the writer was faster
	}
	got, err := decompressed(res)
	if err != nil {
		t.Error(err)
		return
	}
	v, err := strconv.Atoi(res.Header.Get("Twin-Version"))
	if err != nil {
		t.Error(err)
		return
	}
	all := append(slices.Clone(states), *source.states.Load()...)
	i := slices.IndexFunc(all, func(s *twin.State) bool { return s.Version() == city.Version(v) })
	if i < 0 {
		return
	}
	if want := directTile(t, all[i].Snapshot, listedSets[set], tile); !bytes.Equal(got, want) {
		t.Errorf("%s of version %d: %d bytes, want %d", target, v, len(got), len(want))
	}
}

// TestPinnedTileIsShared asks for versions between which a tile stays the same,
// in any order: it is built once.
func TestPinnedTileIsShared(t *testing.T) {
	here := orb.Point{105.8524, 21.0288} // of place 1
	target := fmt.Sprintf("/tiles/places/%s.mvt", tiles.At(here, 16))
	for _, order := range [][]city.Version{{42, 43, 44}, {44, 43, 42}, {43, 44, 42}, {44, 42, 43}, {44, 46, 42, 45, 43, 44}} {
		server, source := newChained(t, Config{})
		far := orb.Point{105.9, 21.1}
		source.commit(10, snapshot.Step{Changes: []city.Change{placeChange(2, far, "A")}})
		source.commit(10, snapshot.Step{Changes: []city.Change{placeChange(2, far, "B")}})
		source.commit(10, snapshot.Step{Changes: []city.Change{placeChange(1, here, "C")}}) // 45
		source.commit(10, snapshot.Step{Changes: []city.Change{placeChange(2, far, "D")}})
		etags := map[string]bool{}
		for _, v := range order {
			res := server.get(fmt.Sprintf("%s?version=%d", target, v))
			if res.StatusCode != http.StatusOK {
				t.Fatalf("version %d: status %d", v, res.StatusCode)
			}
			etags[res.Header.Get("Etag")] = true
		}
		want, builds := 1, 1
		if len(order) > 3 {
			// 44, then from 45 on; what is older than the last change is built
			// for each version that is asked for.
			want, builds = 2, 5
		}
		if len(etags) != want {
			t.Errorf("versions %v: %d ETags, want %d", order, len(etags), want)
		}
		if got := server.builds(t); got != builds {
			t.Errorf("versions %v: %d builds, want %d", order, got, builds)
		}
	}
}

// TestTilesOfDaysAfterCommits changes lives, which tiles do not carry, and asks
// for the city of some days: the tiles must be as when they are built afresh.
func TestTilesOfDaysAfterCommits(t *testing.T) {
	server, source := newChainedOver(t, Config{}, lived(t, 42))
	r := rand.New(rand.NewPCG(6, 14))
	dates := []string{"", "2019-01-01", "2024-07-01", "2027-05-19", "2029-12-31"}
	list := []tiles.Tile{tiles.At(orb.Point{105.85, 21.05}, 9), tiles.At(orb.Point{105.85, 21.05}, 13), tiles.At(orb.Point{105.87, 21.05}, 14)}
	ask := func() {
		for _, day := range dates {
			for _, at := range list {
				target, days := fmt.Sprintf("/tiles/all/%s.mvt", at), view.Days{}
				if day != "" {
					target += "?datetime=" + day
					days = view.Days{Asked: true, Window: lifetime.On(city.DayOf(date(day).Time()))}
				}
				var b tilecache.Builder
				want, err := b.Encode(t.Context(), source.State().Snapshot.Layers(), tilecache.Key{Tile: at, Days: days}, 1<<20)
				if err != nil {
					t.Fatal(err)
				}
				if got := body(t, server.get(target)); !bytes.Equal(got, want) {
					t.Errorf("%s of version %d: %d bytes, want %d", target, source.State().Version(), len(got), len(want))
				}
			}
		}
	}
	ask()
	for range 60 {
		id := 1 + r.Int64N(6)
		some := func() string { return dates[r.IntN(len(dates))] }
		f := bridge(id, fmt.Sprint("B", id), "Cầu", "in_operation", 105.81+0.01*float64(id), some(), some(), some(), some())
		source.commit(10, snapshot.Step{Changes: []city.Change{{Layer: "bridges", ID: id, Feature: &f}}})
		ask()
	}
	if hits := server.tiles.Stats().Hits; hits == 0 {
		t.Error("no tile stayed as it was")
	}
}
