package snapshot

import (
	"cmp"
	"slices"
)

// pileFrom is from how many features with the same box on they are taken out of the
// R-tree together. A single one of m is found after half of them, in about m ns, so
// that this many take less than a search.
const pileFrom = 128

// removeAll takes features out that are in the layer, each once.
//
// The R-tree tells features with the same box apart only by looking at each: taking
// 20,000 out that lie on one point, one after the other, took 7 s. So those of a pile
// are all taken out, in the order in which the tree comes by them, where each is the
// first that it looks at; then those are put back that stay.
func (e *editor) removeAll(leaving []*Feature) {
	type placed struct {
		box
		f *Feature
	}
	sorted := make([]placed, len(leaving))
	for i, f := range leaving {
		e.forget(f)
		sorted[i] = placed{boxOf(f.geometry.Bound()), f}
	}
	if len(sorted) >= pileFrom {
		slices.SortFunc(sorted, func(a, b placed) int { return a.compare(b.box) })
	}
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && sorted[n].box == sorted[0].box {
			n++
		}
		if n < pileFrom {
			for _, p := range sorted[:n] {
				e.layer.unplace(p.f)
			}
		} else {
			e.unpile(sorted[0].box)
		}
		sorted = sorted[n:]
	}
}

func (b box) compare(other box) int {
	return cmp.Or(
		cmp.Compare(b.min[0], other.min[0]), cmp.Compare(b.min[1], other.min[1]),
		cmp.Compare(b.max[0], other.max[0]), cmp.Compare(b.max[1], other.max[1]),
	)
}

// unpile takes the features with a box out of the R-tree that the other indices do
// not have any more.
func (e *editor) unpile(at box) {
	l := e.layer
	var pile []*Feature
	l.tree.Search(at.min, at.max, func(low, high [2]float32, f *Feature) bool {
		if low == at.min && high == at.max {
			pile = append(pile, f)
		}
		return true
	})
	for _, f := range pile {
		l.unplace(f)
	}
	for _, f := range pile {
		if l.Feature(f.id) == f {
			l.tree.Insert(at.min, at.max, f)
		}
	}
}
