package crs

import (
	"math"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

// EPSG:6960, VN-2000 to WGS 84 (2): a seven-parameter similarity by the
// coordinate frame convention (EPSG method 9607), good to 1 m.
//
// The sign trap: the same numbers are often quoted as +towgs84, whose
// convention is the position vector (EPSG 9606), with the rotations' signs
// unchanged. That is another transformation, 0.72 m east and 0.22 m north of
// this one in Hanoi. PROJ turns the signs, and so does helmert below.
const (
	shiftX, shiftY, shiftZ    = -191.90441429, -39.30318279, -111.45032835 // metres
	rotateX, rotateY, rotateZ = -0.00928836 * arcSecond, 0.01975479 * arcSecond, -0.00427372 * arcSecond
	shiftScale                = 1 + 0.252906278e-6

	arcSecond = radian / 3600
)

// vn2000ToWGS84 takes degrees on VN-2000, at height 0, to degrees on WGS 84.
func vn2000ToWGS84(lon, lat float64) (float64, float64) {
	x, y, z := geocentric(lon, lat)
	return geographicOf(
		shiftX+shiftScale*(x+rotateZ*y-rotateY*z),
		shiftY+shiftScale*(-rotateZ*x+y+rotateX*z),
		shiftZ+shiftScale*(rotateY*x-rotateX*y+z))
}

// wgs84ToVN2000 is the inverse. The rotation matrix is that of small angles, so
// its transpose is its inverse to 2e-14 of the earth's radius: 1e-7 m.
func wgs84ToVN2000(lon, lat float64) (float64, float64) {
	x, y, z := geocentric(lon, lat)
	x, y, z = (x-shiftX)/shiftScale, (y-shiftY)/shiftScale, (z-shiftZ)/shiftScale
	return geographicOf(
		x-rotateZ*y+rotateY*z,
		rotateZ*x+y-rotateX*z,
		-rotateY*x+rotateX*y+z)
}

// geocentric returns the Cartesian metres of a place on the ellipsoid.
func geocentric(lon, lat float64) (x, y, z float64) {
	sinLat, cosLat := math.Sincos(lat * radian)
	sinLon, cosLon := math.Sincos(lon * radian)
	n := geodesy.EquatorialRadius / math.Sqrt(1-geodesy.Eccentricity2*sinLat*sinLat)
	return n * cosLat * cosLon, n * cosLat * sinLon, n * (1 - geodesy.Eccentricity2) * sinLat
}

// geographicOf returns the degrees of a place near the ellipsoid, its height
// dropped. Bowring's parametric latitude, applied twice, is exact to the last
// bits within kilometres of the surface.
func geographicOf(x, y, z float64) (lon, lat float64) {
	p := math.Hypot(x, y)
	const second = geodesy.Eccentricity2 / (1 - geodesy.Eccentricity2) // e'²
	tanBeta := z / (p * (1 - geodesy.Flattening))
	tanLat := tanBeta
	for range 2 {
		cosBeta := 1 / math.Hypot(1, tanBeta)
		sinBeta := tanBeta * cosBeta
		tanLat = (z + second*geodesy.PolarRadius*sinBeta*sinBeta*sinBeta) /
			(p - geodesy.Eccentricity2*geodesy.EquatorialRadius*cosBeta*cosBeta*cosBeta)
		tanBeta = (1 - geodesy.Flattening) * tanLat
	}
	return math.Atan2(y, x) / radian, math.Atan(tanLat) / radian
}
