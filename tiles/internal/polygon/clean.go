package polygon

import (
	"cmp"
	"slices"
)

// Arrangement repairs polygons on the tile's grid, in integers, exactly:
//
//  1. node: cut all edges where they meet. A crossing between grid positions is
//     rounded to the nearest one, which moves the two edges by less than a unit
//     and may make them meet others: repeat until edges meet only at their ends.
//
//  2. merge equal edges, adding up how often they go each way. Edges that
//     cancel, such as those back and forth along the border of the buffer that
//     clipping leaves, vanish.
//
//  3. wind: count for each side of each edge how often exteriors and holes go
//     round it, and so decide which sides are inside.
//
//  4. link: follow the edges between inside and outside with the inside on the
//     left, split the walks where they touch themselves, and give each hole its
//     exterior.
//
//     ┌─────╲    ╱─┐          ┌────╲   ╱─┐
//     │      ╲  ╱  │          │     ╲ ╱  │      a bow-tie becomes two
//     │       ╲╱   │    →     │      •   │      polygons that touch in
//     │       ╱╲   │          │     ╱ ╲  │      a grid position
//     └──────╱  ╲──┘          └────╱   ╲─┘
//
// Each cut shortens what can still cross, and the grid has finitely many
// positions. That the rounds end is nonetheless observed, not proved: real tiles
// take one or two, scribbles of 180 random edges have taken 21. Noding gives up
// after maxRounds, or when one round asks for more than maxCuts: only a scribble
// of thousands of edges all across the tile does, and it must not take all the
// memory. Such a polygon is left out and counted by Encoder.Dropped.
type Arrangement struct {
	spans  []span
	cuts   []cut
	halves []halfEdge
	order  []angular // half-edges by origin, then by angle
	queue  []int32   // of half-edges whose left side is known
	walk   []int32
	stamps []int32 // per origin group: its place on the walk, plus one
	ring   []Vec
	loops  []loop
	store  []Vec // positions of loops
}

const (
	maxRounds = 64
	maxCuts   = 1 << 18 // 8 MiB
)

// fill decides from the two winding numbers of a place whether it is inside.
type fill uint8

const (
	// OddOfHoles: exteriors (lane 0) go round an odd number of times, as in
	// PostGIS's ST_MakeValid, and holes (lane 1) do not go round.
	OddOfHoles fill = iota
	// Union: some exterior, less its holes, goes round. All rings are in lane 0,
	// holes wound the other way.
	Union
)

// lanes are the net numbers of exteriors and holes along an edge or round a
// place.
type lanes [2]int32

func (f fill) inside(w lanes) bool {
	if f == Union {
		return w[0] > 0
	}
	return w[0]&1 != 0 && w[1] == 0
}

// idle reports whether an edge has the same on both sides whatever is there.
func (f fill) idle(w lanes) bool {
	if f == Union {
		return w[0] == 0
	}
	return w[0]&1 == 0 && w[1] == 0
}

// span is an edge from its lesser end (by x, then y) to its greater one. The
// key packs the ends as four 16-bit numbers, ax ay bx by, counted from LowEdge,
// so that sorting by key sorts by position.
type span struct {
	key uint64
	way lanes
}

func packVec(v Vec) uint32 { return uint32(v.X-LowEdge)<<16 | uint32(v.Y-LowEdge) }

func unpackVec(p uint32) Vec { return Vec{int64(p>>16) + LowEdge, int64(p&0xffff) + LowEdge} }

func spanOf(a, b Vec, way lanes) span {
	p, q := packVec(a), packVec(b)
	if p > q {
		p, q = q, p
		way = lanes{-way[0], -way[1]}
	}
	return span{uint64(p)<<32 | uint64(q), way}
}

func (s span) ends() (a, b Vec) { return unpackVec(uint32(s.key >> 32)), unpackVec(uint32(s.key)) }

// cut asks to lead a span through a position.
type cut struct {
	span  int32
	along int64 // how far along the span, to order the cuts of one span
	at    Vec
}

// Clean appends to out the valid polygons that the rings from..to of in cover
// under a fill rule. It reports false, with out unchanged, when noding gives up.
func (a *Arrangement) Clean(out, in *RingList, from, to int, rule fill) bool {
	a.spans = a.spans[:0]
	for i := from; i < to; i++ {
		ring := in.Ring(i)
		way := lanes{1, 0}
		if rule == OddOfHoles && in.Rings[i].Hole {
			// Prepare wound all holes alike, by their whole area: what is left
			// of one in this tile may have its area on the other side.
			way = lanes{0, 1}
		}
		p := ring[len(ring)-1]
		for _, q := range ring {
			a.spans = append(a.spans, spanOf(p, q, way))
			p = q
		}
	}
	if !a.node(rule) {
		return false
	}
	a.wind(rule)
	a.link(out, rule)
	return true
}

// node cuts spans until they meet only at ends.
func (a *Arrangement) node(rule fill) bool {
	for range maxRounds {
		a.merge(rule)
		a.findCuts()
		if len(a.cuts) == 0 {
			return true
		}
		if len(a.cuts) > maxCuts {
			return false
		}
		a.applyCuts()
	}
	return false
}

// merge sorts the spans, adds up equal ones and drops those that do nothing.
func (a *Arrangement) merge(rule fill) {
	slices.SortFunc(a.spans, func(s, t span) int { return cmp.Compare(s.key, t.key) })
	n := 0
	for i := 0; i < len(a.spans); {
		s := a.spans[i]
		for i++; i < len(a.spans) && a.spans[i].key == s.key; i++ {
			s.way[0] += a.spans[i].way[0]
			s.way[1] += a.spans[i].way[1]
		}
		if !rule.idle(s.way) {
			a.spans[n] = s
			n++
		}
	}
	a.spans = a.spans[:n]
}

// findCuts sweeps from west to east over pairs of spans.
func (a *Arrangement) findCuts() {
	a.cuts = a.cuts[:0]
	for i, s := range a.spans {
		if len(a.cuts) > maxCuts {
			return
		}
		p, q := s.ends()
		low, high := min(p.Y, q.Y), max(p.Y, q.Y)
		for j := i + 1; j < len(a.spans); j++ {
			u, v := a.spans[j].ends()
			if u.X > q.X {
				break
			}
			if u.Y > high && v.Y > high || u.Y < low && v.Y < low {
				continue
			}
			a.meet(int32(i), int32(j), p, q, u, v)
		}
	}
}

// meet records the cuts that two spans p–q and u–v need.
func (a *Arrangement) meet(i, j int32, p, q, u, v Vec) {
	du, dv := cross(p, q, u), cross(p, q, v)
	if du > 0 && dv > 0 || du < 0 && dv < 0 {
		return
	}
	dp, dq := cross(u, v, p), cross(u, v, q)
	if dp > 0 && dq > 0 || dp < 0 && dq < 0 {
		return
	}
	if du != 0 && dv != 0 && dp != 0 && dq != 0 {
		// They cross properly at p + (q-p)·dp/(dp-dq), rounded.
		at := Vec{p.X + roundDiv((q.X-p.X)*dp, dp-dq), p.Y + roundDiv((q.Y-p.Y)*dp, dp-dq)}
		a.cutAt(i, p, q, at)
		a.cutAt(j, u, v, at)
		return
	}
	if du == 0 && between(p, q, u) {
		a.cutAt(i, p, q, u)
	}
	if dv == 0 && between(p, q, v) {
		a.cutAt(i, p, q, v)
	}
	if dp == 0 && between(u, v, p) {
		a.cutAt(j, u, v, p)
	}
	if dq == 0 && between(u, v, q) {
		a.cutAt(j, u, v, q)
	}
}

// between reports whether c, on the line ab, lies on the segment.
func between(a, b, c Vec) bool {
	return min(a.X, b.X) <= c.X && c.X <= max(a.X, b.X) && min(a.Y, b.Y) <= c.Y && c.Y <= max(a.Y, b.Y)
}

func (a *Arrangement) cutAt(i int32, p, q, at Vec) {
	if at != p && at != q {
		along := (at.X-p.X)*(q.X-p.X) + (at.Y-p.Y)*(q.Y-p.Y)
		a.cuts = append(a.cuts, cut{i, along, at})
	}
}

// roundDiv divides and rounds to the nearest integer, halves up.
func roundDiv(a, b int64) int64 {
	if b < 0 {
		a, b = -a, -b
	}
	a, b = 2*a+b, 2*b
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// applyCuts replaces each span that has cuts by its pieces.
func (a *Arrangement) applyCuts() {
	slices.SortFunc(a.cuts, func(c, d cut) int {
		return cmp.Or(cmp.Compare(c.span, d.span), cmp.Compare(c.along, d.along),
			cmp.Compare(packVec(c.at), packVec(d.at)))
	})
	for i := 0; i < len(a.cuts); {
		which := a.cuts[i].span
		s := a.spans[which]
		p, q := s.ends()
		for ; i < len(a.cuts) && a.cuts[i].span == which; i++ {
			if at := a.cuts[i].at; at != p {
				a.spans = append(a.spans, spanOf(p, at, s.way))
				p = at
			}
		}
		// The last piece takes the span's place. No cut is at q.
		a.spans[which] = spanOf(p, q, s.way)
	}
}
