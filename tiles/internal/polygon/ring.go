package polygon

// ringSpan is one ring of a RingList.
type ringSpan struct {
	from, to int32 // positions, the closing one left out
	Hole     bool
}

// RingList is a sequence of polygons: each exterior is followed by its holes.
type RingList struct {
	pts   []Vec
	Rings []ringSpan
}

// Reset empties the list and keeps its room.
func (l *RingList) Reset() { l.pts, l.Rings = l.pts[:0], l.Rings[:0] }

// Add appends a ring, whose positions it copies.
func (l *RingList) Add(pts []Vec, hole bool) {
	from := len(l.pts)
	l.pts = append(l.pts, pts...)
	l.Rings = append(l.Rings, ringSpan{int32(from), int32(len(l.pts)), hole})
}

// Ring returns the positions of a ring, which lie in the list.
func (l *RingList) Ring(i int) []Vec { return l.pts[l.Rings[i].from:l.Rings[i].to] }

// PolygonEnd returns the index after the last hole of the polygon whose
// exterior is ring i.
func (l *RingList) PolygonEnd(i int) int {
	for i++; i < len(l.Rings) && l.Rings[i].Hole; i++ {
	}
	return i
}

// TidyRing drops, in place, repeats, vertices on a straight edge and spikes
// (out and back along one line), until none is left. The enclosed area does not
// change. Fewer than three positions mean that nothing is enclosed.
func TidyRing(pts []Vec) []Vec {
	n := 0
	for _, p := range pts {
		for n > 1 && cross(pts[n-2], pts[n-1], p) == 0 {
			n--
		}
		if n > 0 && pts[n-1] == p {
			continue
		}
		pts[n] = p
		n++
	}
	pts = pts[:n]
	for len(pts) > 2 {
		last := len(pts) - 1
		switch {
		case pts[last] == pts[0], cross(pts[last-1], pts[last], pts[0]) == 0:
			pts = pts[:last]
		case cross(pts[last], pts[0], pts[1]) == 0:
			pts = pts[1:]
		default:
			return pts
		}
	}
	return pts[:0]
}

// cross is twice the area of the triangle abc: positive when c lies to the
// right of a→b as drawn (y down), 0 when the three are on one line.
func cross(a, b, c Vec) int64 {
	return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X)
}

// doubleArea is twice the ring's area by the surveyor's formula; positive is
// the winding of an exterior ring in MVT 2.1 §4.3.4.4.
func doubleArea(pts []Vec) int64 {
	var sum int64
	a := pts[len(pts)-1]
	for _, b := range pts {
		sum += a.X*b.Y - b.X*a.Y
		a = b
	}
	return sum
}

// Wind turns the ring the way MVT wants it.
func Wind(pts []Vec, hole bool) {
	if (doubleArea(pts) < 0) != hole {
		for i, j := 0, len(pts)-1; i < j; i, j = i+1, j-1 {
			pts[i], pts[j] = pts[j], pts[i]
		}
	}
}

// convex reports whether a tidied ring turns one way only and goes round once:
// such a ring is simple, without further checks.
func convex(pts []Vec) bool {
	n := len(pts)
	a, b := pts[n-2], pts[n-1]
	turns, way := 0, b.X > a.X || b.X == a.X && b.Y > a.Y
	positive := cross(a, b, pts[0]) > 0
	for _, c := range pts {
		if (cross(a, b, c) > 0) != positive {
			return false
		}
		// Going round once changes between eastward and westward twice.
		east := c.X > b.X || c.X == b.X && c.Y > b.Y
		if east != way {
			turns++
			way = east
		}
		a, b = b, c
	}
	return turns <= 2
}

// encloses reports whether the ring has p strictly inside, by the parity of
// the edges that a ray to the west crosses. A p on the ring may go either way,
// except that a p with nothing of the ring to its west is always outside.
func encloses(ring []Vec, p Vec) bool {
	inside := false
	a := ring[len(ring)-1]
	for _, b := range ring {
		if (a.Y > p.Y) != (b.Y > p.Y) {
			side := cross(a, b, p)
			if side != 0 && (side > 0) == (b.Y < a.Y) {
				inside = !inside
			}
		}
		a = b
	}
	return inside
}
