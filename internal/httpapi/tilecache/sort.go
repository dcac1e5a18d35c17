package tilecache

import (
	"cmp"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// candidate has what it is ordered by beside the feature, so that sorting stays
// in one array.
type candidate struct {
	id      int64
	place   uint32
	feature *snapshot.Feature
}

// before is the order of features in a tile: along the space-filling curve, as
// they lie in memory, then by id. It depends on nothing but the features, so
// that a tile that a change did not touch keeps its bytes.
func (c candidate) before(d candidate) int {
	if c.place != d.place {
		return cmp.Compare(c.place, d.place)
	}
	return cmp.Compare(c.id, d.id)
}

const (
	digitBits   = 11 // three digits make a place
	digits      = 3
	radixFrom   = 256 // below it comparing is as fast
	digitValues = 1 << digitBits
)

// sortCandidates orders found by before and returns it and the other array,
// which may have changed places. Places are sorted digit by digit from the
// least (LSD radix sort): a comparison sort of the 1,000 features of a usual
// tile was a tenth of its time. Features of one place are few.
func sortCandidates(found, scratch []candidate) (sorted, other []candidate) {
	if len(found) < radixFrom {
		slices.SortFunc(found, candidate.before)
		return found, scratch
	}
	var counts [digits][digitValues]uint32
	for i := range found {
		for d := range digits {
			counts[d][found[i].place>>(d*digitBits)%digitValues]++
		}
	}
	scratch = slices.Grow(scratch[:0], len(found))[:len(found)]
	for d := range digits {
		shift := d * digitBits
		count := &counts[d]
		if count[found[0].place>>shift%digitValues] == uint32(len(found)) {
			continue // all have the same digit: the high ones of a city
		}
		start := uint32(0)
		for v, n := range count {
			count[v] = start
			start += n
		}
		for _, c := range found {
			v := c.place >> shift % digitValues
			scratch[count[v]] = c
			count[v]++
		}
		found, scratch = scratch, found
	}
	for i := 0; i < len(found); {
		end := i + 1
		for end < len(found) && found[end].place == found[i].place {
			end++
		}
		if end-i > 1 {
			slices.SortFunc(found[i:end], candidate.before)
		}
		i = end
	}
	return found, scratch
}
