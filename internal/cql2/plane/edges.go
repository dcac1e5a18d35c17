package plane

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// fanOut is how many boxes make the box above them.
const fanOut = 8

// edges is an index over segments: boxes of runs of them, and boxes of boxes, as
// geodesy.SegmentIndex is, but exact and in the plane.
type edges struct {
	segments [][2]orb.Point
	boxes    []orb.Bound // of fanOut segments, then of fanOut boxes each, …, up to one
	level    []int       // where each level begins in boxes
}

// add appends the segments of a line; of a single point, the point.
func (e *edges) add(line []orb.Point) {
	if len(line) == 1 {
		e.segments = append(e.segments, [2]orb.Point{line[0], line[0]})
	}
	for i := 1; i < len(line); i++ {
		e.segments = append(e.segments, [2]orb.Point{line[i-1], line[i]})
	}
}

// sort brings segments that lie together near each other, along a Z-order curve:
// members of a literal may come in any order, and so may the vertices of a line
// that somebody made to be slow.
func (e *edges) sort() {
	if len(e.segments) <= fanOut {
		return
	}
	b := orb.Bound{Min: e.segments[0][0], Max: e.segments[0][0]}
	for i := range e.segments {
		b = b.Extend(e.segments[i][0]).Extend(e.segments[i][1])
	}
	scale := math.MaxUint16 / max(b.Max[0]-b.Min[0], b.Max[1]-b.Min[1], math.SmallestNonzeroFloat32)
	place := func(s [2]orb.Point) uint64 {
		x, y := (s[0][0]+s[1][0])/2-b.Min[0], (s[0][1]+s[1][1])/2-b.Min[1]
		return spread(uint64(x*scale)) | spread(uint64(y*scale))<<1
	}
	slices.SortStableFunc(e.segments, func(s, t [2]orb.Point) int { return cmp.Compare(place(s), place(t)) })
}

// spread puts 16 bits into every second of 32.
func spread(v uint64) uint64 {
	v = (v | v<<8) & 0x00ff00ff
	v = (v | v<<4) & 0x0f0f0f0f
	v = (v | v<<2) & 0x33333333
	return (v | v<<1) & 0x55555555
}

// build makes the boxes, after the last add.
func (e *edges) build() {
	e.boxes, e.level = e.boxes[:0], append(e.level[:0], 0)
	for i := 0; i < len(e.segments); i += fanOut {
		b := orb.Bound{Min: e.segments[i][0], Max: e.segments[i][0]}
		for _, s := range e.segments[i:min(i+fanOut, len(e.segments))] {
			b = b.Extend(s[0]).Extend(s[1])
		}
		e.boxes = append(e.boxes, b)
	}
	for start := 0; len(e.boxes)-start > 1; {
		end := len(e.boxes)
		e.level = append(e.level, end)
		for i := start; i < end; i += fanOut {
			b := e.boxes[i]
			for _, o := range e.boxes[i+1 : min(i+fanOut, end)] {
				b = b.Union(o)
			}
			e.boxes = append(e.boxes, b)
		}
		start = end
	}
}

// under returns the range of boxes, or at the lowest level of segments, under
// box i of a level.
func (e *edges) under(level, i int) (from, to int) {
	n := (i - e.level[level]) * fanOut
	if level == 0 {
		return n, min(n+fanOut, len(e.segments))
	}
	n += e.level[level-1]
	return n, min(n+fanOut, e.level[level])
}

// contact is how a geometry meets edges.
type contact uint8

const (
	apart    contact = iota
	touching         // at an end, or along a line
	crossing         // a segment passes from one side of an edge to the other
)

// meets reports whether a segment meets any of the edges.
func (e *edges) meets(p, q orb.Point) bool { return e.contact(p, q, touching) != apart }

// contact returns how a segment meets the edges; it looks no further than for
// enough.
func (e *edges) contact(p, q orb.Point, enough contact) contact {
	if len(e.boxes) == 0 {
		return apart
	}
	return e.contactUnder(len(e.level)-1, len(e.boxes)-1, p, q, enough)
}

func (e *edges) contactUnder(level, i int, p, q orb.Point, enough contact) contact {
	most := apart
	if !segmentMeetsBox(p, q, e.boxes[i]) {
		return most
	}
	from, to := e.under(level, i)
	for j := from; j < to && most < enough; j++ {
		if level > 0 {
			most = max(most, e.contactUnder(level-1, j, p, q, enough))
		} else {
			most = max(most, segmentContact(p, q, e.segments[j][0], e.segments[j][1]))
		}
	}
	return most
}

// holds tells where p lies to rings: on one of the edges, or inside an odd
// number of them.
func (e *edges) holds(p orb.Point) (inside, onEdge bool) {
	if len(e.boxes) == 0 {
		return false, false
	}
	c := caster{edges: e, p: p}
	c.cast(len(e.level)-1, len(e.boxes)-1)
	return c.odd && !c.on, c.on
}

// caster follows a ray from p to the east.
type caster struct {
	*edges
	p       orb.Point
	odd, on bool
}

func (c *caster) cast(level, i int) {
	if b := &c.boxes[i]; c.on || b.Min[1] > c.p[1] || b.Max[1] < c.p[1] || b.Max[0] < c.p[0] {
		return
	}
	from, to := c.under(level, i)
	for j := from; j < to; j++ {
		if level > 0 {
			c.cast(level-1, j)
			continue
		}
		switch ray(c.p, c.segments[j][0], c.segments[j][1]) {
		case crossed:
			c.odd = !c.odd
		case on:
			c.on = true
		}
	}
}

// ringsHold is edges.holds without an index.
func ringsHold(rings orb.Polygon, p orb.Point) (inside, onEdge bool) {
	for _, ring := range rings {
		for i := 1; i < len(ring); i++ {
			switch ray(p, ring[i-1], ring[i]) {
			case crossed:
				inside = !inside
			case on:
				return false, true
			}
		}
	}
	return inside, false
}
