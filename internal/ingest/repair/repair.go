package repair

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"github.com/hanoitwin/hanoitwin/internal/simplegeom"
)

// Errors of a repair.
var (
	// ErrNoArea means that the polygon encloses nothing: it has collapsed to
	// lines or points.
	ErrNoArea = errors.New("polygon without area")
	// ErrBeyondRepair means that no valid polygon could be made.
	ErrBeyondRepair = errors.New("polygon cannot be repaired")
)

// Polygon returns g, a Polygon or MultiPolygon with closed rings, as it is
// when it is valid. Otherwise it returns a valid Polygon or MultiPolygon that
// covers the same area, and in why what was wrong. Coordinates are planar: at
// the size of city features degrees will do.
func Polygon(g orb.Geometry) (fixed orb.Geometry, why string, err error) {
	polygons := parts(g)
	if len(polygons) == 1 && len(polygons[0]) == 1 && surelySimple(polygons[0][0]) {
		return g, "", nil
	}
	invalid := collapsed(polygons)
	if invalid == nil {
		invalid = validate(simplegeom.MultiPolygon(polygons).AsGeometry())
	}
	if invalid == nil {
		return g, "", nil
	}
	err = simplegeom.Guard(func() error {
		result, err := rebuild(polygons)
		if err == nil {
			fixed, err = fromGeom(result)
		}
		return err
	})
	if errors.Is(err, ErrNoArea) {
		return nil, invalid.Error(), err
	}
	if err != nil {
		return nil, invalid.Error(), fmt.Errorf("%w: %w (%w)", ErrBeyondRepair, err, invalid)
	}
	return fixed, invalid.Error(), nil
}

func validate(g geom.Geometry) error { return simplegeom.Guard(g.Validate) }

func parts(g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	default:
		return nil
	}
}

// collapsed finds a ring without area. The library takes a ring whose vertices
// are all the same for an empty one, which would be valid.
func collapsed(polygons orb.MultiPolygon) error {
	for _, p := range polygons {
		for _, ring := range p {
			if SignedArea(ring) == 0 && len(loops(ring)) == 0 {
				return fmt.Errorf("ring at %v: %w", ring[:min(1, len(ring))], ErrNoArea)
			}
		}
	}
	return nil
}

// rebuild unites what the polygons cover, one by one.
func rebuild(polygons orb.MultiPolygon) (geom.Geometry, error) {
	var all []geom.Geometry
	for _, p := range polygons {
		if len(p) == 0 {
			continue
		}
		area, err := inside(p[0])
		if err != nil {
			return geom.Geometry{}, err
		}
		for _, hole := range p[1:] {
			cut, err := inside(hole)
			if err != nil {
				return geom.Geometry{}, err
			}
			if area, err = geom.Difference(area, cut); err != nil {
				return geom.Geometry{}, fmt.Errorf("cut out a hole: %w", err)
			}
		}
		all = append(all, area)
	}
	united, err := geom.UnionMany(all)
	if err != nil {
		return geom.Geometry{}, fmt.Errorf("unite the parts: %w", err)
	}
	return valid(united)
}

// valid returns g when it is valid, and otherwise Buffer(g, 0) if that is
// valid and has the same area.
func valid(g geom.Geometry) (geom.Geometry, error) {
	broken := validate(g)
	if broken == nil {
		return g, nil
	}
	buffered, err := geom.Buffer(g, 0)
	if err != nil {
		return geom.Geometry{}, err
	}
	if err := validate(buffered); err != nil {
		return geom.Geometry{}, err
	}
	if before, after := g.Area(), buffered.Area(); math.Abs(before-after) > 1e-6*before {
		return geom.Geometry{}, fmt.Errorf("area would shrink from %g to %g: %w", before, after, broken)
	}
	return buffered, nil
}

// inside returns what a ring winds around. Where it winds twice one way and
// once the other, which no real ring was seen to do, it is taken as outside.
func inside(ring orb.Ring) (geom.Geometry, error) {
	var left, right []geom.Geometry
	for _, loop := range loops(ring) {
		g, err := valid(simplegeom.Polygon(orb.Polygon{loop}).AsGeometry())
		if err != nil {
			return geom.Geometry{}, err
		}
		if SignedArea(loop) > 0 {
			left = append(left, g)
		} else {
			right = append(right, g)
		}
	}
	l, err := geom.UnionMany(left)
	if err != nil {
		return geom.Geometry{}, fmt.Errorf("unite loops: %w", err)
	}
	r, err := geom.UnionMany(right)
	if err != nil {
		return geom.Geometry{}, fmt.Errorf("unite loops: %w", err)
	}
	switch {
	case len(right) == 0:
		return l, nil
	case len(left) == 0:
		return r, nil
	default:
		return geom.SymmetricDifference(l, r)
	}
}

// SignedArea is the area of a ring in the square of its unit, negative when it runs
// clockwise; the ring ends where it begins.
func SignedArea(ring orb.Ring) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		// Relative to the first point: the sum keeps its digits far from 0.
		a, b := ring[i-1], ring[i]
		sum += (a[0]-ring[0][0])*(b[1]-ring[0][1]) - (b[0]-ring[0][0])*(a[1]-ring[0][1])
	}
	return sum / 2
}

// fromGeom keeps the areas of g. Points and lines, to which a degenerate part
// may have collapsed, have no area and are left out.
func fromGeom(g geom.Geometry) (orb.Geometry, error) {
	var out orb.MultiPolygon
	for _, part := range g.Dump() {
		if part.Type() != geom.TypePolygon || part.IsEmpty() {
			continue
		}
		polygon := part.MustAsPolygon()
		p := orb.Polygon{fromRing(polygon.ExteriorRing())}
		for i := range polygon.NumInteriorRings() {
			p = append(p, fromRing(polygon.InteriorRingN(i)))
		}
		out = append(out, p)
	}
	switch len(out) {
	case 0:
		return nil, ErrNoArea
	case 1:
		return out[0], nil
	default:
		return out, nil
	}
}

func fromRing(line geom.LineString) orb.Ring {
	sequence := line.Coordinates()
	out := make(orb.Ring, sequence.Length())
	for i := range out {
		xy := sequence.GetXY(i)
		out[i] = orb.Point{xy.X, xy.Y}
	}
	return out
}
