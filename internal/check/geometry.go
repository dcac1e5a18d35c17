package check

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/simplegeom"
)

// maxDepth bounds GeometryCollections within GeometryCollections.
const maxDepth = 8

var (
	errNoGeometry = errors.New("no geometry")
	errEmpty      = errors.New("empty geometry")
	errTooDeep    = fmt.Errorf("collections nested more than %d deep", maxDepth)
)

// geometry checks the shape of f and reports whether it can be measured.
func (in *inspector) geometry(f *city.Feature) bool {
	if err := validGeometry(f.Geometry, 0); err != nil {
		in.report(GeometryValid, Error, f, "%v", err)
		return false
	}
	if want := in.layer.Geometry; want != city.GeometryAny && string(want) != f.Geometry.GeoJSONType() {
		in.report(GeometryValid, Error, f, "a %s in a layer of %s", f.Geometry.GeoJSONType(), want)
	}
	return true
}

// Geometry reports the first thing that is wrong with the shape of g, or nil: no
// or an empty geometry, positions off the globe (WGS 84 lon/lat), lines of no
// length, polygons that are not closed, cross themselves or whose holes lie
// outside, collections nested too deep. Winding does not matter. It takes
// O(n log n) for n vertices, and more when many edges cross.
func Geometry(g orb.Geometry) error { return validGeometry(g, 0) }

// validGeometry reports the first thing that is wrong with g. Lines may cross
// themselves, as roads do; polygons may not.
func validGeometry(g orb.Geometry, depth int) error {
	switch g := g.(type) {
	case nil:
		return errNoGeometry
	case orb.Point:
		return validPosition(g)
	case orb.MultiPoint:
		return validAll(len(g), func(i int) error { return validPosition(g[i]) })
	case orb.LineString:
		return validLine(g)
	case orb.MultiLineString:
		return validAll(len(g), func(i int) error { return validLine(g[i]) })
	case orb.Polygon:
		return validPolygons(orb.MultiPolygon{g})
	case orb.MultiPolygon:
		return validPolygons(g)
	case orb.Collection:
		if depth == maxDepth {
			return errTooDeep
		}
		return validAll(len(g), func(i int) error { return validGeometry(g[i], depth+1) })
	default:
		return fmt.Errorf("geometry type %T", g)
	}
}

// validAll checks n members; none at all is an error.
func validAll(n int, valid func(i int) error) error {
	if n == 0 {
		return errEmpty
	}
	for i := range n {
		if err := valid(i); err != nil {
			if n == 1 {
				return err
			}
			return fmt.Errorf("part %d: %w", i+1, err)
		}
	}
	return nil
}

func validPosition(p orb.Point) error {
	// Written so that NaN fails.
	if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
		return fmt.Errorf("position %v, %v is not a longitude and a latitude", p[0], p[1])
	}
	return nil
}

func validLine(line orb.LineString) error {
	if len(line) < 2 {
		return fmt.Errorf("line of %d positions", len(line))
	}
	moved := false
	for _, p := range line {
		if err := validPosition(p); err != nil {
			return err
		}
		moved = moved || p != line[0]
	}
	if !moved {
		return errors.New("line of zero length")
	}
	return nil
}

// validPolygons checks rings first, because simplefeatures takes closed finite
// rings, and then what only it can: crossings, holes outside, overlapping parts.
func validPolygons(polygons orb.MultiPolygon) error {
	parts := make([]geom.Polygon, len(polygons))
	err := validAll(len(polygons), func(i int) error {
		rings := make([]geom.LineString, len(polygons[i]))
		err := validAll(len(polygons[i]), func(j int) error {
			r := polygons[i][j]
			if err := validRing(r); err != nil {
				return err
			}
			rings[j] = simplegeom.Line(r)
			return nil
		})
		if err != nil {
			return err
		}
		parts[i] = geom.NewPolygon(rings)
		return simplegeom.Guard(parts[i].Validate)
	})
	if err != nil || len(parts) == 1 {
		return err
	}
	return simplegeom.Guard(geom.NewMultiPolygon(parts).Validate)
}

func validRing(r orb.Ring) error {
	for _, p := range r {
		if err := validPosition(p); err != nil {
			return err
		}
	}
	switch {
	case len(r) < 4:
		return fmt.Errorf("ring of %d positions", len(r))
	case !r.Closed():
		return errors.New("ring is not closed")
	}
	return nil
}
