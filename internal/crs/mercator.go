package crs

import (
	"math"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

// maxMercatorLat is where Web Mercator's square world ends, in degrees:
// 2·atan(e^π) - 90°.
const maxMercatorLat = 85.05112877980659

// maxMercatorXY is half the side of that world: πa, metres.
const maxMercatorXY = math.Pi * geodesy.EquatorialRadius

// sphericalMercatorForward projects degrees to EPSG:3857 metres.
func sphericalMercatorForward(lon, lat float64) (x, y float64, ok bool) {
	if math.Abs(lat) > maxMercatorLat+1e-9 {
		return 0, 0, false
	}
	return geodesy.EquatorialRadius * lon * radian, geodesy.EquatorialRadius * math.Asinh(math.Tan(lat*radian)), true
}

// sphericalMercatorInverse brings EPSG:3857 metres back to degrees.
func sphericalMercatorInverse(x, y float64) (lon, lat float64, ok bool) {
	const edge = maxMercatorXY + 1e-3 // writers round the edge of the world to a millimetre
	if math.Abs(x) > edge || math.Abs(y) > edge {
		return 0, 0, false
	}
	lon = math.Max(-180, math.Min(180, x/(geodesy.EquatorialRadius*radian)))
	return lon, math.Atan(math.Sinh(y/geodesy.EquatorialRadius)) / radian, true
}

// krueger is a transverse Mercator projection by Krüger's series in the third
// flattening n (C. F. F. Karney, Transverse Mercator with an accuracy of a few
// nanometers, J. Geodesy 85, 2011, equations 7 to 36).
//
//	geographic latitude -> conformal latitude -> spherical transverse Mercator
//	(ξ', η') -> (ξ, η) = (ξ', η') + Σ αj sin, cos 2j(ξ', η') -> k0·A·(ξ, η)
//
// The series stop at n⁴. The first term left out is 127/288·n⁵ ≈ 6e-15 of the
// earth's radius near the central meridian, 4e-8 m, and less than 1e-4 m at the
// edge of the domain.
type krueger struct {
	centralMeridian float64 // degrees
	radius          float64 // k0·A, metres: scaled radius of the rectifying sphere
	alpha, beta     [4]float64
}

// maxMeridianDistance is the domain of krueger: degrees of longitude on either
// side of the central meridian. Zones are 3° or 6° wide; what lies this far out
// was projected by mistake.
const maxMeridianDistance = 30

func newKrueger(centralMeridian, scale float64) krueger {
	const n = geodesy.ThirdFlattening
	const n2, n3, n4 = n * n, n * n * n, n * n * n * n
	return krueger{
		centralMeridian: centralMeridian,
		radius:          scale * geodesy.EquatorialRadius / (1 + n) * (1 + n2/4 + n4/64),
		alpha: [4]float64{
			n/2 - 2*n2/3 + 5*n3/16 + 41*n4/180,
			13*n2/48 - 3*n3/5 + 557*n4/1440,
			61*n3/240 - 103*n4/140,
			49561 * n4 / 161280,
		},
		beta: [4]float64{
			n/2 - 2*n2/3 + 37*n3/96 - n4/360,
			n2/48 + n3/15 - 437*n4/1440,
			17*n3/480 - 37*n4/840,
			4397 * n4 / 161280,
		},
	}
}

// forward projects degrees to easting and northing in metres.
func (k *krueger) forward(lon, lat float64) (x, y float64, ok bool) {
	dLon := geodesy.WrapDegrees(lon - k.centralMeridian)
	if math.Abs(dLon) > maxMeridianDistance || math.Abs(lat) > 90 {
		return 0, 0, false
	}
	sinLon, cosLon := math.Sincos(dLon * radian)
	tau := conformalTangent(math.Tan(lat * radian))
	xi1 := math.Atan2(tau, cosLon)
	eta1 := math.Asinh(sinLon / math.Hypot(tau, cosLon))
	xi, eta := xi1, eta1
	for j, a := range k.alpha {
		m := 2 * float64(j+1)
		sin, cos := math.Sincos(m * xi1)
		xi += a * sin * math.Cosh(m*eta1)
		eta += a * cos * math.Sinh(m*eta1)
	}
	return falseEasting + k.radius*eta, k.radius * xi, true
}

// inverse brings easting and northing in metres back to degrees.
func (k *krueger) inverse(x, y float64) (lon, lat float64, ok bool) {
	xi, eta := y/k.radius, (x-falseEasting)/k.radius
	// asinh(tan 30°) is η on the equator at the edge of the domain. The slack is
	// for the flattening and for the rounding of a forward projection.
	if math.Abs(xi) > math.Pi/2+1e-9 || math.Abs(eta) > 0.5494*1.002 {
		return 0, 0, false
	}
	xi1, eta1 := xi, eta
	for j, b := range k.beta {
		m := 2 * float64(j+1)
		sin, cos := math.Sincos(m * xi)
		xi1 -= b * sin * math.Cosh(m*eta)
		eta1 -= b * cos * math.Sinh(m*eta)
	}
	sinXi, cosXi := math.Sincos(xi1)
	sinhEta := math.Sinh(eta1)
	dLon := math.Atan2(sinhEta, cosXi) / radian
	if math.Abs(dLon) > maxMeridianDistance+1e-6 {
		return 0, 0, false
	}
	tau := geographicTangent(sinXi / math.Hypot(sinhEta, cosXi))
	return geodesy.WrapDegrees(k.centralMeridian + dLon), math.Atan(tau) / radian, true
}

// conformalTangent turns the tangent of a geographic latitude into that of the
// conformal latitude (Karney 2011, equations 7 to 9).
func conformalTangent(tau float64) float64 {
	e := math.Sqrt(geodesy.Eccentricity2)
	tau1 := math.Hypot(1, tau)
	sigma := math.Sinh(e * math.Atanh(e*tau/tau1))
	return tau*math.Hypot(1, sigma) - sigma*tau1
}

// geographicTangent is the inverse of conformalTangent, by Newton's method
// (Karney 2011, equations 19 to 21): three steps reach the last bits.
func geographicTangent(conformal float64) float64 {
	if math.Abs(conformal) > 1e9 { // within 0.01 m of a pole both are the same angle
		return conformal
	}
	tau := conformal / (1 - geodesy.Eccentricity2)
	for range 6 {
		guess := conformalTangent(tau)
		step := (conformal - guess) / math.Hypot(1, guess) *
			(1 + (1-geodesy.Eccentricity2)*tau*tau) / ((1 - geodesy.Eccentricity2) * math.Hypot(1, tau))
		tau += step
		if math.Abs(step) <= 1e-14*math.Max(1, math.Abs(tau)) {
			break
		}
	}
	return tau
}
