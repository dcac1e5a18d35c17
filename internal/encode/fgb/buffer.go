package fgb

import "encoding/binary"

// buffer writes one size-prefixed flatbuffer from front to back:
//
//	size │ offset of the root │ vtable │ table │ what its fields point to …
//
// Offsets point forward, from a field to what is written later; only a table
// points back, to its vtable. Values are aligned to their size, counted from the
// size prefix, as flatbuffers' own builders do it.
type buffer struct {
	b    []byte
	base int // where the size prefix stands in b
}

// field is one value inside a table: the number that the schema gives it, and its
// size in bytes, 1, 2, 4 or 8.
type field struct{ id, size int }

// maxFields is the most that a table here has, absent ones too.
const maxFields = 14

func begin(dst []byte) buffer {
	return buffer{b: append(dst, 0, 0, 0, 0, 0, 0, 0, 0), base: len(dst)}
}

// finish fills up to a multiple of 8, so that what follows is aligned again.
func (w *buffer) finish() []byte {
	w.align(8, 0)
	binary.LittleEndian.PutUint32(w.b[w.base:], uint32(len(w.b)-w.base-4))
	return w.b
}

// align appends zeros until what follows after more bytes stands at a multiple
// of size.
func (w *buffer) align(size, after int) {
	for (len(w.b)-w.base+after)%size != 0 {
		w.b = append(w.b, 0)
	}
}

// table appends a table with room for fields, and lets the offset at position
// from point to it. It returns where each field stands.
func (w *buffer) table(from int, fields ...field) (at [maxFields]int) {
	last := -1
	for _, f := range fields {
		last = max(last, f.id)
	}
	w.align(2, 0)
	vtable := len(w.b)
	vtableSize := 4 + 2*(last+1)
	for range vtableSize {
		w.b = append(w.b, 0)
	}
	w.align(4, 0)
	table := len(w.b)
	w.point(from, table)
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(table-vtable))
	for _, f := range fields {
		w.align(f.size, 0)
		at[f.id] = len(w.b)
		binary.LittleEndian.PutUint16(w.b[vtable+4+2*f.id:], uint16(len(w.b)-table))
		for range f.size {
			w.b = append(w.b, 0)
		}
	}
	binary.LittleEndian.PutUint16(w.b[vtable:], uint16(vtableSize))
	binary.LittleEndian.PutUint16(w.b[vtable+2:], uint16(len(w.b)-table))
	w.align(4, 0)
	return at
}

// root is the position of the offset that points to the outermost table.
func (w *buffer) root() int { return w.base + 4 }

// point lets the offset at position from point to the position target.
func (w *buffer) point(from, target int) {
	binary.LittleEndian.PutUint32(w.b[from:], uint32(target-from))
}

// vector begins a vector of n elements, to which the offset at from points. The
// elements are appended by the caller.
func (w *buffer) vector(from, n, elementSize int) {
	w.align(max(elementSize, 4), 4)
	w.point(from, len(w.b))
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(n))
}

// text appends a string, to which the offset at from points.
func (w *buffer) text(from int, s string) {
	w.vector(from, len(s), 1)
	w.b = append(append(w.b, s...), 0)
	w.align(4, 0)
}

// offsets begins a vector of n offsets and returns the position of the first.
func (w *buffer) offsets(from, n int) int {
	w.vector(from, n, 4)
	first := len(w.b)
	for range 4 * n {
		w.b = append(w.b, 0)
	}
	return first
}
