package tilechange

import "github.com/hanoitwin/hanoitwin/tiles"

// intersect returns the tiles that both ranges, of one zoom, have.
func intersect(a, b tiles.Range) tiles.Range {
	return tiles.Range{
		Z:    a.Z,
		MinX: max(a.MinX, b.MinX), MinY: max(a.MinY, b.MinY),
		MaxX: min(a.MaxX, b.MaxX), MaxY: min(a.MaxY, b.MaxY),
	}
}

// hull returns the smallest range that has both, neither of them empty.
func hull(a, b tiles.Range) tiles.Range {
	return tiles.Range{
		Z:    a.Z,
		MinX: min(a.MinX, b.MinX), MinY: min(a.MinY, b.MinY),
		MaxX: max(a.MaxX, b.MaxX), MaxY: max(a.MaxY, b.MaxY),
	}
}

// joinRange adds r to at most maxRanges ranges of one zoom: when there is no
// room, to the one that grows least.
func joinRange(ranges []tiles.Range, r tiles.Range) []tiles.Range {
	if r.Count() == 0 {
		return ranges
	}
	best, least := -1, uint64(0)
	for i, have := range ranges {
		grown := hull(have, r).Count() - have.Count()
		if best < 0 || grown < least {
			best, least = i, grown
		}
	}
	if best >= 0 && (least == 0 || len(ranges) == maxRanges) {
		ranges[best] = hull(ranges[best], r)
		return ranges
	}
	return append(ranges, r)
}
