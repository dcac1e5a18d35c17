package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/logtest"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// directTile encodes a tile without the server: no cache, no pool.
func directTile(tb testing.TB, s *snapshot.Snapshot, names []city.LayerID, t tiles.Tile) []byte {
	tb.Helper()
	var e tiles.Encoder
	e.Begin(t)
	for _, name := range names {
		l := s.Layer(name)
		rules := l.Definition().Tiles
		e.BeginLayer(string(name), l.Table(), tiles.LayerOptions{Simplify: rules.Simplify, MinSize: rules.MinSize})
		var features []*snapshot.Feature
		l.All(func(f *snapshot.Feature) bool {
			if f.MinZoom() <= t.Z {
				features = append(features, f)
			}
			return true
		})
		slices.SortStableFunc(features, func(a, b *snapshot.Feature) int { return cmp.Compare(a.Place(), b.Place()) })
		for _, f := range features { // by place, then by id
			if p, ok := f.Geometry().(orb.Point); ok {
				e.AddPoint(uint64(f.ID()), p, f.TileTags())
			} else {
				e.Add(uint64(f.ID()), f.Shape(), f.TileTags())
			}
		}
		e.EndLayer()
	}
	return e.Bytes()
}

// TestTileEqualsEncoder compares served tiles with the encoder's.
func TestTileEqualsEncoder(t *testing.T) {
	server := newTested(t, Config{})
	state := server.source.State().Snapshot
	at := orb.Point{105.8524, 21.0288}
	for _, c := range []struct {
		list  string
		names []city.LayerID
	}{
		{"roads", []city.LayerID{"roads"}},
		{"places", []city.LayerID{"places"}},
		{"roads,places", []city.LayerID{"places", "roads"}},
		{"places,roads,places", []city.LayerID{"places", "roads"}},
		{"all", []city.LayerID{"empty", "places", "roads", "zones"}},
	} {
		for z := range uint8(tiles.MaxZoom + 1) {
			tile := tiles.At(at, z)
			want := directTile(t, state, c.names, tile)
			for _, accepted := range []string{"", "gzip", "zstd"} {
				res := server.get(fmt.Sprintf("/tiles/%s/%s.mvt", c.list, tile), "Accept-Encoding", accepted)
				got := body(t, res)
				status := http.StatusOK
				if len(want) == 0 {
					status = http.StatusNoContent
				}
				if res.StatusCode != status || !bytes.Equal(got, want) {
					t.Errorf("%s %s %q: %d, %d bytes, want %d, %d bytes", c.list, tile, accepted, res.StatusCode, len(got), status, len(want))
				}
			}
		}
	}
}

// TestTileSpellingsShareOneEntry asks for one set of layers in several ways.
func TestTileSpellingsShareOneEntry(t *testing.T) {
	server := newTested(t, Config{})
	etags := map[string]bool{}
	for _, list := range []string{"roads,places", "places,roads", "places%2Croads", "roads,places,roads"} {
		res := server.get("/tiles/" + list + "/12/3252/1803.mvt")
		if res.StatusCode != 200 {
			t.Fatalf("%s: %d", list, res.StatusCode)
		}
		etags[res.Header.Get("Etag")] = true
	}
	if len(etags) != 1 || server.tiles.Stats().Tiles != 1 {
		t.Errorf("%d ETags, %d entries, want 1 and 1", len(etags), server.tiles.Stats().Tiles)
	}
}

// TestTileAfterChange serves a new version at once, with another ETag where the
// content differs and the same where it does not.
func TestTileAfterChange(t *testing.T) {
	server := newTested(t, Config{})
	tag := func(layer, version string) string {
		res := server.get("/tiles/" + layer + "/12/3252/1803.mvt")
		if got := res.Header.Get("Twin-Version"); got != version {
			t.Errorf("version %s, want %s", got, version)
		}
		return res.Header.Get("Etag")
	}
	places, roads := tag("places", "42"), tag("roads", "42")
	next, err := server.source.State().Snapshot.Apply([]city.Change{{Layer: "places", ID: 4}})
	if err != nil {
		t.Fatal(err)
	}
	server.source.set(next)
	if got := tag("places", "43"); got == places {
		t.Error("the tile of a changed layer has the same ETag")
	}
	if got := tag("roads", "43"); got != roads {
		t.Errorf("the tile of an unchanged layer has ETag %s, had %s", got, roads)
	}
}

// TestTileTooLarge passes the limit.
func TestTileTooLarge(t *testing.T) {
	server := newTested(t, Config{MaxTileBytes: 10})
	res := server.get("/tiles/all/12/3252/1803.mvt")
	if text := body(t, res); res.StatusCode != 400 || !bytes.Contains(text, []byte("more than 10 bytes")) {
		t.Errorf("%d %s", res.StatusCode, text)
	}
}

func TestTileLayerLimit(t *testing.T) {
	server := newTested(t, Config{MaxLayers: 2})
	res := server.get("/tiles/roads,places,zones/12/3252/1803.mvt")
	if text := body(t, res); res.StatusCode != 400 || !bytes.Contains(text, []byte(`"limit":2`)) {
		t.Errorf("%d %s", res.StatusCode, text)
	}
}

// TestTileCacheWeight fills a small cache with many tiles.
func TestTileCacheWeight(t *testing.T) {
	const limit = 20_000
	server := newTested(t, Config{CacheBytes: limit})
	for z := range 15 {
		for x := range 20 {
			server.get(fmt.Sprintf("/tiles/all/%d/%d/0.mvt", z+5, x))
		}
	}
	for deadline := time.Now().Add(10 * time.Second); server.tiles.Stats().Bytes > limit; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("the cache weighs %d, want at most %d", server.tiles.Stats().Bytes, limit)
		}
	}
	if server.tiles.Stats().Bytes == 0 {
		t.Error("the cache is empty")
	}
	if server.tiles.Stats().Evictions == 0 {
		t.Error("nothing was evicted")
	}
}

// manyPoints is a layer whose tiles take a while.
func manyPoints(tb testing.TB, n int) *snapshot.Snapshot {
	tb.Helper()
	features := make([]city.Feature, n)
	for i := range features {
		features[i] = city.Feature{ID: int64(i + 1), Geometry: orb.Point{105.8 + float64(i%1000)*1e-5, 21 + float64(i/1000)*1e-5}}
	}
	return build(tb, 1, map[city.LayerID][]city.Feature{"places": features})
}

// countingContext ends after a number of looks at it and counts them.
type countingContext struct {
	context.Context
	looks atomic.Int64
	after int64
}

func (c *countingContext) Err() error {
	if c.looks.Add(1) > c.after {
		return context.Canceled
	}
	return nil
}

// looksEvery is after how many features a build looks at its context.
const looksEvery = 256

// TestGoneClientStopsBuilding ends a context in the middle of a build.
func TestGoneClientStopsBuilding(t *testing.T) {
	const features = 100_000
	state := manyPoints(t, features)
	var b tilecache.Builder
	layers := []*snapshot.Layer{state.Layer("places")}
	tile := tiles.At(orb.Point{105.805, 21.0005}, 10)
	whole := &countingContext{Context: t.Context(), after: 1 << 40}
	if _, err := b.Encode(whole, layers, tilecache.Key{Tile: tile}, 1<<30); err != nil {
		t.Fatal(err)
	}
	if least := int64(2 * features / looksEvery); whole.looks.Load() < least {
		t.Fatalf("a build looked %d times whether its client is there, want at least %d", whole.looks.Load(), least)
	}
	for _, after := range []int64{0, 1, 10, features / looksEvery, features/looksEvery + 10} {
		ctx := &countingContext{Context: t.Context(), after: after}
		if _, err := b.Encode(ctx, layers, tilecache.Key{Tile: tile}, 1<<30); !errors.Is(err, context.Canceled) {
			t.Errorf("gone after %d looks: %v, want canceled", after, err)
		}
		// It stops at once: find looks once more after the search was stopped.
		if got := ctx.looks.Load(); got > after+2 {
			t.Errorf("gone after %d looks, the build went on to look %d times", after, got)
		}
	}
}

// TestWorkTimeout gives each kind of long work no time at all.
func TestWorkTimeout(t *testing.T) {
	src := &source{}
	src.set(manyPoints(t, 2*looksEvery))
	log := &logtest.Buffer{}
	server, err := New(Config{WorkTimeout: 1, TileWorkers: 1}, src, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, target := range []string{
		"/collections/places/items?limit=10000",
		"/collections/places/items?bbox=105,20,107,22",
		"/nearby?lon=105.8&lat=21&k=500",
		"/collections/places/items/1/nearby?k=500",
		"/tiles/all/10/813/451.mvt",
	} {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		if w.Code != 503 || w.Header().Get("Retry-After") == "" || !bytes.Contains(w.Body.Bytes(), []byte("urn:problem-type:hanoitwin:timeout")) {
			t.Errorf("%s: %d %s, want 503", target, w.Code, w.Body)
		}
	}
}

// TestGoneClientLeavesNoTile cancels requests and then asks properly.
func TestGoneClientLeavesNoTile(t *testing.T) {
	server := newTested(t, Config{TileWorkers: 1})
	b, err := server.tiles.Borrow(t.Context())
	if err != nil {
		t.Fatal(err)
	} // all builders busy
	ctx, cancel := context.WithCancel(t.Context())
	const clients = 5
	var wg sync.WaitGroup
	statuses := make([]int, clients)
	for i := range clients {
		wg.Go(func() {
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/tiles/all/12/3252/1803.mvt", nil)
			w := httptest.NewRecorder()
			w.Code = 0
			defer func() {
				if fault := recover(); fault != http.ErrAbortHandler {
					t.Errorf("client %d: %v, want the connection aborted", i, fault)
				}
				statuses[i] = w.Code
			}()
			server.ServeHTTP(w, r)
		})
	}
	patient := make(chan *http.Response)
	go func() { patient <- server.get("/tiles/all/12/3252/1803.mvt") }()
	for server.core.InFlight() != clients+1 {
		runtime.Gosched()
	}
	cancel()
	wg.Wait()
	for i, status := range statuses {
		if status != 0 {
			t.Errorf("client %d that had gone was answered %d", i, status)
		}
	}
	server.tiles.GiveBack(b, true)
	select {
	case res := <-patient:
		if res.StatusCode != 200 {
			t.Errorf("the client that stayed got %d, want 200", res.StatusCode)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the client that stayed waits for ever")
	}
}

// TestSingleFlight lets many ask for one cold tile at once: one build.
func TestSingleFlight(t *testing.T) {
	server := newTested(t, Config{TileWorkers: 1})
	b, err := server.tiles.Borrow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const clients = 20
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			if res := server.get("/tiles/all/12/3252/1803.mvt", "Accept-Encoding", "gzip"); res.StatusCode != 200 {
				t.Errorf("status %d", res.StatusCode)
			}
		})
	}
	for server.tiles.Stats().Misses != clients {
		runtime.Gosched()
	}
	server.tiles.GiveBack(b, true)
	wg.Wait()
	text := string(body(t, server.get("/metrics")))
	if want := "\nhanoitwin_tile_build_seconds_count 1\n"; !bytes.Contains([]byte(text), []byte(want)) {
		t.Errorf("/metrics lacks %q: the tile was built more than once", want)
	}
}

// TestPanicWhileBuilding leaves the pool of builders whole.
func TestPanicWhileBuilding(t *testing.T) {
	server := newTested(t, Config{TileWorkers: 1})
	broken := view.LayerSet{Name: "broken", Layers: []*snapshot.Layer{nil}}
	func() {
		defer func() { _ = recover() }()
		_, err := server.tiles.Load(t.Context(), tilecache.Key{}, broken, 42)
		t.Errorf("load returned %v, want a panic", err)
	}()
	if _, err := server.tiles.Borrow(t.Context()); err != nil {
		t.Errorf("no builder after a panic: %v", err)
	}
	none, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := server.tiles.Borrow(none); err == nil {
		t.Error("two builders after a panic, want 1")
	}
}

// TestConcurrentReadersSeeOneVersion reads while versions change; with -race it
// also checks that nothing is shared that should not be.
func TestConcurrentReadersSeeOneVersion(t *testing.T) {
	server := newTested(t, Config{})
	base := fixture(t, 100)
	server.source.set(base)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			last := ""
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				targets := gettable()
				res := server.get(targets[(i+worker)%len(targets)], "Accept-Encoding", coding.Coding(i%3).String())
				version := res.Header.Get("Twin-Version")
				if version < last {
					t.Errorf("version %s after %s", version, last)
					return
				}
				last = version
				if _, err := decompressed(res); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 300 {
		next, err := base.Apply([]city.Change{{Layer: "places", ID: 1, Feature: &city.Feature{ID: 1, Geometry: orb.Point{105.85, 21.03}, Values: []city.Value{text("HK")}}}})
		if err != nil {
			t.Fatal(err)
		}
		base = next
		server.source.set(base)
		runtime.Gosched()
	}
	close(stop)
	wg.Wait()
}
