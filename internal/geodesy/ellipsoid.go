package geodesy

import "math"

// The WGS 84 ellipsoid (NIMA TR8350.2, EPSG:7030). VN-2000 uses the same
// ellipsoid, placed elsewhere.
const (
	equatorialRadius = 6378137.0         // a, metres
	flattening       = 1 / 298.257223563 // f
	polarRadius      = equatorialRadius * (1 - flattening)
	eccentricity2    = flattening * (2 - flattening) // e² = (a²-b²)/a²
	thirdFlattening  = flattening / (2 - flattening) // n = (a-b)/(a+b)

	radian = math.Pi / 180 // one degree in radians
)

// meridianRadiusMin is M at the equator, a(1-e²): the least radius of curvature
// on the ellipsoid, in metres. No arc of one radian is shorter anywhere.
const meridianRadiusMin = equatorialRadius * (1 - eccentricity2)

// wrapDegrees brings a difference of two longitudes into [-180, 180].
func wrapDegrees(d float64) float64 {
	if d >= -180 && d <= 180 {
		return d
	}
	return math.Remainder(d, 360)
}

// finite reports whether both numbers are ordinary ones.
func finite(a, b float64) bool {
	return !math.IsNaN(a) && !math.IsNaN(b) && !math.IsInf(a, 0) && !math.IsInf(b, 0)
}
