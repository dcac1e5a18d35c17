package shapefile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Errors of a shape's bytes.
var (
	ErrShape       = errors.New("damaged shape")
	ErrUnsupported = errors.New("shape type without an equivalent")
)

// Shape types (ESRI white paper, July 1998, page 4). The Z and M variants add
// 10 and 20 and put their numbers after the x, y part, which is the same.
const (
	typeNull       = 0
	typePoint      = 1
	typeLine       = 3
	typePolygon    = 5
	typeMultiPoint = 8
	typeMultiPatch = 31
)

// plain returns the x, y variant of a type and whether the type has heights.
func plain(t int32) (base int32, heights bool) {
	switch {
	case t > 20 && t < 30:
		return t - 20, false
	case t > 10 && t < 20:
		return t - 10, true
	default:
		return t, false
	}
}

// decode reads the content of one record. The geometry is nil for a null shape.
func decode(b []byte) (g orb.Geometry, heights bool, err error) {
	if len(b) < 4 {
		return nil, false, fmt.Errorf("%d bytes of content: %w", len(b), ErrShape)
	}
	t := int32(binary.LittleEndian.Uint32(b))
	base, heights := plain(t)
	b = b[4:]
	switch base {
	case typeNull:
		return nil, false, nil
	case typePoint:
		if len(b) < 16 {
			return nil, heights, fmt.Errorf("a point of %d bytes: %w", len(b), ErrShape)
		}
		return point(b), heights, nil
	case typeMultiPoint:
		points, err := multiPoint(b)
		return points, heights, err
	case typeLine, typePolygon:
		parts, err := polyParts(b)
		if err != nil {
			return nil, heights, err
		}
		if base == typeLine {
			return lines(parts), heights, nil
		}
		return polygons(parts), heights, nil
	default:
		return nil, heights, fmt.Errorf("type %d: %w", t, ErrUnsupported)
	}
}

func point(b []byte) orb.Point {
	return orb.Point{
		math.Float64frombits(binary.LittleEndian.Uint64(b)),
		math.Float64frombits(binary.LittleEndian.Uint64(b[8:])),
	}
}

func multiPoint(b []byte) (orb.MultiPoint, error) {
	if len(b) < 36 {
		return nil, fmt.Errorf("a multipoint of %d bytes: %w", len(b), ErrShape)
	}
	n := int64(int32(binary.LittleEndian.Uint32(b[32:])))
	if n < 0 || 36+16*n > int64(len(b)) {
		return nil, fmt.Errorf("%d points in %d bytes: %w", n, len(b), ErrShape)
	}
	out := make(orb.MultiPoint, n)
	for i := range out {
		out[i] = point(b[36+16*i:])
	}
	return out, nil
}

// polyParts cuts the points of a line or polygon into its parts.
func polyParts(b []byte) ([][]orb.Point, error) {
	if len(b) < 40 {
		return nil, fmt.Errorf("a line of %d bytes: %w", len(b), ErrShape)
	}
	nParts := int64(int32(binary.LittleEndian.Uint32(b[32:])))
	nPoints := int64(int32(binary.LittleEndian.Uint32(b[36:])))
	if nParts < 0 || nPoints < 0 || 40+4*nParts+16*nPoints > int64(len(b)) {
		return nil, fmt.Errorf("%d parts and %d points in %d bytes: %w", nParts, nPoints, len(b), ErrShape)
	}
	xy := b[40+4*nParts:]
	points := make([]orb.Point, nPoints)
	for i := range points {
		points[i] = point(xy[16*i:])
	}
	out := make([][]orb.Point, 0, nParts)
	start := int64(0)
	for i := range nParts {
		from := int64(int32(binary.LittleEndian.Uint32(b[40+4*i:])))
		to := nPoints
		if i+1 < nParts {
			to = int64(int32(binary.LittleEndian.Uint32(b[44+4*i:])))
		}
		if from != start || to < from || to > nPoints {
			return nil, fmt.Errorf("part %d from point %d to %d of %d: %w", i, from, to, nPoints, ErrShape)
		}
		// A full slice expression: a ring that is closed later must not write
		// over the first point of the next part.
		out = append(out, points[from:to:to])
		start = to
	}
	return out, nil
}

func lines(parts [][]orb.Point) orb.Geometry {
	if len(parts) == 1 {
		return orb.LineString(parts[0])
	}
	out := make(orb.MultiLineString, len(parts))
	for i, p := range parts {
		out[i] = p
	}
	return out
}

// polygons groups rings: clockwise rings are outer, the others are holes of
// the smallest outer ring around them. A hole that no ring is around is taken
// as an outer ring of its own, since some programs write rings the wrong way.
func polygons(parts [][]orb.Point) orb.Geometry {
	var outers []outer
	var holes []orb.Ring
	for _, p := range parts {
		ring := orb.Ring(p)
		if area := planar.Area(ring); area <= 0 {
			outers = append(outers, newOuter(ring, -area))
		} else {
			holes = append(holes, ring)
		}
	}
	if len(outers) == 0 && len(holes) == 1 {
		return orb.Polygon{holes[0]}
	}
	for _, hole := range holes {
		best := -1
		for i := range outers {
			if outers[i].around(hole) && (best < 0 || outers[i].area < outers[best].area) {
				best = i
			}
		}
		if best < 0 {
			outers = append(outers, newOuter(hole, planar.Area(hole)))
			continue
		}
		outers[best].rings = append(outers[best].rings, hole)
	}
	if len(outers) == 1 {
		return orb.Polygon(outers[0].rings)
	}
	out := make(orb.MultiPolygon, len(outers))
	for i := range outers {
		out[i] = outers[i].rings
	}
	return out
}

type outer struct {
	rings []orb.Ring
	bound orb.Bound
	area  float64
}

func newOuter(ring orb.Ring, area float64) outer {
	return outer{rings: []orb.Ring{ring}, bound: ring.Bound(), area: area}
}

// around reports whether hole lies in the ring. A vertex on the border decides
// nothing, so the first vertex that is not on it counts.
func (o *outer) around(hole orb.Ring) bool {
	bound := hole.Bound()
	if !o.bound.Contains(bound.Min) || !o.bound.Contains(bound.Max) {
		return false
	}
	for _, p := range hole {
		if !onBorder(o.rings[0], p) {
			return planar.RingContains(o.rings[0], p)
		}
	}
	return true
}

func onBorder(ring orb.Ring, p orb.Point) bool {
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		cross := (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0])
		if cross == 0 && min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) &&
			min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1]) {
			return true
		}
	}
	return false
}
