package plane

import (
	"fmt"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"github.com/hanoitwin/hanoitwin/internal/simplegeom"
)

// Relation is a relation of two geometries, the first being a feature's and the
// second a Shape.
type Relation uint8

// The relations of OGC Simple Features (06-103r4, 6.1.15).
const (
	Intersects Relation = iota
	Disjoint
	Equals
	Touches
	Crosses
	Within
	Contains
	Overlaps
)

// Inverse returns the relation of b to a that is r of a to b.
func (r Relation) Inverse() Relation {
	switch r {
	case Within:
		return Contains
	case Contains:
		return Within
	default:
		return r
	}
}

// OfItself reports whether a geometry has the relation to itself.
func (r Relation) OfItself() bool {
	return r == Intersects || r == Equals || r == Within || r == Contains
}

// Relate reports whether g has the relation to the shape: whether g is within
// it, for one. The error says why that cannot be told, which happens only to
// polygons that are not valid.
//
// It takes microseconds where boundaries are apart or cross; where they only
// touch it may take a millisecond for each 1,000 vertices of both, and allocates.
func (s *Shape) Relate(r Relation, g orb.Geometry) (bool, error) {
	switch r {
	case Intersects:
		return s.Intersects(g), nil
	case Disjoint:
		return !s.Intersects(g), nil
	}
	b := g.Bound()
	if !b.Intersects(s.bound) ||
		r == Equals && b != s.bound ||
		r == Within && !holds(s.bound, b) ||
		r == Contains && !holds(b, s.bound) {
		return false, nil
	}
	d, pure := dimensions(g)
	if !possible(r, d, s.dimension) || !s.Intersects(g) {
		return false, nil
	}
	met := s.contact(g)
	if met == apart {
		if holds, known := s.wholeParts(r, g); known {
			return holds, nil
		}
	}
	if pure && s.pure && max(d, s.dimension) == 2 {
		if holds, known := s.byVertices(r, g, d, met); known {
			return holds, nil
		}
	}
	return s.matrix(r, g)
}

func holds(outer, inner orb.Bound) bool {
	return outer.Contains(inner.Min) && outer.Contains(inner.Max)
}

// possible reports whether geometries of the dimensions can have the relation.
func possible(r Relation, of, to int) bool {
	switch r {
	case Equals, Overlaps:
		return of == to
	case Within:
		return of <= to
	case Contains:
		return of >= to
	case Crosses:
		return of != to || of == 1
	default:
		return of > 0 || to > 0
	}
}

// contact returns how edges and points of g meet edges and points of the shape.
func (s *Shape) contact(g orb.Geometry) contact {
	most := apart
	walk(g, func(line []orb.Point) bool {
		if len(line) == 1 {
			most = max(most, s.lines.contact(line[0], line[0], touching))
		}
		for i := 1; i < len(line) && most < crossing; i++ {
			most = max(most, s.lines.contact(line[i-1], line[i], crossing))
		}
		return most == crossing
	})
	return most
}

// wholeParts decides where there is no contact: every part lies inside or outside
// of what it is compared with as a whole.
func (s *Shape) wholeParts(r Relation, g orb.Geometry) (holds, known bool) {
	switch r {
	case Within:
		return s.allInside(g), true
	case Contains:
		return s.inside(g), true
	case Crosses, Overlaps:
		return false, s.allInside(g) || s.inside(g)
	default: // touches, equals
		return false, true
	}
}

// byVertices decides where one of the two is nothing but areas and the other is of
// one dimension; that of g is d. What it does not know hangs on how boundaries
// touch.
//
// A vertex strictly inside an area has a neighbourhood there, into which the
// interior of its own geometry reaches; outside of one likewise. And an edge that
// crosses a boundary has points on both sides of it, one of which is inside.
//
//	       │ boundary        interiors meet where a vertex is inside
//	  ●────┼─────○           or an edge crosses
//	inside │  outside
func (s *Shape) byVertices(r Relation, g orb.Geometry, d int, met contact) (holds, known bool) {
	var ofG, ofS positions // of the vertices of g to the shape, and the other way
	if s.dimension == 2 {
		ofG = s.positionsOf(g)
	}
	if d == 2 && (s.dimension == 0 || !ofG.inside || !ofG.outside) {
		s.index(g)
		ofS = s.positionsIn()
	}
	switch {
	case d == 0:
		return ofPoints(r, Within, ofG), true
	case s.dimension == 0:
		return ofPoints(r, Contains, ofS), true
	}
	meet := ofG.inside || ofS.inside || met == crossing
	// Some of g is outside of the shape; and the other way.
	gOut := ofG.outside || d > s.dimension || ofS.inside && s.dimension == 2
	sOut := ofS.outside || s.dimension > d || ofG.inside && d == 2
	switch r {
	case Touches:
		return false, meet
	case Within:
		return false, gOut
	case Contains:
		return false, sOut
	case Equals:
		return false, gOut || sOut
	default: // crosses, overlaps: each has what the other has not
		return true, meet && gOut && sOut
	}
}

// ofPoints decides a relation between points and an area, the points being the
// first where all is Within and the second where it is Contains.
func ofPoints(r, all Relation, of positions) bool {
	switch r {
	case all:
		return of.inside && !of.outside
	case Touches:
		return !of.inside
	case Crosses:
		return of.inside && of.outside
	}
	return false
}

// positions tells where some points lie to areas; those on a boundary are neither.
type positions struct{ inside, outside bool }

func (p *positions) add(inside, onEdge bool) {
	p.inside = p.inside || inside && !onEdge
	p.outside = p.outside || !inside && !onEdge
}

func (p *positions) both() bool { return p.inside && p.outside }

// positionsOf tells where the vertices of g lie to the shape's areas.
func (s *Shape) positionsOf(g orb.Geometry) (p positions) {
	walk(g, func(line []orb.Point) bool {
		for _, v := range line {
			if p.add(s.where(v)); p.both() {
				return true
			}
		}
		return false
	})
	return p
}

// where tells whether v lies inside one of the shape's areas, or on the edge of one.
func (s *Shape) where(v orb.Point) (inside, onEdge bool) {
	if !s.bound.Contains(v) {
		return false, false
	}
	for i := range s.areas {
		in, on := s.areas[i].holds(v)
		inside, onEdge = inside || in, onEdge || on
	}
	return inside, onEdge
}

// positionsIn tells where the vertices of the shape lie to the areas in scratch.
func (s *Shape) positionsIn() (p positions) {
	for i := range s.lines.segments {
		for _, v := range s.lines.segments[i] {
			if p.add(s.scratch.holds(v)); p.both() {
				return p
			}
		}
	}
	return p
}

// walk calls fn with the lines, rings and points of g, but for empty ones, until
// it returns true.
func walk(g orb.Geometry, fn func([]orb.Point) bool) bool {
	switch g := g.(type) {
	case orb.Point:
		return fn([]orb.Point{g})
	case orb.MultiPoint:
		for i := range g {
			if fn(g[i : i+1]) {
				return true
			}
		}
	case orb.LineString:
		return len(g) > 0 && fn(g)
	case orb.MultiLineString:
		for _, l := range g {
			if len(l) > 0 && fn(l) {
				return true
			}
		}
	case orb.Ring:
		return len(g) > 0 && fn(g)
	case orb.Polygon:
		for _, r := range g {
			if len(r) > 0 && fn(r) {
				return true
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			if walk(p, fn) {
				return true
			}
		}
	case orb.Collection:
		for _, m := range g {
			if walk(m, fn) {
				return true
			}
		}
	}
	return false
}

// allInside reports, where there is no contact, whether g lies in the shape's
// polygons: all its parts begin there, and no ring of the shape lies in g.
func (s *Shape) allInside(g orb.Geometry) bool {
	if len(s.areas) == 0 {
		return false
	}
	outside := walk(g, func(line []orb.Point) bool { return !s.covers(line[0]) })
	return !outside && !eachPolygon(g, func(p orb.Polygon) bool { return s.startsIn(p, false) })
}

// inside reports, where there is no contact, whether the shape lies in g's
// polygons: all its parts begin there, and no ring of g lies in the shape.
func (s *Shape) inside(g orb.Geometry) bool {
	if p, single := g.(orb.Polygon); single && !s.startsIn(p, true) {
		return false
	} else if !single && !s.insideOneOf(g) {
		return false
	}
	return !eachPolygon(g, func(p orb.Polygon) bool {
		return walk(p, func(ring []orb.Point) bool { return s.covers(ring[0]) })
	})
}

func (s *Shape) insideOneOf(g orb.Geometry) bool {
	for _, start := range s.starts {
		if !eachPolygon(g, func(p orb.Polygon) bool { in, _ := ringsHold(p, start); return in }) {
			return false
		}
	}
	return true
}

// eachPolygon calls fn with the polygons of g until it returns true.
func eachPolygon(g orb.Geometry, fn func(orb.Polygon) bool) bool {
	switch g := g.(type) {
	case orb.Ring:
		return fn(orb.Polygon{g})
	case orb.Polygon:
		return len(g) > 0 && fn(g)
	case orb.MultiPolygon:
		for _, p := range g {
			if len(p) > 0 && fn(p) {
				return true
			}
		}
	case orb.Collection:
		for _, m := range g {
			if eachPolygon(m, fn) {
				return true
			}
		}
	}
	return false
}

// matrix asks simplefeatures, which tells by the intersection matrix (DE-9IM).
// Only whether a polygon holds something is asked of a prepared geometry: it
// answers the others, of collections, by an older way that errs (v0.59.0).
func (s *Shape) matrix(r Relation, g orb.Geometry) (holds bool, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			holds, err = false, fmt.Errorf("relation of geometries: %v", fault)
		}
	}()
	a, b := toGeom(g), toGeom(s.geometry)
	switch r {
	case Touches:
		return geom.Touches(a, b)
	case Crosses:
		return geom.Crosses(a, b)
	case Contains:
		return geom.Contains(a, b)
	case Overlaps:
		return geom.Overlaps(a, b)
	case Equals:
		return geom.Equals(a, b)
	}
	if _, collection := s.geometry.(orb.Collection); collection || len(s.areas) == 0 {
		return geom.Within(a, b)
	}
	if s.prepared == nil {
		p, err := geom.Prepare(b)
		if err != nil {
			return false, fmt.Errorf("prepare a geometry: %w", err)
		}
		s.prepared = &p
	}
	return s.prepared.Contains(a)
}

// toGeom converts a geometry. It copies the coordinates.
func toGeom(g orb.Geometry) geom.Geometry {
	switch g := g.(type) {
	case orb.Point:
		return toPoint(g).AsGeometry()
	case orb.MultiPoint:
		return geom.NewMultiPoint(convert(g, toPoint)).AsGeometry()
	case orb.LineString:
		return simplegeom.Line(g).AsGeometry()
	case orb.MultiLineString:
		return geom.NewMultiLineString(convert(g, simplegeom.Line[orb.LineString])).AsGeometry()
	case orb.Ring:
		return simplegeom.Polygon(orb.Polygon{g}).AsGeometry()
	case orb.Polygon:
		return simplegeom.Polygon(g).AsGeometry()
	case orb.MultiPolygon:
		return simplegeom.MultiPolygon(g).AsGeometry()
	case orb.Collection:
		return geom.NewGeometryCollection(convert(g, toGeom)).AsGeometry()
	}
	return geom.Geometry{}
}

func convert[A, B any, S ~[]A](all S, one func(A) B) []B {
	converted := make([]B, len(all))
	for i, a := range all {
		converted[i] = one(a)
	}
	return converted
}

func toPoint(p orb.Point) geom.Point { return geom.XY{X: p[0], Y: p[1]}.AsPoint() }
