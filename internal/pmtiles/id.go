package pmtiles

import (
	"cmp"
	"iter"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/hilbert"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// ID numbers the tiles of all zooms: those of a zoom follow those of the zooms
// above it, along a Hilbert curve that begins in the north-west. Of two IDs, a
// tile's and that of another of its zoom, those of all children compare alike.
func ID(t tiles.Tile) uint64 {
	above := (uint64(1)<<(2*t.Z) - 1) / 3 // 1 + 4 + … + 4^(z-1)
	return above + onCurve(t)
}

// onCurve is the position of a tile on the Hilbert curve of its zoom, from 0.
func onCurve(t tiles.Tile) uint64 { return hilbert.Distance(t.X, t.Y, t.Z) }

// Tiles lists the tiles from zoom least to zoom most, in order of ID, for which
// holds is true and was true for each tile above them: of a tile that holds
// nothing no child is asked. It keeps none of them in memory.
func Tiles(least, most uint8, holds func(tiles.Tile) bool) iter.Seq[tiles.Tile] {
	return func(yield func(tiles.Tile) bool) {
		for z := least; z <= most && descend(tiles.Tile{}, z, holds, yield); z++ {
		}
	}
}

// descend yields what of zoom z lies in t; false when the listing is to stop.
func descend(t tiles.Tile, z uint8, holds, yield func(tiles.Tile) bool) bool {
	if !holds(t) {
		return true
	}
	if t.Z == z {
		return yield(t)
	}
	children := t.Children()
	slices.SortFunc(children[:], func(a, b tiles.Tile) int { return cmp.Compare(onCurve(a), onCurve(b)) })
	for _, c := range children {
		if !descend(c, z, holds, yield) {
			return false
		}
	}
	return true
}
