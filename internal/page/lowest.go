package page

import (
	"math"
	"math/bits"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// lowest keeps the features with the lowest ids. It gathers some times as many, drops
// all but the lowest, and from then on turns away what is above them.
//
// Of a thousand features in a box, which a page of a hundred is chosen from, it cannot
// be guessed which are low: in a heap, branches on that took more time than all the
// rest. There are none here.
type lowest struct {
	n     int
	found []numbered
	// Wanted are the ids from low to low+span: as a difference, which one comparison
	// tells.
	low, span uint64
	room      *Room
}

type numbered struct {
	id uint64 // in the order of ids
	f  *snapshot.Feature
}

// ordered returns an id as a number without a sign, in the same order.
func ordered(id int64) uint64 { return uint64(id) ^ 1<<63 }

func newLowest(n int, room *Room) *lowest {
	return &lowest{n: n, found: room.found[:0], span: math.MaxUint64, room: room}
}

func (k *lowest) behind(f *snapshot.Feature) {
	k.low = ordered(f.ID()) + 1
	k.span = math.MaxUint64 - k.low
	if k.low == 0 { // nothing is behind the last of all numbers
		k.n = 0
	}
}

func (k *lowest) add(some []*snapshot.Feature) {
	k.makeRoom(len(some))
	at := len(k.found)
	found := k.found[:at+len(some)]
	for _, f := range some {
		id := ordered(f.ID())
		found[at] = numbered{id, f}
		_, above := bits.Sub64(k.span, id-k.low, 0)
		at += 1 - int(above)
	}
	k.found = found[:at]
}

// makeRoom for so many more.
func (k *lowest) makeRoom(more int) {
	if cap(k.found)-len(k.found) < more && len(k.found) >= 2*k.n {
		k.trim()
	}
	if cap(k.found)-len(k.found) < more {
		k.found = slices.Grow(k.found, more+4*min(k.n, 1024))
	}
}

// trim sorts what was found and drops all but the lowest n.
func (k *lowest) trim() {
	k.room.sort(k.found)
	if len(k.found) > k.n {
		k.found = k.found[:k.n]
		if k.n > 0 {
			k.span = k.found[k.n-1].id - k.low
		}
	}
}

func (k *lowest) first() []*snapshot.Feature {
	k.trim()
	k.room.found = k.found
	all := slices.Grow(k.room.features[:0], len(k.found))
	for i := range k.found {
		all = append(all, k.found[i].f)
	}
	k.room.features = all
	return all
}
