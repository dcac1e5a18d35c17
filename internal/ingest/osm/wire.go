package osm

import (
	"encoding/binary"
	"fmt"
)

// wire reads protocol buffer fields from bytes. The first error sticks.
type wire struct {
	b   []byte
	err error
}

func (w *wire) fail(what string) {
	if w.err == nil {
		w.err = fmt.Errorf("protocol buffer: %s: %w", what, ErrFormat)
	}
	w.b = nil
}

func (w *wire) varint() uint64 {
	v, n := binary.Uvarint(w.b)
	if n <= 0 {
		w.fail("bad varint")
		return 0
	}
	w.b = w.b[n:]
	return v
}

// signed reads a zigzag varint.
func (w *wire) signed() int64 {
	v := w.varint()
	return int64(v>>1) ^ -int64(v&1)
}

func (w *wire) bytes() []byte {
	n := w.varint()
	if n > uint64(len(w.b)) {
		w.fail("a length is larger than what is left")
		return nil
	}
	out := w.b[:n:n]
	w.b = w.b[n:]
	return out
}

// Wire types (Protocol Buffers encoding guide).
const (
	wireVarint = 0
	wireFixed8 = 1
	wireBytes  = 2
	wireFixed4 = 5
)

// next reads the number and type of the next field; false at the end.
func (w *wire) next() (field int, kind int, ok bool) {
	if len(w.b) == 0 || w.err != nil {
		return 0, 0, false
	}
	tag := w.varint()
	if w.err != nil {
		return 0, 0, false
	}
	return int(tag >> 3), int(tag & 7), true
}

// skip passes over a field that is not wanted.
func (w *wire) skip(kind int) {
	n := 0
	switch kind {
	case wireVarint:
		w.varint()
		return
	case wireBytes:
		w.bytes()
		return
	case wireFixed8:
		n = 8
	case wireFixed4:
		n = 4
	default:
		w.fail("unknown wire type")
		return
	}
	if len(w.b) < n {
		w.fail("a fixed number is cut off")
		return
	}
	w.b = w.b[n:]
}

// each calls yield with every field; yield must consume the field's value and
// return true, or return false to have it skipped.
func (w *wire) each(yield func(field, kind int) bool) error {
	for {
		field, kind, ok := w.next()
		if !ok {
			return w.err
		}
		if !yield(field, kind) {
			w.skip(kind)
		}
	}
}
