package tilechange_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/rounds"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/internal/tilechange"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// TestFindInSeed compares with the brute force on the seed dataset: all tiles of
// the first zooms, and those of the others round a vertex of what is edited.
func TestFindInSeed(t *testing.T) {
	s := seedCity(t)
	p := place{"seed", orb.Point{105.8524, 21.0288}, 0.2, 10}
	var d tilechange.Differ
	total := 0
	for _, seed := range rounds.Numbers(t, 4**seeds) {
		r := rand.New(rand.NewPCG(seed, 2026))
		next, edits, _ := s.Take(snapshot.Step{Version: s.Version() + 1, Changes: seedChanges(r, s, p)})
		want := bruteForce(s, next, p.maxZoom, nil)
		if got := found(t, &d, edits, p.maxZoom, nil); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %s", seed, explain(edits, got, want))
		}
		total += len(want)
		if len(edits) > 0 {
			at := vertexOf(r, &edits[0])
			window := orb.Bound{Min: at, Max: at}.Pad(0.002)
			want = bruteForce(s, next, 16, &window)
			if got := found(t, &d, edits, 16, &window); !slices.Equal(got, want) {
				t.Fatalf("seed %d within %v: %s", seed, window, explain(edits, got, want))
			}
			total += len(want)
		}
		s = next
	}
	if total == 0 {
		t.Error("no tile changed")
	}
}

// seedChanges changes, makes or removes one or two features that exist.
func seedChanges(r *rand.Rand, s *snapshot.Snapshot, p place) []city.Change {
	var changes []city.Change
	for range 1 + r.IntN(2) {
		l := s.Layers()[r.IntN(len(s.Layers()))]
		var all []*snapshot.Feature
		l.All(func(f *snapshot.Feature) bool { all = append(all, f); return true })
		was := l.Exchange(all[r.IntN(len(all))])
		c := city.Change{Layer: l.ID(), ID: was.ID}
		switch r.IntN(10) {
		case 0:
		case 1:
			c.ID += 1_000_000
			c.Feature = was.Clone()
			c.Feature.Geometry = shifted(was.Geometry, distance(r, p), distance(r, p))
		default:
			c.Feature = mutated(r, was.Clone(), p)
		}
		changes = append(changes, c)
	}
	return changes
}

// vertexOf returns a vertex of the feature before or after ed.
func vertexOf(r *rand.Rand, ed *snapshot.Edit) orb.Point {
	f := ed.After
	if f == nil || ed.Before != nil && r.IntN(2) == 0 {
		f = ed.Before
	}
	if p, ok := f.Geometry().(orb.Point); ok {
		return p
	}
	var all []orb.Point
	each(f.Geometry(), func(at *orb.Point) { all = append(all, *at) })
	return all[r.IntN(len(all))]
}

// TestFindRanges asks for fewer tiles than have changed: those told one by one
// must be right, and the others lie in the ranges.
func TestFindRanges(t *testing.T) {
	p := places[0]
	ranged, exact := 0, 0
	for _, seed := range rounds.Numbers(t, 10**seeds) {
		r := rand.New(rand.NewPCG(seed, 3))
		s := randomCity(t, r, p)
		_, edits, _ := s.Take(snapshot.Step{Version: 2, Changes: someChanges(r, s, p)})
		q := tilechange.Query{MinZoom: 2, MaxZoom: 18, MaxTiles: 6}
		if r.IntN(2) == 0 {
			at := p.somewhere(r)
			q.Bound = &orb.Bound{Min: at, Max: orb.Point{at[0] + p.spread/2, at[1] + p.spread/2}}
		}
		var d, other tilechange.Differ
		levels, err := d.Find(context.Background(), edits, nil, q)
		if err != nil {
			t.Fatal(err)
		}
		q2 := q
		q2.MaxTiles = 1 << 20
		full, err := other.Find(context.Background(), edits, nil, q2)
		if err != nil {
			t.Fatal(err)
		}
		byZoom := map[uint8]tilechange.Level{}
		for i, l := range levels {
			if i > 0 && levels[i-1].Z >= l.Z || l.Z < q.MinZoom || l.Z > q.MaxZoom || len(l.Tiles)+len(l.Ranges) == 0 {
				t.Fatalf("seed %d: level %v", seed, l)
			}
			if len(l.Tiles) > q.MaxTiles || len(l.Ranges) > 16 || len(l.Tiles) > 0 && len(l.Ranges) > 0 {
				t.Fatalf("seed %d, zoom %d: %d tiles, %d ranges", seed, l.Z, len(l.Tiles), len(l.Ranges))
			}
			byZoom[l.Z] = l
		}
		for _, want := range full {
			got := byZoom[want.Z]
			delete(byZoom, want.Z)
			if len(got.Ranges) == 0 {
				exact++
				if !slices.Equal(got.Tiles, want.Tiles) {
					t.Fatalf("seed %d, zoom %d: %v, want %v", seed, want.Z, got.Tiles, want.Tiles)
				}
				continue
			}
			ranged++
			for _, at := range want.Tiles {
				if !slices.ContainsFunc(got.Ranges, func(r tiles.Range) bool { return r.Contains(at) }) {
					t.Fatalf("seed %d: %s is not in %v", seed, at, got.Ranges)
				}
			}
		}
		for z, l := range byZoom { // nothing changed there: only what was not looked at may be told
			if len(l.Ranges) == 0 {
				t.Fatalf("seed %d, zoom %d: %v, want nothing", seed, z, l.Tiles)
			}
		}
		if again, err := d.Find(context.Background(), edits, nil, q); err != nil || !reflect.DeepEqual(again, levels) {
			t.Fatalf("seed %d: asked again: %v, %v; before: %v", seed, again, err, levels)
		}
	}
	if ranged == 0 || exact == 0 {
		t.Errorf("%d zooms as ranges, %d one by one: too little to compare", ranged, exact)
	}
}

// TestWhole tells layers that were made, redefined and removed by their bounds.
func TestWhole(t *testing.T) {
	p := places[0]
	s := randomCity(t, rand.New(rand.NewPCG(1, 1)), p)
	loaded := snapshottest.Load(t, 1, []city.Layer{
		{ID: "lines", Geometry: city.GeometryAny, Tiles: city.TileRules{MinZoom: 9}}, // only points now, from zoom 9
		{ID: "new", Geometry: city.GeometryAny, Tiles: city.TileRules{MinZoom: 16}},
	}, func(layer city.LayerID, add func(*city.Feature) error) error {
		at := orb.Point{105.86, 21.03}
		if layer == "new" {
			at = orb.Point{105.9, 21.1}
		}
		return add(&city.Feature{ID: 1, Geometry: at})
	})
	next, edits, _ := s.Take(snapshot.Step{Version: 2, Loaded: loaded, Dropped: []city.LayerID{"points"}})
	whole := tilechange.Wholes(s, next, func(id city.LayerID) bool { return id != "areas" && id != "mixed" })
	if len(whole) != 3 {
		t.Fatalf("%d layers, want 3", len(whole))
	}
	var d tilechange.Differ
	levels, err := d.Find(context.Background(), edits, whole, tilechange.Query{MaxZoom: 16})
	if err != nil {
		t.Fatal(err)
	}
	told := func(at tiles.Tile) bool {
		for _, l := range levels {
			if len(l.Tiles) > 0 {
				t.Fatalf("%v told one by one", l.Tiles)
			}
			if slices.ContainsFunc(l.Ranges, func(r tiles.Range) bool { return r.Contains(at) }) {
				return true
			}
		}
		return false
	}
	for _, at := range bruteForce(s, next, 16, nil) {
		if !told(at) {
			t.Errorf("%s has changed and is not told", at)
		}
	}
	if far := tiles.At(orb.Point{106.5, 20.5}, 12); told(far) {
		t.Errorf("%s is told", far)
	}
	if at := tiles.At(orb.Point{105.9, 21.1}, 16); !told(at) || told(at.Parent()) {
		t.Errorf("the new layer is told at zoom 15: %v, at 16: %v, want from 16", told(at.Parent()), told(at))
	}
}

// TestFindEnds stops when nobody waits any more.
func TestFindEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	s := randomCity(t, r, places[0])
	_, edits, _ := s.Take(snapshot.Step{Version: 2, Changes: someChanges(r, s, places[0])})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var d tilechange.Differ
	if _, err := d.Find(ctx, edits, nil, tilechange.Query{MaxZoom: 22}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// TestTouches has a view that hides features by an attribute that tiles do not
// carry: it may differ only where an edit touches the tile.
func TestTouches(t *testing.T) {
	shows := func(l *snapshot.Layer, f *snapshot.Feature) bool {
		return l.Value(f, l.Definition().PropertyIndex("note")).Text() != "seen"
	}
	p := places[1]
	differing := 0
	for _, seed := range rounds.Numbers(t, 4**seeds) {
		r := rand.New(rand.NewPCG(seed, 5))
		s := randomCity(t, r, p)
		next, edits, _ := s.Take(snapshot.Step{Version: 2, Changes: someChanges(r, s, p)})
		before, after := drawingOf(s), drawingOf(next)
		before.shows, after.shows = shows, shows
		var e tiles.Encoder
		var d tilechange.Differ
		for range 40 {
			at := tiles.At(p.somewhere(r), uint8(r.IntN(14)))
			want := string(before.tile(&e, at)) != string(after.tile(&e, at))
			if got := slices.ContainsFunc(edits, func(ed snapshot.Edit) bool { return d.Touches(&ed, at) }); want && !got {
				t.Fatalf("seed %d: %s differs and is not touched", seed, at)
			}
			if want {
				differing++
			}
		}
	}
	if differing == 0 {
		t.Error("no tile differs")
	}
}
