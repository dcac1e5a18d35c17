package snapshot

import (
	"slices"

	"github.com/hanoitwin/hanoitwin/tiles"
)

// weight is how large a dictionary is.
type weight struct {
	values int
	bytes  int // in tiles and as JSON
}

// A dictionary is looked through when it has more than twice what was alive the last
// time and these beside, and as much again for each eighth feature: looking takes
// about 20 ns a feature.
const (
	sweepValues = 10_000
	sweepBytes  = 1 << 20
)

// sweep gives the layer a workshop without the values that none of its features has,
// when those are most. Each value that is kept stays in its place, so that features
// need not be made anew; new values take the places that became free.
//
//	v41  a b c d e f     the dictionary of v41 and before stays as it is
//	v42  a · · d · ·     swept: b, c, e, f were values of features that are no more
//	v43  a g · d · ·     g is in a place to which nothing in v42 points
//
// Versions before the sweep keep their workshop: a state of the past that is made
// from one of them goes on there.
func (e *editor) sweep() {
	l := e.layer
	w := l.workshop
	now := w.weight()
	most := min(w.swept.values, l.Len()*len(l.def.Properties)) // whatever features are left
	if now.values <= 2*most+sweepValues+l.Len()/8 && now.bytes <= 2*w.swept.bytes+sweepBytes+2*l.Len() {
		return
	}
	alive, left := l.alive()
	w.swept = left
	if 2*left.values < now.values || 2*left.bytes < now.bytes {
		l.workshop = w.without(alive, left)
	}
}

// weight returns how large the dictionary is now.
func (w *workshop) weight() weight {
	return weight{len(w.table.values) - len(w.free), len(w.table.encoded) + len(w.table.json)}
}

// alive tells which values of the workshop's table the layer's features have, and
// how much they are. The four statuses always count.
func (l *Layer) alive() (alive []bool, left weight) {
	t := &l.workshop.table
	alive = make([]bool, len(t.values))
	note := func(i uint32) {
		if alive[i] {
			return
		}
		alive[i] = true
		left.values++
		left.bytes += int(t.encodedAt[i].end-t.encodedAt[i].start) + int(t.jsonAt[i].end-t.jsonAt[i].start)
	}
	for _, i := range t.statuses {
		note(i)
	}
	var last []tiles.Tag // features with the same properties are often neighbours
	l.byID.Scan(func(f *Feature) bool {
		if len(last) > 0 && len(f.tags) > 0 && &last[0] == &f.tags[0] {
			return true
		}
		last = f.tags
		for _, tag := range f.tags {
			note(tag.Value)
		}
		return true
	})
	return alive, left
}

// without returns a workshop with the values that are alive, in their places.
func (w *workshop) without(alive []bool, left weight) *workshop {
	old := &w.table
	places := len(alive)
	for places > 0 && !alive[places-1] {
		places--
	}
	next := &workshop{
		table: Table{keys: old.keys, members: old.members, statuses: old.statuses,
			encoded: make([]byte, 0, left.bytes/2), json: make([]byte, 0, left.bytes/2)},
		recent: make([]recent, len(w.recent)), rows: map[uint64]*row{}, swept: left,
	}
	next.table.lengthen(places)
	for i := range uint32(places) {
		if !alive[i] {
			next.free = append(next.free, i)
			continue
		}
		v := old.values[i]
		next.table.set(i, v)
		next.lookup.put(v, i)
	}
	slices.Reverse(next.free) // the lowest is taken first
	return next
}
