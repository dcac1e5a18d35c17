package tiles

// ringSpan is one ring of a ringList.
type ringSpan struct {
	from, to int32 // positions, the closing one left out
	hole     bool
}

// ringList is a sequence of polygons: each exterior is followed by its holes.
type ringList struct {
	pts   []vec
	rings []ringSpan
}

func (l *ringList) reset() { l.pts, l.rings = l.pts[:0], l.rings[:0] }

func (l *ringList) add(pts []vec, hole bool) {
	from := len(l.pts)
	l.pts = append(l.pts, pts...)
	l.rings = append(l.rings, ringSpan{int32(from), int32(len(l.pts)), hole})
}

func (l *ringList) ring(i int) []vec { return l.pts[l.rings[i].from:l.rings[i].to] }

// polygonEnd returns the index after the last hole of the polygon whose
// exterior is ring i.
func (l *ringList) polygonEnd(i int) int {
	for i++; i < len(l.rings) && l.rings[i].hole; i++ {
	}
	return i
}

// tidyRing drops, in place, repeats, vertices on a straight edge and spikes
// (out and back along one line), until none is left. The enclosed area does not
// change. Fewer than three positions mean that nothing is enclosed.
func tidyRing(pts []vec) []vec {
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
func cross(a, b, c vec) int64 {
	return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x)
}

// doubleArea is twice the ring's area by the surveyor's formula; positive is
// the winding of an exterior ring in MVT 2.1 §4.3.4.4.
func doubleArea(pts []vec) int64 {
	var sum int64
	a := pts[len(pts)-1]
	for _, b := range pts {
		sum += a.x*b.y - b.x*a.y
		a = b
	}
	return sum
}

// wind turns the ring the way MVT wants it.
func wind(pts []vec, hole bool) {
	if (doubleArea(pts) < 0) != hole {
		for i, j := 0, len(pts)-1; i < j; i, j = i+1, j-1 {
			pts[i], pts[j] = pts[j], pts[i]
		}
	}
}

// convex reports whether a tidied ring turns one way only and goes round once:
// such a ring is simple, without further checks.
func convex(pts []vec) bool {
	n := len(pts)
	a, b := pts[n-2], pts[n-1]
	turns, way := 0, b.x > a.x || b.x == a.x && b.y > a.y
	positive := cross(a, b, pts[0]) > 0
	for _, c := range pts {
		if (cross(a, b, c) > 0) != positive {
			return false
		}
		// Going round once changes between eastward and westward twice.
		east := c.x > b.x || c.x == b.x && c.y > b.y
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
func encloses(ring []vec, p vec) bool {
	inside := false
	a := ring[len(ring)-1]
	for _, b := range ring {
		if (a.y > p.y) != (b.y > p.y) {
			side := cross(a, b, p)
			if side != 0 && (side > 0) == (b.y < a.y) {
				inside = !inside
			}
		}
		a = b
	}
	return inside
}
