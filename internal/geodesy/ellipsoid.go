package geodesy

import "math"

// The WGS 84 ellipsoid (NIMA TR8350.2, EPSG:7030). VN-2000 uses the same
// ellipsoid, placed elsewhere.
const (
	EquatorialRadius = 6378137.0                           // a, metres
	Flattening       = 1 / 298.257223563                   // f
	PolarRadius      = EquatorialRadius * (1 - Flattening) // b, metres
	Eccentricity2    = Flattening * (2 - Flattening)       // e² = (a²-b²)/a²
	ThirdFlattening  = Flattening / (2 - Flattening)       // n = (a-b)/(a+b)
)

// meridianRadiusMin is M at the equator, a(1-e²): the least radius of curvature
// on the ellipsoid, in metres. No arc of one radian is shorter anywhere.
const meridianRadiusMin = EquatorialRadius * (1 - Eccentricity2)

// WrapDegrees brings a difference of two longitudes, in degrees, into
// [-180, 180].
func WrapDegrees(d float64) float64 {
	if d >= -180 && d <= 180 {
		return d
	}
	return math.Remainder(d, 360)
}
