package diff

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// drawnTile is what a tile tells of each feature, with the geometry that it has.
func drawnTile(t *testing.T, body []byte) map[string]string {
	t.Helper()
	all := map[string]string{}
	if len(body) == 0 {
		return all
	}
	tile, err := mvttest.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range tile.Layers {
		for _, f := range l.Features {
			key := fmt.Sprintf("%s/%d", l.Name, f.ID)
			if all[key] != "" {
				t.Errorf("%s stands twice in the tile", key)
			}
			all[key] = fmt.Sprint(f.Tags, f.Points, f.Lines, f.Polygons)
		}
	}
	return all
}

// shown makes a snapshot of what a list of differences shows, with one more
// property: its plain tiles are what is wanted.
func shown(t *testing.T, c *Comparison) *snapshot.Snapshot {
	t.Helper()
	var layers []city.Layer
	features := content{}
	err := c.Each(t.Context(), Place{}, func(d *Difference) bool {
		l, f, tags := d.Shown()
		def := *l.Definition()
		i := slices.IndexFunc(layers, func(one city.Layer) bool { return one.ID == def.ID })
		if i < 0 { // the union of what either side carries
			def.Properties = append(slices.Clone(roads().Properties), turned().Properties[0],
				city.Property{Name: "lanes_new", Type: city.KindInteger}, city.Property{Name: "change", Type: city.KindString})
			def.Tiles.Attributes = nil
			i, layers = len(layers), append(layers, def)
		}
		x := city.Feature{ID: f.ID(), Geometry: f.Geometry(), Values: make([]city.Value, len(layers[i].Properties))}
		for _, tag := range tags[:len(f.TileTags())] {
			x.Values[layers[i].PropertyIndex(l.Table().Key(tag.Key))] = l.Table().Value(tag.Value)
		}
		x.Values[layers[i].PropertyIndex("change")] = city.String(string(d.Change))
		features[def.ID] = append(features[def.ID], x)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return snapshottest.Build(t, 1, layers, features)
}

func plain(t *testing.T, s *snapshot.Snapshot, at tiles.Tile) map[string]string {
	t.Helper()
	var e tiles.Encoder
	e.Begin(at)
	for _, l := range s.Layers() {
		e.BeginLayer(string(l.ID()), l.Table(), tiles.LayerOptions{})
		l.All(func(f *snapshot.Feature) bool { f.Draw(&e); return true })
		e.EndLayer()
	}
	return drawnTile(t, e.Bytes())
}

// TestTileAgainstList draws what Each tells and holds it against Encode, tile
// by tile.
func TestTileAgainstList(t *testing.T) {
	r := seeded(t)
	var builder TileBuilder
	for range 4 {
		road, lamp := roads(), lamps()
		features := content{}
		for id := int64(1); id <= 60; id++ {
			features["roads"] = append(features["roads"], random(r, &road, id))
			features["lamps"] = append(features["lamps"], random(r, &lamp, id))
		}
		base := snapshottest.Build(t, 1, []city.Layer{road, lamp}, features)
		grown, touched := grow(t, r, base, 4)
		grown = scattered(t, r, grown, touched)
		other := turned()
		var differently []city.Feature
		for id := int64(30); id <= 90; id++ {
			differently = append(differently, random(r, &other, id))
		}
		redefined := snapshottest.Build(t, 9, []city.Layer{other}, content{"roads": differently})
		day := func(d city.Day) *lifetime.Window { w := lifetime.On(d); return &w }
		for what, c := range map[string]*Comparison{
			"versions": Compare(Side{base, nil}, Side{grown, nil}, nil, nil),
			"touched":  Compare(Side{base, nil}, Side{grown, nil}, nil, touched),
			"days":     Compare(Side{grown, day(1)}, Side{grown, day(4)}, nil, nil),
			"both":     Compare(Side{base, day(4)}, Side{grown, day(2)}, nil, nil),
			"other":    Compare(Side{grown, day(3)}, Side{redefined, nil}, nil, nil),
			"same":     Compare(Side{grown, nil}, Side{grown, nil}, nil, nil),
			"reverse":  Compare(Side{redefined, day(3)}, Side{base, day(3)}, nil, nil),
		} {
			wanted := shown(t, c)
			for _, z := range []uint8{0, 9, 12, 15} {
				low, high := tiles.At(orb.Point{105.79, 21.02}, z), tiles.At(orb.Point{106.02, 20.99}, z)
				for n := range 12 {
					at := tiles.Tile{Z: z, X: low.X + uint32(r.IntN(int(high.X-low.X)+1)), Y: low.Y + uint32(r.IntN(int(high.Y-low.Y)+1))}
					body := encoded(t, &builder, c, at)
					if got, want := fmt.Sprint(drawnTile(t, body)), fmt.Sprint(plain(t, wanted, at)); got != want {
						t.Fatalf("%s, %s:\n%s\nwant\n%s", what, at, got, want)
					}
					if n == 0 && !slices.Equal(encoded(t, &TileBuilder{}, c, at), body) {
						t.Fatalf("%s, %s: other bytes the second time", what, at)
					}
				}
			}
		}
	}
}

// encoded returns a tile of a comparison, in bytes of its own.
func encoded(t *testing.T, b *TileBuilder, c *Comparison, at tiles.Tile) []byte {
	t.Helper()
	body, err := b.Encode(t.Context(), c, at, math.MaxInt)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(body)
}

// scattered moves some features far away, so that they leave tiles.
func scattered(t *testing.T, r *rand.Rand, s *snapshot.Snapshot, touched *Touched) *snapshot.Snapshot {
	t.Helper()
	var changes []city.Change
	l := s.Layer("lamps")
	l.All(func(f *snapshot.Feature) bool {
		if r.IntN(4) == 0 {
			x := l.Exchange(f)
			x.Geometry = orb.Point{105.8 + 0.2*r.Float64(), 21.01 - 0.01*r.Float64()}
			changes = append(changes, city.Change{Layer: "lamps", ID: f.ID(), Feature: &x})
			touched.Add("lamps", f.ID())
		}
		return true
	})
	next, err := s.Apply(changes)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// TestTileOfMany has more touched features than are looked at one by one, and
// rules that hide some.
func TestTileOfMany(t *testing.T) {
	def := lamps()
	def.Tiles = city.TileRules{MinZoom: 14, Classes: []city.ZoomClass{{Property: "name", Values: []string{"0"}, MinZoom: 10}}}
	var before []city.Feature
	var changes []city.Change
	touched := &Touched{}
	for id := int64(1); id <= 1000; id++ {
		f := city.Feature{ID: id, Geometry: orb.Point{105.8 + float64(id)/1e5, 21}, Values: []city.Value{city.String(fmt.Sprint(id % 10)), city.String("planned")}}
		before = append(before, f)
		is := f.Clone()
		is.Values[1] = city.String("in_operation")
		changes = append(changes, city.Change{Layer: "lamps", ID: id, Feature: is})
		touched.Add("lamps", id)
	}
	a := snapshottest.Build(t, 1, []city.Layer{def}, content{"lamps": before})
	b, err := a.Apply(changes)
	if err != nil {
		t.Fatal(err)
	}
	var builder TileBuilder
	for z, want := range map[uint8]int{9: 0, 10: 100} {
		body, err := builder.Encode(t.Context(), Compare(Side{a, nil}, Side{b, nil}, nil, touched), tiles.At(orb.Point{105.805, 21}, z), math.MaxInt)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(drawnTile(t, body)); got != want {
			t.Errorf("zoom %d: %d features, want %d", z, got, want)
		}
	}
	c := Compare(Side{a, nil}, Side{b, nil}, nil, touched)
	if _, err := builder.Encode(t.Context(), c, tiles.Tile{}, 0); err != nil {
		t.Errorf("an empty tile: %v", err)
	}
	if _, err := builder.Encode(t.Context(), c, tiles.At(orb.Point{105.805, 21}, 14), 100); !errors.Is(err, ErrTileTooLarge) {
		t.Errorf("a large tile: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := builder.Encode(ctx, c, tiles.At(orb.Point{105.805, 21}, 14), math.MaxInt); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
}
