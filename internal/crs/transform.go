package crs

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Transform converts coordinates from one system to another. It is immutable
// and safe for concurrent use.
//
//	from x,y -> lon,lat -> (EPSG:6960 where the datums differ) -> lon,lat -> to x,y
//
// Projections agree with PROJ to better than 1e-6 m. The datum shift between
// VN-2000 and WGS 84 agrees with PROJ's EPSG:6960 as well, but is itself only
// good to 1 m: that is the accuracy that the EPSG registry states for it.
//
// The shift is three-dimensional and heights are taken as 0 on the side it
// starts from, as PROJ does. So there and back again is not quite the identity
// across datums: the two ellipsoids' normals differ by 6", which leaves 1 mm.
type Transform struct {
	from, to system
}

// system is a definition made ready to compute.
type system struct {
	definition
	tm krueger
}

func newSystem(id SRID) (system, error) {
	d, err := define(id)
	if err != nil {
		return system{}, err
	}
	s := system{definition: d}
	if d.projection == transverseMercator {
		s.tm = newKrueger(d.centralMeridian, d.scale)
	}
	return s, nil
}

// NewTransform returns the conversion between two systems, or ErrUnknownCRS.
func NewTransform(from, to SRID) (*Transform, error) {
	f, err := newSystem(from)
	if err != nil {
		return nil, fmt.Errorf("convert from: %w", err)
	}
	t, err := newSystem(to)
	if err != nil {
		return nil, fmt.Errorf("convert to: %w", err)
	}
	return &Transform{from: f, to: t}, nil
}

// Point converts one coordinate; x, y are longitude, latitude or easting,
// northing. It returns ErrOutside, and never NaN, where one of the systems is
// not defined.
func (t *Transform) Point(p orb.Point) (orb.Point, error) {
	lon, lat, ok := t.from.toGeographic(p[0], p[1])
	if !ok {
		return orb.Point{}, fmt.Errorf("%v, %v in %s: %w", p[0], p[1], t.from.srid, ErrOutside)
	}
	if t.from.srid == t.to.srid {
		return p, nil
	}
	switch {
	case t.from.datum == t.to.datum:
	case t.from.datum == datumVN2000:
		lon, lat = vn2000ToWGS84(lon, lat)
	default:
		lon, lat = wgs84ToVN2000(lon, lat)
	}
	x, y, ok := t.to.fromGeographic(lon, lat)
	if !ok {
		return orb.Point{}, fmt.Errorf("%v, %v in %s, to %s: %w", p[0], p[1], t.from.srid, t.to.srid, ErrOutside)
	}
	return orb.Point{x, y}, nil
}

// toGeographic returns degrees on the system's own datum.
func (s *system) toGeographic(x, y float64) (lon, lat float64, ok bool) {
	if !finite(x, y) {
		return 0, 0, false
	}
	switch s.projection {
	case sphericalMercator:
		return sphericalMercatorInverse(x, y)
	case transverseMercator:
		return s.tm.inverse(x, y)
	default:
		return x, y, math.Abs(x) <= 180 && math.Abs(y) <= 90
	}
}

// fromGeographic projects degrees on the system's own datum.
func (s *system) fromGeographic(lon, lat float64) (x, y float64, ok bool) {
	switch s.projection {
	case sphericalMercator:
		return sphericalMercatorForward(lon, lat)
	case transverseMercator:
		return s.tm.forward(lon, lat)
	default:
		return lon, lat, true
	}
}

// Geometry converts a geometry vertex by vertex into a new one of the same type
// and shares no memory with the old one. It stops at the first vertex that
// cannot be converted (ErrOutside) and refuses nil geometries and bounds, whose
// sides do not stay straight (ErrGeometry).
func (t *Transform) Geometry(g orb.Geometry) (orb.Geometry, error) { return converted(t, g) }

// run converts points into new ones.
func (t *Transform) run(points []orb.Point) ([]orb.Point, error) {
	out := make([]orb.Point, len(points))
	for i, p := range points {
		q, err := t.Point(p)
		if err != nil {
			return nil, fmt.Errorf("vertex %d: %w", i, err)
		}
		out[i] = q
	}
	return out, nil
}
