package tilecache

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/cespare/xxhash/v2"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// part is one wide layer of a tile, compressed by itself. A tile is the layers
// that it is asked for, one after the other, so that of a tile of many layers, one
// of which a change touched, the others need neither be encoded nor compressed
// again:
//
//	layers   a b c │ roads            │ d e
//	         small │ wide             │ small
//	gzip     one   │ one part, kept   │ one part
//
// Where a part begins depends on the tile alone, so that its bytes are the same on
// every server, whatever was kept there.
type part struct {
	coding.Part
	hash uint64 // of the content
}

// wideLayer is how many bytes a layer has in a tile, before compression, from which
// it is a part. Below it, encoding and compressing takes about 0.5 ms, and likeness
// between layers is worth more.
const wideLayer = 32 << 10

// span is a layer of a tile under way: a part, or bytes of the encoder's.
type span struct {
	layer    *snapshot.Layer
	part     *part // nil: encoded from here to there
	from, to int
}

func (c *Cache) isWide(s *span) bool { return s.part != nil || s.to-s.from >= c.wideFrom }

// isParted tells whether tiles of a key are made of parts: as they are recorded,
// in Web Mercator and in gzip, whose streams can be joined.
func (k *Key) isParted() bool {
	return k.Coding == coding.Gzip && k.Look == (Look{}) && k.Set == nil && !k.Days.Asked
}

// encodeParts is Encode for keys that are parted. Layers of which known has a part
// are not encoded. The spans are the builder's.
func (b *Builder) encodeParts(ctx context.Context, layers []*snapshot.Layer, key Key, maxBytes int, known func(*snapshot.Layer) *part) ([]span, error) {
	defer b.forget()
	b.encoder.Begin(key.Tile)
	b.abroad.enter(nil, key.Tile)
	if err := b.sieve.begin(ctx, key.Look, layers); err != nil {
		return nil, err
	}
	b.spans = b.spans[:0]
	length := 0
	for i, l := range layers {
		b.sieve.layer(i, l.Definition())
		s := span{layer: l, part: known(l), from: len(b.encoder.Bytes())}
		if s.part != nil {
			length += s.part.Length
			b.spans = append(b.spans, s)
			continue
		}
		if err := b.find(ctx, l, key.Tile.SearchBound(), key.Tile.Z); err != nil {
			return nil, err
		}
		if err := b.encodeLayer(ctx, l, key.Days); err != nil {
			return nil, err
		}
		s.to = len(b.encoder.Bytes())
		if length += s.to - s.from; length > maxBytes {
			return nil, fmt.Errorf("%s, %d bytes with layer %s: %w", key.Tile, length, l.ID(), ErrTooLarge)
		}
		if s.to > s.from {
			b.spans = append(b.spans, s)
		}
	}
	return b.spans, nil
}

// buildParts fills e with a tile that is parted, and returns its length before
// compression. A tile without wide layers is compressed as any other.
func (c *Cache) buildParts(ctx context.Context, b *Builder, e *entry, key Key, set view.LayerSet, v city.Version) (int, error) {
	defer func() { clear(b.spans) }()
	spans, err := b.encodeParts(ctx, set.Layers, key, c.maxBytes, func(l *snapshot.Layer) *part { return c.part(key, l, v) })
	if err != nil {
		return 0, err
	}
	body := b.encoder.Bytes()
	parts := b.parts[:0]
	digest := xxhash.New()
	length, wide := 0, false
	add := func(p *part) {
		parts = append(parts, p.Part)
		var text [16]byte
		binary.LittleEndian.PutUint64(text[:], p.hash)
		binary.LittleEndian.PutUint64(text[8:], uint64(p.Length))
		_, _ = digest.Write(text[:]) // never fails
		length += p.Length
	}
	for i := range spans {
		wide = wide || c.isWide(&spans[i])
	}
	if !wide {
		c.fill(b, e, key, body)
		return len(body), nil
	}
	small := 0 // where the small layers begin that are no part yet
	flush := func(to int) {
		if to > small {
			add(c.newPart(body[small:to]))
		}
		small = to
	}
	for i := range spans {
		s := &spans[i]
		if !c.isWide(s) {
			continue
		}
		flush(s.from)
		if s.part == nil {
			s.part = c.newPart(body[s.from:s.to])
			c.keepPart(key, s, set, v)
			small = s.to
		}
		add(s.part)
	}
	flush(len(body))
	b.coded = coding.AppendParts(b.coded[:0], parts)
	e.setBody(b.coded)
	e.Coding, e.ETag = key.Coding, []string{coding.TagOf(digest.Sum64(), key.Coding)}
	clear(parts)
	b.parts = parts
	return length, nil
}

func (c *Cache) newPart(content []byte) *part {
	return &part{Part: c.codecs.Part(content), hash: xxhash.Sum64(content)}
}

// partKey names a wide layer of a tile.
func partKey(key Key, l *snapshot.Layer) Key {
	return Key{Layers: string(l.ID()), Tile: key.Tile, Coding: key.Coding}
}

// part returns a layer of a tile when it is kept and is that of version v, else nil.
func (c *Cache) part(key Key, l *snapshot.Layer, v city.Version) *part {
	k := partKey(key, l)
	e, found := c.wide.GetIfPresent(k)
	if !found || !c.stays(e, k, v) {
		return nil
	}
	return e.part
}

// keepPart keeps a part for tiles of several layers, unless a newer one is kept.
func (c *Cache) keepPart(key Key, s *span, set view.LayerSet, v city.Version) {
	if len(set.Layers) < 2 {
		return
	}
	k := partKey(key, s.layer)
	if old, found := c.wide.GetIfPresent(k); found && old.from.Load() > int64(v) {
		return
	}
	e := newEntry(v)
	e.part, e.Body = s.part, s.part.Deflated
	c.wide.Set(k, e)
}
