package tms

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles"
)

const (
	earthRadius  = 6378137.0 // semi-major axis of WGS 84, metres
	radian       = math.Pi / 180
	mercatorEdge = math.Pi * earthRadius // half the side of Web Mercator's world, metres
	degreeMetres = earthRadius * radian  // of longitude on the equator (17-083r4, 6.2)
	worldUnits   = 1 << 32               // of the square world, a side
	mercatorLat  = 85.05112877980659     // its north edge: atan(sinh(π)) in degrees
)

// placeAt returns the vertex of a position that is given from the top left corner
// of the square world in its units. The right and the bottom edge belong to the
// last unit, as in package tiles.
func placeAt(x, y float64) (tiles.Vertex, bool) {
	if !(x >= 0 && x <= worldUnits && y >= 0 && y <= worldUnits) {
		return tiles.Vertex{}, false
	}
	return tiles.Vertex{X: roundUnit(x), Y: roundUnit(y)}, true
}

func roundUnit(v float64) uint32 { return uint32(min(int64(v+0.5), math.MaxUint32)) }

// mercator is EPSG:3857.
type mercator struct{}

func (mercator) place(p orb.Point) (tiles.Vertex, bool) { return tiles.Project(p) }

func (mercator) project(p orb.Point) (orb.Point, bool) {
	if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= mercatorLat) {
		return orb.Point{}, false
	}
	return orb.Point{p[0] * degreeMetres, earthRadius * math.Asinh(math.Tan(p[1]*radian))}, true
}

func (mercator) lonLat(xy orb.Bound) orb.Bound {
	lat := func(y float64) float64 { return math.Atan(math.Sinh(y/earthRadius)) / radian }
	return orb.Bound{
		Min: orb.Point{xy.Min[0] / degreeMetres, lat(xy.Min[1])},
		Max: orb.Point{xy.Max[0] / degreeMetres, lat(xy.Max[1])},
	}
}

// box counts what lies beyond the square to its edge, where it is drawn.
func (m mercator) box(b orb.Bound) (orb.Bound, bool) {
	low, ok := m.project(orb.Point{b.Min[0], max(b.Min[1], -mercatorLat)})
	high, also := m.project(orb.Point{b.Max[0], min(b.Max[1], mercatorLat)})
	return orb.Bound{Min: low, Max: high}, ok && also && low[1] <= high[1]
}

func (mercator) bend() float64 { return 0 }

// plateCarree is CRS84, its square world 360° to each side from 180° W, 90° N.
type plateCarree struct{}

const unitsPerDegree = worldUnits / 360.0

func (plateCarree) project(p orb.Point) (orb.Point, bool) {
	return p, math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90
}

func (plateCarree) place(p orb.Point) (tiles.Vertex, bool) {
	if !(math.Abs(p[1]) <= 90) {
		return tiles.Vertex{}, false
	}
	return placeAt((p[0]+180)*unitsPerDegree, (90-p[1])*unitsPerDegree)
}

func (plateCarree) lonLat(xy orb.Bound) orb.Bound     { return xy }
func (plateCarree) box(b orb.Bound) (orb.Bound, bool) { return b, true }
func (plateCarree) bend() float64                     { return 0 }
