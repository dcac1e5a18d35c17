package tiles

import (
	"math"

	"github.com/paulmach/orb"
)

// The world is the Web Mercator square (EPSG:3857) measured in integers:
//
//	x = 0 at 180° W … 2^32 at 180° E,  y = 0 at 85.0511° N … 2^32 at 85.0511° S
//
// One world unit is 40,075,017 m / 2^32 = 9.3 mm at the equator. A tile of zoom
// z is 2^(32-z) world units wide, so a tile unit is 2^(20-z) of them and going
// from one to the other is a shift.
const (
	worldSize = 1 << 32
	// unitZoom is the zoom at which one tile unit is one world unit:
	// 2^(32-z) / 4096 = 1.
	unitZoom = 20
	// maxLatitude is atan(sinh(π)) in degrees: the square's north edge.
	maxLatitude = 85.05112877980659
)

func worldXFloat(lon float64) float64 { return (lon/360 + 0.5) * worldSize }

func worldYFloat(lat float64) float64 {
	if lat > maxLatitude {
		return 0
	}
	if lat < -maxLatitude {
		return worldSize
	}
	s := math.Sin(lat * (math.Pi / 180))
	return (0.5 - math.Log((1+s)/(1-s))*(0.25/math.Pi)) * worldSize
}

// worldX and worldY round to the nearest world unit; positions beyond the
// square stop at its edge.
func worldX(lon float64) uint32 { return toWorld(worldXFloat(lon)) }
func worldY(lat float64) uint32 { return toWorld(worldYFloat(lat)) }

func toWorld(v float64) uint32 {
	v += 0.5
	switch {
	case v >= worldSize:
		return math.MaxUint32
	case v >= 0:
		return uint32(int64(v))
	default: // negative, or NaN, which callers have excluded
		return 0
	}
}

func lonOf(x float64) float64 { return (x/worldSize - 0.5) * 360 }

func latOf(y float64) float64 {
	return math.Atan(math.Sinh(math.Pi*(1-2*y/worldSize))) * (180 / math.Pi)
}

func finite(p orb.Point) bool {
	// x-x is 0 for every finite x and NaN for the others.
	return p[0]-p[0] == 0 && p[1]-p[1] == 0
}

// onMap reports whether the square world shows p at all.
func onMap(p orb.Point) bool {
	return p[0] >= -180 && p[0] <= 180 && p[1] >= -maxLatitude && p[1] <= maxLatitude
}
