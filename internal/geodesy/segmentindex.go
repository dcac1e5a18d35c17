package geodesy

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// SegmentIndex makes the distance to a geometry of many vertices cheap. It
// boxes runs of consecutive edges, then runs of boxes, in one array:
//
//	top                 ┌───────────────────┐
//	                    │ 0               1 │          8 boxes each
//	                ┌───┴────┐         ┌────┴──┐
//	runs of edges   0 1 2 … 7          8 9 …           8 edges each
//	vertices        o-o-o-o-o-o-o-o-o-o-o-o-o …        in their own order
//
// Consecutive edges of a line lie together, so their order is as good as a
// sorted one and costs nothing; only the members of a geometry with many are
// sorted, along a Z-order curve. 4 bytes an edge beside the vertices, which are
// not copied.
//
// It is immutable once made and safe for concurrent use, as long as nobody
// changes the vertices of the geometry. The zero value is an empty index.
type SegmentIndex struct {
	parts   []part
	singles []orb.Point // what the parts of points point into
	runs    []run
	boxes   []box // of runs, then of 8 runs each, …, up to one
	level   []int // where each level starts in boxes
	bound   orb.Bound
	areas   int32 // number of polygons
	polar   bool  // some part is
}

// part is one line, ring or point.
type part struct {
	points []orb.Point
	key    uint64 // orders members; the rings of a polygon share one
	area   int32  // which polygon it bounds, from 1; 0: none
	polar  bool   // a ring round the north pole
}

// run is up to fanOut consecutive edges of one part, or one point.
type run struct {
	part, first, edges int32
}

// box is a lon/lat rectangle, rounded outward to float32: at 105°E by up to
// 0.8 m, half the memory.
type box struct {
	minLon, minLat, maxLon, maxLat float32
}

const fanOut = 8

// NewSegmentIndex indexes a lon/lat geometry. It keeps the geometry's vertices
// and takes time in proportion to them: 1,000 take about 20 µs.
func NewSegmentIndex(g orb.Geometry) *SegmentIndex {
	ix := &SegmentIndex{}
	ix.Reset(g)
	return ix
}

// Reset makes ix the index of another geometry in the same memory.
func (ix *SegmentIndex) Reset(g orb.Geometry) {
	clear(ix.parts) // lets go of the old vertices
	ix.parts, ix.runs, ix.boxes, ix.level = ix.parts[:0], ix.runs[:0], ix.boxes[:0], ix.level[:0]
	ix.singles = ix.singles[:0]
	ix.areas, ix.polar = 0, false
	ix.add(g)
	ix.sortMembers()
	ix.boxRuns()
	ix.stack()
}

// Bound returns the lon/lat rectangle of the vertices, rounded outward by up to
// 0.8 m.
func (ix *SegmentIndex) Bound() orb.Bound { return ix.bound }

// Boxes appends up to n lon/lat boxes, at least one, to dst that together hold
// the vertices of a geometry without polygons. It appends none for an empty
// geometry or one with polygons, whose insides no box of edges holds.
func (ix *SegmentIndex) Boxes(dst []orb.Bound, n int) []orb.Bound {
	if ix.areas > 0 {
		return dst
	}
	end := len(ix.boxes)
	for level := len(ix.level) - 1; level >= 0; level-- {
		if start := ix.level[level]; level == 0 || start-ix.level[level-1] > n {
			for _, b := range ix.boxes[start:end] {
				dst = append(dst, b.orb())
			}
			break
		}
		end = ix.level[level]
	}
	return dst
}

func (ix *SegmentIndex) add(g orb.Geometry) {
	switch g := g.(type) {
	case orb.Point:
		ix.singles = append(ix.singles, g)
		ix.part(ix.singles[len(ix.singles)-1:], 0)
	case orb.MultiPoint:
		for i := range g {
			ix.part(g[i:i+1], 0)
		}
	case orb.LineString:
		ix.part(g, 0)
	case orb.MultiLineString:
		for _, l := range g {
			ix.part(l, 0)
		}
	case orb.Ring:
		ix.areas++
		ix.part(g, ix.areas)
	case orb.Polygon:
		ix.polygon(g)
	case orb.MultiPolygon:
		for _, p := range g {
			ix.polygon(p)
		}
	case orb.Collection:
		for _, m := range g {
			ix.add(m)
		}
	}
}

func (ix *SegmentIndex) polygon(p orb.Polygon) {
	ix.areas++
	for _, ring := range p {
		ix.part(ring, ix.areas)
	}
}

func (ix *SegmentIndex) part(points []orb.Point, area int32) {
	if len(points) == 0 {
		return
	}
	if last := len(points) - 1; area > 0 && points[0] != points[last] {
		points = append(points[:last+1:last+1], points[0]) // closes a copy
	}
	key := zOrder(points[0])
	if n := len(ix.parts); area > 0 && n > 0 && ix.parts[n-1].area == area {
		key = ix.parts[n-1].key
	}
	polar := area > 0 && aroundNorthPole(points)
	ix.polar = ix.polar || polar
	ix.parts = append(ix.parts, part{points, key, area, polar})
}

// sortMembers brings members that lie together near each other, and keeps the
// rings of a polygon together: crossings counts on that.
func (ix *SegmentIndex) sortMembers() {
	if len(ix.parts) <= fanOut {
		return
	}
	slices.SortStableFunc(ix.parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.area, b.area))
	})
}

// zOrder interleaves the bits of a place's coordinates.
func zOrder(p orb.Point) uint64 {
	return spread((p[0]+180)/360) | spread((p[1]+90)/180)<<1
}

// spread puts the 32 bits of a fraction into every second bit.
func spread(fraction float64) uint64 {
	v := uint64(max(0, min(1, fraction)) * math.MaxUint32)
	v = (v | v<<16) & 0x0000ffff0000ffff
	v = (v | v<<8) & 0x00ff00ff00ff00ff
	v = (v | v<<4) & 0x0f0f0f0f0f0f0f0f
	v = (v | v<<2) & 0x3333333333333333
	return (v | v<<1) & 0x5555555555555555
}

// vertices returns the vertices of a run: one more than its edges.
func (ix *SegmentIndex) vertices(r run) []orb.Point {
	return ix.parts[r.part].points[r.first : r.first+r.edges+1]
}

// boxRuns cuts the parts into runs and boxes them.
func (ix *SegmentIndex) boxRuns() {
	ix.level = append(ix.level, 0)
	for n := range ix.parts {
		edges := len(ix.parts[n].points) - 1
		for first := 0; first == 0 || first < edges; first += fanOut {
			r := run{int32(n), int32(first), int32(min(fanOut, edges-first))}
			ix.runs = append(ix.runs, r)
			ix.boxes = append(ix.boxes, boxOf(ix.vertices(r)))
		}
	}
}

// stack adds levels of boxes until one holds everything.
func (ix *SegmentIndex) stack() {
	for start := 0; len(ix.boxes)-start > 1; {
		end := len(ix.boxes)
		ix.level = append(ix.level, end)
		for i := start; i < end; i += fanOut {
			b := ix.boxes[i]
			for _, o := range ix.boxes[i+1 : min(i+fanOut, end)] {
				b = b.union(o)
			}
			ix.boxes = append(ix.boxes, b)
		}
		start = end
	}
	ix.bound = orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}}
	if n := len(ix.boxes); n > 0 {
		ix.bound = ix.boxes[n-1].orb()
	}
}

// children returns the range of boxes, one level down, that make up box i of a
// level above 0.
func (ix *SegmentIndex) children(level, i int) (from, to int) {
	from = ix.level[level-1] + (i-ix.level[level])*fanOut
	return from, min(from+fanOut, ix.level[level])
}

func boxOf(points []orb.Point) box {
	lo, hi := points[0], points[0]
	for _, p := range points[1:] {
		lo[0], lo[1] = math.Min(lo[0], p[0]), math.Min(lo[1], p[1])
		hi[0], hi[1] = math.Max(hi[0], p[0]), math.Max(hi[1], p[1])
	}
	return box{Float32Below(lo[0]), Float32Below(lo[1]), Float32Above(hi[0]), Float32Above(hi[1])}
}

func (b box) orb() orb.Bound {
	return orb.Bound{
		Min: orb.Point{float64(b.minLon), float64(b.minLat)},
		Max: orb.Point{float64(b.maxLon), float64(b.maxLat)},
	}
}

func (b box) union(o box) box {
	return box{
		min(b.minLon, o.minLon), min(b.minLat, o.minLat),
		max(b.maxLon, o.maxLon), max(b.maxLat, o.maxLat),
	}
}
