package plane

import (
	"fmt"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
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
	if !s.Intersects(g) {
		return false, nil
	}
	if s.contact(g) {
		return s.matrix(r, g)
	}
	// Every part lies inside or outside of what it is compared with as a whole.
	switch r {
	case Within:
		return s.allInside(g), nil
	case Contains:
		return s.inside(g), nil
	case Crosses, Overlaps:
		if s.allInside(g) || s.inside(g) {
			return false, nil
		}
	case Touches, Equals:
		return false, nil
	}
	return s.matrix(r, g)
}

func holds(outer, inner orb.Bound) bool {
	return outer.Contains(inner.Min) && outer.Contains(inner.Max)
}

// contact reports whether an edge or a point of g meets an edge or a point of
// the shape.
func (s *Shape) contact(g orb.Geometry) bool {
	meets := func(line []orb.Point) bool {
		if len(line) == 1 {
			return s.lines.meets(line[0], line[0])
		}
		for i := 1; i < len(line); i++ {
			if s.lines.meets(line[i-1], line[i]) {
				return true
			}
		}
		return false
	}
	return walk(g, meets)
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

// Valid returns what is wrong with the polygons of g by the rules of OGC Simple
// Features, or nil.
func Valid(g orb.Geometry) (err error) {
	defer func() {
		if fault := recover(); fault != nil { // v0.59.0 does where parts touch within the last digits
			err = fmt.Errorf("cannot be told to be valid: %v", fault)
		}
	}()
	switch g := g.(type) {
	case orb.Ring, orb.Polygon, orb.MultiPolygon:
		return toGeom(g).Validate()
	case orb.Collection:
		for _, m := range g {
			if err := Valid(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// toGeom converts a geometry. It copies the coordinates.
func toGeom(g orb.Geometry) geom.Geometry {
	switch g := g.(type) {
	case orb.Point:
		return toPoint(g).AsGeometry()
	case orb.MultiPoint:
		return geom.NewMultiPoint(convert(g, toPoint)).AsGeometry()
	case orb.LineString:
		return toLine(g).AsGeometry()
	case orb.MultiLineString:
		return geom.NewMultiLineString(convert(g, toLine)).AsGeometry()
	case orb.Ring:
		return toPolygon(orb.Polygon{g}).AsGeometry()
	case orb.Polygon:
		return toPolygon(g).AsGeometry()
	case orb.MultiPolygon:
		return geom.NewMultiPolygon(convert(g, toPolygon)).AsGeometry()
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

func toLine(l orb.LineString) geom.LineString {
	flat := make([]float64, 0, 2*len(l))
	for _, p := range l {
		flat = append(flat, p[0], p[1])
	}
	return geom.NewLineString(geom.NewSequence(flat, geom.DimXY))
}

func toPolygon(p orb.Polygon) geom.Polygon {
	return geom.NewPolygon(convert(p, func(r orb.Ring) geom.LineString { return toLine(orb.LineString(r)) }))
}
