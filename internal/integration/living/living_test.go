package living

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/gpkgtest"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// living is a served store that is followed.
type living struct {
	*served
	store twin.Store
}

// live serves a store and follows it until the test ends.
func live(t *testing.T, store twin.Store, config httpapi.Config, options twin.Options) *living {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	tw, err := twin.Open(t.Context(), store, log, options)
	if err != nil {
		t.Fatal(err)
	}
	server, err := httpapi.New(config, tw, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); tw.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return &living{&served{tw, server}, store}
}

// newStore opens a store, making it where there is none, and closes it when the
// test ends.
func newStore(t *testing.T, where string) twin.Store {
	t.Helper()
	if filepath.Ext(where) == ".gpkg" {
		return gpkgtest.Open(t, where)
	}
	store, err := postgis.Open(t.Context(), where, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// onBothStores runs a test on an empty store of each kind.
func onBothStores(t *testing.T, test func(t *testing.T, where string)) {
	for name, where := range map[string]func(*testing.T) string{
		"GeoPackage": func(t *testing.T) string { return filepath.Join(t.TempDir(), "living.gpkg") },
		"PostGIS":    func(t *testing.T) string { return pgtest.DSN(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, where(t))
		})
	}
}

func walkersLayer(id city.LayerID) city.Layer {
	return city.Layer{
		ID: id, Title: "Người đi", TitleEN: "Walkers", Geometry: city.GeometryPoint, Key: city.PropCode,
		Properties: []city.Property{{Name: city.PropCode, Type: city.KindString}, {Name: "steps", Type: city.KindInteger}},
	}
}

// The walkers stay in this box, around the corner of four tiles of every zoom
// up to 14.
const (
	walkZoom  = 14
	walkers   = 6
	walkSteps = 20
)

func walkCorner() orb.Point {
	return tiles.Tile{Z: walkZoom, X: 13012, Y: 7214}.Bound().LeftTop()
}

// place returns where a walker stands after so many steps: each step in another
// of the four tiles about the corner.
func place(walker, step int) orb.Point {
	c := walkCorner()
	d := 0.001 * float64(1+walker)
	quarter := [][2]float64{{1, 1}, {-1, 1}, {-1, -1}, {1, -1}}[(walker+step)%4]
	return orb.Point{c[0] + quarter[0]*d, c[1] + quarter[1]*d}
}

// TestOneVersionForEveryAnswer lets writers move features between two layers and
// across the borders of tiles, while checkers pin versions and demand that in
// each every feature is in exactly one place: the same in items, in tiles and
// in what is near.
func TestOneVersionForEveryAnswer(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		l := live(t, newStore(t, where), httpapi.Config{}, twin.Options{})
		start := twin.Commit{Author: "thử", Message: "hai lớp", Put: []city.Layer{walkersLayer("odd"), walkersLayer("even")}}
		for w := range walkers {
			start.Edits = append(start.Edits, twin.Edit{Layer: "even", Feature: walkerAt(w, 0)})
		}
		first, ids, err := l.Commit(t.Context(), start)
		if err != nil {
			t.Fatal(err)
		}
		var writing sync.WaitGroup
		var done atomic.Bool
		for w := range walkers {
			writing.Go(func() { l.walk(t, w, ids[w], walkSteps) })
		}
		go func() { writing.Wait(); done.Store(true) }()
		var checking sync.WaitGroup
		for range 3 {
			checking.Go(func() { l.watchWalkers(t, first, &done) })
		}
		checking.Wait()
		if v := l.State().Version(); v != first+walkers*walkSteps {
			t.Errorf("%d versions, want one for each of %d steps", v-first, walkers*walkSteps)
		}
	})
}

func walkerAt(w, step int) *city.Feature {
	return &city.Feature{Geometry: place(w, step), Values: []city.Value{city.String(fmt.Sprintf("W%d", w)), city.Integer(int64(step))}}
}

// walk moves a walker on, from one layer into the other at each step.
func (l *living) walk(t *testing.T, w int, id int64, steps int) {
	layers := [2]city.LayerID{"even", "odd"}
	for step := 1; step <= steps; step++ {
		_, ids, err := l.Commit(t.Context(), twin.Commit{Message: "một bước", Edits: []twin.Edit{
			{Layer: layers[(step-1)%2], ID: id},
			{Layer: layers[step%2], Feature: walkerAt(w, step)},
		}})
		if err != nil {
			t.Errorf("walker %d, step %d: %v", w, step, err)
			return
		}
		id = ids[1]
	}
}

// watchWalkers pins one version after the other until the writers are done, and
// reads them all again at the end.
func (l *living) watchWalkers(t *testing.T, first city.Version, done *atomic.Bool) {
	seen := map[city.Version]string{}
	last := first
	for finished := false; !finished; {
		finished = done.Load()
		v := l.State().Version()
		if v < last {
			t.Errorf("version %d after %d", v, last)
			return
		}
		last = v
		said, err := l.walkersAt(v)
		if err != nil {
			t.Errorf("version %d: %v", v, err)
			return
		}
		seen[v] = said
	}
	for v, said := range seen {
		if again, err := l.walkersAt(v); err != nil || again != said {
			t.Errorf("version %d says now %s (%v), and said %s", v, again, err, said)
		}
	}
}

// walkersAt asks for everything at a version and returns what all answers agree
// on.
func (l *living) walkersAt(v city.Version) (string, error) {
	at := "version=" + strconv.FormatInt(int64(v), 10)
	items := map[string]string{}
	where := map[string]orb.Point{}
	for _, layer := range []string{"odd", "even"} {
		for _, f := range l.features("/collections/" + layer + "/items?limit=100&" + at) {
			if other, twice := items[f.Properties.Code]; twice {
				return "", fmt.Errorf("%s is in %s and in %s", f.Properties.Code, other, layer)
			}
			items[f.Properties.Code] = layer
			where[f.Properties.Code] = f.Geometry.Coordinates
		}
	}
	if len(items) != walkers {
		return "", fmt.Errorf("%d walkers among the items: %v", len(items), items)
	}
	c := walkCorner()
	near := l.features(fmt.Sprintf("/nearby?lon=%v&lat=%v&radius=5000&layers=odd,even&%s", c[0], c[1], at))
	if len(near) != walkers {
		return "", fmt.Errorf("%d walkers are near", len(near))
	}
	for _, f := range near {
		if items[f.Properties.Code] != f.Layer || where[f.Properties.Code] != f.Geometry.Coordinates {
			return "", fmt.Errorf("near: %s in %s at %v; items: in %s at %v", f.Properties.Code, f.Layer, f.Geometry.Coordinates, items[f.Properties.Code], where[f.Properties.Code])
		}
	}
	return fmt.Sprint(items, where), l.walkersInTiles(at, items, where)
}

// walkersInTiles looks for each walker in the tile that it stands in, and for
// all of them in the four about the corner.
func (l *living) walkersInTiles(at string, items map[string]string, where map[string]orb.Point) error {
	found := map[string]int{}
	corner := tiles.At(walkCorner(), walkZoom)
	for _, dx := range []uint32{0, 1} {
		for _, dy := range []uint32{0, 1} {
			tile := tiles.Tile{Z: walkZoom, X: corner.X - dx, Y: corner.Y - dy}
			code, body := l.get(fmt.Sprintf("/tiles/all/%d/%d/%d.mvt?%s", tile.Z, tile.X, tile.Y, at))
			if code == http.StatusNoContent {
				continue
			}
			decoded, err := mvttest.Decode(body)
			if code != http.StatusOK || err != nil {
				return fmt.Errorf("tile %v: %d %v", tile, code, err)
			}
			for _, layer := range decoded.Layers {
				for _, f := range layer.Features {
					name, _ := f.Tags[city.PropCode].(string)
					if items[name] != layer.Name {
						return fmt.Errorf("tile %v has %s in %s; items: in %s", tile, name, layer.Name, items[name])
					}
					if tiles.At(where[name], walkZoom) == tile { // others lie in its buffer
						found[name]++
					}
				}
			}
		}
	}
	for name := range items {
		if found[name] != 1 {
			return fmt.Errorf("%s stands %d times in the tile at its place", name, found[name])
		}
	}
	return nil
}

// told is what the test reads of a feature.
type told struct {
	ID         int64
	Layer      string
	Properties struct{ Code string }
	Geometry   struct{ Coordinates orb.Point }
}

func (l *living) features(target string) []told {
	code, body := l.get(target)
	var answer struct{ Features []told }
	if code != http.StatusOK || json.Unmarshal(body, &answer) != nil {
		return nil
	}
	return answer.Features
}

// TestPinnedVersionsEnd asks for versions that are no longer kept, not yet there,
// and nonsense.
func TestPinnedVersionsEnd(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		l := live(t, newStore(t, where), httpapi.Config{}, twin.Options{Retention: twin.Retention{Versions: 3}})
		before := time.Now()
		for step := range 6 {
			c := twin.Commit{Message: "bước", Edits: []twin.Edit{{Layer: "odd", Feature: walkerAt(step, step)}}}
			if step == 0 {
				c.Put = []city.Layer{walkersLayer("odd")}
			}
			if _, _, err := l.Commit(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		v := int(l.State().Version())
		for query, want := range map[string]int{
			fmt.Sprint("version=", v): 200, fmt.Sprint("version=", v-2): 200, fmt.Sprint("version=", v-3): 410,
			fmt.Sprint("version=", v+1): 404, "version=-1": 400, "version=x": 400, "version=": 400, "as_of=yesterday": 400,
			fmt.Sprintf("version=%d&as_of=2026-01-01", v): 400, fmt.Sprintf("version=%d&version=%[1]d", v): 400,
			"as_of=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339): 200,
		} {
			for _, path := range []string{"/collections/odd/items?", "/nearby?lon=105&lat=21&k=1&", "/tiles/odd/0/0/0.mvt?", "/collections?"} {
				if code, body := l.get(path + query); code != want {
					t.Errorf("%s%s: %d, want %d: %s", path, query, code, want, body)
				}
			}
		}
		if _, err := l.AsOf(t.Context(), before.Add(-time.Hour)); err != nil && !errors.Is(err, city.ErrHistoryGone) {
			t.Errorf("before the first version: %v", err)
		}
	})
}

// TestAsOf looks back to each version from the store's record alone, also after a
// restart.
func TestAsOf(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		l := live(t, newStore(t, where), httpapi.Config{}, twin.Options{Retention: twin.Retention{Versions: 1}})
		type moment struct {
			at   time.Time
			want string
		}
		var moments []moment
		record := func() {
			s := l.State()
			moments = append(moments, moment{s.At, contentsOf(s)})
		}
		ids := []int64{}
		for step := range 12 {
			c := twin.Commit{Message: "bước"}
			switch {
			case step == 0:
				c.Put = []city.Layer{walkersLayer("odd")}
			case step == 5:
				c.Put = []city.Layer{walkersLayer("even")}
			case step == 9:
				c.Drop = []city.LayerID{"odd"}
			}
			switch {
			case step < 5:
				c.Edits = []twin.Edit{{Layer: "odd", Feature: walkerAt(step, step)}}
			case step < 9:
				c.Edits = []twin.Edit{{Layer: "odd", ID: ids[step-5], Feature: walkerAt(step-5, step)}, {Layer: "even", Feature: walkerAt(step, step)}}
				if step == 8 {
					c.Edits[0].Feature = nil
				}
			default:
				c.Edits = []twin.Edit{{Layer: "even", Feature: walkerAt(step, step)}}
			}
			_, made, err := l.Commit(t.Context(), c)
			if err != nil {
				t.Fatalf("step %d: %v", step, err)
			}
			ids = append(ids, made[0])
			record()
			time.Sleep(2 * time.Millisecond) // commits have times of their own: what is asked for is a time
		}
		again := restarted(t, l.store)
		for _, tw := range []*living{l, again} {
			for i, m := range moments {
				s, err := tw.AsOf(t.Context(), m.at)
				if err != nil {
					t.Fatalf("step %d: %v", i, err)
				}
				if err := s.Snapshot.Check(); err != nil {
					t.Fatalf("step %d: %v", i, err)
				}
				if got := contentsOf(s); got != m.want {
					t.Errorf("as of step %d: %s, want %s", i, got, m.want)
				}
			}
		}
	})
}

// contentsOf writes down all that a state has.
func contentsOf(s *twin.State) string {
	text := ""
	for _, l := range s.Snapshot.Layers() {
		text += string(l.ID()) + ":"
		for f := range l.All {
			e := l.Exchange(f)
			text += fmt.Sprint(e.ID, e.Geometry, e.Values, ";")
		}
	}
	return text
}
