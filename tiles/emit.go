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

// run writes parameters for consecutive positions, all inside the buffered tile.
func (e *Encoder) run(positions []polygon.Vec) {
	b := slices.Grow(e.geometry, 4*len(positions)+4)
	n := len(b)
	b = b[:cap(b)]
	at := e.cursor
	for _, p := range positions {
		n = putStep(b, n, p.X-at.X, p.Y-at.Y)
		at = p
	}
	e.cursor = at
	e.geometry = b[:n]
}

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

// writeFeature appends the feature whose commands stand in e.geometry. What is of
// unknown length is written behind the room that its length mostly takes.
func (e *Encoder) writeFeature(id uint64, kind byte, tags []Tag) {
	b := slices.Grow(e.out, len(e.geometry)+2*binary.MaxVarintLen32*len(tags)+5*binary.MaxVarintLen64)
	n := len(b)
	b = b[:cap(b)]
	room := 1
	if len(e.geometry)+4*len(tags) >= 128-16 {
		room = 2
	}
	b[n] = layerFeature
	start := n + 1 + room
	b[start] = featureID
	n = start + 1 + binary.PutUvarint(b[start+1:], id)
	if len(tags) > 0 {
		b[n] = featureTags
		b, n = endMessage(b, e.putTags(b, n+2, tags), n+2, 1)
	}
	b[n], b[n+1], b[n+2] = featureType, kind, featureGeometry
	n = putUvarint(b, n+3, uint32(len(e.geometry)))
	n += copy(b[n:], e.geometry)
	b, n = endMessage(b, n, start, room)
	e.out = b[:n]
}

// endMessage writes the length of b[start:n] into the room bytes before it, and returns
// b and the next n, which are others when the length takes more or fewer.
func endMessage(b []byte, n, start, room int) ([]byte, int) {
	if length := n - start; room == 1 && length < 0x80 {
		b[start-1] = byte(length)
		return b, n
	}
	b = setLength(b[:n], start, room)
	return b[:cap(b)], len(b)
}

// putTags writes tags at b[n:], which has room for them, and returns the next n.
func (e *Encoder) putTags(b []byte, n int, tags []Tag) int {
	highest := int64(-1)
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
	return n
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
