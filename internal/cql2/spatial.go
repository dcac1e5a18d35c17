package cql2

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
	"github.com/hanoitwin/hanoitwin/internal/cql2/plane"
)

// spatial is a relation of the feature's geometry to a literal. What cannot be
// told, of polygons that are not valid, is unknown.
type spatial struct {
	relation plane.Relation
	shape    *plane.Shape
	slow     bool // perhaps, on some features
}

// slowFrom is from how many vertices a literal makes even S_INTERSECTS slow, on
// features that have thousands.
const slowFrom = 256

func (s *spatial) test(e *env) truth {
	if s.slow && e.stopped() {
		return unknown
	}
	holds, err := s.shape.Relate(s.relation, e.feature.Geometry())
	if err != nil {
		return unknown
	}
	return truthOf(holds)
}

func relationOf(op expr.Op) plane.Relation {
	switch op {
	case expr.SIntersects:
		return plane.Intersects
	case expr.SDisjoint:
		return plane.Disjoint
	case expr.SEquals:
		return plane.Equals
	case expr.STouches:
		return plane.Touches
	case expr.SCrosses:
		return plane.Crosses
	case expr.SWithin:
		return plane.Within
	case expr.SContains:
		return plane.Contains
	default:
		return plane.Overlaps
	}
}

// spatial compiles a relation of geometries.
func (c *compiler) spatial(e *expr.Operation) condition {
	relation := relationOf(e.Op)
	a, b := c.place(e.Args[0], string(e.Op)), c.place(e.Args[1], string(e.Op))
	switch {
	case a.wrong || b.wrong:
		return condition{p: constant(unknown)}
	case a.shape == nil && b.shape == nil: // of the feature to itself
		return condition{p: constant(truthOf(relation.OfItself()))}
	case a.shape == nil:
	case b.shape == nil: // the literal comes first
		relation, b = relation.Inverse(), a
	default:
		holds, err := b.shape.Relate(relation, a.shape.Geometry())
		if err != nil {
			c.wrong(e, "%v", err)
		}
		return condition{p: constant(truthOf(holds))}
	}
	s := &spatial{relation: relation, shape: b.shape, slow: true}
	cost := costRelation
	if relation == plane.Intersects || relation == plane.Disjoint {
		s.slow, cost = b.shape.Vertices() >= slowFrom, costIntersects
	}
	return condition{p: s, uses: uses{geometry: true}, cost: cost}
}

// place is an operand that is a geometry: a literal, or without a shape, the
// feature's own.
type place struct {
	shape *plane.Shape
	wrong bool // a mistake was noted
}

func (c *compiler) place(e expr.Expr, function string) place {
	switch e := e.(type) {
	case *expr.Property:
		if e.Name == Geometry {
			return place{}
		}
	case *expr.Geometry:
		g, err := c.toLonLat(e.Geometry)
		if err == nil {
			err = plane.Valid(g)
		}
		if err != nil {
			c.wrong(e, "the geometry: %v", err)
			return place{wrong: true}
		}
		return place{shape: plane.Prepare(g)}
	case *expr.BBox:
		s, err := c.box(e)
		if err != nil {
			c.wrong(e, "the box: %v", err)
			return place{wrong: true}
		}
		return place{shape: s}
	case *expr.Function:
		c.unknownFunction(e)
		return place{wrong: true}
	}
	if p, ok := e.(*expr.Property); ok && !c.isQueryable(p.Name) {
		c.unknownProperty(p)
	} else {
		c.wrong(e, "%s compares geometries: the property %s, well-known text or BBOX", function, Geometry)
	}
	return place{wrong: true}
}

// toLonLat converts a literal.
func (c *compiler) toLonLat(g orb.Geometry) (orb.Geometry, error) {
	convert := func(points []orb.Point) error {
		for i := range points {
			p, err := c.point(points[i])
			if err != nil {
				return err
			}
			points[i] = p
		}
		return nil
	}
	g = orb.Clone(g)
	if p, ok := g.(orb.Point); ok {
		return c.point(p)
	}
	return g, eachLine(g, convert)
}

// eachLine calls fn with the points of every part of g, which is no point, in place.
func eachLine(g orb.Geometry, fn func([]orb.Point) error) error {
	switch g := g.(type) {
	case orb.MultiPoint:
		return fn(g)
	case orb.LineString:
		return fn(g)
	case orb.MultiLineString:
		return eachOf(g, fn)
	case orb.Polygon:
		return eachOf(g, fn)
	case orb.MultiPolygon:
		for _, p := range g {
			if err := eachOf(p, fn); err != nil {
				return err
			}
		}
	case orb.Collection:
		return eachMember(g, fn)
	}
	return nil
}

func eachOf[L ~[]orb.Point](lines []L, fn func([]orb.Point) error) error {
	for _, l := range lines {
		if err := fn(l); err != nil {
			return err
		}
	}
	return nil
}

func eachMember(c orb.Collection, fn func([]orb.Point) error) error {
	for i, m := range c {
		p, isPoint := m.(orb.Point)
		if !isPoint {
			if err := eachLine(m, fn); err != nil {
				return err
			}
			continue
		}
		one := []orb.Point{p} // a point is no slice that could change in its place
		if err := fn(one); err != nil {
			return err
		}
		c[i] = one[0]
	}
	return nil
}

// point converts a place and demands that it is on the globe.
func (c *compiler) point(p orb.Point) (orb.Point, error) {
	at := p
	if c.options.ToLonLat != nil {
		at = c.options.ToLonLat(p)
	}
	if !(math.Abs(at[0]) <= 180 && math.Abs(at[1]) <= 90) {
		return at, &outsideError{p}
	}
	return at, nil
}

// outsideError is a position that is not on the globe.
type outsideError struct{ p orb.Point }

func (e *outsideError) Error() string {
	return "the position " + city.Number(e.p[0]).String() + " " + city.Number(e.p[1]).String() +
		" is outside of the coordinate reference system"
}

// boxSteps is into how many edges a side of a box is cut that is bent when it is
// converted: 16 of a box of 50 km in a TM-3 zone are within 1 cm of the arc.
const boxSteps = 16

// box prepares a box. In a projected system it becomes a polygon, whose sides
// follow the lines of constant coordinates.
func (c *compiler) box(b *expr.BBox) (*plane.Shape, error) {
	if c.options.Projected {
		if b.Min[0] > b.Max[0] || b.Min[1] > b.Max[1] {
			return nil, errUpsideDown
		}
		return c.projectedBox(b)
	}
	low, err := c.point(b.Min)
	if err != nil {
		return nil, err
	}
	high, err := c.point(b.Max)
	if err != nil {
		return nil, err
	}
	switch {
	case low[1] > high[1]:
		return nil, errUpsideDown
	case low[0] > high[0]: // across the antimeridian
		return plane.Boxes(orb.Bound{Min: low, Max: orb.Point{180, high[1]}}, orb.Bound{Min: orb.Point{-180, low[1]}, Max: high}), nil
	}
	return plane.Boxes(orb.Bound{Min: low, Max: high}), nil
}

func (c *compiler) projectedBox(b *expr.BBox) (*plane.Shape, error) {
	corners := [...]orb.Point{b.Min, {b.Max[0], b.Min[1]}, b.Max, {b.Min[0], b.Max[1]}, b.Min}
	var ring orb.Ring
	for i, from := range corners[:4] {
		to := corners[i+1]
		for step := range boxSteps {
			t := float64(step) / boxSteps
			at, err := c.point(orb.Point{from[0] + t*(to[0]-from[0]), from[1] + t*(to[1]-from[1])})
			if err != nil {
				return nil, err
			}
			ring = append(ring, at)
		}
	}
	switch {
	case b.Min == b.Max:
		return plane.Prepare(ring[0]), nil
	case b.Min[0] == b.Max[0] || b.Min[1] == b.Max[1]:
		return plane.Prepare(slices.Compact(orb.LineString(ring[:2*boxSteps+1]))), nil
	}
	return plane.Prepare(orb.Polygon{append(ring, ring[0])}), nil
}
