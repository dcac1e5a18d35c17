package check

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

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

// plane flattens the neighbourhood of one place: degrees of latitude to the
// north, as many to the east. It chooses the nearest edge and the nearest place
// on it; metres then come from the ellipsoid. Within 5 km of the place the
// result is too long by a few centimetres at most, within 50 km by 0.1 %:
// nothing beside the allowances of 100 m and more that it is held against.
type plane struct {
	p      orb.Point
	shrink float64 // cosine of the latitude
}

func newPlane(p orb.Point) plane { return plane{p, math.Cos(p[1] * math.Pi / 180)} }

// foot returns the place on the edge a–b nearest to the plane's own, and the
// square of its distance in degrees of latitude.
func (pl plane) foot(a, b orb.Point) (orb.Point, float64) {
	ax, ay := (a[0]-pl.p[0])*pl.shrink, a[1]-pl.p[1]
	dx, dy := (b[0]-a[0])*pl.shrink, b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, -(ax*dx+ay*dy)/l))
	}
	x, y := ax+t*dx, ay+t*dy
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}, x*x + y*y
}

// distanceToLine returns the metres from p to the nearest place of a line of
// two positions or more.
func distanceToLine(p orb.Point, line []orb.Point) float64 {
	pl := newPlane(p)
	nearest, best := line[0], math.Inf(1)
	for i := 1; i < len(line); i++ {
		if at, d := pl.foot(line[i-1], line[i]); d < best {
			nearest, best = at, d
		}
	}
	return geodesy.Distance(p, nearest)
}
