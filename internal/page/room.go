package page

import (
	"cmp"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Room is memory that pages are made in, one after the other. It serves one goroutine.
// The zero value is ready for use.
type Room struct {
	found, sorted []numbered
	some          [128]*snapshot.Feature
	features      []*snapshot.Feature // of the page
}

// roomy is for how many features a Room keeps its memory.
const roomy = 4096

// Leave ends the use of the Page that was made in the room. What its features are of
// may then be freed.
func (r *Room) Leave() {
	clear(r.some[:])
	r.found, r.sorted, r.features = left(r.found), left(r.sorted), left(r.features)
}

func left[T any](s []T) []T {
	if cap(s) > roomy {
		return nil
	}
	clear(s[:cap(s)])
	return s[:0]
}

// sort sorts by id: by the bytes in which ids differ, the least first (radix sort),
// which is several times as fast as comparing them, and needs the memory twice. Many
// are sorted where they are.
func (r *Room) sort(all []numbered) {
	if len(all) > roomy {
		slices.SortFunc(all, func(a, b numbered) int { return cmp.Compare(a.id, b.id) })
		return
	}
	differ := uint64(0)
	for i := range all {
		differ |= all[i].id ^ all[0].id
	}
	if cap(r.sorted) < len(all) {
		r.sorted = make([]numbered, min(cap(all), roomy))
	}
	from, to := all, r.sorted[:len(all)]
	for shift := 0; shift < 64; shift += 8 {
		if byte(differ>>shift) == 0 {
			continue
		}
		var at [256]uint32
		for i := range from {
			at[byte(from[i].id>>shift)]++
		}
		sum := uint32(0)
		for i := range at {
			at[i], sum = sum, sum+at[i]
		}
		for i := range from {
			place := &at[byte(from[i].id>>shift)]
			to[*place] = from[i]
			*place++
		}
		from, to = to, from
	}
	if len(all) > 0 && &from[0] != &all[0] {
		copy(all, from)
	}
}
