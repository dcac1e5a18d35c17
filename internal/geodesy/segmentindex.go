package geodesy

import (
	"math"

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
// sorted one and costs nothing: 2.3 bytes an edge beside the vertices, which
// are not copied.
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
	area   int32 // which polygon it bounds, from 1; 0: none
	polar  bool  // a ring round the north pole
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
// and takes time in proportion to them: 1,000 take 10 µs.
func NewSegmentIndex(g orb.Geometry) *SegmentIndex {
	ix := &SegmentIndex{}
	ix.Reset(g)
	return ix
}

// Reset makes ix the index of another geometry in the same memory.
func (ix *SegmentIndex) Reset(g orb.Geometry) {
	clear(ix.parts) // lets go of the old vertices
	ix.parts, ix.runs, ix.boxes, ix.level = ix.parts[:0], ix.runs[:0], ix.boxes[:0], ix.level[:0]
	ix.singles, ix.areas, ix.polar = ix.singles[:0], 0, false
	ix.add(g)
	ix.boxRuns()
	ix.stack()
}

// Bound returns the lon/lat rectangle of the vertices, rounded outward by up to
// 0.8 m.
func (ix *SegmentIndex) Bound() orb.Bound { return ix.bound }

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
		ix.add(orb.Polygon{g})
	case orb.Polygon:
		ix.areas++
		for _, ring := range g {
			ix.part(ring, ix.areas)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			ix.add(p)
		}
	case orb.Collection:
		for _, m := range g {
			ix.add(m)
		}
	}
}

func (ix *SegmentIndex) part(points []orb.Point, area int32) {
	if len(points) == 0 {
		return
	}
	if last := len(points) - 1; area > 0 && points[0] != points[last] {
		points = append(points[:last+1:last+1], points[0]) // closes a copy
	}
	n := int32(len(ix.parts))
	polar := area > 0 && aroundNorthPole(points)
	ix.polar = ix.polar || polar
	ix.parts = append(ix.parts, part{points, area, polar})
	edges := len(points) - 1
	if edges == 0 {
		ix.runs = append(ix.runs, run{part: n})
	}
	for first := 0; first < edges; first += fanOut {
		ix.runs = append(ix.runs, run{n, int32(first), int32(min(fanOut, edges-first))})
	}
}

// vertices returns the vertices of a run: one more than its edges.
func (ix *SegmentIndex) vertices(r run) []orb.Point {
	return ix.parts[r.part].points[r.first : r.first+r.edges+1]
}

func (ix *SegmentIndex) boxRuns() {
	ix.level = append(ix.level, 0)
	for _, r := range ix.runs {
		ix.boxes = append(ix.boxes, boxOf(ix.vertices(r)))
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
		b := ix.boxes[n-1]
		ix.bound = orb.Bound{
			Min: orb.Point{float64(b.minLon), float64(b.minLat)},
			Max: orb.Point{float64(b.maxLon), float64(b.maxLat)},
		}
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
	return box{roundDown(lo[0]), roundDown(lo[1]), roundUp(hi[0]), roundUp(hi[1])}
}

func (b box) union(o box) box {
	return box{
		min(b.minLon, o.minLon), min(b.minLat, o.minLat),
		max(b.maxLon, o.maxLon), max(b.maxLat, o.maxLat),
	}
}

func roundDown(v float64) float32 {
	f := float32(v)
	if float64(f) > v {
		f = math.Nextafter32(f, float32(math.Inf(-1)))
	}
	return f
}

func roundUp(v float64) float32 {
	f := float32(v)
	if float64(f) < v {
		f = math.Nextafter32(f, float32(math.Inf(1)))
	}
	return f
}
