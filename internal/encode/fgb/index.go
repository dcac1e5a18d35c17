package fgb

import (
	"encoding/binary"
	"math"

	"github.com/hanoitwin/hanoitwin/internal/hilbert"
	"github.com/paulmach/orb"
)

// Index is a packed R-tree over boxes in the order in which the features are
// written. It needs memory for the nodes above the leaves only: 32 bytes for 15
// features.
//
//	┌──────────── root ───────────┐   Nodes are numbered from the root down; the
//	│  ┌────┐  ┌────┐    ┌────┐   │   offset of an inner node is the number of its
//	│  │1…16│  │…32 │  … │    │   │   first child, that of a leaf where the feature
//	│  └────┘  └────┘    └────┘   │   begins behind the index, in bytes.
//	└─────────────────────────────┘
type Index struct {
	n      int
	levels [][]orb.Bound // from the one above the leaves up to the root
	start  []int         // number of the first node of each, leaves first
}

// NewIndex joins n boxes, one at least; box gives the i-th.
func NewIndex(n int, box func(i int) orb.Bound) *Index {
	ix := &Index{n: n}
	below := box
	for count := n; ; {
		level := make([]orb.Bound, (count+NodeSize-1)/NodeSize)
		for i := range level {
			level[i] = below(i * NodeSize)
			for j := i*NodeSize + 1; j < min((i+1)*NodeSize, count); j++ {
				level[i] = Union(level[i], below(j))
			}
		}
		ix.levels = append(ix.levels, level)
		if count = len(level); count == 1 {
			break
		}
		below = func(i int) orb.Bound { return level[i] }
	}
	next := 0
	ix.start = make([]int, len(ix.levels)+1)
	for l := len(ix.levels); l > 0; l-- {
		ix.start[l] = next
		next += len(ix.levels[l-1])
	}
	ix.start[0] = next
	return ix
}

// Union is that of orb, without its special case of empty bounds.
func Union(a, b orb.Bound) orb.Bound {
	return orb.Bound{
		Min: orb.Point{min(a.Min[0], b.Min[0]), min(a.Min[1], b.Min[1])},
		Max: orb.Point{max(a.Max[0], b.Max[0]), max(a.Max[1], b.Max[1])},
	}
}

// AppendInner appends all nodes above the leaves.
func (ix *Index) AppendInner(dst []byte) []byte {
	for l := len(ix.levels); l > 0; l-- {
		for i, box := range ix.levels[l-1] {
			dst = AppendNode(dst, box, uint64(ix.start[l-1]+i*NodeSize))
		}
	}
	return dst
}

// AppendNode appends one node: a leaf for each feature, behind AppendInner.
func AppendNode(dst []byte, box orb.Bound, offset uint64) []byte {
	for _, v := range [...]float64{box.Min[0], box.Min[1], box.Max[0], box.Max[1]} {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
	}
	return binary.LittleEndian.AppendUint64(dst, offset)
}

// Curve returns where the middle of a box lies on a Hilbert curve of 2^16 × 2^16
// squares over bound: features in this order make a good index.
func Curve(bound, box orb.Bound) uint32 {
	const bits = 16
	cell := func(axis int) uint32 {
		size := bound.Max[axis] - bound.Min[axis]
		if !(size > 0) {
			return 0
		}
		at := ((box.Min[axis]+box.Max[axis])/2 - bound.Min[axis]) / size * (1 << bits)
		return uint32(max(0, min(at, 1<<bits-1)))
	}
	return uint32(hilbert.Distance(cell(0), cell(1), bits))
}
