package check

import "github.com/paulmach/orb"

// paths calls visit with each point, line and ring of g as a run of positions,
// until visit returns false; it reports whether visit never did.
func paths(g orb.Geometry, visit func([]orb.Point) bool) bool {
	switch g := g.(type) {
	case orb.Point:
		return visit([]orb.Point{g})
	case orb.MultiPoint:
		for i := range g {
			if !visit(g[i : i+1]) {
				return false
			}
		}
	case orb.LineString:
		return visit(g)
	case orb.MultiLineString:
		for _, line := range g {
			if !visit(line) {
				return false
			}
		}
	case orb.Polygon:
		for _, ring := range g {
			if !visit(ring) {
				return false
			}
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			if !paths(polygon, visit) {
				return false
			}
		}
	case orb.Collection:
		for _, member := range g {
			if !paths(member, visit) {
				return false
			}
		}
	}
	return true
}
