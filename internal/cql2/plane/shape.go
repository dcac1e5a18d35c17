package plane

import (
	"slices"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

// Shape is a geometry made ready for being compared with many others. One
// goroutine at a time may use it.
type Shape struct {
	geometry orb.Geometry
	bound    orb.Bound
	boxes    []orb.Bound // not nil where the shape is nothing but closed boxes
	cover    []orb.Bound // see Cover; nil: not yet made
	lines    edges       // all edges, and the points
	loose    edges       // those that are no edges of polygons
	areas    []edges     // the rings of each Polygon or MultiPolygon
	starts   []orb.Point // a place of each point, line and ring
	// dimension is the largest of the parts, 0 to 2; pure, whether all have it.
	dimension int
	pure      bool

	prepared *geom.PreparedGeometry // made when first needed
	scratch  edges                  // over a big feature
}

// Prepare makes a Shape of a lon/lat geometry, which is kept. Rings must be
// closed, no part may be empty, and the polygons of a MultiPolygon must not
// overlap.
func Prepare(g orb.Geometry) *Shape {
	s := &Shape{geometry: g, bound: g.Bound()}
	s.add(g)
	s.lines.sort()
	s.lines.build()
	s.loose.sort()
	s.loose.build()
	s.dimension, s.pure = dimensions(g)
	return s
}

// Boxes makes the Shape of one or more closed boxes, which may be as narrow as a
// line or a point; they must not overlap. It is the fastest to ask whether it intersects something.
func Boxes(boxes ...orb.Bound) *Shape {
	var all orb.Collection
	for _, b := range boxes {
		all = append(all, boxGeometry(b))
	}
	g := orb.Geometry(all)
	if areas, ok := polygons(all); ok {
		g = areas
	} else if len(all) == 1 {
		g = all[0]
	}
	s := Prepare(g)
	s.boxes = slices.Clone(boxes)
	return s
}

// boxGeometry returns the points of a box.
func boxGeometry(b orb.Bound) orb.Geometry {
	switch {
	case b.Min == b.Max:
		return b.Min
	case b.Min[0] == b.Max[0] || b.Min[1] == b.Max[1]:
		return orb.LineString{b.Min, b.Max}
	}
	return b.ToPolygon()
}

func polygons(all orb.Collection) (orb.MultiPolygon, bool) {
	var areas orb.MultiPolygon
	for _, g := range all {
		p, ok := g.(orb.Polygon)
		if !ok {
			return nil, false
		}
		areas = append(areas, p)
	}
	return areas, true
}

// Geometry returns what the shape was made of; of boxes, polygons.
func (s *Shape) Geometry() orb.Geometry { return s.geometry }

// Vertices returns about how many vertices the shape has.
func (s *Shape) Vertices() int { return len(s.lines.segments) }

// Bound returns the bounds of the shape.
func (s *Shape) Bound() orb.Bound { return s.bound }

// Bounds returns boxes that together hold the shape: its boxes, or its bounds.
// They must not be changed.
func (s *Shape) Bounds() []orb.Bound {
	if s.boxes != nil {
		return s.boxes
	}
	return []orb.Bound{s.bound}
}

func (s *Shape) add(g orb.Geometry) {
	switch g := g.(type) {
	case orb.Point:
		s.line([]orb.Point{g}, &s.loose)
	case orb.MultiPoint:
		for i := range g {
			s.line(g[i:i+1], &s.loose)
		}
	case orb.LineString:
		s.line(g, &s.loose)
	case orb.MultiLineString:
		for _, l := range g {
			s.line(l, &s.loose)
		}
	case orb.Ring:
		s.add(orb.Polygon{g})
	case orb.Polygon:
		s.area(g)
	case orb.MultiPolygon:
		s.area(g...)
	case orb.Collection:
		for _, m := range g {
			s.add(m)
		}
	}
}

// area adds polygons that do not overlap, so that what lies in an odd number of
// their rings lies in one of them.
func (s *Shape) area(polygons ...orb.Polygon) {
	var rings edges
	for _, p := range polygons {
		for _, r := range p {
			s.line(r, &rings)
		}
	}
	rings.sort()
	rings.build()
	s.areas = append(s.areas, rings)
}

// line adds a line, a ring or a point to all edges, and to some of them.
func (s *Shape) line(points []orb.Point, to *edges) {
	s.lines.add(points)
	to.add(points)
	s.starts = append(s.starts, points[0])
}

// Intersects reports whether g, any lon/lat geometry, and the shape have a point
// in common.
func (s *Shape) Intersects(g orb.Geometry) bool {
	switch g := g.(type) {
	case orb.Point:
		return s.bound.Contains(g) && s.covers(g)
	case orb.MultiPoint:
		return slices.ContainsFunc(g, func(p orb.Point) bool { return s.bound.Contains(p) && s.covers(p) })
	case orb.LineString:
		return s.wholeLineMeets(g)
	case orb.MultiLineString:
		return slices.ContainsFunc(g, s.wholeLineMeets)
	case orb.Ring:
		return s.polygonMeets(orb.Polygon{g})
	case orb.Polygon:
		return s.polygonMeets(g)
	case orb.MultiPolygon:
		return slices.ContainsFunc(g, s.polygonMeets)
	case orb.Collection:
		return slices.ContainsFunc(g, s.Intersects)
	}
	return false
}

// covers reports whether p is a point of the shape.
func (s *Shape) covers(p orb.Point) bool {
	if s.boxes != nil {
		for i := range s.boxes {
			if s.boxes[i].Contains(p) {
				return true
			}
		}
		return false
	}
	if !s.bound.Contains(p) {
		return false
	}
	for i := range s.areas {
		if inside, onEdge := s.areas[i].holds(p); inside || onEdge {
			return true
		}
	}
	return s.loose.meets(p, p)
}

// wholeLineMeets: the line lies in the shape, of which its first place tells, or
// an edge of it meets one of the shape.
func (s *Shape) wholeLineMeets(l orb.LineString) bool {
	return len(l) > 0 && (s.covers(l[0]) || s.lineMeets(l))
}

// lineMeets reports whether a line meets an edge or a point of the shape; of
// boxes, whether it meets a box.
func (s *Shape) lineMeets(line []orb.Point) bool {
	if len(line) == 1 {
		return s.covers(line[0])
	}
	for i := 1; i < len(line); i++ {
		p, q := line[i-1], line[i]
		if s.boxes == nil {
			if s.lines.meets(p, q) {
				return true
			}
			continue
		}
		for j := range s.boxes {
			if segmentMeetsBox(p, q, s.boxes[j]) {
				return true
			}
		}
	}
	return false
}

// polygonMeets: the polygon lies in the shape, or edges meet, or a part of the
// shape lies in the polygon; of what lies in something one place tells.
func (s *Shape) polygonMeets(p orb.Polygon) bool {
	if len(p) == 0 || len(p[0]) == 0 || !p[0].Bound().Intersects(s.bound) {
		return false
	}
	if s.covers(p[0][0]) {
		return true
	}
	for _, ring := range p {
		if s.lineMeets(ring) {
			return true
		}
	}
	return s.startsIn(p, false)
}

// manyStarts and manyEdges are from when an index over a feature's polygon is
// worth making.
const manyStarts, manyEdges = 8, 64

// startsIn reports whether a start of the shape lies in a polygon; with all,
// whether all do.
func (s *Shape) startsIn(p orb.Polygon, all bool) bool {
	bound := p[0].Bound()
	indexed := len(s.starts) >= manyStarts && s.index(p) >= manyEdges
	for _, start := range s.starts {
		in := bound.Contains(start)
		if in {
			var onEdge bool
			if indexed {
				in, onEdge = s.scratch.holds(start)
			} else {
				in, onEdge = ringsHold(p, start)
			}
			in = in || onEdge
		}
		if in != all {
			return in
		}
	}
	return all
}

// index makes scratch the index of a feature's lines, and returns the number of
// their edges. The order of a feature's vertices is as good as a sorted one.
func (s *Shape) index(g orb.Geometry) int {
	s.scratch.segments = s.scratch.segments[:0]
	walk(g, func(line []orb.Point) bool { s.scratch.add(line); return false })
	s.scratch.build()
	return len(s.scratch.segments)
}

// dimensions returns the largest dimension of the parts of g, -1 where there are
// none, and whether all have it.
func dimensions(g orb.Geometry) (largest int, pure bool) {
	switch g := g.(type) {
	case orb.Point, orb.MultiPoint:
		return 0, true
	case orb.LineString, orb.MultiLineString:
		return 1, true
	case orb.Ring, orb.Polygon, orb.MultiPolygon:
		return 2, true
	case orb.Collection:
		largest, pure = -1, true
		for _, m := range g {
			d, p := dimensions(m)
			pure = pure && p && (largest < 0 || d == largest)
			largest = max(largest, d)
		}
		return largest, pure
	}
	return -1, true
}
