package tilecache

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Builder encodes one tile at a time into buffers that it keeps.
type Builder struct {
	encoder tiles.Encoder
	abroad  abroad
	sieve   sieve
	found   []candidate
	other   []candidate // scratch of sorting
	most    int         // features of the largest layer of this tile
	coded   []byte
	tags    []tiles.Tag // of other days: scratch
	spans   []span
	parts   []coding.Part

	differences diff.TileBuilder
}

// lookEvery is after how many features a builder looks whether its client is
// still there: about every 0.1 ms.
const lookEvery = 256

// maxKept is the largest buffer that a builder keeps, so that one large tile does
// not stay in memory for ever.
const maxKept = 1 << 20

// Encode returns the tile of a key with the features of the layers that their
// rules show at its zoom and that are there on its days. The same state gives the
// same bytes on every server. The bytes are the builder's.
func (b *Builder) Encode(ctx context.Context, layers []*snapshot.Layer, key Key, maxBytes int) ([]byte, error) {
	defer b.forget()
	b.encoder.Begin(key.Tile)
	b.abroad.enter(key.Set, key.Tile)
	if err := b.sieve.begin(ctx, key.Look, layers); err != nil {
		return nil, err
	}
	bound, zoom := key.Tile.SearchBound(), key.Tile.Z
	if key.Set != nil {
		zoom = b.abroad.zoom
	}
	for i, l := range layers {
		if !b.sieve.layer(i, l.Definition()) {
			continue
		}
		if err := b.find(ctx, l, bound, zoom); err != nil {
			return nil, err
		}
		if err := b.encodeLayer(ctx, l, key.Days); err != nil {
			return nil, err
		}
		if n := len(b.encoder.Bytes()); n > maxBytes {
			return nil, fmt.Errorf("%s, %d bytes with layer %s: %w", key.Tile, n, l.ID(), ErrTooLarge)
		}
	}
	return b.encoder.Bytes(), nil
}

// find collects the features of l that the tile may show: in Web Mercator those
// that meet a bound, and elsewhere what b.abroad finds.
func (b *Builder) find(ctx context.Context, l *snapshot.Layer, bound orb.Bound, zoom uint8) error {
	b.found = b.found[:0]
	seen := 0
	take := func(f *snapshot.Feature) bool {
		if f.MinZoom() <= zoom {
			b.found = append(b.found, candidate{f.ID(), f.Place(), f})
		}
		seen++
		return seen%lookEvery != 0 || ctx.Err() == nil
	}
	if b.abroad.set != nil {
		b.abroad.search(l, take)
	} else {
		l.Search(bound, take)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	b.most = max(b.most, len(b.found))
	b.found, b.other = sortCandidates(b.found, b.other)
	return nil
}

func (b *Builder) encodeLayer(ctx context.Context, l *snapshot.Layer, days view.Days) error {
	rules := &l.Definition().Tiles
	var shown *lifetime.Layer // nil: as recorded
	if days.Asked && len(b.found) > 0 {
		if shown = lifetime.Of(l, days.Window); !shown.Dated() {
			shown = nil
		}
	}
	b.encoder.BeginLayer(string(l.ID()), l.Table(), tiles.LayerOptions{Simplify: rules.Simplify, MinSize: rules.MinSize})
	every := lookEvery
	if b.abroad.set != nil || b.sieve.filter != nil {
		every = lookEveryDear
	}
	for i, c := range b.found {
		if i%every == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		tags, there := b.seen(l, shown, c.feature)
		if !there {
			continue
		}
		if b.abroad.set != nil {
			b.abroad.draw(&b.encoder, c.feature, tags)
		} else {
			c.feature.DrawTagged(&b.encoder, tags)
		}
	}
	b.encoder.EndLayer()
	if b.sieve.filter != nil {
		return b.sieve.filter.Err()
	}
	return nil
}

// seen returns the tags that the tile carries of a feature, until the next call;
// there tells whether it is there on the days, and passes the sieve.
func (b *Builder) seen(l *snapshot.Layer, shown *lifetime.Layer, f *snapshot.Feature) (tags []tiles.Tag, there bool) {
	idle := b.sieve.idle()
	if idle {
		tags = f.TileTags()
	} else {
		tags = f.Tags()
	}
	if shown != nil {
		if tags, there = shown.Tags(f, tags, &b.tags); !there {
			return nil, false
		}
	}
	if idle {
		return tags, true
	}
	return b.sieve.pass(l, f, tags)
}

// forget drops what would keep an old state in memory.
func (b *Builder) forget() {
	clear(b.found[:min(b.most, cap(b.found))])
	clear(b.other[:min(b.most, cap(b.other))])
	b.most = 0
	b.sieve.forget()
	if cap(b.coded) > maxKept {
		b.coded = nil
	}
}
