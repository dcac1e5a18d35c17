package plane

import "github.com/paulmach/orb"

// fanOut is how many boxes make the box above them.
const fanOut = 8

// edges is an index over segments in the order of their lines, as
// geodesy.SegmentIndex is, but of exact boxes in the plane.
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

// meets reports whether a segment meets any of the edges.
func (e *edges) meets(p, q orb.Point) bool {
	if len(e.boxes) == 0 {
		return false
	}
	return e.meetsUnder(len(e.level)-1, len(e.boxes)-1, p, q)
}

func (e *edges) meetsUnder(level, i int, p, q orb.Point) bool {
	if !segmentMeetsBox(p, q, e.boxes[i]) {
		return false
	}
	from, to := e.under(level, i)
	for j := from; j < to; j++ {
		if level == 0 && segmentsMeet(p, q, e.segments[j][0], e.segments[j][1]) || level > 0 && e.meetsUnder(level-1, j, p, q) {
			return true
		}
	}
	return false
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
