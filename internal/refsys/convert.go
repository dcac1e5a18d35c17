package refsys

import (
	"math"
	"sync"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/crs"
)

// Converter converts between what is stored and the coordinates of one System, in
// the order of its axes. It is safe for concurrent use, and worth keeping: it keeps
// what its Projectors have prepared.
type Converter struct {
	system     System
	in         *crs.Transform // nil where nothing is computed
	projectors sync.Pool      // of *crs.Projector
}

// Converter returns the conversion to and from the system.
func (s System) Converter() *Converter {
	c := &Converter{system: s}
	if s.SRID() == crs.WGS84 {
		return c
	}
	c.projectors.New = func() any { return must(crs.NewProjector(s.srid)) }
	c.in = must(crs.NewTransform(s.srid, crs.WGS84))
	return c
}

// must returns what geodesy makes for a system that Parse or All has given.
func must[T any](v T, err error) T {
	if err != nil {
		panic("refsys: a system that cannot be converted: " + err.Error())
	}
	return v
}

// Borrow returns a Projector to the system, x before y, which nobody else uses until
// Return; nil where nothing is computed.
func (c *Converter) Borrow() *crs.Projector {
	if c.in == nil {
		return nil
	}
	return c.projectors.Get().(*crs.Projector)
}

// Return gives a Projector back. nil is none.
func (c *Converter) Return(p *crs.Projector) {
	if p != nil {
		c.projectors.Put(p)
	}
}

// Same tells whether the coordinates of the system are those that are stored.
func (c *Converter) Same() bool { return c.system == CRS84() }

// System returns the system.
func (c *Converter) System() System { return c.system }

// Out converts a stored geometry, which it does not touch, into the system.
// Computed coordinates are rounded to 1 mm (metres) or 1e-9° (0.1 mm). The error
// is crs.ErrOutside where the system is not defined, crs.ErrGeometry for
// nil. CRS84 returns g itself.
func (c *Converter) Out(g orb.Geometry) (orb.Geometry, error) {
	if c.Same() {
		return g, nil
	}
	projector := c.Borrow()
	defer c.Return(projector)
	return c.each(g, func(p orb.Point) (orb.Point, error) { return c.outward(projector, p) })
}

// OutPoint is Out for one place.
func (c *Converter) OutPoint(p orb.Point) (orb.Point, error) {
	if c.Same() {
		return p, nil
	}
	projector := c.Borrow()
	defer c.Return(projector)
	return c.outward(projector, p)
}

// In converts a geometry of the system, which it does not touch, into longitude
// and latitude. Computed ones are rounded to 1e-9° (0.1 mm). Errors are those of
// Out.
func (c *Converter) In(g orb.Geometry) (orb.Geometry, error) {
	if c.Same() {
		return g, nil
	}
	return c.each(g, c.InPoint)
}

// InPoint is In for one place.
func (c *Converter) InPoint(p orb.Point) (orb.Point, error) {
	if c.system.LatitudeFirst() {
		p[0], p[1] = p[1], p[0]
	}
	if c.in == nil {
		return p, nil
	}
	q, err := c.in.Point(p)
	return orb.Point{round(q[0], 1e9), round(q[1], 1e9)}, err
}

// outward computes what package encode writes: the same digits.
func (c *Converter) outward(projector *crs.Projector, p orb.Point) (orb.Point, error) {
	if projector != nil {
		q, err := projector.Point(p)
		if err != nil {
			return q, err
		}
		scale := 1e3
		if !c.system.Metres() {
			scale = 1e9
		}
		p = orb.Point{round(q[0], scale), round(q[1], scale)}
	}
	if c.system.LatitudeFirst() {
		p[0], p[1] = p[1], p[0]
	}
	return p, nil
}

// round rounds to 1/scale, and leaves numbers alone that have no such digits.
func round(v, scale float64) float64 {
	if r := math.RoundToEven(v*scale) / scale; !math.IsInf(r, 0) {
		return r
	}
	return v
}

// each converts every vertex of a geometry.
func (c *Converter) each(g orb.Geometry, convert func(orb.Point) (orb.Point, error)) (orb.Geometry, error) {
	out := orb.Clone(g)
	if out == nil {
		return nil, crs.ErrGeometry
	}
	if p, ok := out.(orb.Point); ok {
		return convert(p)
	}
	var err error
	set := func(line []orb.Point) {
		for i := range line {
			if err == nil {
				line[i], err = convert(line[i])
			}
		}
	}
	switch g := out.(type) {
	case orb.MultiPoint:
		set(g)
	case orb.LineString:
		set(g)
	case orb.Ring:
		set(g)
	case orb.MultiLineString:
		for _, line := range g {
			set(line)
		}
	case orb.Polygon:
		for _, ring := range g {
			set(ring)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			for _, ring := range polygon {
				set(ring)
			}
		}
	case orb.Collection:
		for i := range g {
			if err == nil {
				g[i], err = c.each(g[i], convert)
			}
		}
	default:
		return nil, crs.ErrGeometry
	}
	return out, err
}
