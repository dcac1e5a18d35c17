package crs

import (
	"fmt"

	"github.com/paulmach/orb"
)

// converter converts coordinates from one system to another.
type converter interface {
	// Point converts one position.
	Point(p orb.Point) (orb.Point, error)
	// run converts the positions of a line; the error names the one.
	run(points []orb.Point) ([]orb.Point, error)
}

var (
	_ converter = (*Transform)(nil)
	_ converter = (*Projector)(nil)
)

// converted converts a geometry vertex by vertex into one of the same type.
func converted(c converter, g orb.Geometry) (orb.Geometry, error) {
	switch g := g.(type) {
	case orb.Point:
		return c.Point(g)
	case orb.MultiPoint:
		return convertedRun(c, g)
	case orb.LineString:
		return convertedRun(c, g)
	case orb.Ring:
		return convertedRun(c, g)
	case orb.MultiLineString:
		return convertedRuns(c, g)
	case orb.Polygon:
		return convertedRuns(c, g)
	case orb.MultiPolygon:
		return convertedParts(g, func(p orb.Polygon) (orb.Polygon, error) { return convertedRuns(c, p) })
	case orb.Collection:
		return convertedParts(g, func(m orb.Geometry) (orb.Geometry, error) { return converted(c, m) })
	default:
		return nil, fmt.Errorf("convert %T: %w", g, ErrGeometry)
	}
}

func convertedRun[S ~[]orb.Point](c converter, points S) (S, error) {
	out, err := c.run(points)
	return S(out), err
}

func convertedRuns[S ~[]E, E ~[]orb.Point](c converter, parts S) (S, error) {
	return convertedParts(parts, func(points E) (E, error) { return convertedRun(c, points) })
}

func convertedParts[S ~[]E, E any](parts S, convert func(E) (E, error)) (S, error) {
	out := make(S, len(parts))
	for i, part := range parts {
		one, err := convert(part)
		if err != nil {
			return nil, fmt.Errorf("part %d: %w", i, err)
		}
		out[i] = one
	}
	return out, nil
}
