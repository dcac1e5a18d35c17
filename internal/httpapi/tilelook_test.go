package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// shownIDs returns the ids in a layer of a tile, in order.
func shownIDs(tile *mvttest.Tile, layer string) (ids []uint64) {
	if l := tile.Layer(layer); l != nil {
		for _, f := range l.Features {
			ids = append(ids, f.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// TestFilteredTiles asks both families of tiles, in every set, for what a filter
// and a list of properties leave.
func TestFilteredTiles(t *testing.T) {
	server := newTested(t, Config{})
	for _, c := range []struct {
		query         string
		places, roads []uint64
		properties    []string // of all features together
	}{
		{"filter=status='planned'", []uint64{3}, nil, []string{"code", "name", "status"}},
		{"filter=status='in_operation'", []uint64{1, 2}, []uint64{10}, []string{"class", "code", "lanes", "name", "open", "status"}},
		{"filter=class IN ('trunk','street')", nil, []uint64{10, 11}, []string{"class", "name", "status"}},
		{"filter=lanes > 2", []uint64{2}, nil, []string{"code", "lanes", "name", "status"}},
		{"filter=NOT (lanes > 2)", nil, nil, nil}, // null is neither
		{"filter=open IS NULL AND lanes IS NULL", []uint64{3, 4}, nil, []string{"code", "name", "status"}},
		{"filter=ACCENTI(name) = ACCENTI('Ho Hoan Kiem')", []uint64{1}, nil, []string{"code", "name", "open", "status"}},
		{"filter=S_INTERSECTS(geometry, BBOX(105.851,21.028,105.853,21.029))", []uint64{1}, []uint64{11}, []string{"code", "name", "open", "status"}},
		{`filter={"op":"=","args":[{"property":"status"},"planned"]}&filter-lang=cql2-json`, []uint64{3}, nil, []string{"code", "name", "status"}},
		{"properties=code", []uint64{1, 2, 3, 4}, []uint64{10, 11}, []string{"code"}},
		{"properties=class,code", []uint64{1, 2, 3, 4}, []uint64{10, 11}, []string{"class", "code"}},
		{"properties=open,lanes&filter=status<>'planned'&filter-lang=cql2-text", []uint64{1, 2, 4}, []uint64{10}, []string{"lanes", "open"}},
	} {
		values, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range tms.Sets() {
			for _, address := range addressesAt(set, set.FirstMatrix(10)) {
				tile := decodeTile(t, body(t, server.get(address+"?"+values.Encode())))
				if got := shownIDs(tile, "places"); !slices.Equal(got, c.places) {
					t.Errorf("%s?%s: places %v, want %v", address, c.query, got, c.places)
				}
				if got := keysOf(tile); !slices.Equal(got, c.properties) {
					t.Errorf("%s?%s: properties %v, want %v", address, c.query, got, c.properties)
				}
			}
			for _, address := range addressesAt(set, set.FirstMatrix(14)) { // where the street is shown too
				tile := decodeTile(t, body(t, server.get(address+"?"+values.Encode())))
				if got := shownIDs(tile, "roads"); !slices.Equal(got, c.roads) {
					t.Errorf("%s?%s: roads %v, want %v", address, c.query, got, c.roads)
				}
			}
		}
	}
}

// addressesAt returns where the tile of a matrix in the middle of the fixture is to
// be had.
func addressesAt(set *tms.Set, matrix uint8) []string {
	at, _ := set.At(orb.Point{105.851, 21.0285}, matrix)
	all := []string{fmt.Sprintf("/tiles/%s/%s", set.ID(), at)}
	if set.Native() {
		all = append(all, fmt.Sprintf("/tiles/all/%d/%d/%d.mvt", at.Matrix, at.Col, at.Row))
	}
	return all
}

// keysOf returns the names of the properties in the layers places and roads.
func keysOf(tile *mvttest.Tile) (keys []string) {
	for _, l := range tile.Layers {
		if l.Name == "places" || l.Name == "roads" {
			keys = append(keys, l.Keys...)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// TestFilteredTileEqualsEncoder compares a filtered tile with what the encoder
// makes of a store that has the matching features alone.
func TestFilteredTileEqualsEncoder(t *testing.T) {
	server := newTested(t, Config{})
	server.source.set(build(t, 43, benchCity()))
	only := benchCity()
	only["roads"] = slices.DeleteFunc(only["roads"], func(f city.Feature) bool { return f.ID%7 != 0 })
	few := newTested(t, Config{})
	few.source.set(build(t, 43, only))
	for _, address := range []string{"/tiles/roads/14/13009/7214.mvt", "/collections/roads/tiles/VN2000TM3-105/11/912/1067"} {
		want := body(t, few.get(address))
		got := body(t, server.get(address+"?filter="+url.QueryEscape("id % 7 = 0")))
		if len(want) == 0 || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d", address, len(got), len(want))
		}
	}
}

// TestFilteredTilesAreCached: filtered tiles have entries of their own, spellings of
// one filter share one, and an edit of what tiles do not carry counts.
func TestFilteredTilesAreCached(t *testing.T) {
	server := newTested(t, Config{})
	ask := func(filter string) (etag string, ids []uint64) {
		res := server.get("/tiles/places/11/1626/901.mvt?properties=code&filter=" + url.QueryEscape(filter))
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", filter, res.StatusCode, body(t, res))
		}
		return res.Header.Get("Etag"), shownIDs(decodeTile(t, body(t, res)), "places")
	}
	first, ids := ask("lanes>2 OR open = TRUE")
	if !slices.Equal(ids, []uint64{1, 2}) {
		t.Fatal(ids)
	}
	misses := server.tiles.Stats().Misses
	if again, _ := ask("lanes  > 2 or (open=true)"); again != first || server.tiles.Stats().Misses != misses {
		t.Errorf("the same in other words: %s, %s, %d misses", again, first, server.tiles.Stats().Misses-misses)
	}
	if n := server.tiles.Stats(); n.Tiles != 1 || n.Filtered != 1 {
		t.Errorf("%d entries, %d of them filtered, want 1 and 1", n.Tiles, n.Filtered)
	}
	l := server.source.State().Snapshot.Layer("places")
	f := l.Exchange(l.Feature(3))
	f.Values[3] = city.Integer(8) // lanes, which the tile does not carry
	next, edits, rejected := server.source.State().Snapshot.Take(snapshot.Step{Version: 43, Changes: []city.Change{{Layer: "places", ID: 3, Feature: &f}}})
	if len(rejected) > 0 || len(edits) != 1 {
		t.Fatal(rejected, edits)
	}
	server.source.set(next)
	if etag, ids := ask("lanes>2 OR open = TRUE"); etag == first || !slices.Equal(ids, []uint64{1, 2, 3}) {
		t.Errorf("after the change: %v, ETag %s", ids, etag)
	}
}

// TestFilterIsBounded: what is too much is refused, and named.
func TestFilterIsBounded(t *testing.T) {
	server := newTested(t, Config{})
	deep := ""
	for range 40 {
		deep += "NOT ("
	}
	deep += "lanes > 1"
	for range 40 {
		deep += ")"
	}
	many := "code"
	for range 64 {
		many += ",code"
	}
	for query, want := range map[string]string{
		"filter=" + url.QueryEscape(deep):                `"limit":32`,
		"properties=" + many:                             `"limit":64`,
		"filter=" + url.QueryEscape("lanes = 'x'"):       "column",
		"filter-lang=cql2-text":                          "stands without filter",
		"filter-lang=sql&filter=" + url.QueryEscape("1"): "cql2-text, cql2-json",
		"filter=":                  "is empty",
		"filter=TRUE&filter=FALSE": "more than once",
	} {
		for _, address := range []string{"/tiles/places/11/1626/901.mvt", "/tiles/places.json", "/collections/places/tiles/WebMercatorQuad/11/901/1626", "/tiles/VN2000TM3-105"} {
			res := server.get(address + "?" + query)
			if text := body(t, res); res.StatusCode != http.StatusBadRequest || !bytes.Contains(text, []byte(want)) {
				t.Errorf("%s?%s: %d %s, want %s", address, query, res.StatusCode, text, want)
			}
		}
	}
}

// BenchmarkFilteredTile builds a tile whole, and filtered by what one feature in
// seven is, by what nearly all are, and with properties chosen. The bar is 1.3
// times the whole.
func BenchmarkFilteredTile(b *testing.B) {
	server := newBenched(b)
	layers := server.core.Views().Load("").All.Layers
	tile, err := tiles.ParseTile("14", "13009", "7214")
	if err != nil {
		b.Fatal(err)
	}
	var builder tilecache.Builder
	for _, c := range []struct {
		name string
		look tilecache.Look
	}{
		{"whole", tilecache.Look{}},
		{"few", tilecache.Look{Filter: "id % 7 = 0"}},
		{"class", tilecache.Look{Filter: "class IN ('trunk', 'primary')"}},
		{"status", tilecache.Look{Filter: "status = 'in_operation'"}},
		{"name", tilecache.Look{Filter: "CASEI(name) LIKE CASEI('phố trần%')"}},
		{"properties", tilecache.Look{Properties: "name,status"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := builder.Encode(context.Background(), layers, tilecache.Key{Tile: tile, Look: c.look}, 1<<30); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkTileAbroad builds about the same ground in every set.
func BenchmarkTileAbroad(b *testing.B) {
	server := newBenched(b)
	layers := server.core.Views().Load("").All.Layers
	var builder tilecache.Builder
	for _, set := range tms.Sets() {
		b.Run(set.ID(), func(b *testing.B) {
			at, _ := set.At(orb.Point{105.84, 21.0}, set.FirstMatrix(14))
			key := tilecache.Key{Tile: set.Square(at)}
			if !set.Native() {
				key.Set = set
			}
			b.ReportAllocs()
			for b.Loop() {
				data, err := builder.Encode(context.Background(), layers, key, 1<<30)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(data)))
			}
		})
	}
}

// TestLooksAndSetsAfterCommits changes the city at random and asks for filtered
// tiles, and for tiles of other sets: they must be as when they are built afresh,
// and some must stay as they were.
func TestLooksAndSetsAfterCommits(t *testing.T) {
	server, source := newChained(t, Config{})
	r := rand.New(rand.NewPCG(5, 897))
	looks := []tilecache.Look{{}, {Filter: "status = 'planned'"}, {Filter: "id % 2 = 1", Properties: "name"}, {Properties: "class,code"}}
	ask := func() {
		for _, set := range tms.Sets() {
			for _, k := range looks {
				if set.Native() && k == (tilecache.Look{}) {
					continue // has a test of its own
				}
				at, _ := set.At([]orb.Point{{105.852, 21.0288}, {105.85, 21.01}, {105.5, 21}}[r.IntN(3)], set.FirstMatrix([]uint8{9, 13, 15}[r.IntN(3)]))
				key := tilecache.Key{Tile: set.Square(at), Look: k}
				if !set.Native() {
					key.Set = set
				}
				var b tilecache.Builder
				want, err := b.Encode(t.Context(), source.State().Snapshot.Layers(), key, 1<<20)
				if err != nil {
					t.Fatal(err)
				}
				target := fmt.Sprintf("/tiles/%s/%s?%s", set.ID(), at, strings.Join(k.Pairs(), "&"))
				res := server.get(target)
				if got := body(t, res); res.StatusCode == http.StatusNotFound {
					if len(want) > 0 {
						t.Errorf("%s: outside of the limits, with %d bytes", target, len(want))
					}
				} else if !bytes.Equal(got, want) {
					t.Errorf("%s of version %d: %d bytes, want %d", target, source.State().Version(), len(got), len(want))
				}
			}
		}
	}
	for range 60 {
		ask()
		source.commit(10, someStep(r))
	}
	if hits := server.tiles.Stats().Hits; hits == 0 {
		t.Error("no tile stayed as it was")
	}
}

// TestFilterSeesWhatTilesDoNotCarry: a change of a date that no tile carries
// changes what a filter on it leaves, and not the whole tile.
func TestFilterSeesWhatTilesDoNotCarry(t *testing.T) {
	server, source := newChainedOver(t, Config{}, lived(t, 42))
	commit := func(from string) {
		f := bridge(1, "B1", "Cầu", "in_operation", 105.82, from, "", "", "")
		source.commit(10, snapshot.Step{Changes: []city.Change{{Layer: "bridges", ID: 1, Feature: &f}}})
	}
	at := tiles.At(orb.Point{105.825, 21.05}, 13)
	ask := func(query string) (string, bool) {
		res := server.get(fmt.Sprintf("/tiles/all/%s.mvt%s", at, query))
		return res.Header.Get("Etag"), slices.Contains(shownIDs(decodeTile(t, body(t, res)), "bridges"), 1)
	}
	early := "?filter=" + url.QueryEscape("valid_from < DATE('2020-01-01')")
	commit("2024-07-01")
	whole, _ := ask("")
	if _, shown := ask(early); shown {
		t.Fatal("shown before it is early")
	}
	commit("2019-01-01")
	if _, shown := ask(early); !shown {
		t.Error("the filter does not see the new date")
	}
	if after, _ := ask(""); after != whole {
		t.Error("the date is in the tile")
	}
}
