package polygon

import "slices"

// Checker decides, exactly, whether snapped rings already form valid polygons,
// which nearly all do. It is stricter than OGC: rings that touch in a single
// point count as unsound too, and the repair gives them back as they are.
type Checker struct {
	edges  []Vec       // a, b pairs, ring after ring
	next   []int32     // by edge, the edge that starts where it ends
	sorted []sweptEdge // by the column of minX
	heads  [columns + 1]int32
	boxes  []ringBox
}

// sweptEdge is the box of an edge, small because the sweep reads little else.
// The buffered tile fits int16.
type sweptEdge struct {
	minX, maxX, minY, maxY int16
	edge                   int32
}

const (
	// pairLimit is the number of edges up to which trying all pairs is faster
	// than sorting: measured on building outlines.
	pairLimit = 16
	// columns of the counting sort by minX, 8 units wide.
	columnShift = 3
	columns     = (HighEdge-LowEdge)>>columnShift + 1
)

// Sound reports whether the rings from..to of a list are valid polygons. The
// rings must be tidied and lie inside the buffered tile.
func (c *Checker) Sound(l *RingList, from, to int) bool {
	if to-from == 1 {
		ring := l.Ring(from)
		if len(ring) == 3 || convex(ring) {
			return true
		}
		if len(ring) <= pairLimit {
			return simplePairs(ring)
		}
		return c.apart(l, from, to)
	}
	return c.apart(l, from, to) && c.nested(l, from, to)
}

// simplePairs tries all pairs of edges that are not neighbours.
func simplePairs(ring []Vec) bool {
	n := len(ring)
	for i := range n - 2 {
		a, b := ring[i], ring[i+1]
		minX, maxX := min(a.X, b.X), max(a.X, b.X)
		minY, maxY := min(a.Y, b.Y), max(a.Y, b.Y)
		last := n
		if i == 0 {
			last = n - 1 // the closing edge is a neighbour of the first
		}
		for j := i + 2; j < last; j++ {
			p, q := ring[j], ring[0]
			if j+1 < n {
				q = ring[j+1]
			}
			if p.X > maxX && q.X > maxX || p.X < minX && q.X < minX ||
				p.Y > maxY && q.Y > maxY || p.Y < minY && q.Y < minY {
				continue
			}
			if touch(a, b, p, q) {
				return false
			}
		}
	}
	return true
}

// touch reports whether two segments whose boxes overlap share a point.
func touch(a, b, p, q Vec) bool {
	d1, d2 := cross(a, b, p), cross(a, b, q)
	if d1 > 0 && d2 > 0 || d1 < 0 && d2 < 0 {
		return false
	}
	d3, d4 := cross(p, q, a), cross(p, q, b)
	return !(d3 > 0 && d4 > 0 || d3 < 0 && d4 < 0)
}

// apart reports whether no two edges share a point, neighbours in a ring aside,
// by a sweep from west to east.
func (c *Checker) apart(l *RingList, from, to int) bool {
	c.load(l, from, to)
	c.sort()
	for i := range c.sorted {
		e := &c.sorted[i]
		// The order is by columns: a later edge may start up to one column
		// further west than its place says, so look on to the column's end.
		limit := e.maxX | (1<<columnShift - 1)
		for j := i + 1; j < len(c.sorted); j++ {
			f := &c.sorted[j]
			if f.minX > limit {
				break
			}
			if f.minX > e.maxX || f.maxX < e.minX || f.minY > e.maxY || f.maxY < e.minY {
				continue
			}
			if c.next[e.edge] == f.edge || c.next[f.edge] == e.edge {
				continue
			}
			p, q := c.edges[2*e.edge:], c.edges[2*f.edge:]
			if touch(p[0], p[1], q[0], q[1]) {
				return false
			}
		}
	}
	return true
}

func (c *Checker) load(l *RingList, from, to int) {
	c.edges, c.next = c.edges[:0], c.next[:0]
	for i := from; i < to; i++ {
		ring := l.Ring(i)
		first := int32(len(c.next))
		for j := range ring[1:] {
			c.edges = append(c.edges, ring[j], ring[j+1])
			c.next = append(c.next, int32(len(c.next))+1)
		}
		c.edges = append(c.edges, ring[len(ring)-1], ring[0])
		c.next = append(c.next, first)
	}
}

// sort orders the edges' boxes by the column of their minX.
func (c *Checker) sort() {
	n := len(c.next)
	c.sorted = slices.Grow(c.sorted[:0], n)[:n]
	clear(c.heads[:])
	for i := range n {
		c.heads[column(c.edges[2*i], c.edges[2*i+1])+1]++
	}
	for i := 1; i < len(c.heads); i++ {
		c.heads[i] += c.heads[i-1]
	}
	for i := range n {
		a, b := c.edges[2*i], c.edges[2*i+1]
		head := &c.heads[column(a, b)]
		c.sorted[*head] = sweptEdge{
			int16(min(a.X, b.X) - LowEdge), int16(max(a.X, b.X) - LowEdge),
			int16(min(a.Y, b.Y)), int16(max(a.Y, b.Y)), int32(i),
		}
		*head++
	}
}

func column(a, b Vec) int64 { return (min(a.X, b.X) - LowEdge) >> columnShift }

// ringBox is the box of a ring.
type ringBox struct{ minX, minY, maxX, maxY int64 }

func (b *ringBox) within(o *ringBox) bool {
	return b.minX >= o.minX && b.maxX <= o.maxX && b.minY >= o.minY && b.maxY <= o.maxY
}

// nested reports, of rings that are apart, whether each hole lies in its
// exterior and in no other hole, and no polygon lies inside another. One vertex
// decides where a ring lies, since rings do not touch.
func (c *Checker) nested(l *RingList, from, to int) bool {
	c.boxes = c.boxes[:0]
	for i := from; i < to; i++ {
		c.boxes = append(c.boxes, boxOf(l.Ring(i)))
	}
	inside := func(i, j int) bool {
		return c.boxes[i-from].within(&c.boxes[j-from]) && encloses(l.Ring(j), l.Ring(i)[0])
	}
	for ext := from; ext < to; {
		end := min(l.PolygonEnd(ext), to)
		for hole := ext + 1; hole < end; hole++ {
			if !inside(hole, ext) {
				return false
			}
			for other := ext + 1; other < end; other++ {
				if other != hole && inside(hole, other) {
					return false
				}
			}
		}
		for other := from; other < to; other = min(l.PolygonEnd(other), to) {
			if other != ext && inside(other, ext) && !c.inHole(inside, other, ext, end) {
				return false
			}
		}
		ext = end
	}
	return true
}

// inHole reports whether ring i lies in a hole of the polygon ext..end.
func (c *Checker) inHole(inside func(i, j int) bool, i, ext, end int) bool {
	for hole := ext + 1; hole < end; hole++ {
		if inside(i, hole) {
			return true
		}
	}
	return false
}

func boxOf(ring []Vec) ringBox {
	b := ringBox{ring[0].X, ring[0].Y, ring[0].X, ring[0].Y}
	for _, p := range ring[1:] {
		b.minX, b.maxX = min(b.minX, p.X), max(b.maxX, p.X)
		b.minY, b.maxY = min(b.minY, p.Y), max(b.maxY, p.Y)
	}
	return b
}
