package tiles

import (
	"math"

	"github.com/hanoitwin/hanoitwin/tiles/internal/polygon"
)

// Polygons are made valid on the very grid that is encoded.
var (
	_ [-polygon.LowEdge]struct{} = [Buffer]struct{}{}
	_ [polygon.HighEdge]struct{} = [Extent + Buffer]struct{}{}
)

// Outcodes (Cohen and Sutherland): on which sides of the buffered tile a
// position lies outside; 0 is inside.
const (
	outLeft = 1 << iota
	outRight
	outTop
	outBottom
)

func outcode(x, y int64) uint8 {
	// The sign bit of each difference, without branches: whether a vertex of a
	// long line is outside is a coin toss to the branch predictor.
	return uint8(uint64(x-polygon.LowEdge)>>63 | uint64(polygon.HighEdge-x)>>63<<1 |
		uint64(y-polygon.LowEdge)>>63<<2 | uint64(polygon.HighEdge-y)>>63<<3)
}

// frame maps world units to the tile units of one tile:
//
//	unit = (world << left  -  origin) >> right
//
// origin has half a tile unit subtracted, so that the shift, which rounds down,
// rounds to the nearest unit; halves go up everywhere in the world alike, so
// that neighbouring tiles agree about every vertex.
type frame struct {
	originX, originY int64
	left, right      uint8
	unit             float64 // world units in a tile unit
}

func frameOf(t Tile) frame {
	z := min(t.Z, MaxZoom)
	f := frame{unit: math.Ldexp(1, unitZoom-int(z))}
	half := int64(0)
	if z > unitZoom {
		f.left = z - unitZoom
	} else if z < unitZoom {
		f.right = unitZoom - z
		half = 1 << (f.right - 1)
	}
	side := 32 - z + f.left
	f.originX = int64(t.X)<<side - half
	f.originY = int64(t.Y)<<side - half
	return f
}

func (f *frame) snap(x, y uint32) polygon.Vec {
	return polygon.Vec{
		X: (int64(x)<<(f.left&63) - f.originX) >> (f.right & 63),
		Y: (int64(y)<<(f.left&63) - f.originY) >> (f.right & 63),
	}
}

// boxCodes returns the outcodes that all positions of a world box share, and
// those that any of them can have.
func (f *frame) boxCodes(box []uint32) (all, some uint8) {
	low, high := f.snap(box[0], box[1]), f.snap(box[2], box[3])
	a, b := outcode(low.X, low.Y), outcode(high.X, high.Y)
	return a & b, a | b
}

// smaller reports whether a world box is below size tile units in both
// directions.
func (f *frame) smaller(box []uint32, size float64) bool {
	limit := size * f.unit
	return float64(box[2]-box[0]) < limit && float64(box[3]-box[1]) < limit
}

// minRank is the rank from which vertices stay at a tolerance in tile units.
func (f *frame) minRank(tolerance float64) uint8 {
	world := tolerance * f.unit
	if !(world >= 1) {
		return 0
	}
	return min(rankOf(world*world), rankAlways-1)
}
