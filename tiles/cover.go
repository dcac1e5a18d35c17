package tiles

import (
	"iter"
	"math"

	"github.com/paulmach/orb"
)

// Range is a rectangle of tiles of one zoom, its corners included. It is empty
// when MinX > MaxX or MinY > MaxY.
type Range struct {
	Z          uint8
	MinX, MinY uint32
	MaxX, MaxY uint32
}

// Cover returns the tiles of zoom z whose squares touch a lon/lat box. A side
// of the box that lies on a tile's edge touches both neighbours. Boxes that
// cross the antimeridian (Min > Max) are empty here: split them first.
func Cover(b orb.Bound, z uint8) Range { return coverGrown(b, z, 0) }

// Touched returns the tiles of zoom z in which a feature with the given lon/lat
// bound can leave a mark: those whose SearchBound touches it. These are the
// tiles to build anew when the feature changes.
func Touched(b orb.Bound, z uint8) Range { return coverGrown(b, z, Buffer+1) }

func coverGrown(b orb.Bound, z uint8, units float64) Range {
	z = min(z, MaxZoom)
	// NaN fails every comparison, so a box with NaN is empty too.
	if !(b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1]) {
		return Range{Z: z, MinX: 1, MinY: 1}
	}
	side := worldSize / float64(uint64(1)<<z)
	grow := side * units / Extent
	index := func(world float64) uint32 {
		return uint32(math.Max(0, math.Min(math.Floor(world/side), float64(uint64(1)<<z-1))))
	}
	// The world is measured in float64 here and not in the integers of prepared
	// geometry; the half unit of rounding is inside the margin of Touched.
	return Range{
		Z:    z,
		MinX: lower(worldXFloat(b.Min[0])-grow, side, index),
		MinY: lower(worldYFloat(b.Max[1])-grow, side, index),
		MaxX: index(worldXFloat(b.Max[0]) + grow),
		MaxY: index(worldYFloat(b.Min[1]) + grow),
	}
}

// lower is the first index whose tile touches position world: a position right
// on an edge also touches the tile before it.
func lower(world, side float64, index func(float64) uint32) uint32 {
	i := index(world)
	if i > 0 && world == float64(i)*side {
		return i - 1
	}
	return i
}

// Count returns how many tiles the range has.
func (r Range) Count() uint64 {
	if r.MinX > r.MaxX || r.MinY > r.MaxY {
		return 0
	}
	return uint64(r.MaxX-r.MinX+1) * uint64(r.MaxY-r.MinY+1)
}

// Contains reports whether t is one of the range's tiles.
func (r Range) Contains(t Tile) bool {
	return t.Z == r.Z && r.MinX <= t.X && t.X <= r.MaxX && r.MinY <= t.Y && t.Y <= r.MaxY
}

// All yields the tiles row by row from the north-west.
func (r Range) All() iter.Seq[Tile] {
	return func(yield func(Tile) bool) {
		if r.Count() == 0 {
			return
		}
		for y := r.MinY; y <= r.MaxY; y++ {
			for x := r.MinX; x <= r.MaxX; x++ {
				if !yield(Tile{Z: r.Z, X: x, Y: y}) {
					return
				}
			}
		}
	}
}
