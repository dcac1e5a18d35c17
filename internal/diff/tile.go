package diff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// TileProperty is the property of a tile of differences that says which kind
// each feature is. A property of a layer that has this name is left out.
const TileProperty = "change"

// ErrTileTooLarge means a tile with more bytes than it may have.
var ErrTileTooLarge = errors.New("tile is too large")

// TileBuilder encodes tiles of differences, one at a time, into buffers that it
// keeps. The zero TileBuilder is ready.
type TileBuilder struct {
	encoder tiles.Encoder
	drawn   []drawing
	most    int         // drawings of the largest layer of this tile
	tags    []tiles.Tag // of all drawings
	table   dictionary
}

// drawing is a feature of the layer under way.
type drawing struct {
	place     uint32
	id        int64
	feature   *snapshot.Feature
	from, end int // its tags
}

// Encode returns the tile of what differs: the features that were added or have
// changed as they are after, those that were removed as they were before, with
// the properties that tiles carry and TileProperty. Features that are the same
// are not in it, nor are the places that changed ones moved from. The rules of
// their layers say from which zoom on they show. The same states give the same
// bytes. The bytes are the builder's, until the next tile.
func (b *TileBuilder) Encode(ctx context.Context, c *Comparison, t tiles.Tile, maxBytes int) ([]byte, error) {
	defer b.forget()
	b.encoder.Begin(t)
	for _, p := range c.layers {
		if err := b.find(ctx, p, t); err != nil {
			return nil, err
		}
		b.encodeLayer(p)
		if n := len(b.encoder.Bytes()); n > maxBytes {
			return nil, fmt.Errorf("%s, %d bytes with layer %s: %w", t, n, p.id, ErrTileTooLarge)
		}
	}
	return b.encoder.Bytes(), ctx.Err()
}

// fewTouched is how many features are rather looked at one by one than found
// among those of the tile.
const fewTouched = 256

// find collects the differences of a layer that the tile may show.
func (b *TileBuilder) find(ctx context.Context, p *layerPair, t tiles.Tile) error {
	b.drawn, b.tags = b.drawn[:0], b.tags[:0]
	b.table.reset()
	seen := 0
	look := func(before, after *snapshot.Feature, side Change) bool {
		if d := p.look(before, after); d != nil && (side == "" || (side == Removed) == (d.Change == Removed)) {
			b.add(d, t.Z)
		}
		seen++
		return seen%checkEvery != 0 || ctx.Err() == nil
	}
	bound := t.SearchBound()
	switch {
	case p.before.layer == p.after.layer && p.sameDays:
	case p.before.layer == p.after.layer:
		p.after.layer.Search(bound, func(f *snapshot.Feature) bool { return look(f, f, "") })
	case !p.all && len(p.touched) <= fewTouched:
		for _, id := range p.touched {
			look(p.before.feature(id), p.after.feature(id), "")
		}
	default:
		// What is there after is looked for where it is then, the others where
		// they were before: nothing is found twice, and nothing is missed that
		// the tile shows.
		p.after.search(bound, func(f *snapshot.Feature) bool { return look(p.before.feature(f.ID()), f, Changed) })
		p.before.search(bound, func(f *snapshot.Feature) bool { return look(f, p.after.feature(f.ID()), Removed) })
	}
	slices.SortFunc(b.drawn, func(x, y drawing) int {
		return cmp.Or(cmp.Compare(x.place, y.place), cmp.Compare(x.id, y.id))
	})
	return ctx.Err()
}

func (h *half) search(bound orb.Bound, fn func(*snapshot.Feature) bool) {
	if h.layer != nil {
		h.layer.Search(bound, fn)
	}
}

// add takes what a difference shows. A feature that lies elsewhere is found out
// by the encoder.
func (b *TileBuilder) add(d *Difference, z uint8) {
	l, f, tags := d.Shown()
	if f.MinZoom() > z {
		return
	}
	n := drawing{place: f.Place(), id: f.ID(), feature: f, from: len(b.tags)}
	for _, tag := range tags[:len(f.TileTags())] {
		if name := l.Table().Key(tag.Key); name != TileProperty {
			b.tags = append(b.tags, b.table.tag(name, l.Table().Value(tag.Value)))
		}
	}
	b.tags = append(b.tags, b.table.tag(TileProperty, city.String(string(d.Change))))
	n.end = len(b.tags)
	b.drawn = append(b.drawn, n)
	b.most = max(b.most, len(b.drawn))
}

func (b *TileBuilder) encodeLayer(p *layerPair) {
	if len(b.drawn) == 0 {
		return
	}
	newest := p.after.layer
	if newest == nil {
		newest = p.before.layer
	}
	rules := &newest.Definition().Tiles
	b.encoder.BeginLayer(string(p.id), &b.table, tiles.LayerOptions{Simplify: rules.Simplify, MinSize: rules.MinSize})
	for _, n := range b.drawn {
		n.feature.DrawTagged(&b.encoder, b.tags[n.from:n.end])
	}
	b.encoder.EndLayer()
}

// forget drops what would keep old states in memory.
func (b *TileBuilder) forget() {
	clear(b.drawn[:min(b.most, cap(b.drawn))])
	b.most = 0
	if cap(b.drawn) > maxKept {
		b.drawn, b.tags = nil, nil
	}
	b.table.reset()
}

// dictionary is the Table of one layer of one tile: the two sides may have
// dictionaries of their own, which one layer of a tile cannot.
type dictionary struct {
	names  []string
	values []city.Value
	name   map[string]uint32
	value  map[city.Value]uint32
}

var _ tiles.Table = (*dictionary)(nil)

func (d *dictionary) NumKeys() int        { return len(d.names) }
func (d *dictionary) NumValues() int      { return len(d.values) }
func (d *dictionary) Key(i uint32) string { return d.names[i] }
func (d *dictionary) AppendValue(dst []byte, i uint32) []byte {
	return snapshot.AppendValue(dst, d.values[i])
}

// maxKept is how many entries a dictionary keeps room for between tiles.
const maxKept = math.MaxUint16

func (d *dictionary) reset() {
	if d.name == nil || len(d.values) > maxKept {
		d.name, d.value = map[string]uint32{}, map[city.Value]uint32{}
		d.names, d.values = nil, nil
		return
	}
	clear(d.name)
	clear(d.value)
	clear(d.names)
	clear(d.values)
	d.names, d.values = d.names[:0], d.values[:0]
}

// tag interns a property.
func (d *dictionary) tag(name string, v city.Value) tiles.Tag {
	k, known := d.name[name]
	if !known {
		k = uint32(len(d.names))
		d.names, d.name[name] = append(d.names, name), k
	}
	i, known := d.value[v]
	if !known {
		i = uint32(len(d.values))
		d.values, d.value[v] = append(d.values, v), i
	}
	return tiles.Tag{Key: k, Value: i}
}
