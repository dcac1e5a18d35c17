package expr

import (
	"fmt"
	"strings"

	"github.com/paulmach/orb"
)

// isGeometry reports whether name begins a geometry in text.
func isGeometry(name string) bool {
	switch strings.ToUpper(name) {
	case "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION":
		return true
	}
	return false
}

// geometry reads a geometry in well-known text (06-103r4, clause 7).
func (p *parser) geometry() (Expr, error) {
	n, err := p.here()
	if err != nil {
		return nil, err
	}
	g, err := p.tagged()
	if err != nil {
		return nil, err
	}
	return &Geometry{n, g}, nil
}

// tagged reads the name of a type and what follows.
func (p *parser) tagged() (orb.Geometry, error) {
	place := Place{Column: p.peek().column}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	kind := strings.ToUpper(p.take().text)
	height := p.acceptWord("Z")
	var g orb.Geometry
	var err error
	switch kind {
	case "POINT":
		var points []orb.Point
		if points, err = p.positions(height); err == nil {
			if len(points) != 1 {
				return nil, &Error{Place: place, Detail: fmt.Sprintf("a point has one position, not %d", len(points))}
			}
			g = points[0]
		}
	case "LINESTRING":
		g, err = positionsAs[orb.LineString](p, height)
	case "POLYGON":
		g, err = p.polygon(height)
	case "MULTIPOINT":
		g, err = p.multiPoint(height)
	case "MULTILINESTRING":
		g, err = group[orb.MultiLineString](p, func() (orb.LineString, error) { return positionsAs[orb.LineString](p, height) })
	case "MULTIPOLYGON":
		g, err = group[orb.MultiPolygon](p, func() (orb.Polygon, error) { return p.polygon(height) })
	default:
		g, err = group[orb.Collection](p, func() (orb.Geometry, error) {
			if t := p.peek(); t.kind != tokenName || !isGeometry(t.text) {
				return nil, p.unexpected("a geometry")
			}
			return p.tagged()
		})
	}
	if err != nil {
		return nil, err
	}
	return g, checkGeometry(place, g)
}

func (p *parser) polygon(height bool) (orb.Polygon, error) {
	return group[orb.Polygon](p, func() (orb.Ring, error) { return positionsAs[orb.Ring](p, height) })
}

// multiPoint reads both ((1 2), (3 4)) and (1 2, 3 4).
func (p *parser) multiPoint(height bool) (orb.MultiPoint, error) {
	return group[orb.MultiPoint](p, func() (orb.Point, error) {
		if !p.is("(") {
			return p.position(height)
		}
		points, err := p.positions(height)
		if err != nil {
			return orb.Point{}, err
		}
		return points[0], nil
	})
}

// group reads members in parentheses.
func group[S ~[]E, E any](p *parser, member func() (E, error)) (S, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var all S
	for {
		m, err := member()
		if err != nil {
			return nil, err
		}
		all = append(all, m)
		if p.accept(")") {
			return all, nil
		}
		if !p.accept(",") {
			return nil, p.unexpected(`"," or ")"`)
		}
	}
}

func (p *parser) positions(height bool) ([]orb.Point, error) {
	return positionsAs[[]orb.Point](p, height)
}

func positionsAs[S ~[]orb.Point](p *parser, height bool) (S, error) {
	return group[S](p, func() (orb.Point, error) { return p.position(height) })
}

// position reads two numbers, and a third that is left out. WKT marks three by a
// Z; the standard's grammar does not insist.
func (p *parser) position(height bool) (orb.Point, error) {
	place := Place{Column: p.peek().column}
	var at orb.Point
	for i := range at {
		v, err := p.coordinate()
		if err != nil {
			return at, err
		}
		at[i] = v
	}
	if height || !p.is(",") && !p.is(")") {
		if _, err := p.coordinate(); err != nil {
			return at, err
		}
	}
	return at, p.vertex(place, 1)
}

// coordinate reads a signed number.
func (p *parser) coordinate() (float64, error) {
	sign := ""
	if p.is("-") || p.is("+") {
		sign = p.take().text
	}
	if p.peek().kind != tokenNumber {
		return 0, p.unexpected("a number")
	}
	v, err := p.number(sign)
	return v.Float(), err
}

// bbox reads BBOX with four or six numbers.
func (p *parser) bbox() (Expr, error) {
	n, err := p.here()
	if err != nil {
		return nil, err
	}
	p.at++
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var numbers []float64
	for {
		v, err := p.coordinate()
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, v)
		if p.accept(")") {
			return newBBox(n, numbers)
		}
		if len(numbers) == 6 || !p.accept(",") {
			return nil, p.unexpected(`")" after four or six numbers`)
		}
	}
}

// newBBox makes a box of four numbers, or six with heights.
func newBBox(n node, v []float64) (Expr, error) {
	switch len(v) {
	case 4:
		return &BBox{n, orb.Point{v[0], v[1]}, orb.Point{v[2], v[3]}}, nil
	case 6:
		return &BBox{n, orb.Point{v[0], v[1]}, orb.Point{v[3], v[4]}}, nil
	}
	return nil, &Error{Place: n.place, Detail: fmt.Sprintf("a box has four or six numbers, not %d", len(v))}
}

// checkGeometry demands what a Geometry promises.
func checkGeometry(at Place, g orb.Geometry) error {
	wrong := func(detail string) error { return &Error{Place: at, Detail: detail} }
	switch g := g.(type) {
	case orb.MultiPoint:
		if len(g) == 0 {
			return wrong("a geometry is empty")
		}
	case orb.LineString:
		if len(g) < 2 {
			return wrong("a line has fewer than two positions")
		}
	case orb.MultiLineString:
		return checkMembers(at, g)
	case orb.Ring:
		switch {
		case len(g) < 4:
			return wrong("a ring has fewer than four positions")
		case !g.Closed():
			return wrong("a ring does not end where it begins")
		}
	case orb.Polygon:
		return checkMembers(at, g)
	case orb.MultiPolygon:
		return checkMembers(at, g)
	case orb.Collection:
		return checkMembers(at, g)
	}
	return nil
}

func checkMembers[S ~[]E, E orb.Geometry](at Place, members S) error {
	if len(members) == 0 {
		return &Error{Place: at, Detail: "a geometry is empty"}
	}
	for _, m := range members {
		if err := checkGeometry(at, m); err != nil {
			return err
		}
	}
	return nil
}
