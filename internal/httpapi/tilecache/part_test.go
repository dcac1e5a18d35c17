package tilecache

import (
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// chain is every version since the first.
type chain struct{ states []*twin.State }

func (c *chain) Since(v city.Version) ([]*twin.State, <-chan struct{}, error) {
	return c.states[slices.IndexFunc(c.states, func(s *twin.State) bool { return s.Version() == v })+1:], nil, nil
}

func (c *chain) newest() *snapshot.Snapshot { return c.states[len(c.states)-1].Snapshot }

func (c *chain) commit(t *testing.T, layer city.LayerID, id int64, g orb.Geometry) {
	t.Helper()
	step := snapshot.Step{Version: c.newest().Version() + 1, Changes: []city.Change{{
		Layer: layer, ID: id, Feature: &city.Feature{ID: id, Geometry: g, Values: []city.Value{city.String("mới")}},
	}}}
	s := &twin.State{Since: c.newest().Version()}
	s.Snapshot, s.Edits, _ = c.newest().Take(step)
	c.states = append(c.states, s)
}

// TestPartsAreReused marks what is kept of a wide layer: after a commit to another
// layer a tile has the mark, and after one to this layer it has not.
func TestPartsAreReused(t *testing.T) {
	at := orb.Point{105.8524, 21.0288}
	var layers []city.Layer
	features := map[city.LayerID][]city.Feature{}
	for id, g := range map[city.LayerID]orb.Geometry{"places": at, "roads": orb.LineString{{105.84, 20.96}, {105.842, 21.003}, at}} {
		layers = append(layers, city.Layer{ID: id, Geometry: city.GeometryAny, Properties: []city.Property{{Name: "name", Type: city.KindString}}})
		features[id] = []city.Feature{{ID: 1, Geometry: g, Values: []city.Value{city.String(strings.Repeat("cũ", 10))}}}
	}
	first := snapshottest.Build(t, 1, layers, features)
	source := &chain{states: []*twin.State{{Snapshot: first}}}
	codecs, err := coding.NewCodecs(1)
	if err != nil {
		t.Fatal(err)
	}
	cache, err := New(Config{Bytes: 1 << 20, Workers: 1, MaxTileBytes: 1 << 20, WideFrom: 10}, codecs, source)
	if err != nil {
		t.Fatal(err)
	}
	defer cache.Close()
	key := Key{Tile: tiles.At(at, 10), Coding: coding.Gzip}
	get := func() string {
		t.Helper()
		now := source.newest()
		p, err := cache.Load(t.Context(), key, view.LayerSet{Name: view.AllLayers, Layers: now.Layers()}, now.Version())
		if err != nil {
			t.Fatal(err)
		}
		r, err := gzip.NewReader(bytes.NewReader(p.Body))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	get()
	e, found := cache.wide.GetIfPresent(partKey(key, first.Layer("roads")))
	if !found {
		t.Fatal("nothing is kept of the roads")
	}
	const mark = "it was kept"
	*e.part = *cache.newPart([]byte(mark))
	source.commit(t, "places", 1, orb.Point{105.85, 21.03})
	if !strings.Contains(get(), mark) {
		t.Error("roads are encoded again after a change of places")
	}
	source.commit(t, "roads", 9, orb.LineString{at, {105.85, 21.02}})
	if strings.Contains(get(), mark) {
		t.Error("roads are as they were before their change")
	}
}
