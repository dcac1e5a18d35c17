package geodesy

import (
	"math"

	"github.com/paulmach/orb"
)

// inverse solves the inverse geodesic problem on the whole globe: the length in
// metres of the shortest geodesic from a to b and its azimuth at a in radians.
//
// It iterates as T. Vincenty did (Survey Review 23, 1975), good to 0.1 mm; where
// that does not settle, for nearly opposite points, it searches the azimuth.
func inverse(a, b orb.Point) (metres, azimuth float64) {
	beta1 := math.Atan((1 - Flattening) * math.Tan(a[1]*radian))
	beta2 := math.Atan((1 - Flattening) * math.Tan(b[1]*radian))
	dLon := WrapDegrees(b[0]-a[0]) * radian
	if metres, azimuth, ok := vincenty(beta1, beta2, dLon); ok {
		return metres, azimuth
	}
	return searchAzimuth(beta1, beta2, dLon)
}

// vincenty takes reduced latitudes and the difference of longitude, in radians.
func vincenty(beta1, beta2, dLon float64) (metres, azimuth float64, ok bool) {
	sin1, cos1 := math.Sincos(beta1)
	sin2, cos2 := math.Sincos(beta2)
	lambda := dLon // on the auxiliary sphere
	for range 50 {
		sinL, cosL := math.Sincos(lambda)
		east, north := cos2*sinL, cos1*sin2-sin1*cos2*cosL
		sinSigma, cosSigma := math.Hypot(east, north), sin1*sin2+cos1*cos2*cosL
		if sinSigma == 0 && cosSigma > 0 {
			return 0, 0, true
		}
		sigma := math.Atan2(sinSigma, cosSigma)
		sinAlpha := cos1 * cos2 * sinL / sinSigma
		cosAlpha2 := 1 - sinAlpha*sinAlpha
		cosMid := 0.0 // cos 2σm; 0 on the equator
		if cosAlpha2 > 1e-15 {
			cosMid = cosSigma - 2*sin1*sin2/cosAlpha2
		}
		c := Flattening / 16 * cosAlpha2 * (4 + Flattening*(4-3*cosAlpha2))
		next := dLon + (1-c)*Flattening*sinAlpha*
			(sigma+c*sinSigma*(cosMid+c*cosSigma*(2*cosMid*cosMid-1)))
		if math.Abs(next) > math.Pi || math.IsNaN(next) {
			return 0, 0, false
		}
		if math.Abs(next-lambda) < 1e-14 {
			return vincentyArc(cosAlpha2, sigma, cosMid), math.Atan2(east, north), true
		}
		lambda = next
	}
	return 0, 0, false
}

// vincentyArc turns the arc sigma on the auxiliary sphere into metres.
func vincentyArc(cosAlpha2, sigma, cosMid float64) float64 {
	a, b := vincentySeries(cosAlpha2)
	return PolarRadius * a * (sigma - vincentyDelta(b, sigma, cosMid))
}

// vincentySeries returns Vincenty's A and B by Helmert's parameter k1 (Vincenty
// 1976), which makes them better than his first form.
func vincentySeries(cosAlpha2 float64) (a, b float64) {
	const second = Eccentricity2 / (1 - Eccentricity2)
	root := math.Sqrt(1 + second*cosAlpha2)
	k1 := (root - 1) / (root + 1)
	return (1 + k1*k1/4) / (1 - k1), k1 * (1 - 3*k1*k1/8)
}

func vincentyDelta(b, sigma, cosMid float64) float64 {
	sin, cos := math.Sincos(sigma)
	mid2 := 2*cosMid*cosMid - 1
	return b * sin * (cosMid + b/4*(cos*mid2-b/6*cosMid*(4*sin*sin-3)*(2*mid2-1)))
}

// direct returns the point at a distance along the geodesic that leaves p at
// the azimuth in radians, by Vincenty's formula.
func direct(p orb.Point, azimuth, metres float64) orb.Point {
	sinAz, cosAz := math.Sincos(azimuth)
	tan1 := (1 - Flattening) * math.Tan(p[1]*radian)
	cos1 := 1 / math.Hypot(1, tan1)
	sin1 := tan1 * cos1
	sigma1 := math.Atan2(tan1, cosAz)
	sinAlpha := cos1 * sinAz
	cosAlpha2 := 1 - sinAlpha*sinAlpha
	a, b := vincentySeries(cosAlpha2)
	arc := metres / (PolarRadius * a)
	sigma, cosMid := arc, 0.0
	for range 30 {
		cosMid = math.Cos(2*sigma1 + sigma)
		next := arc + vincentyDelta(b, sigma, cosMid)
		settled := math.Abs(next-sigma) < 1e-15
		if sigma = next; settled {
			break
		}
	}
	sinS, cosS := math.Sincos(sigma)
	north := sin1*sinS - cos1*cosS*cosAz
	lat := math.Atan2(sin1*cosS+cos1*sinS*cosAz, (1-Flattening)*math.Hypot(sinAlpha, north))
	lambda := math.Atan2(sinS*sinAz, cos1*cosS-sin1*sinS*cosAz)
	c := Flattening / 16 * cosAlpha2 * (4 + Flattening*(4-3*cosAlpha2))
	dLon := lambda - (1-c)*Flattening*sinAlpha*(sigma+c*sinS*(cosMid+c*cosS*(2*cosMid*cosMid-1)))
	return orb.Point{WrapDegrees(p[0] + dLon/radian), lat / radian}
}

// searchAzimuth solves the inverse problem between any two points. It brings
// them into the position of C. F. F. Karney (Algorithms for geodesics, J.
// Geodesy 87, 2013, section 4): point 1 the farther from the equator and south
// of it, point 2 east of point 1. There the longitude that a geodesic from
// point 1 has reached on the parallel of point 2 grows with its azimuth, so
// that halving finds the azimuth. About 50 µs.
func searchAzimuth(beta1, beta2, dLon float64) (metres, azimuth float64) {
	east, north, swapped := 1.0, 1.0, 1.0 // -1 where a sign was turned
	if dLon < 0 {
		east, dLon = -1, -dLon
	}
	if math.Abs(beta1) < math.Abs(beta2) {
		beta1, beta2 = beta2, beta1
		swapped = -1
	}
	if beta1 >= 0 {
		north, beta1, beta2 = -1, -beta1, -beta2
	}
	if beta1 == 0 {
		if dLon <= (1-Flattening)*math.Pi { // along the equator
			return EquatorialRadius * dLon, math.Atan2(east, 0)
		}
		beta1 = math.Copysign(0, -1) // so that a start to the south counts as one
	}
	// The azimuth is measured from east, so that it is exact where a geodesic
	// leaves almost along the equator.
	low, high := -math.Pi/2, math.Pi/2 // south of east
	var g searched
	for range 300 {
		middle := low + (high-low)/2
		if middle == low || middle == high {
			break
		}
		g = try(beta1, beta2, middle)
		if g.longitude() < dLon {
			low = middle
		} else {
			high = middle
		}
	}
	sin, cos := g.sinAlpha1, g.cosAlpha1
	if swapped < 0 {
		sin, cos = g.sinAlpha2, g.cosAlpha2
	}
	return g.metres(), math.Atan2(sin*east, cos*swapped*north)
}

// searched is a geodesic from a parallel to another.
type searched struct {
	sinAlpha1, cosAlpha1, sinAlpha2, cosAlpha2 float64 // azimuths at the ends
	sinAlpha0, k2                              float64 // azimuth on the equator; e'²cos²α0
	sigma1, sigma2, omega                      float64 // arcs from the equator; longitude on the sphere
}

// try follows the geodesic that leaves the parallel beta1 at south radians
// south of east, up to the parallel beta2 going north.
func try(beta1, beta2, south float64) searched {
	const second = Eccentricity2 / (1 - Eccentricity2)
	sin1, cos1 := math.Sincos(beta1)
	sin2, cos2 := math.Sincos(beta2)
	if beta1 == 0 {
		sin1 = beta1 // keeps the sign of zero
	}
	var g searched
	s, c := math.Sincos(south)
	g.sinAlpha1, g.cosAlpha1 = c, -s
	g.sinAlpha0 = g.sinAlpha1 * cos1
	cosAlpha0 := math.Hypot(g.cosAlpha1, g.sinAlpha1*sin1)
	g.k2 = second * cosAlpha0 * cosAlpha0
	g.sinAlpha2 = g.sinAlpha0 / cos2
	g.cosAlpha2 = math.Sqrt(math.Max(0, g.cosAlpha1*cos1*g.cosAlpha1*cos1+(sin1-sin2)*(sin1+sin2))) / cos2
	g.sigma1 = math.Atan2(sin1, g.cosAlpha1*cos1)
	g.sigma2 = math.Atan2(sin2, g.cosAlpha2*cos2)
	omega1 := math.Atan2(g.sinAlpha0*sin1, g.cosAlpha1*cos1)
	omega2 := math.Atan2(g.sinAlpha0*sin2, g.cosAlpha2*cos2)
	g.omega = omega2 - omega1
	return g
}

// longitude returns the difference of longitude on the ellipsoid (Karney 2013,
// equation 8).
func (g *searched) longitude() float64 {
	return g.omega - Flattening*g.sinAlpha0*gauss(g.sigma1, g.sigma2, func(sin float64) float64 {
		return (2 - Flattening) / (1 + (1-Flattening)*math.Sqrt(1+g.k2*sin*sin))
	})
}

// metres returns the length (Karney 2013, equation 7).
func (g *searched) metres() float64 {
	return PolarRadius * gauss(g.sigma1, g.sigma2, func(sin float64) float64 {
		return math.Sqrt(1 + g.k2*sin*sin)
	})
}

// gauss integrates a function of the sine from one arc to another by
// Gauss-Legendre quadrature of 16 points. Both integrands above are constant to
// 0.4 % and smooth: the rule is exact to the last bits over half the globe.
func gauss(from, to float64, f func(sin float64) float64) float64 {
	nodes := [8][2]float64{ // abscissa, weight
		{0.095012509837637440, 0.18945061045506850},
		{0.281603550779258913, 0.18260341504492359},
		{0.458016777657227386, 0.16915651939500254},
		{0.617876244402643748, 0.14959598881657673},
		{0.755404408355003034, 0.12462897125553387},
		{0.865631202387831744, 0.09515851168249278},
		{0.944575023073232576, 0.06225352393864789},
		{0.989400934991649933, 0.02715245941175409},
	}
	middle, half := (from+to)/2, (to-from)/2
	sum := 0.0
	for _, n := range nodes {
		sum += n[1] * (f(math.Sin(middle-half*n[0])) + f(math.Sin(middle+half*n[0])))
	}
	return sum * half
}
