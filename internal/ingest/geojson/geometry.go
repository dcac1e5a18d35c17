package geojson

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"
)

// ErrGeometry means that the geometry of a feature cannot be read.
var ErrGeometry = errors.New("not a GeoJSON geometry")

// maxNested bounds GeometryCollections within GeometryCollections.
const maxNested = 8

// geometry reads a geometry or null (nil). Flat becomes true when a position
// had more than two numbers; the others are left out. Rings, numbers and
// nesting are as the file has them.
func (c *cursor) geometry(flat *bool, depth int) (orb.Geometry, error) {
	if c.peek() == 'n' {
		return nil, c.literal("null")
	}
	if depth > maxNested {
		return nil, fmt.Errorf("collections nested deeper than %d: %w", maxNested, ErrGeometry)
	}
	var kind string
	var coordinates, members []byte
	err := c.members(func(name []byte) (err error) {
		switch string(name) {
		case "type":
			var t []byte
			t, err = c.text()
			kind = string(t)
		case "coordinates":
			coordinates, err = c.raw()
		case "geometries":
			members, err = c.raw()
		default:
			_, err = c.raw()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if kind == "GeometryCollection" {
		return collection(members, flat, depth)
	}
	if coordinates == nil {
		return nil, fmt.Errorf("type %q without coordinates: %w", kind, ErrGeometry)
	}
	inner := &positions{cursor: cursor{b: coordinates}, flat: flat}
	g, err := inner.ofType(kind)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	return g, nil
}

func collection(raw []byte, flat *bool, depth int) (orb.Geometry, error) {
	if raw == nil {
		return nil, fmt.Errorf("GeometryCollection without geometries: %w", ErrGeometry)
	}
	inner := &cursor{b: raw}
	out := orb.Collection{}
	err := inner.elements(func() error {
		g, err := inner.geometry(flat, depth+1)
		if err == nil && g != nil {
			out = append(out, g)
		}
		return err
	})
	return out, err
}

// positions reads the coordinates of one geometry.
type positions struct {
	cursor
	flat *bool
}

func (p *positions) ofType(kind string) (orb.Geometry, error) {
	switch kind {
	case "Point":
		// An empty array is how some writers say "empty point".
		if p.peek() == '[' {
			mark := p.i
			p.i++
			if p.peek() == ']' {
				return orb.MultiPoint{}, nil
			}
			p.i = mark
		}
		return p.position()
	case "MultiPoint":
		line, err := p.line()
		return orb.MultiPoint(line), err
	case "LineString":
		line, err := p.line()
		return orb.LineString(line), err
	case "MultiLineString":
		out := orb.MultiLineString{}
		err := p.elements(func() error {
			line, err := p.line()
			out = append(out, line)
			return err
		})
		return out, err
	case "Polygon":
		return p.polygon()
	case "MultiPolygon":
		out := orb.MultiPolygon{}
		err := p.elements(func() error {
			polygon, err := p.polygon()
			out = append(out, polygon)
			return err
		})
		return out, err
	default:
		return nil, fmt.Errorf("unknown type %q: %w", kind, ErrGeometry)
	}
}

func (p *positions) polygon() (orb.Polygon, error) {
	out := orb.Polygon{}
	err := p.elements(func() error {
		line, err := p.line()
		out = append(out, orb.Ring(line))
		return err
	})
	return out, err
}

func (p *positions) line() ([]orb.Point, error) {
	out := []orb.Point{}
	err := p.elements(func() error {
		point, err := p.position()
		out = append(out, point)
		return err
	})
	return out, err
}

func (p *positions) position() (orb.Point, error) {
	var out orb.Point
	n := 0
	err := p.elements(func() error {
		f, err := p.float()
		if err != nil {
			return fmt.Errorf("coordinate: %w", err)
		}
		if n < 2 {
			out[n] = f
		}
		n++
		return nil
	})
	switch {
	case err != nil:
		return out, err
	case n < 2:
		return out, fmt.Errorf("a position has %d numbers, not 2: %w", n, ErrGeometry)
	case n > 2:
		*p.flat = true
	}
	return out, nil
}
