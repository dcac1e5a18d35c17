package tiles

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/hanoitwin/hanoitwin/tiles/internal/polygon"
)

// MVT geometry commands and types.
const (
	cmdMoveTo    = 1
	cmdLineTo    = 2
	cmdClosePath = 7

	typePoint   = 1
	typeLine    = 2
	typePolygon = 3
)

func uvarintLen(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

// setLength writes the length of b[start:] into the room bytes kept free before
// it, after moving it when the length takes more or fewer.
func setLength(b []byte, start, room int) []byte {
	length := len(b) - start
	size := uvarintLen(uint64(length))
	if size != room {
		b = append(b, "0123456789"[:max(0, size-room)]...) // overwritten
		copy(b[start+size-room:], b[start:start+length])
		b = b[:start+size-room+length]
	}
	binary.PutUvarint(b[start-room:], uint64(length))
	return b
}

// startGeometry begins a feature's commands with room for n integers.
func (e *Encoder) startGeometry(n int) {
	e.geometry = slices.Grow(e.geometry[:0], n*binary.MaxVarintLen32)
	e.cursor = polygon.Vec{}
}

func (e *Encoder) command(id, count int) {
	e.geometry = binary.AppendUvarint(e.geometry, uint64(count<<3|id))
}

// to moves the cursor by a pair of parameters.
func (e *Encoder) to(at polygon.Vec) {
	e.run([]polygon.Vec{at})
}

// run writes parameters for consecutive positions, all inside the buffered
// tile. Two such positions differ by at most 4224 in x or y, so a zigzag
// parameter is below 2^14 and takes one or two bytes; both are stored at once
// and the length advances by one or two, without a branch, because the mix of
// short and long steps is what a predictor cannot learn.
func (e *Encoder) run(positions []polygon.Vec) {
	b := slices.Grow(e.geometry, 4*len(positions)+4)
	n := len(b)
	b = b[:cap(b)]
	at := e.cursor
	for _, p := range positions {
		x, y := zigzag(p.X-at.X), zigzag(p.Y-at.Y)
		at = p
		long := (x + 1<<14 - 1<<7) >> 14 // 1 when x ≥ 128
		binary.LittleEndian.PutUint16(b[n:], uint16(x&0x7f|long<<7|x>>7<<8))
		n += 1 + int(long)
		long = (y + 1<<14 - 1<<7) >> 14
		binary.LittleEndian.PutUint16(b[n:], uint16(y&0x7f|long<<7|y>>7<<8))
		n += 1 + int(long)
	}
	e.cursor = at
	e.geometry = b[:n]
}

func zigzag(v int64) uint32 { return uint32(v<<1) ^ uint32(v>>63) }

// line writes one line of at least two positions.
func (e *Encoder) line(positions []polygon.Vec) {
	e.command(cmdMoveTo, 1)
	e.run(positions[:1])
	e.command(cmdLineTo, len(positions)-1)
	e.run(positions[1:])
}

// ring writes one ring of at least three positions. It starts at the westernmost,
// of several the northernmost: what a tile says of a polygon depends on what it
// shows of it and not on where the ring began far outside.
func (e *Encoder) ring(positions []polygon.Vec) {
	first := 0
	for i, p := range positions {
		if q := positions[first]; p.X < q.X || p.X == q.X && p.Y < q.Y {
			first = i
		}
	}
	e.command(cmdMoveTo, 1)
	e.run(positions[first : first+1])
	e.command(cmdLineTo, len(positions)-1)
	e.run(positions[first+1:])
	e.run(positions[:first])
	e.command(cmdClosePath, 1)
}

// writeFeature appends the feature whose commands stand in e.geometry.
func (e *Encoder) writeFeature(id uint64, kind byte, tags []Tag) {
	e.packTags(tags)
	length := 1 + uvarintLen(id) + 2 + 1 + uvarintLen(uint64(len(e.geometry))) + len(e.geometry)
	if len(e.tags) > 0 {
		length += 1 + uvarintLen(uint64(len(e.tags))) + len(e.tags)
	}
	b := slices.Grow(e.out, length+1+binary.MaxVarintLen64)
	b = append(b, layerFeature)
	b = binary.AppendUvarint(b, uint64(length))
	b = append(b, featureID)
	b = binary.AppendUvarint(b, id)
	if len(e.tags) > 0 {
		b = append(b, featureTags)
		b = binary.AppendUvarint(b, uint64(len(e.tags)))
		b = append(b, e.tags...)
	}
	b = append(b, featureType, kind, featureGeometry)
	b = binary.AppendUvarint(b, uint64(len(e.geometry)))
	e.out = append(b, e.geometry...)
}

func (e *Encoder) packTags(tags []Tag) {
	b := slices.Grow(e.tags[:0], 2*binary.MaxVarintLen32*len(tags))
	b = b[:cap(b)]
	n, highest := 0, int64(-1)
	keys, values := &e.keys, &e.values
	for i, t := range tags {
		// Keys usually ascend, and then none is repeated.
		if int64(t.Key) <= highest && repeated(tags[:i], t.Key) {
			continue
		}
		highest = max(highest, int64(t.Key))
		n = putUvarint(b, n, keys.local(t.Key))
		n = putUvarint(b, n, values.local(t.Value))
	}
	e.tags = b[:n]
}

// putUvarint writes v at b[n:], which has room, and returns the next n.
func putUvarint(b []byte, n int, v uint32) int {
	for ; v >= 0x80; n++ {
		b[n] = byte(v) | 0x80
		v >>= 7
	}
	b[n] = byte(v)
	return n + 1
}

// repeated reports whether a key occurs among tags.
func repeated(tags []Tag, key uint32) bool {
	for i := range tags {
		if tags[i].Key == key {
			return true
		}
	}
	return false
}
