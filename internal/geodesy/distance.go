package geodesy

import (
	"math"

	"github.com/paulmach/orb"
)

// nearDegrees is the reach of the series around one place (midLatitude here,
// Frame elsewhere): this many degrees of latitude and of longitude, 111 km
// north to south and 104 km east to west in Hanoi. Beyond it distances come
// from the rigorous inverse.
const nearDegrees = 1.0

// Distance returns the length in metres of the geodesic between two lon/lat
// points. The error is below 1e-6 m up to 50 km, 1e-4 m up to one degree of latitude
// and of longitude, and 1e-3 m anywhere beyond, nearly opposite points of the globe
// included. It is symmetric to the last bit. Coordinates must be finite, latitudes within ±90.
//
// The near formula takes about 60 ns, the far one 0.7 µs.
func Distance(a, b orb.Point) float64 {
	dLat, dLon := math.Abs(b[1]-a[1]), math.Abs(WrapDegrees(b[0]-a[0]))
	if dLat <= nearDegrees && dLon <= nearDegrees {
		return midLatitude((a[1]+b[1])/2*radian, dLat*radian, dLon*radian)
	}
	if a[0] > b[0] || (a[0] == b[0] && a[1] > b[1]) {
		a, b = b, a
	}
	metres, _ := inverse(a, b)
	return metres
}

// midLatitude returns the length of a short geodesic from the latitude halfway
// and the differences of latitude and longitude, all in radians.
//
// With h the meridian arc between the two parallels, w the difference of
// longitude, p the radius of the parallel halfway along that arc, S the sine of
// its latitude and K the Gaussian curvature there,
//
//	s² = h² + p²w² - p²S²w⁴/12 - (Kp² + 3S²)h²w²/12 + terms of the sixth order
//
// which solves |∇s²|² = 4s² on the metric dh² + p(h)²dw². The first two terms
// alone, the mid-latitude formula of the textbooks, err by 3 mm at 20 km; all
// that stand here, by less than 1e-6 m at 50 km.
func midLatitude(lat, dLat, dLon float64) float64 {
	sin, cos := math.Sincos(lat)
	c := curvatureAt(sin, cos)
	h := c.m * dLat * (1 + c.m2*dLat*dLat/24)
	w2, h2 := dLon*dLon, h*h
	// Halfway along the meridian is not halfway in latitude: M grows poleward.
	p := c.p - sin*c.m*c.m1*dLat*dLat/8
	p2, s2, k := p*p, sin*sin, c.k
	kp2 := k * p2
	return math.Sqrt(h2 + w2*(p2*(1-w2*(s2/12+w2*s2*(3*kp2-s2)/360))-
		h2*((kp2+3*s2)/12+
			w2*(kp2*kp2+10*kp2*s2+3*c.k1*sin*p2*p-15*s2*s2)/720+
			h2*(2*k*kp2+30*k*s2+15*c.k1*sin*p)/1440)))
}

// curvature describes the ellipsoid around one latitude.
type curvature struct {
	p  float64 // radius of the parallel, N cos φ, metres
	m  float64 // radius of curvature in the meridian, M, metres
	m1 float64 // dM/dφ / M
	m2 float64 // d²M/dφ² / M
	k  float64 // Gaussian curvature 1/(MN), m⁻²
	k1 float64 // its derivative northward, m⁻³
}

func curvatureAt(sin, cos float64) curvature {
	const e2 = Eccentricity2
	w2 := 1 - e2*sin*sin
	n := EquatorialRadius / math.Sqrt(w2)
	m := n * (1 - e2) / w2
	sc := sin * cos / w2
	return curvature{
		p:  n * cos,
		m:  m,
		m1: 3 * e2 * sc,
		m2: 3*e2*(cos*cos-sin*sin)/w2 + 15*e2*e2*sc*sc,
		k:  1 / (m * n),
		k1: -4 * e2 * sc / (m * n * m),
	}
}

// Bearing returns the direction in which the geodesic to another lon/lat point
// starts, in degrees clockwise from north, in [0, 360). It is 0 when the points
// are the same.
func Bearing(from, to orb.Point) float64 {
	if from == to {
		return 0
	}
	f := NewFrame(from)
	if x, y, ok := f.project(to); ok {
		return compass(x, y)
	}
	_, azimuth := inverse(from, to)
	return compass(math.Sincos(azimuth))
}

// compass turns east and north components into degrees clockwise from north.
func compass(east, north float64) float64 {
	if east == 0 && north == 0 {
		return 0
	}
	degrees := math.Atan2(east, north) / radian
	if degrees < 0 {
		degrees += 360
	}
	if degrees >= 360 { // -1e-20 + 360
		return 0
	}
	return degrees
}
