package httpapi

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// tileBuilder encodes one tile at a time into buffers that it keeps.
type tileBuilder struct {
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

// checkEvery is after how many features a builder looks whether its client is
// still there: about every 0.1 ms.
const checkEvery = 256

// encode returns the tile of a key with the features of the layers that their
// rules show at its zoom and that are there on its days. The same state gives the
// same bytes on every server. The bytes are the builder's.
func (b *tileBuilder) encode(ctx context.Context, layers []*snapshot.Layer, key tileKey, maxBytes int) ([]byte, error) {
	defer b.forget()
	b.encoder.Begin(key.tile)
	b.abroad.enter(key.set, key.tile)
	if err := b.sieve.begin(ctx, key.look, layers); err != nil {
		return nil, err
	}
	bound, zoom := key.tile.SearchBound(), key.tile.Z
	if key.set != nil {
		zoom = b.abroad.zoom
	}
	for i, l := range layers {
		if !b.sieve.layer(i, l.Definition()) {
			continue
		}
		if err := b.find(ctx, l, bound, zoom); err != nil {
			return nil, err
		}
		if err := b.encodeLayer(ctx, l, key.days); err != nil {
			return nil, err
		}
		if n := len(b.encoder.Bytes()); n > maxBytes {
			return nil, fmt.Errorf("%s, %d bytes with layer %s: %w", key.tile, n, l.ID(), errTileTooLarge)
		}
	}
	return b.encoder.Bytes(), nil
}

// find collects the features of l that the tile may show: in Web Mercator those
// that meet a bound, and elsewhere what b.abroad finds.
func (b *tileBuilder) find(ctx context.Context, l *snapshot.Layer, bound orb.Bound, zoom uint8) error {
	b.found = b.found[:0]
	seen := 0
	take := func(f *snapshot.Feature) bool {
		if f.MinZoom() <= zoom {
			b.found = append(b.found, candidate{f.ID(), f.Place(), f})
		}
		seen++
		return seen%checkEvery != 0 || ctx.Err() == nil
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

func (b *tileBuilder) encodeLayer(ctx context.Context, l *snapshot.Layer, days worldDays) error {
	rules := &l.Definition().Tiles
	var shown *lifetime.Layer // nil: as recorded
	if days.asked && len(b.found) > 0 {
		if shown = lifetime.Of(l, days.days); !shown.Dated() {
			shown = nil
		}
	}
	b.encoder.BeginLayer(string(l.ID()), l.Table(), tiles.LayerOptions{Simplify: rules.Simplify, MinSize: rules.MinSize})
	every := checkEvery
	if b.abroad.set != nil || b.sieve.filter != nil {
		every = checkEveryDear
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
func (b *tileBuilder) seen(l *snapshot.Layer, shown *lifetime.Layer, f *snapshot.Feature) (tags []tiles.Tag, there bool) {
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
func (b *tileBuilder) forget() {
	clear(b.found[:min(b.most, cap(b.found))])
	clear(b.other[:min(b.most, cap(b.other))])
	b.most = 0
	b.sieve.forget()
	if cap(b.coded) > maxPooledBuffer {
		b.coded = nil
	}
}
