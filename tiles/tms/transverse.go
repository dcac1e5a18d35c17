package tms

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// The square world of EPSG:5897, in metres. The set is the block of it that lies
// one block from the left and one from the top; a world unit is 2^24 m / 2^32,
// which is 3.9 mm.
const (
	vnSide     = 1 << 22 // of the set's matrix 0
	vnMeridian = 500000  // easting of the central meridian
	vnWest     = vnMeridian - vnSide/2
	vnNorth    = vnSide

	vnWorldWest   = vnWest - vnSide
	vnWorldNorth  = vnNorth + vnSide
	vnUnitsPerOne = worldUnits / (4 * vnSide) // world units in a metre: 256

	vnCentre   = 105.0 // degrees east, central meridian
	vnReachLon = 29.0  // degrees from it; package geodesy goes to 30
	vnReachLat = 75.0  // degrees of latitude: 8,330 km, within the world
)

// transverse is EPSG:5897, VN-2000 / TM-3 zone 482: transverse Mercator on
// 105° E, on a datum of its own.
type transverse struct {
	from, to *crs.Transform // from and to WGS 84
}

func newTransverse() *transverse {
	to, err := crs.NewTransform(crs.WGS84, crs.VN2000TM3482)
	if err != nil {
		panic(err) // both are constants of that package
	}
	from, err := crs.NewTransform(crs.VN2000TM3482, crs.WGS84)
	if err != nil {
		panic(err)
	}
	return &transverse{from: from, to: to}
}

func (p *transverse) project(lonLat orb.Point) (orb.Point, bool) {
	if !(math.Abs(lonLat[0]-vnCentre) <= vnReachLon && math.Abs(lonLat[1]) <= vnReachLat) {
		return orb.Point{}, false
	}
	xy, err := p.to.Point(lonLat)
	return xy, err == nil
}

func (p *transverse) place(lonLat orb.Point) (tiles.Vertex, bool) {
	xy, ok := p.project(lonLat)
	if !ok {
		return tiles.Vertex{}, false
	}
	return placeAt((xy[0]-vnWorldWest)*vnUnitsPerOne, (vnWorldNorth-xy[1])*vnUnitsPerOne)
}

// slack is by how much, in metres, the datum shift may move the places where a
// side of a box has its extremes out of the nine that are looked at: it turns
// directions by at most shift/radius = 3·10⁻⁵.
func slack(b orb.Bound) float64 {
	return 1 + 1e-4*math.Hypot(b.Max[0]-b.Min[0], b.Max[1]-b.Min[1])
}

// lonLat looks at corners, and where a side of the box crosses the central
// meridian or the equator. Between those, longitude and latitude go one way:
//
//	  ╭─┬─┬─╮    parallels bow up away from the meridian (in the north),
//	 ╭┼─┼─┼─┼╮   meridians bow away from the equator
//	─┴┴─┴─┴─┴┴─  equator
func (p *transverse) lonLat(xy orb.Bound) orb.Bound {
	out := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for _, x := range stations(xy.Min[0], xy.Max[0], vnMeridian) {
		for _, y := range stations(xy.Min[1], xy.Max[1], 0) {
			at, err := p.from.Point(orb.Point{x, y})
			if err != nil { // beyond the domain: nothing can be said
				return orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}
			}
			out = out.Extend(at)
		}
	}
	return padDegrees(out, slack(xy)/shortDegree)
}

// stations are both ends of an interval and the place nearest to turn in it.
func stations(low, high, turn float64) [3]float64 {
	return [3]float64{low, min(max(turn, low), high), high}
}

// box looks at corners, and where a side of the box crosses the central meridian
// or the equator: between those, easting and northing go one way. The box holds
// the straight edges, because it is convex.
func (p *transverse) box(b orb.Bound) (orb.Bound, bool) {
	b.Min = orb.Point{max(b.Min[0], vnCentre-vnReachLon), max(b.Min[1], -vnReachLat)}
	b.Max = orb.Point{min(b.Max[0], vnCentre+vnReachLon), min(b.Max[1], vnReachLat)}
	if !(b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1]) {
		return orb.Bound{}, false
	}
	out := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for _, lon := range stations(b.Min[0], b.Max[0], vnCentre) {
		for _, lat := range stations(b.Min[1], b.Max[1], 0) {
			xy, ok := p.project(orb.Point{lon, lat})
			if !ok {
				return orb.Bound{}, false
			}
			out = out.Extend(xy)
		}
	}
	return out.Pad(slack(out)), true
}

// bend: the second derivatives of transverse Mercator, in units of the earth's
// radius and per radian squared, sum to less than 2 within the domain (on the
// sphere, x” ≤ 1.11 where cos φ sin λ ≤ ½). An edge whose ends are w and h
// apart leaves the curve between them by at most 2·(w²+h²)/8 radii; here in
// degrees, with 3 % for the ellipsoid.
func (p *transverse) bend() float64 { return 2.0 / 8 * radian * 1.03 }
