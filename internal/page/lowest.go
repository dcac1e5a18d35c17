package page

import (
	"cmp"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// lowest keeps the features with the lowest ids, once there are n of them in a heap
// with the highest on top: most of the others are then turned away by one comparison.
type lowest struct {
	n      int
	kept   []numbered
	low    int64 // ids up to here are not wanted, if lowSet
	lowSet bool
	// waiting are features whose ids are not read yet. Most of the time of reading
	// one goes into waiting for memory, and a loop waits for several at once.
	waiting  [128]*snapshot.Feature
	nWaiting int
}

type numbered struct {
	id int64
	f  *snapshot.Feature
}

func newLowest(n int) *lowest { return &lowest{n: n, kept: make([]numbered, 0, min(n, 1024))} }

func (k *lowest) behind(f *snapshot.Feature) { k.low, k.lowSet = f.ID(), true }

func (k *lowest) add(f *snapshot.Feature) {
	if k.nWaiting == len(k.waiting) {
		k.read()
	}
	k.waiting[k.nWaiting] = f
	k.nWaiting++
}

// read reads the ids of those that wait, and keeps those that are low.
func (k *lowest) read() {
	for _, f := range k.waiting[:k.nWaiting] {
		switch id := f.ID(); {
		case k.lowSet && id <= k.low:
		case len(k.kept) < k.n:
			k.kept = append(k.kept, numbered{id, f})
			if len(k.kept) == k.n {
				for i := k.n/2 - 1; i >= 0; i-- {
					sink(k.kept, i)
				}
			}
		case id < k.kept[0].id:
			k.kept[0] = numbered{id, f}
			sink(k.kept, 0)
		}
	}
	k.nWaiting = 0
}

// sink moves the entry at i of a heap down to where those below it are lower.
func sink(heap []numbered, i int) {
	moved := heap[i]
	for {
		below := 2*i + 1
		if below >= len(heap) {
			break
		}
		if next := below + 1; next < len(heap) && heap[next].id > heap[below].id {
			below = next
		}
		if heap[below].id <= moved.id {
			break
		}
		heap[i] = heap[below]
		i = below
	}
	heap[i] = moved
}

func (k *lowest) first() []*snapshot.Feature {
	k.read()
	slices.SortFunc(k.kept, func(a, b numbered) int { return cmp.Compare(a.id, b.id) })
	all := make([]*snapshot.Feature, len(k.kept))
	for i := range k.kept {
		all[i] = k.kept[i].f
	}
	snapshot.Fetch(all)
	return all
}
