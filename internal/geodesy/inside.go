package geodesy

import (
	"math"

	"github.com/paulmach/orb"
)

// A place is inside a polygon when the meridian that runs north from it crosses
// the rings an odd number of times.
//
//	     N
//	 ┌───┼───────┐      The meridian is a geodesic whose longitude is constant,
//	 │   │  ┌──┐ │      so that whether an edge crosses it is a comparison of
//	 │   o  │  │ │      longitudes; only near the place itself must an edge be
//	 │      └──┘ │      looked at in the frame.
//	 └───────────┘
//
// A ring round a pole is crossed once less or more than others are. Its inside
// is the side with that pole.

// polygon finds the place inside, or nearest on the rings.
func (s *scan) polygon(p orb.Polygon) {
	if s.best.place == inside {
		return
	}
	odd := false
	for _, ring := range p {
		if len(ring) == 0 {
			continue
		}
		before := ring[len(ring)-1]
		for _, v := range ring {
			if s.crosses(before, v) {
				odd = !odd
			}
			before = v
		}
		if aroundNorthPole(ring) {
			odd = !odd
		}
	}
	if odd {
		s.atOrigin()
		return
	}
	for _, ring := range p {
		s.line(ring)
		if n := len(ring); n > 1 && ring[0] != ring[n-1] {
			s.line([]orb.Point{ring[n-1], ring[0]})
		}
	}
}

func (s *scan) atOrigin() {
	s.cut2, s.best = 0, Nearest{place: inside}
}

// aroundNorthPole tells whether a ring goes round the north pole: its steps of
// longitude add up to a full turn.
func aroundNorthPole(ring []orb.Point) bool {
	if len(ring) == 0 {
		return false
	}
	turn, sum := 0.0, 0.0
	before := ring[len(ring)-1]
	for _, v := range ring {
		turn += WrapDegrees(v[0] - before[0])
		sum += v[1]
		before = v
	}
	return math.Abs(turn) > 180 && sum > 0
}

// crosses reports whether the geodesic from a to b crosses the meridian north
// of the origin. An end on the meridian counts as west of it.
func (s *scan) crosses(a, b orb.Point) bool {
	o := s.f.origin
	da, db := WrapDegrees(a[0]-o[0]), WrapDegrees(b[0]-o[0])
	if (da > 0) == (db > 0) {
		return false
	}
	width := math.Abs(da - db)
	if width > 180 { // it crosses the opposite meridian
		return false
	}
	bulge := bulgeDegrees(width)
	switch {
	case math.Min(a[1], b[1]) > o[1]+bulge:
		return true
	case math.Max(a[1], b[1]) < o[1]-bulge:
		return false
	}
	ax, ay, okA := s.f.project(a)
	bx, by, okB := s.f.project(b)
	if okA && okB {
		return (ay*bx-ax*by)*(bx-ax) > 0
	}
	return crossingLat(a, b, o[0]) > o[1]
}

// crossingLat returns the latitude at which the geodesic from a to b, whose
// ends are on either side of the meridian at lon, crosses it.
func crossingLat(a, b orb.Point, lon float64) float64 {
	length, azimuth := inverse(a, b)
	west := WrapDegrees(a[0]-lon) <= 0
	low, high := 0.0, length
	p := a
	for range 60 {
		middle := (low + high) / 2
		p = direct(a, azimuth, middle)
		if (WrapDegrees(p[0]-lon) <= 0) == west {
			low = middle
		} else {
			high = middle
		}
	}
	return p[1]
}

// indexed finds the nearest place of an indexed geometry.
func (s *scan) indexed(ix *SegmentIndex) {
	if len(ix.runs) == 0 {
		return
	}
	top := len(ix.level) - 1
	root := ix.boxes[len(ix.boxes)-1]
	if s.lowerBound(root) >= s.cut2 {
		return
	}
	if ix.areas > 0 && s.insideIndexed(ix) {
		s.atOrigin()
		return
	}
	s.descend(ix, top, len(ix.boxes)-1)
}

func (s *scan) lowerBound(b box) float64 {
	return s.bounds().Squared(float64(b.minLon), float64(b.minLat), float64(b.maxLon), float64(b.maxLat))
}

// descend visits the boxes under box i, the nearest first, while they can hold
// a better place.
func (s *scan) descend(ix *SegmentIndex, level, i int) {
	if level == 0 {
		s.line(ix.vertices(ix.runs[i]))
		return
	}
	from, to := ix.children(level, i)
	var bounds [fanOut]float64
	for c := from; c < to; c++ {
		bounds[c-from] = s.lowerBound(ix.boxes[c])
	}
	for {
		next := least(bounds[:to-from])
		if bounds[next] >= s.cut2 {
			return
		}
		bounds[next] = math.Inf(1)
		s.descend(ix, level-1, from+next)
	}
}

// least returns the index of the least of some bounds.
func least(bounds []float64) int {
	next := 0
	for c := range bounds {
		if bounds[c] < bounds[next] {
			next = c
		}
	}
	return next
}

// insideIndexed reports whether the origin is inside one of the polygons.
func (s *scan) insideIndexed(ix *SegmentIndex) bool {
	c := crossings{scan: s, ix: ix}
	c.count(len(ix.level)-1, len(ix.boxes)-1)
	return c.inside || c.odd
}

// crossings counts, polygon by polygon, in the order of the runs.
type crossings struct {
	*scan
	ix     *SegmentIndex
	area   int32 // the polygon that odd counts for
	odd    bool
	inside bool // of an earlier one
}

func (c *crossings) count(level, i int) {
	if c.inside || !c.onRay(c.ix.boxes[i]) {
		return
	}
	if level > 0 {
		from, to := c.ix.children(level, i)
		for child := from; child < to; child++ {
			c.count(level-1, child)
		}
		return
	}
	r := c.ix.runs[i]
	area := c.ix.parts[r.part].area
	if area == 0 {
		return
	}
	if area != c.area {
		c.inside = c.inside || c.odd
		c.area, c.odd = area, false
	}
	if r.first == 0 && c.ix.parts[r.part].polar {
		c.odd = !c.odd
	}
	points := c.ix.vertices(r)
	for j := range points[1:] {
		if c.crosses(points[j], points[j+1]) {
			c.odd = !c.odd
		}
	}
}

// onRay reports whether an edge in b can cross the meridian north of the
// origin.
func (c *crossings) onRay(b box) bool {
	if c.ix.polar {
		return true // each ring round the pole must be seen
	}
	lon, lat := c.f.origin[0], c.f.origin[1]
	width := float64(b.maxLon) - float64(b.minLon)
	if width < 180 && (lon < float64(b.minLon) || lon > float64(b.maxLon)) &&
		!(math.Abs(lon) == 180 && (b.minLon <= -180 || b.maxLon >= 180)) {
		return false
	}
	return float64(b.maxLat)+bulgeDegrees(width) >= lat
}
