package polygon

import (
	"cmp"
	"slices"
)

// halfEdge is one direction of a span. Span i has the half-edges 2i, from its
// lesser end, and 2i+1, back.
type halfEdge struct {
	from  Vec
	way   lanes // what goes along it, in its direction
	left  lanes // what goes round its left side
	place int32 // in the angular order
	group int32 // its origin, numbered in the order
	known bool  // left is set
	done  bool  // walked
}

// angular sorts half-edges by origin, then counter-clockwise in mathematical
// axes from due south. The angle is a diamond angle in fixed point:
//
//	quadrants at S 0, E 1, N 2, W 3 (times 2^30)
//
// Two directions on the grid differ by at least 1/8448² = 1.4e-8, and the key
// resolves 2^-30 = 0.9e-9, so that different directions have different keys.
type angular struct {
	key  uint64
	half int32
}

func angle(from, to Vec) uint32 {
	dx, dy := to.X-from.X, to.Y-from.Y
	size := abs(dx) + abs(dy)
	if dx >= 0 {
		return uint32(((size + dy) << 30) / size)
	}
	return uint32(2<<30 + ((size-dy)<<30)/size)
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// wind builds the half-edges and finds what goes round each side.
func (a *Arrangement) wind(rule fill) {
	a.halves, a.order = a.halves[:0], a.order[:0]
	for i, s := range a.spans {
		p, q := s.ends()
		a.halves = append(a.halves,
			halfEdge{from: p, way: s.way},
			halfEdge{from: q, way: lanes{-s.way[0], -s.way[1]}})
		a.order = append(a.order,
			angular{uint64(packVec(p))<<32 | uint64(angle(p, q)), int32(2 * i)},
			angular{uint64(packVec(q))<<32 | uint64(angle(q, p)), int32(2*i + 1)})
	}
	slices.SortFunc(a.order, func(s, t angular) int { return cmp.Compare(s.key, t.key) })
	group := int32(0)
	for i, o := range a.order {
		if i > 0 && o.key>>32 != a.order[i-1].key>>32 {
			group++
		}
		a.halves[o.half].place, a.halves[o.half].group = int32(i), group
	}
	// Groups come by x, then y: the first half-edge that is still unknown
	// starts at the westernmost origin of a new connected part. All its edges
	// lead from south (exclusive) over east to north, so the side before the
	// first of them is the outside of the part.
	for _, o := range a.order {
		if !a.halves[o.half].known {
			a.spread(o.half, a.around(a.halves[o.half].from))
		}
	}
}

// around counts what goes round a position with all edges of its own connected
// part to its east: what a ray from the far west has crossed on arrival.
func (a *Arrangement) around(at Vec) lanes {
	var w lanes
	for _, s := range a.spans {
		p, q := s.ends()
		if p.X >= at.X {
			break
		}
		if (p.Y > at.Y) == (q.Y > at.Y) {
			continue
		}
		side := cross(p, q, at)
		if q.Y > p.Y && side < 0 { // northward, seen from its left to its right
			w[0] -= s.way[0]
			w[1] -= s.way[1]
		} else if q.Y < p.Y && side > 0 {
			w[0] += s.way[0]
			w[1] += s.way[1]
		}
	}
	return w
}

// spread sets the left sides of a connected part, from one half-edge whose
// right side is known.
func (a *Arrangement) spread(first int32, right lanes) {
	set := func(h int32, right lanes) {
		e := &a.halves[h]
		e.left = lanes{right[0] + e.way[0], right[1] + e.way[1]}
		e.known = true
		a.queue = append(a.queue, h)
	}
	a.queue = a.queue[:0]
	set(first, right)
	for len(a.queue) > 0 {
		h := a.queue[len(a.queue)-1]
		a.queue = a.queue[:len(a.queue)-1]
		e := &a.halves[h]
		// The other direction has on its right what this one has on its left.
		if twin := &a.halves[h^1]; !twin.known {
			set(h^1, e.left)
		}
		// The next edge counter-clockwise has it on its right too.
		if next := a.turn(h, 1); !a.halves[next].known {
			set(next, e.left)
		}
	}
}

// turn returns the next half-edge from the same origin, counter-clockwise for
// step +1, clockwise for -1.
func (a *Arrangement) turn(h int32, step int32) int32 {
	e := &a.halves[h]
	place := e.place + step
	if place >= 0 && int(place) < len(a.order) && a.halves[a.order[place].half].group == e.group {
		return a.order[place].half
	}
	// Wrap to the other end of the group; groups are short.
	place = e.place
	for {
		before := place - step
		if before < 0 || int(before) >= len(a.order) || a.halves[a.order[before].half].group != e.group {
			return a.order[place].half
		}
		place = before
	}
}

// border reports whether h has the inside on its left and the outside on its
// right.
func (a *Arrangement) border(h int32, rule fill) bool {
	e := &a.halves[h]
	return rule.inside(e.left) && !rule.inside(lanes{e.left[0] - e.way[0], e.left[1] - e.way[1]})
}

// loop is a simple ring among the borders.
type loop struct {
	from, to int32 // in store
	area     int64 // twice; positive for an exterior
	owner    int32 // for holes, their exterior; for exteriors, themselves
	anchor   Vec   // westernmost position of the walk that it was part of
}

// link appends the polygons bounded by borders to out.
func (a *Arrangement) link(out *RingList, rule fill) {
	a.loops, a.store = a.loops[:0], a.store[:0]
	if cap(a.stamps) < len(a.order) {
		a.stamps = make([]int32, 2*len(a.order))
	}
	a.stamps = a.stamps[:len(a.order)] // at least one entry a group
	clear(a.stamps)
	for _, o := range a.order {
		if !a.halves[o.half].done && a.border(o.half, rule) {
			a.follow(o.half, rule)
		}
	}
	a.own()
	slices.SortFunc(a.loops, func(l, m loop) int {
		// By exterior; the exterior itself, of positive area, before its holes.
		return cmp.Or(cmp.Compare(l.owner, m.owner), cmp.Compare(m.area, l.area), cmp.Compare(l.from, m.from))
	})
	for _, l := range a.loops {
		if l.owner < 0 {
			continue
		}
		a.ring = append(a.ring[:0], a.store[l.from:l.to]...)
		out.Add(TidyRing(a.ring), l.area < 0)
	}
}

// follow walks along the border of one face and splits the walk into loops
// wherever it comes back to a position.
//
// The face lies on the left; at each position the walk turns into the border
// that is next clockwise from where it came, so it never crosses itself. Of the
// loops of the outer border of a face one is an exterior and the others, split
// off, are holes that touch it; of an inner border all are holes.
func (a *Arrangement) follow(first int32, rule fill) {
	firstLoop := len(a.loops)
	a.walk = a.walk[:0]
	anchor := a.halves[first].from
	h := first
	for {
		e := &a.halves[h]
		if packVec(e.from) < packVec(anchor) {
			anchor = e.from
		}
		if seen := a.stamps[e.group]; seen > 0 {
			a.splitOff(int(seen - 1))
		}
		if e.done {
			break // back at the first half-edge, which has been split off
		}
		e.done = true
		a.walk = append(a.walk, h)
		a.stamps[e.group] = int32(len(a.walk))
		next := a.turn(h^1, -1)
		for !a.border(next, rule) {
			next = a.turn(next, -1)
		}
		h = next
	}
	owner := int32(-1)
	for i := firstLoop; i < len(a.loops); i++ {
		a.loops[i].anchor = anchor
		if a.loops[i].area > 0 {
			owner = int32(i)
		}
	}
	for i := firstLoop; i < len(a.loops); i++ {
		a.loops[i].owner = owner
	}
}

// splitOff makes a loop of the walk from a position on and takes it off.
func (a *Arrangement) splitOff(from int) {
	start := len(a.store)
	for _, h := range a.walk[from:] {
		e := &a.halves[h]
		a.store = append(a.store, e.from)
		a.stamps[e.group] = 0
	}
	a.walk = a.walk[:from]
	a.loops = append(a.loops, loop{
		from: int32(start), to: int32(len(a.store)), area: doubleArea(a.store[start:]), owner: -1,
	})
}

// own gives the holes of inner borders the smallest exterior around them. An
// anchor has nothing of its own connected part to its west, and other parts do
// not touch it, so that encloses is exact.
func (a *Arrangement) own() {
	for i := range a.loops {
		l := &a.loops[i]
		if l.owner >= 0 {
			continue
		}
		for j := range a.loops {
			m := &a.loops[j]
			if m.area > 0 && (l.owner < 0 || m.area < a.loops[l.owner].area) &&
				encloses(a.store[m.from:m.to], l.anchor) {
				l.owner = int32(j)
			}
		}
	}
}
