package bbox

import "github.com/paulmach/orb"

// Meets reports whether g, in longitude and latitude, has a point in common with
// the box, holes respected. Edges are straight in the box's own system.
func (b *Box) Meets(g orb.Geometry) bool {
	if b.plane != nil {
		there, err := b.plane.converter.Out(g)
		return err == nil && meets(there, b.plane.bound)
	}
	for _, half := range b.Bounds() {
		if meets(g, half) {
			return true
		}
	}
	return false
}

// Exact reports whether Bounds are the box itself, which they are in longitude and
// latitude.
func (b *Box) Exact() bool { return b.plane == nil }

// meets reports whether g and the closed box b have a point in common, holes
// respected, in the plane of longitude and latitude, as OGC API Features
// defines bbox. b must not cross the antimeridian: ask for its two halves.
func meets(g orb.Geometry, b orb.Bound) bool {
	switch g := g.(type) {
	case orb.Point:
		return b.Contains(g)
	case orb.MultiPoint:
		return anyOf(g, func(p orb.Point) bool { return b.Contains(p) })
	case orb.LineString:
		return lineMeets(g, b)
	case orb.MultiLineString:
		return anyOf(g, func(l orb.LineString) bool { return lineMeets(l, b) })
	case orb.Ring:
		return polygonMeets(orb.Polygon{g}, b)
	case orb.Polygon:
		return polygonMeets(g, b)
	case orb.MultiPolygon:
		return anyOf(g, func(p orb.Polygon) bool { return polygonMeets(p, b) })
	case orb.Collection:
		return anyOf(g, func(member orb.Geometry) bool { return meets(member, b) })
	default:
		return false
	}
}

func anyOf[T any](list []T, holds func(T) bool) bool {
	for _, member := range list {
		if holds(member) {
			return true
		}
	}
	return false
}

func lineMeets[L ~[]orb.Point](line L, b orb.Bound) bool {
	if len(line) == 1 {
		return b.Contains(line[0])
	}
	for i := 1; i < len(line); i++ {
		if segmentMeets(line[i-1], line[i], b) {
			return true
		}
	}
	return false
}

// polygonMeets: either a ring crosses the box, or the box lies wholly inside
// or outside of the polygon, and then one corner tells which.
func polygonMeets(p orb.Polygon, b orb.Bound) bool {
	inside := false
	for _, ring := range p {
		if lineMeets(ring, b) {
			return true
		}
		inside = inside != ringHolds(ring, b.Min)
	}
	return inside
}

// ringHolds counts the edges that a ray from p to the east crosses. p is not
// on the ring.
func ringHolds(ring orb.Ring, p orb.Point) bool {
	inside := false
	for i := 1; i < len(ring); i++ {
		a, c := ring[i-1], ring[i]
		if (a[1] > p[1]) != (c[1] > p[1]) &&
			p[0] < (c[0]-a[0])*(p[1]-a[1])/(c[1]-a[1])+a[0] {
			inside = !inside
		}
	}
	return inside
}

// segmentMeets is the separating axis test of a segment and a box: they are
// apart if a line parallel to a side, or to the segment, separates them.
func segmentMeets(p, q orb.Point, b orb.Bound) bool {
	if max(p[0], q[0]) < b.Min[0] || min(p[0], q[0]) > b.Max[0] ||
		max(p[1], q[1]) < b.Min[1] || min(p[1], q[1]) > b.Max[1] {
		return false
	}
	if b.Contains(p) || b.Contains(q) {
		return true
	}
	// On which sides of the segment's line do the corners lie?
	dx, dy := q[0]-p[0], q[1]-p[1]
	side := func(x, y float64) float64 { return dx*(y-p[1]) - dy*(x-p[0]) }
	s1 := side(b.Min[0], b.Min[1])
	s2 := side(b.Max[0], b.Min[1])
	s3 := side(b.Max[0], b.Max[1])
	s4 := side(b.Min[0], b.Max[1])
	return min(s1, s2, s3, s4) <= 0 && max(s1, s2, s3, s4) >= 0
}
