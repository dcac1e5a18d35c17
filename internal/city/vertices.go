package city

import "github.com/paulmach/orb"

// Vertices counts the positions of g, the closing one of a ring too; nil and a
// Bound have none.
func Vertices(g orb.Geometry) int {
	switch g := g.(type) {
	case orb.Point:
		return 1
	case orb.MultiPoint:
		return len(g)
	case orb.LineString:
		return len(g)
	case orb.Ring:
		return len(g)
	case orb.MultiLineString:
		return verticesOfAll(g)
	case orb.Polygon:
		return verticesOfAll(g)
	case orb.MultiPolygon:
		return verticesOfAll(g)
	case orb.Collection:
		return verticesOfAll(g)
	default:
		return 0
	}
}

// verticesOfAll counts the positions of all parts of a geometry.
func verticesOfAll[G orb.Geometry](parts []G) (n int) {
	for _, part := range parts {
		n += Vertices(part)
	}
	return n
}
