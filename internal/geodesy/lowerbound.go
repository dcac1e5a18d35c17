package geodesy

import (
	"math"

	"github.com/paulmach/orb"
)

// LowerBound answers, without trigonometry, how near the features inside a
// lon/lat box can be to those inside a fixed one. A search that visits boxes in
// the order of their bounds and stops at one beyond the last answer has missed
// nothing.
//
//	┌────────┐  gap of longitude   ┌─────┐
//	│  from  │◄───────────────────►│ box │   never more than the distance,
//	└────────┘                     └─────┘   about 0.01 % less at 20 km
//
// The metric M²dφ² + N²cos²φ dλ² of the ellipsoid is nowhere less than that of a
// sphere of radius M, taken at the least latitude, with longitudes stretched by
// N/M. On a sphere the squared chord between two points is
// R²(4 hav Δφ + cos φ1 cos φ2 · 4 hav Δλ), each factor of which is least at the
// sides of the boxes; and an arc is no shorter than its chord.
//
// An edge is a geodesic and leaves the box of its ends poleward; boxes are
// widened by as much as an edge of their own width can. A box wider than 180°
// counts as going all the way round, because its edges may take the other way.
type LowerBound struct {
	min, max   [2]float64 // the fixed box, widened, degrees
	wide       bool       // the box is wider than 90°
	farLat     float64    // its latitude farthest from the equator, positive
	sin, cos   float64    // of farLat
	north      bool       // which hemisphere the local radii hold for
	lowLat     float64    // down to which latitude they do, degrees, positive
	r2, ratio2 float64    // M² and (N/M)² at lowLat
}

// localDegrees is how far toward the equator of the fixed box the local radii
// of LowerBound hold; they cost 0.02 % there. Beyond, those of the equator do.
const localDegrees = 1.5

// safety keeps bounds below the distance by more than all rounding.
const safety = 1 - 1e-9

// NewLowerBound returns the bounds of distances from the lon/lat box of a
// geometry; the box of a point has no extent.
func NewLowerBound(from orb.Bound) LowerBound {
	bulge := bulgeDegrees(from.Max[0] - from.Min[0])
	l := LowerBound{
		min: [2]float64{from.Min[0], math.Max(-90, from.Min[1]-bulge)},
		max: [2]float64{from.Max[0], math.Min(90, from.Max[1]+bulge)},
	}
	l.wide = l.max[0]-l.min[0] > 90
	l.farLat = math.Max(math.Abs(l.min[1]), math.Abs(l.max[1]))
	l.sin, l.cos = math.Sincos(l.farLat * radian)
	l.cos = math.Max(0, l.cos)
	l.north = l.min[1] > 0
	switch {
	case l.min[1] > 0:
		l.lowLat = math.Max(0, l.min[1]-localDegrees)
	case l.max[1] < 0:
		l.lowLat = math.Max(0, -l.max[1]-localDegrees)
	}
	sin, cos := math.Sincos(l.lowLat * radian)
	c := curvatureAt(sin, cos)
	n := EquatorialRadius / math.Sqrt(1-Eccentricity2*sin*sin)
	l.r2, l.ratio2 = c.m*c.m*safety, n*n/(c.m*c.m)
	return l
}

// Squared returns the square, in m², of a length that the distance from
// anything in the fixed box to anything in this lon/lat box is not less than.
// It is 0 when the boxes touch.
func (l *LowerBound) Squared(minLon, minLat, maxLon, maxLat float64) float64 {
	bulge := bulgeDegrees(maxLon - minLon)
	minLat, maxLat = minLat-bulge, maxLat+bulge

	dLat := max(minLat-l.max[1], l.min[1]-maxLat, 0) * radian
	dLon := max(minLon-l.max[0], l.min[0]-maxLon, 0)
	if dLon > 90 || maxLon-minLon > 90 || l.wide {
		dLon = l.wideGap(minLon, maxLon)
	}
	dLon *= radian

	r2, ratio2 := l.r2, l.ratio2
	if (l.north && minLat < l.lowLat) || (!l.north && maxLat > -l.lowLat) {
		r2, ratio2 = meridianRadiusMin*meridianRadiusMin*safety, 1/((1-Eccentricity2)*(1-Eccentricity2))
	}
	cos := l.cos
	if over := (max(-minLat, maxLat) - l.farLat) * radian; over > 0 {
		cos = max(0, cos-over*(l.sin+over/2)) // Taylor, rounded down
	}
	// 4 hav x ≥ x² - x⁴/12 for all x from 0 to π.
	a2, o2 := dLat*dLat, dLon*dLon*ratio2
	return r2 * (a2*(1-a2*(1./12)) + l.cos*cos*o2*(1-o2*(1./12)))
}

// wideGap returns the gap in degrees between the longitudes of the boxes, the
// shorter way round. That way crosses 180° only where the gap on the other side,
// or one of the boxes, is wider than 90°.
func (l *LowerBound) wideGap(minLon, maxLon float64) float64 {
	if maxLon-minLon >= 180 || l.max[0]-l.min[0] >= 180 {
		return 0
	}
	direct := max(minLon-l.max[0], l.min[0]-maxLon)
	other := 360 - (max(l.max[0], maxLon) - min(l.min[0], minLon))
	return max(0, min(direct, other))
}

// bulgeDegrees bounds how far a geodesic, whose ends are at most so many
// degrees of longitude apart, goes beyond their latitudes: Δλ²/8·sin φ cos φ for
// short ones, which is at most Δλ²/16. The tenth more covers edges up to 60°.
func bulgeDegrees(width float64) float64 {
	if width > 60 {
		return 90
	}
	return width * width * (1.1 * radian / 16)
}
