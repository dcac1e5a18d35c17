package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// record is what a source remembers. The real one is tested with the stores.
type record struct {
	states     map[city.Version]*twin.State
	touched    *diff.Touched
	asked      int // how often Touched was
	definition city.Layer
	histories  map[int64][]city.State
	away       bool
}

func (s *source) Recall(_ context.Context, v city.Version) (*twin.State, error) {
	now := s.State().Version()
	switch {
	case v == now:
		return s.State(), nil
	case v > now:
		return nil, &twin.GoneError{Asked: v, Oldest: 1, Newest: now}
	case s.record == nil || s.record.states[v] == nil:
		return nil, city.ErrHistoryGone
	}
	return s.record.states[v], nil
}

func (s *source) Touched(a, b city.Version) *diff.Touched {
	if s.record == nil {
		return nil
	}
	s.record.asked++
	return s.record.touched
}

func (s *source) History(_ context.Context, layer city.LayerID, id int64, after, _ city.Version, limit int) (city.Layer, []city.State, error) {
	if s.record == nil || s.record.away {
		return city.Layer{}, nil, fmt.Errorf("history of feature %d of layer %q: %w", id, layer, city.ErrUnavailable)
	}
	states := slices.DeleteFunc(slices.Clone(s.record.histories[id]), func(c city.State) bool {
		return c.Version <= after && (c.Version > 0 || after > 0)
	})
	return s.record.definition, states[:min(limit, len(states))], nil
}

// newDiffed has version 42 and, in the record, 41 and 40: before the bridge VT
// was drawn elsewhere, LB was renamed, CT was built, and a layer was dropped.
func newDiffed(tb testing.TB, config Config) *tested {
	t := newLived(tb, config)
	was := bridges()
	was[0].Values[1] = text("Pont Doumer")
	was[3].Geometry = orb.LineString{{105.86, 21.04}, {105.87, 21.05}}
	was[3].Values[2] = text("under_construction")
	was[4] = bridge(6, "PHAO", "Cầu phao", "in_operation", 105.83)
	before := snapshottest.Build(tb, 41, []city.Layer{bridgesLayer(), placesLayer(), zonesLayer()}, map[city.LayerID][]city.Feature{
		"bridges": was,
		"places": {
			{ID: 1, Geometry: orb.Point{105.8524, 21.0388}, Values: []city.Value{text("HK"), text("Hồ Hoàn Kiếm"), text("in_operation")}},
		},
		"zones": {{ID: 7, Geometry: orb.Polygon{square(105.85, 21.05, 0.002)}, Values: []city.Value{text("HL"), text("Hòa Lạc"), city.Number(1586.5)}}},
	})
	t.source.record = &record{
		states:     map[city.Version]*twin.State{41: {Snapshot: before}, 40: {Snapshot: before.Relabel(40)}},
		definition: bridgesLayer(),
		histories:  histories(),
	}
	return t
}

func histories() map[int64][]city.State {
	at := func(day int) time.Time { return time.Date(2026, 3, day, 7, 30, 0, 250e6, time.UTC) }
	one, other := bridge(1, "LB", "Pont Doumer", "in_operation", 105.85), bridge(1, "LB", "Cầu Long Biên", "in_operation", 105.85, "1902-02-28")
	return map[int64][]city.State{
		1: {
			{Feature: &one},
			{Version: 12, At: at(1), Author: "khảo sát", Message: `tên "mới"`, Feature: &other},
			{Version: 30, At: at(2), Author: "admin", Message: "xóa nhầm"},
			{Version: 31, At: at(2), Author: "admin", Message: "khôi phục", Feature: &other},
		},
		9: {{Version: 3, At: at(1), Author: "import", Message: "", Feature: &one}, {Version: 5, At: at(3), Author: "qgis"}},
	}
}

func TestDiffGolden(t *testing.T) {
	for _, c := range []struct{ name, target string }{
		{"diff_versions", "/diff?from=41&to=42"},
		{"diff_versions_back", "/diff?from=42&to=40&layers=bridges,zones&limit=2"},
		{"diff_versions_next", "/diff?from=42&to=40&layers=bridges,zones&limit=2&after=bridges/3"},
		{"diff_version_now", "/diff?from=41&layers=places"},
		{"diff_belief", "/diff?from=41&to=42&datetime=2030-01-01&layers=bridges"},
		{"diff_dates", "/diff?from=2026-11-23&to=2030-01-01"},
		{"diff_dates_interval", "/diff?from=../2015-01-03&to=2020-01-01T00:00:00Z&version=42&layers=bridges"},
		{"diff_same", "/diff?from=42&to=42"},
		{"diff_mistakes", "/diff?from=soon&limit=0&after=7&layers=x&color=red"},
		{"diff_missing", "/diff"},
		{"diff_missing_to", "/diff?from=2027-01-01"},
		{"diff_mixed", "/diff?from=41&to=2027-01-01"},
		{"diff_mixed_pin", "/diff?from=41&to=42&version=42"},
		{"diff_mixed_datetime", "/diff?from=2026-01-01&to=2027-01-01&datetime=2028-01-01"},
		{"diff_unknown_version", "/diff?from=41&to=43"},
		{"diff_gone", "/diff?from=2&to=42"},
		{"diff_unknown_layer", "/diff?from=41&to=42&layers=rivers,zones"},
		{"diff_tilejson", "/tiles/diff/all.json?from=41&to=42"},
		{"diff_tilejson_dates", "/tiles/diff/bridges.json?from=2026-11-23&to=2030-01-01"},
		{"diff_tile_mistakes", "/tiles/diff/bridges/3/9/0.mvt?from=41&to=2030-01-01&x=1"},
		{"diff_tile_empty", "/tiles/diff/bridges/9/1/1.mvt?from=41&to=42"},
		{"history", "/collections/bridges/items/LB/history"},
		{"history_page", "/collections/bridges/items/1/history?limit=1"},
		{"history_next", "/collections/bridges/items/1/history?limit=1&after=12"},
		{"history_beyond", "/collections/bridges/items/1/history?after=31"},
		{"history_deleted", "/collections/bridges/items/9/history"},
		{"history_unknown", "/collections/bridges/items/77/history"},
		{"history_unknown_code", "/collections/bridges/items/XX/history"},
		{"history_unknown_layer", "/collections/rivers/items/1/history"},
		{"history_mistakes", "/collections/bridges/items/1/history?limit=0&after=-1&day=3"},
	} {
		t.Run(c.name, func(t *testing.T) { holdGolden(t, newDiffed(t, Config{}), c.name, "GET", c.target, nil) })
	}
}

// TestHistoryWithoutStore: it is the one question about features that needs the
// store.
func TestHistoryWithoutStore(t *testing.T) {
	server := newDiffed(t, Config{})
	server.source.record.away = true
	holdGolden(t, server, "history_away", "GET", "/collections/bridges/items/1/history", nil)
}

// diffPages reads /diff page by page and returns what it tells.
func diffPages(t *testing.T, server *tested, target string) (all []string, totals map[string]int) {
	t.Helper()
	totals = map[string]int{}
	for pages := 0; target != ""; pages++ {
		res := server.get(target)
		var page struct {
			Features []struct {
				ID            int64
				Layer, Change string
			}
			Totals []struct {
				Layer                   string
				Added, Removed, Changed int
			}
			Links []edge.Link
		}
		content := body(t, res)
		if err := json.Unmarshal(content, &page); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %v\n%s", target, res.StatusCode, err, content)
		}
		for _, f := range page.Features {
			all = append(all, fmt.Sprintf("%s/%d %s", f.Layer, f.ID, f.Change))
		}
		if (page.Totals != nil) != (pages == 0) {
			t.Errorf("%s: totals %v", target, page.Totals)
		}
		for _, n := range page.Totals {
			totals[n.Layer+" added"], totals[n.Layer+" removed"], totals[n.Layer+" changed"] = n.Added, n.Removed, n.Changed
		}
		target = ""
		for _, l := range page.Links {
			if l.Rel == "next" {
				target = strings.TrimPrefix(l.Href, "http://example.com")
			}
		}
		if pages > 100 {
			t.Fatal("pages without end")
		}
	}
	return all, totals
}

// TestDiffPages: pages of one feature tell the same as one page of all, and the
// totals count them.
func TestDiffPages(t *testing.T) {
	server := newDiffed(t, Config{})
	for _, target := range []string{"/diff?from=41&to=42", "/diff?from=2000-01-01&to=2040-01-01", "/diff?from=42&to=41&datetime=2012-01-01/2013-01-01"} {
		whole, totals := diffPages(t, server, target)
		single, again := diffPages(t, server, target+"&limit=1")
		if len(whole) < 2 || !slices.Equal(whole, single) || fmt.Sprint(totals) != fmt.Sprint(again) {
			t.Errorf("%s: %v, one by one %v", target, whole, single)
		}
		tally := 0
		for _, n := range totals {
			tally += n
		}
		if tally != len(whole) {
			t.Errorf("%s: totals %v of %d", target, totals, len(whole))
		}
	}
}

// TestDiffTile: the tile that holds all tells what the list tells.
func TestDiffTile(t *testing.T) {
	server := newDiffed(t, Config{})
	for _, question := range []string{"from=41&to=42", "from=42&to=41", "from=2026-11-23&to=2030-01-01", "from=41&to=42&datetime=2030-01-01"} {
		list, _ := diffPages(t, server, "/diff?"+question)
		res := server.get("/tiles/diff/all/9/406/225.mvt?" + question)
		tile, err := mvttest.Decode(body(t, res))
		if err != nil {
			t.Fatal(err)
		}
		var drawn []string
		for _, l := range tile.Layers {
			for _, f := range l.Features {
				drawn = append(drawn, fmt.Sprintf("%s/%d %s", l.Name, f.ID, f.Tags["change"]))
			}
		}
		slices.Sort(list)
		slices.Sort(drawn)
		if !slices.Equal(list, drawn) {
			t.Errorf("%s: list %v, tile %v", question, list, drawn)
		}
		if again := server.get("/tiles/diff/all/9/406/225.mvt?"+question, "If-None-Match", res.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %d", question, again.StatusCode)
		}
	}
	small := newDiffed(t, Config{MaxTileBytes: 100})
	if res := small.get("/tiles/diff/all/9/406/225.mvt?from=41&to=42"); res.StatusCode != http.StatusBadRequest || !strings.Contains(string(body(t, res)), "tile-too-large") {
		t.Errorf("a large tile: %d", res.StatusCode)
	}
}

// TestLayerNamedDiff: a layer may have the name of the route.
func TestLayerNamedDiff(t *testing.T) {
	server := newTested(t, Config{})
	def := placesLayer()
	def.ID = "diff"
	server.source.set(snapshottest.Build(t, 42, []city.Layer{def}, map[city.LayerID][]city.Feature{"diff": {{ID: 1, Geometry: orb.Point{105.85, 21.04}}}}))
	for _, target := range []string{"/tiles/diff.json", "/tiles/diff/9/406/225.mvt", "/tiles/diff/diff.json?from=42&to=42"} {
		if res := server.get(target); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", target, res.StatusCode)
		}
	}
	if res := server.get("/tiles/diff/diff/9/406/225.mvt?from=42&to=42"); res.StatusCode != http.StatusNoContent {
		t.Errorf("its differences: %d", res.StatusCode)
	}
}

// TestDiffTouched: what is known to be touched is asked for between versions,
// and believed; between days it is not.
func TestDiffTouched(t *testing.T) {
	server := newDiffed(t, Config{})
	touched := &diff.Touched{}
	touched.Add("bridges", 1)
	server.source.record.touched = touched
	if all, _ := diffPages(t, server, "/diff?from=41&to=42&layers=bridges"); !slices.Equal(all, []string{"bridges/1 changed"}) {
		t.Errorf("%v", all)
	}
	asked := server.source.record.asked
	if all, _ := diffPages(t, server, "/diff?from=2026-11-23&to=2030-01-01&layers=bridges"); len(all) < 2 || asked == 0 || server.source.record.asked != asked {
		t.Errorf("%v", all)
	}
}

// TestDiffHidesLayers: a layer that is private now is not told, though it was
// public in the version that is compared; one that was never public neither.
func TestDiffHidesLayers(t *testing.T) {
	guard, tokens := guardOf(t, access.Limits{}, false)
	server := newDiffed(t, Config{Guard: guard})
	private := func(def city.Layer) city.Layer { def.VisibleTo = []city.Role{city.Editor}; return def }
	now := func(v city.Version, defs ...city.Layer) *snapshot.Snapshot {
		return snapshottest.Build(t, v, defs, map[city.LayerID][]city.Feature{"bridges": bridges()[v%3:]})
	}
	server.source.set(now(42, private(bridgesLayer()), placesLayer()))
	server.source.record.states[41] = &twin.State{Snapshot: now(41, placesLayer(), private(zonesLayer()))}
	server.source.record.states[40] = &twin.State{Snapshot: now(40, bridgesLayer(), placesLayer())}
	for _, target := range []string{
		"/diff?from=41&to=42", "/diff?from=40&to=42", "/diff?from=40&to=41", "/diff?from=42&to=40", "/diff?from=40&to=41&layers=bridges", "/diff?from=40&to=40&layers=rivers",
		"/diff?from=2000-01-01&to=2040-01-01", "/diff?from=2000-01-01&to=2040-01-01&layers=bridges",
		"/tiles/diff/all.json?from=40&to=41", "/tiles/diff/bridges.json?from=40&to=41", "/collections/bridges/items/1/history",
	} {
		nobody, editor := string(body(t, server.get(target))), string(body(t, server.get(target, "X-API-Key", tokens[city.Editor])))
		if strings.Contains(strings.ReplaceAll(nobody, "layers=bridges", ""), `"bridges"`) || strings.Contains(nobody, "Long Biên") {
			t.Errorf("%s tells nobody of bridges:\n%s", target, nobody)
		}
		if !strings.Contains(editor, `bridges`) {
			t.Errorf("%s does not tell an editor:\n%s", target, editor)
		}
	}
	if res := server.get("/tiles/diff/bridges/9/406/225.mvt?from=40&to=41"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a tile of a private layer: %d", res.StatusCode)
	}
	if res := server.get("/tiles/diff/all/9/406/225.mvt?from=40&to=41"); res.StatusCode != http.StatusNoContent {
		t.Errorf("a tile of all: %d", res.StatusCode)
	}
}
