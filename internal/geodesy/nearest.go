package geodesy

import (
	"math"

	"github.com/paulmach/orb"
)

// Nearest is the place of a geometry that is nearest to the origin of a Frame.
// Frame.Point and Frame.BearingTo tell where it is: they are worth asking only
// for the answers that are kept.
type Nearest struct {
	// Metres is the geodesic distance; 0 inside a polygon.
	Metres float64

	place place
	at    orb.Point // the vertex, or the place on a far edge
	x, y  float64   // in the frame, unless far
}

// place says how Nearest was found.
type place uint8

const (
	nowhere  place = iota
	inside         // the origin itself, in a polygon
	atVertex       // at, which projects to x, y
	onEdge         // x, y
	farAway        // at, outside the frame's domain
)

// Point returns the lon/lat of n, which f found: the origin itself inside a
// polygon, the stored coordinates at a vertex, otherwise a point within 1e-6 m
// of the edge.
func (f *Frame) Point(n Nearest) orb.Point {
	switch n.place {
	case inside, nowhere:
		return f.origin
	case onEdge:
		return f.unproject(n.x, n.y)
	default:
		return n.at
	}
}

// BearingTo returns the direction from the origin to n in degrees clockwise
// from north, in [0, 360); 0 where the distance is 0.
func (f *Frame) BearingTo(n Nearest) float64 {
	switch n.place {
	case inside, nowhere:
		return 0
	case farAway:
		return Bearing(f.origin, n.at)
	default:
		return compass(n.x, n.y)
	}
}

// Nearest returns the place of a lon/lat geometry nearest to the origin, if it
// is within limit metres (inclusive; +Inf for none). Inside a polygon, its
// border included and its holes not, the distance is 0. The parts of a
// collection count together; an empty geometry has no nearest place. Edges of
// polygons must be shorter than a sixth of the globe and keep off the poles.
//
// It looks at every vertex: about 20 ns each. See NearestIndexed for big geometries.
func (f *Frame) Nearest(g orb.Geometry, limit float64) (n Nearest, ok bool) {
	s := newScan(f, limit)
	s.geometry(g)
	return s.answer(limit)
}

// NearestIndexed is Nearest on an indexed geometry: it looks at a few runs of
// edges and a few boxes for each level.
func (f *Frame) NearestIndexed(ix *SegmentIndex, limit float64) (n Nearest, ok bool) {
	s := newScan(f, limit)
	s.indexed(ix)
	return s.answer(limit)
}

// scan is a search for the nearest place.
type scan struct {
	f     *Frame
	best  Nearest // Metres is set only where place is farAway
	cut2  float64 // a better place has a smaller squared plane radius
	lower LowerBound
	ready bool // lower is made
}

func newScan(f *Frame, limit float64) scan {
	return scan{f: f, cut2: planeRadius2(f, limit)*(1+1e-9) + 1e-18} // limit is inclusive
}

// planeRadius2 is the inverse of Frame.metres, for distances that the frame
// reaches; a lower bound of it, but more than the frame reaches, for others.
func planeRadius2(f *Frame, metres float64) float64 {
	s2 := metres * metres
	if metres > 200e3 {
		return s2
	}
	z := f.curvature * s2
	scale := 1 + z*(1./3+z*(2./15))
	return s2 * scale * scale
}

func (s *scan) answer(limit float64) (Nearest, bool) {
	n := s.best
	switch n.place {
	case nowhere:
		n.Metres = math.Inf(1)
		return n, false
	case inside:
		n.Metres = 0
	case atVertex, onEdge:
		n.Metres = s.f.metres(s.cut2)
	}
	return n, n.Metres <= limit
}

// geometry scans every vertex of g.
func (s *scan) geometry(g orb.Geometry) {
	switch g := g.(type) {
	case orb.Point:
		s.point(g)
	case orb.MultiPoint:
		for _, p := range g {
			s.point(p)
		}
	case orb.LineString:
		s.line(g)
	case orb.MultiLineString:
		for _, l := range g {
			s.line(l)
		}
	case orb.Ring:
		s.polygon(orb.Polygon{g})
	case orb.Polygon:
		s.polygon(g)
	case orb.MultiPolygon:
		for _, p := range g {
			s.polygon(p)
		}
	case orb.Collection:
		for _, m := range g {
			s.geometry(m)
		}
	}
}

func (s *scan) point(p orb.Point) {
	if x, y, ok := s.f.project(p); ok {
		s.vertex(p, x, y)
	} else {
		s.far(p, Distance(s.f.origin, p))
	}
}

func (s *scan) vertex(p orb.Point, x, y float64) {
	if rho2 := x*x + y*y; rho2 < s.cut2 {
		s.cut2 = rho2
		s.best = Nearest{place: atVertex, at: p, x: x, y: y}
	}
}

// far takes a place that is known by its distance only.
func (s *scan) far(p orb.Point, metres float64) {
	if s.best.place == farAway && metres >= s.best.Metres {
		return
	}
	if rho2 := planeRadius2(s.f, metres); rho2 < s.cut2 {
		s.cut2 = rho2
		s.best = Nearest{place: farAway, at: p, Metres: metres}
	}
}

// line scans the vertices and the edges between them.
func (s *scan) line(points []orb.Point) {
	if len(points) == 0 {
		return
	}
	s.point(points[0])
	ax, ay, near := s.f.project(points[0])
	for i, p := range points[1:] {
		x, y, ok := s.f.project(p)
		if ok && near {
			s.edge(ax, ay, x, y)
			s.vertex(p, x, y)
		} else {
			s.farEdge(points[i], p)
		}
		ax, ay, near = x, y, ok
	}
}

// edge looks at the inside of the straight line from a to b in the plane.
func (s *scan) edge(ax, ay, bx, by float64) {
	dx, dy := bx-ax, by-ay
	length2 := dx*dx + dy*dy
	along := -(ax*dx + ay*dy)
	if along <= 0 || along >= length2 {
		return // the nearest place is an end
	}
	cross := ax*dy - ay*dx
	if cross*cross >= s.cut2*length2 {
		return
	}
	s.cut2 = cross * cross / length2
	s.best = Nearest{place: onEdge, x: cross * dy / length2, y: -cross * dx / length2}
}

// farEdge takes an edge with an end outside the frame's domain.
func (s *scan) farEdge(a, b orb.Point) {
	box := orb.Bound{Min: a, Max: a}.Extend(b)
	if s.bounds().Squared(box.Min[0], box.Min[1], box.Max[0], box.Max[1]) >= s.cut2 {
		return
	}
	p, metres := nearestOnGeodesic(s.f.origin, a, b)
	s.far(p, metres)
}

func (s *scan) bounds() *LowerBound {
	if !s.ready {
		s.lower = NewLowerBound(orb.Bound{Min: s.f.origin, Max: s.f.origin})
		s.ready = true
	}
	return &s.lower
}

// nearestOnGeodesic searches the geodesic from a to b for the place nearest to
// o: samples every 500 km, then a golden section between the best one's
// neighbours. About 100 µs.
func nearestOnGeodesic(o, a, b orb.Point) (orb.Point, float64) {
	length, azimuth := inverse(a, b)
	at := func(s float64) (orb.Point, float64) {
		p := direct(a, azimuth, s)
		return p, Distance(o, p)
	}
	bestPoint, best := a, Distance(o, a)
	if d := Distance(o, b); d < best {
		bestPoint, best = b, d
	}
	samples := 2 + int(length/500e3)
	middle, least := 0.0, math.Inf(1)
	for i := range samples + 1 {
		s := length * float64(i) / float64(samples)
		if _, d := at(s); d < least {
			middle, least = s, d
		}
	}
	step := length / float64(samples)
	low, high := math.Max(0, middle-step), math.Min(length, middle+step)
	const golden = 0.6180339887498949
	s1, s2 := high-golden*(high-low), low+golden*(high-low)
	p1, d1 := at(s1)
	p2, d2 := at(s2)
	for high-low > 1e-5 {
		if d1 < d2 {
			high, s2, p2, d2 = s2, s1, p1, d1
			s1 = high - golden*(high-low)
			p1, d1 = at(s1)
		} else {
			low, s1, p1, d1 = s1, s2, p2, d2
			s2 = low + golden*(high-low)
			p2, d2 = at(s2)
		}
	}
	if d1 < best {
		bestPoint, best = p1, d1
	}
	if d2 < best {
		bestPoint, best = p2, d2
	}
	return bestPoint, best
}
