package geodesy

import (
	"math"

	"github.com/paulmach/orb"
)

// Link is the shortest way from one geometry to another.
type Link struct {
	Metres   float64   // geodesic; 0 where they touch, cross or lie in each other
	From, To orb.Point // its ends, lon/lat; one place where Metres is 0
}

// Between returns the shortest way between two indexed geometries, if it is
// within limit metres (inclusive; +Inf for none). ok is false also when one is
// empty.
//
// The shortest way between edges that do not cross has a vertex at one end at
// least: so it is the least of the distances from the vertices of each to the
// edges of the other, found run against run with the nearest boxes first.
func Between(a, b *SegmentIndex, limit float64) (link Link, ok bool) {
	if len(a.runs) == 0 || len(b.runs) == 0 {
		return Link{Metres: math.Inf(1)}, false
	}
	p := pairing{a: a, b: b, cut2: limit*limit*(1+1e-9) + 1e-18}
	p.best.Metres = math.Inf(1)
	rootA, rootB := len(a.boxes)-1, len(b.boxes)-1
	lower := b.boxes[rootB].lowerBound()
	if lower.of(a.boxes[rootA]) >= p.cut2 {
		return p.best, false
	}
	if !p.contained(a, b) && !p.contained(b, a) {
		p.descend(len(a.level)-1, rootA, len(b.level)-1, rootB, &lower)
	}
	return p.best, p.best.Metres <= limit
}

// pairing is a search for the shortest way.
type pairing struct {
	a, b *SegmentIndex
	best Link
	cut2 float64 // a better way's square is less, m²
}

func (p *pairing) offer(metres float64, from, to orb.Point) {
	if metres*metres < p.cut2 {
		p.cut2 = metres * metres
		p.best = Link{metres, from, to}
	}
}

// contained looks for a part of b that lies in a polygon of a. Where no edges
// cross, a part is inside as a whole, so one vertex tells.
func (p *pairing) contained(a, b *SegmentIndex) bool {
	if a.areas == 0 {
		return false
	}
	for i := range b.parts {
		v := b.parts[i].points[0]
		if !a.polar && !boundContains(a.bound, v) {
			continue
		}
		f := NewFrame(v)
		s := newScan(&f, 0)
		if s.insideIndexed(a) {
			p.offer(0, v, v)
			return true
		}
	}
	return false
}

// boundContains allows for edges that leave the bound poleward.
func boundContains(b orb.Bound, p orb.Point) bool {
	bulge := bulgeDegrees(b.Max[0] - b.Min[0])
	return p[1] >= b.Min[1]-bulge && p[1] <= b.Max[1]+bulge &&
		(p[0] >= b.Min[0] && p[0] <= b.Max[0] || b.Max[0]-b.Min[0] >= 180 || math.Abs(p[0]) == 180)
}

// descend splits the higher of two boxes and visits the nearest parts of it
// first. fromB is the bound of box j, nil if it has not been needed yet.
func (p *pairing) descend(levelA, i, levelB, j int, fromB *LowerBound) {
	if levelA == 0 && levelB == 0 {
		p.runs(p.a.runs[i], p.b.runs[j])
		return
	}
	var bounds [fanOut]float64
	splitA := levelA >= levelB
	var from, to int
	if splitA {
		from, to = p.a.children(levelA, i)
		if fromB == nil {
			lower := p.b.boxes[j].lowerBound()
			fromB = &lower
		}
		for c := from; c < to; c++ {
			bounds[c-from] = fromB.of(p.a.boxes[c])
		}
	} else {
		from, to = p.b.children(levelB, j)
		lower := p.a.boxes[i].lowerBound()
		for c := from; c < to; c++ {
			bounds[c-from] = lower.of(p.b.boxes[c])
		}
	}
	for {
		next := least(bounds[:to-from])
		if bounds[next] >= p.cut2 {
			return
		}
		bounds[next] = math.Inf(1)
		if splitA {
			p.descend(levelA-1, from+next, levelB, j, fromB)
		} else {
			p.descend(levelA, i, levelB-1, from+next, nil)
		}
	}
}

// runs compares two runs of edges.
func (p *pairing) runs(ra, rb run) {
	pa, pb := p.a.vertices(ra), p.b.vertices(rb)
	if at, crossed := crossing(pa, pb); crossed {
		p.offer(0, at, at)
		return
	}
	boxA, boxB := boxOf(pa).lowerBound(), boxOf(pb).lowerBound()
	for _, v := range pa {
		if boxB.Squared(v[0], v[1], v[0], v[1]) < p.cut2 {
			if metres, at, ok := p.reach(v, pb); ok {
				p.offer(metres, v, at)
			}
		}
	}
	for _, v := range pb {
		if boxA.Squared(v[0], v[1], v[0], v[1]) < p.cut2 {
			if metres, at, ok := p.reach(v, pa); ok {
				p.offer(metres, at, v)
			}
		}
	}
}

// reach returns the place of a line nearest to v, if it is nearer than the best.
func (p *pairing) reach(v orb.Point, line []orb.Point) (metres float64, at orb.Point, ok bool) {
	f := NewFrame(v)
	limit := math.Sqrt(p.cut2)
	s := newScan(&f, limit)
	s.line(line)
	n, ok := s.answer(limit)
	if !ok {
		return 0, orb.Point{}, false
	}
	return n.Metres, f.Point(n), true
}

func (b box) lowerBound() LowerBound { return NewLowerBound(b.orb()) }

func (l *LowerBound) of(b box) float64 {
	return l.Squared(float64(b.minLon), float64(b.minLat), float64(b.maxLon), float64(b.maxLat))
}

// crossing returns a place where an edge of one run crosses an edge of another.
// In a frame about one of the vertices both are straight.
func crossing(pa, pb []orb.Point) (orb.Point, bool) {
	if len(pa) < 2 || len(pb) < 2 {
		return orb.Point{}, false
	}
	f := NewFrame(pa[0])
	var a, b [fanOut + 1][2]float64
	near := true
	for i, v := range pa {
		x, y, ok := f.project(v)
		a[i], near = [2]float64{x, y}, near && ok
	}
	for i, v := range pb {
		x, y, ok := f.project(v)
		b[i], near = [2]float64{x, y}, near && ok
	}
	if !near {
		return farCrossing(pa, pb)
	}
	for i := range len(pa) - 1 {
		for j := range len(pb) - 1 {
			if x, y, ok := intersect(a[i], a[i+1], b[j], b[j+1]); ok {
				return f.unproject(x, y), true
			}
		}
	}
	return orb.Point{}, false
}

// intersect returns where the straight lines a1a2 and b1b2 cross. Parallel ones
// do not: where they overlap, a vertex of one lies on the other.
func intersect(a1, a2, b1, b2 [2]float64) (x, y float64, ok bool) {
	ax, ay := a2[0]-a1[0], a2[1]-a1[1]
	bx, by := b2[0]-b1[0], b2[1]-b1[1]
	cx, cy := b1[0]-a1[0], b1[1]-a1[1]
	det := ax*by - ay*bx
	t, u := cx*by-cy*bx, cx*ay-cy*ax
	if det < 0 {
		det, t, u = -det, -t, -u
	}
	if !(det > 0 && t >= 0 && t <= det && u >= 0 && u <= det) {
		return 0, 0, false
	}
	return a1[0] + ax*t/det, a1[1] + ay*t/det, true
}

// farCrossing is crossing for edges longer than a frame reaches. It takes them
// for great circles of the sphere on which latitudes are the geodetic ones,
// which leave the geodesics by 0.3 % of their sag: 0.2 m on an edge of 100 km.
func farCrossing(pa, pb []orb.Point) (orb.Point, bool) {
	for i := range len(pa) - 1 {
		for j := range len(pb) - 1 {
			if p, ok := crossOnSphere(pa[i], pa[i+1], pb[j], pb[j+1]); ok {
				return p, true
			}
		}
	}
	return orb.Point{}, false
}

type vector [3]float64

func vectorOf(p orb.Point) vector {
	sinLat, cosLat := math.Sincos(p[1] * radian)
	sinLon, cosLon := math.Sincos(p[0] * radian)
	return vector{cosLat * cosLon, cosLat * sinLon, sinLat}
}

func (a vector) cross(b vector) vector {
	return vector{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

func (a vector) dot(b vector) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

func crossOnSphere(a1, a2, b1, b2 orb.Point) (orb.Point, bool) {
	va1, va2, vb1, vb2 := vectorOf(a1), vectorOf(a2), vectorOf(b1), vectorOf(b2)
	na, nb := va1.cross(va2), vb1.cross(vb2)
	p := na.cross(nb)
	if p == (vector{}) {
		return orb.Point{}, false
	}
	if p.dot(vector{va1[0] + va2[0], va1[1] + va2[1], va1[2] + va2[2]}) < 0 {
		p = vector{-p[0], -p[1], -p[2]}
	}
	on := func(n, from, to vector) bool { return n.cross(from).dot(p) >= 0 && to.cross(n).dot(p) >= 0 }
	if !on(na, va1, va2) || !on(nb, vb1, vb2) {
		return orb.Point{}, false
	}
	return orb.Point{math.Atan2(p[1], p[0]) / radian, math.Atan2(p[2], math.Hypot(p[0], p[1])) / radian}, true
}
