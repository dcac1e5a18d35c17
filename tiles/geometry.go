package tiles

import "unsafe"

// Geometry is a prepared geometry: an immutable handle, one word wide, on
// packed integers inside a slab of the Preparer that made it. The zero Geometry
// is empty and draws nothing. Geometries are safe for concurrent use.
//
// A slab lives as long as any Geometry in it. This file is the only one that
// uses unsafe; a slab is a []uint32, so the collector sees the handle as an
// ordinary interior pointer and never looks inside. The words behind it:
//
//	simple:   head(role, count=n) body(n)
//	multi:    head(roleMulti, count=m) words box[4]  then m × (head(role, n) body(n))
//
//	body(n):  [box[4] chunk boxes[4·⌈n/64⌉]]   only when n > chunkSize
//	          x₀ y₀ x₁ y₁ … xₙ₋₁ yₙ₋₁          world units
//	          rank₀ rank₁ … rankₙ₋₁            one byte each, padded to a word
//
// A box is minX minY maxX maxY. Rings leave out the closing vertex. A line of 6
// vertices takes 4 + 48 + 8 = 60 bytes.
type Geometry struct {
	head *uint32
}

// role says what a path is to its geometry.
type role uint32

const (
	rolePoints role = iota
	roleLine
	roleExterior
	roleHole
	roleMulti
)

const (
	roleShift = 29
	maxCount  = 1<<roleShift - 1
	chunkSize = 64
	boxWords  = 4
	multiHead = 2 + boxWords // head, length in words, box
)

func packHead(r role, count int) uint32 { return uint32(r)<<roleShift | uint32(count) }

func unpackHead(h uint32) (role, int) { return role(h >> roleShift), int(h & maxCount) }

// chunks is the number of chunk boxes of a path of n vertices.
func chunks(n int) int { return (n + chunkSize - 1) / chunkSize }

// bodyWords is the length of body(n).
func bodyWords(n int) int {
	words := 2*n + (n+3)/4
	if n > chunkSize {
		words += boxWords * (1 + chunks(n))
	}
	return words
}

// IsZero reports whether g is empty.
func (g Geometry) IsZero() bool { return g.head == nil }

// Size returns the bytes that g takes in its slab, the handle aside.
func (g Geometry) Size() int {
	if g.head == nil {
		return 0
	}
	return 4 * len(g.words())
}

// words returns all the words of g, its head included.
func (g Geometry) words() []uint32 {
	r, n := unpackHead(*g.head)
	length := 1 + bodyWords(n)
	if r == roleMulti {
		length = int(unsafe.Slice(g.head, multiHead)[1])
	}
	return unsafe.Slice(g.head, length)
}

// path is one point list, line or ring of a Geometry, as slices into its slab.
type path struct {
	role  role
	box   []uint32 // nil for short paths
	boxes []uint32 // one box a chunk, nil for short paths
	xy    []uint32
	ranks []byte
}

// readPath splits the path at the start of words and returns the rest.
func readPath(words []uint32) (path, []uint32) {
	r, n := unpackHead(words[0])
	end := 1 + bodyWords(n)
	body, rest := words[1:end], words[end:]
	p := path{role: r}
	if n > chunkSize {
		p.box = body[:boxWords]
		p.boxes = body[boxWords : boxWords*(1+chunks(n))]
		body = body[boxWords*(1+chunks(n)):]
	}
	p.xy = body[:2*n]
	p.ranks = rankBytes(body[2*n:], n)
	return p, rest
}

// rankBytes views words as n bytes. Their order inside a word is the machine's:
// slabs never leave the process.
func rankBytes(words []uint32, n int) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), n)
}
