package diff

import (
	"context"
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

// Shift returns the greatest distance in metres from a vertex of either lon/lat
// geometry to the nearest place of the other, polygons counting as their
// outlines. Both must have a vertex. The error is that of ctx.
func Shift(ctx context.Context, before, after orb.Geometry) (float64, error) {
	a, b := outline(nil, before), outline(nil, after)
	there, err := farthest(ctx, a, b)
	if err != nil {
		return 0, err
	}
	back, err := farthest(ctx, b, a)
	return math.Max(there, back), err
}

// outline appends the lines that g is made of to dst; a point is a line of one
// vertex.
func outline(dst []orb.LineString, g orb.Geometry) []orb.LineString {
	switch g := g.(type) {
	case orb.Point:
		return append(dst, orb.LineString{g})
	case orb.MultiPoint:
		for _, p := range g {
			dst = append(dst, orb.LineString{p})
		}
	case orb.LineString:
		return append(dst, g)
	case orb.MultiLineString:
		return append(dst, g...)
	case orb.Ring:
		return append(dst, orb.LineString(g))
	case orb.Polygon:
		for _, r := range g {
			dst = append(dst, orb.LineString(r))
		}
	case orb.MultiPolygon:
		for _, p := range g {
			dst = outline(dst, p)
		}
	case orb.Collection:
		for _, m := range g {
			dst = outline(dst, m)
		}
	}
	return dst
}

// farthest returns the greatest distance from a vertex of from to the lines of to.
func farthest(ctx context.Context, from, to []orb.LineString) (metres float64, err error) {
	index := geodesy.NewSegmentIndex(orb.MultiLineString(to))
	seen := 0
	for i, line := range from {
		first, last := 0, len(line)
		if i < len(to) {
			first, last = differing(line, to[i])
		}
		for _, v := range line[first:last] {
			if seen++; seen%checkEvery == 0 && ctx.Err() != nil {
				return 0, ctx.Err()
			}
			frame := geodesy.NewFrame(v)
			if n, ok := frame.NearestIndexed(index, math.Inf(1)); ok {
				metres = math.Max(metres, n.Metres)
			}
		}
	}
	return metres, nil
}

// differing returns the range of the vertices of a that are not those of b, seen
// from both ends: what is usual of an edit. The others lie on b.
func differing(a, b orb.LineString) (first, last int) {
	for first < len(a) && first < len(b) && a[first] == b[first] {
		first++
	}
	last = len(a)
	for other := len(b); last > first && other > first && a[last-1] == b[other-1]; other-- {
		last--
	}
	return first, last
}
