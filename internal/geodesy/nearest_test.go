package geodesy

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

// TestNearestOnEdge holds the straight lines of a frame against a golden
// section along the rigorous geodesic.
func TestNearestOnEdge(t *testing.T) {
	r := seeded(t)
	for _, c := range []struct{ reach, tolerance float64 }{
		{1000, 1e-6}, {20e3, 1e-6}, {50e3, 1e-5}, {100e3, 1e-3}, {300e3, 2e-3}, {3000e3, 2e-3},
	} {
		worst := 0.0
		for range 300 {
			o := orb.Point{360*r.Float64() - 180, 140*r.Float64() - 70}
			a, b := around(r, o, c.reach), around(r, o, c.reach)
			f := NewFrame(o)
			n, ok := f.Nearest(orb.LineString{a, b}, math.Inf(1))
			if !ok {
				t.Fatalf("no place on %v-%v", a, b)
			}
			_, want := nearestOnGeodesic(o, a, b)
			worst = math.Max(worst, math.Abs(n.Metres-want))
			p := f.Point(n)
			if off := math.Abs(Distance(o, p) - n.Metres); off > c.tolerance {
				t.Fatalf("Point of the place is %g m off", off)
			}
			if _, off := nearestOnGeodesic(p, a, b); off > math.Max(c.tolerance, 2e-5) { // the golden section ends there
				t.Fatalf("Point of the place is %g m beside the edge", off)
			}
			if turn := math.Abs(WrapDegrees(f.BearingTo(n) - Bearing(o, p))); n.Metres > 1 && turn > 1e-5 {
				t.Fatalf("BearingTo is %g° off at %g m", turn, n.Metres)
			}
		}
		t.Logf("edges within %v m: the distance errs by %.2g m", c.reach, worst)
		if worst > c.tolerance {
			t.Errorf("edges within %v m: more than %g m", c.reach, c.tolerance)
		}
	}
}

// wiggle returns a random line of n vertices that starts near o.
func wiggle(r *rand.Rand, o orb.Point, reach, step float64, n int) orb.LineString {
	line := orb.LineString{around(r, o, reach)}
	heading := 2 * math.Pi * r.Float64()
	for len(line) < n {
		heading += r.NormFloat64() / 2
		line = append(line, direct(line[len(line)-1], heading, step*r.Float64()))
	}
	return line
}

// blob returns a random ring of n vertices about o, seen once round.
func blob(r *rand.Rand, o orb.Point, radius float64, n int) orb.Ring {
	var ring orb.Ring
	for i := range n {
		ring = append(ring, direct(o, -2*math.Pi*float64(i)/float64(n), radius*(0.5+0.5*r.Float64())))
	}
	return append(ring, ring[0])
}

// shapes returns geometries of every type about o, big and small.
func shapes(r *rand.Rand, o orb.Point, size float64) []orb.Geometry {
	with := func(n int) orb.Polygon {
		p := orb.Polygon{blob(r, o, size, n)}
		hole := blob(r, o, size/3, n)
		hole.Reverse()
		return append(p, hole)
	}
	far := direct(o, 1, 4*size)
	return []orb.Geometry{
		around(r, o, size),
		orb.MultiPoint(wiggle(r, o, size, size/10, 100)),
		wiggle(r, o, size, size/10, 2), wiggle(r, o, size, size/10, 5), wiggle(r, o, size, size/50, 700),
		orb.MultiLineString{wiggle(r, o, size, size/50, 70), wiggle(r, far, size, size/50, 70)},
		with(5), with(300), blob(r, o, size, 30),
		orb.MultiPolygon{with(60), {blob(r, far, size, 90)}},
		orb.Collection{with(20), wiggle(r, far, size, size/10, 20), far, orb.Collection{with(9)}},
		orb.LineString{o, o, o}, orb.LineString{o}, orb.Polygon{{o, o, o, o}}, orb.Polygon{{o, far, o}},
		orb.Polygon{blob(r, o, size, 40)[:40]}, // not closed
		orb.MultiPoint{}, orb.LineString{}, orb.Polygon{}, orb.Polygon{{}}, orb.Collection{}, orb.MultiLineString{{}},
	}
}

// places are where the tests stand: Hanoi, the equator, the antimeridian, high
// latitudes and a pole.
func places() []orb.Point {
	return []orb.Point{
		{105.85, 21.03}, {105.85, -21.03}, {0, 0}, {179.99, 10}, {-180, -45}, {180, 60}, {20, 78}, {20, 89.9}, {-70, -89.95},
	}
}

func TestIndexedEqualsScan(t *testing.T) {
	r := seeded(t)
	for _, o := range places() {
		for _, size := range []float64{50, 3000, 40e3, 400e3} {
			queries := 8
			if size > 100e3 || math.Abs(o[1]) > 85 { // edges beyond the frames, 100 µs each
				queries = 1
			}
			for i, g := range shapes(r, o, size) {
				if n := NewSegmentIndex(g); queries == 1 && len(n.runs) > 20 {
					continue
				}
				ix := NewSegmentIndex(g)
				for range queries {
					from := around(r, o, 6*size)
					f := NewFrame(from)
					for _, limit := range []float64{math.Inf(1), size} {
						want, wantOK := f.Nearest(g, limit)
						got, ok := f.NearestIndexed(ix, limit)
						tolerance := 0.0
						if want.place == farAway || got.place == farAway {
							tolerance = 1e-4 // a vertex at the end of the domain, found by either method
						}
						if ok != wantOK || (ok && math.Abs(got.Metres-want.Metres) > tolerance) {
							t.Fatalf("shape %d of %g m at %v from %v within %g: indexed %v %v, scanned %v %v",
								i, size, o, from, limit, got.Metres, ok, want.Metres, wantOK)
						}
					}
				}
			}
		}
	}
}

// TestInsideEqualsSphere holds containment against a count of crossings of the
// great circle to a point known to be outside.
func TestInsideEqualsSphere(t *testing.T) {
	r := seeded(t)
	for _, o := range places()[:7] {
		for _, size := range []float64{100, 5000, 100e3} {
			ring, hole := blob(r, o, size, 40), blob(r, o, size/4, 7)
			polygon := orb.Polygon{ring, hole}
			ix := NewSegmentIndex(polygon)
			outside := direct(o, 2*math.Pi*r.Float64(), 10*size)
			hits := 0
			for range 200 {
				p := around(r, o, 1.2*size)
				odd := false
				for _, line := range polygon {
					for i := 1; i < len(line); i++ {
						if _, crossed := crossOnSphere(p, outside, line[i-1], line[i]); crossed {
							odd = !odd
						}
					}
				}
				f := NewFrame(p)
				n, ok := f.NearestIndexed(ix, 0)
				if near, _ := f.Nearest(orb.MultiLineString{orb.LineString(ring), orb.LineString(hole)}, 1); near.Metres < 1 {
					continue // the sphere's edges lie a little beside the geodesics
				}
				if ok != odd || (ok && f.Point(n) != p) {
					t.Fatalf("%v in the polygon of %g m about %v: %v, want %v", p, size, o, ok, odd)
				}
				if ok {
					hits++
				}
			}
			if hits < 50 || hits > 190 {
				t.Errorf("%d of 200 inside: the test tests nothing", hits)
			}
		}
	}
}

func TestInsideRoundPole(t *testing.T) {
	for _, south := range []float64{1, -1} {
		var ring orb.Ring
		for lon := -180.0; lon < 180; lon += 5 {
			ring = append(ring, orb.Point{lon, south * 70})
		}
		ring = append(ring, ring[0])
		for _, g := range []orb.Geometry{orb.Polygon{ring}, ring} {
			ix := NewSegmentIndex(g)
			for _, c := range []struct {
				p    orb.Point
				want bool
			}{
				{orb.Point{33, south * 80}, true}, {orb.Point{0, south * 90}, true}, {orb.Point{33, south * 60}, false},
				{orb.Point{180, south * 71}, true}, {orb.Point{-180, south * 69}, false}, {orb.Point{12, 0}, false},
				{orb.Point{33, -south * 80}, false},
			} {
				f := NewFrame(c.p)
				_, scanned := f.Nearest(g, 0)
				_, indexed := f.NearestIndexed(ix, 0)
				if scanned != c.want || indexed != c.want {
					t.Errorf("%v in the ring at %v°: scanned %v, indexed %v, want %v", c.p, south*70, scanned, indexed, c.want)
				}
			}
		}
	}
}

func TestNearestAtVertexIsExact(t *testing.T) {
	line := orb.LineString{{105.8, 21}, {105.80123456789, 21.00987654321}, {105.81, 21}}
	for _, v := range line {
		f := NewFrame(v)
		n, ok := f.Nearest(line, 0)
		if !ok || n.Metres != 0 || f.Point(n) != v || f.BearingTo(n) != 0 {
			t.Errorf("at %v: %v, %v, %v°", v, n.Metres, f.Point(n), f.BearingTo(n))
		}
	}
	f := NewFrame(orb.Point{105.80123456789, 21.02})
	if n, _ := f.Nearest(line, math.Inf(1)); f.Point(n) != line[1] || math.Abs(f.BearingTo(n)-180) > 1e-6 {
		t.Errorf("nearest is %v at %v°, want the vertex %v to the south", f.Point(n), f.BearingTo(n), line[1])
	}
}

// TestLowerBound checks that no bound exceeds a distance, edges that leave
// their box included, and that bounds are close enough to be of use.
func TestLowerBound(t *testing.T) {
	r := seeded(t)
	loosest := 0.0
	for range 20000 {
		o := orb.Point{360*r.Float64() - 180, 180*r.Float64() - 90}
		if r.IntN(4) == 0 {
			o = places()[r.IntN(len(places()))]
		}
		reach := math.Pow(10, 1+6.2*r.Float64())
		size := math.Pow(10, 5*r.Float64())
		from, to := around(r, o, reach), around(r, o, reach)
		source := orb.LineString{from, around(r, from, size)}
		target := orb.LineString{to, around(r, to, size)}
		if r.IntN(2) == 0 {
			source = orb.LineString{from, from}
		}
		lower := NewLowerBound(source.Bound())
		b := boxOf(target)
		bound := math.Sqrt(lower.of(b))
		f := NewFrame(source[r.IntN(2)])
		n, _ := f.Nearest(target, math.Inf(1))
		if n.Metres < bound {
			t.Fatalf("from %v to %v: %v m, but the bound says %v", source, target, n.Metres, bound)
		}
		if source[0] == source[1] && size < 10 && math.Abs(o[1]) < 60 && n.Metres > 3000 && n.Metres < 50e3 {
			loosest = math.Max(loosest, 1-bound/n.Metres)
		}
	}
	t.Logf("bounds of small boxes at 3 to 50 km are up to %.2g %% low", loosest*100)
	if loosest > 0.002 {
		t.Errorf("bounds of small boxes are %g of the distance too low", loosest)
	}
}

// slowBetween compares all with all.
func slowBetween(a, b orb.Geometry) float64 {
	best := math.Inf(1)
	ia, ib := NewSegmentIndex(a), NewSegmentIndex(b)
	for _, side := range []struct {
		from *SegmentIndex
		to   orb.Geometry
	}{{ia, b}, {ib, a}} {
		for _, p := range side.from.parts {
			for _, v := range p.points {
				f := NewFrame(v)
				n, _ := f.Nearest(side.to, math.Inf(1))
				best = math.Min(best, n.Metres)
			}
		}
	}
	for _, p := range ia.parts {
		for i := 1; i < len(p.points); i++ {
			for _, q := range ib.parts {
				for j := 1; j < len(q.points); j++ {
					if _, crossed := crossing(p.points[i-1:i+1], q.points[j-1:j+1]); crossed {
						return 0
					}
				}
			}
		}
	}
	return best
}

func TestBetweenEqualsAllPairs(t *testing.T) {
	r := seeded(t)
	small := func(o orb.Point, size float64) []orb.Geometry {
		hole := blob(r, o, size/2, 9)
		return []orb.Geometry{
			around(r, o, size), wiggle(r, o, size, size/5, 18), orb.MultiPoint(wiggle(r, o, size, size/5, 5)),
			orb.Polygon{blob(r, o, size, 15), hole}, orb.Polygon{blob(r, o, size/8, 8)},
			orb.Collection{wiggle(r, o, size, size/5, 3), orb.Polygon{blob(r, o, size/8, 8)}},
			orb.LineString{o, o}, orb.LineString{},
		}
	}
	zeros, all := 0, 0
	for _, o := range places() {
		for _, size := range []float64{100, 5000, 30e3} {
			if math.Abs(o[1]) > 75 && size > 100 {
				continue // edges beyond the frames, 100 µs each
			}
			other := direct(o, 2*math.Pi*r.Float64(), 3*size*r.Float64())
			for i, a := range small(o, size) {
				for j, b := range small(other, size) {
					want := slowBetween(a, b)
					link, ok := Between(NewSegmentIndex(a), NewSegmentIndex(b), math.Inf(1))
					if ok != !math.IsInf(want, 1) || (ok && math.Abs(link.Metres-want) > 1e-6) {
						t.Fatalf("shape %d to %d of %g m at %v: %v %v, want %v", i, j, size, o, link.Metres, ok, want)
					}
					if !ok {
						continue
					}
					if d := Distance(link.From, link.To); math.Abs(d-link.Metres) > 1e-5 {
						t.Fatalf("shape %d to %d: ends are %v m apart, not %v", i, j, d, link.Metres)
					}
					if _, ok := Between(NewSegmentIndex(b), NewSegmentIndex(a), link.Metres*(1-1e-6)-1e-6); ok {
						t.Fatalf("shape %d to %d: within less than %v m", j, i, link.Metres)
					}
					if all++; want == 0 {
						zeros++
					}
				}
			}
		}
	}
	if zeros < all/20 || zeros > all*19/20 {
		t.Errorf("%d of %d touch: the test tests little", zeros, all)
	}
}

func TestNoAllocations(t *testing.T) {
	r := seeded(t)
	o := orb.Point{105.85, 21.03}
	for _, g := range shapes(r, o, 3000) {
		ix, other := NewSegmentIndex(g), NewSegmentIndex(blob(r, o, 9000, 200))
		sink := 0.0
		allocations := testing.AllocsPerRun(10, func() {
			f := NewFrame(orb.Point{105.9, 21.1})
			n, _ := f.Nearest(g, math.Inf(1))
			m, _ := f.NearestIndexed(ix, math.Inf(1))
			link, _ := Between(ix, other, math.Inf(1))
			sink += n.Metres + m.Metres + link.Metres + f.Point(n)[0] + f.BearingTo(n)
		})
		if allocations != 0 {
			t.Errorf("%v allocations on a %s", allocations, g.GeoJSONType())
		}
	}
}

func TestResetEqualsNew(t *testing.T) {
	r := seeded(t)
	reused := &SegmentIndex{}
	for _, g := range shapes(r, orb.Point{105.85, 21.03}, 3000) {
		reused.Reset(g)
		fresh := NewSegmentIndex(g)
		if len(reused.boxes) != len(fresh.boxes) || reused.Bound() != fresh.Bound() || reused.areas != fresh.areas {
			t.Errorf("%s: a reused index differs from a new one", g.GeoJSONType())
		}
		checkIndex(t, fresh, g)
		for _, n := range []int{1, 3, 8, 40} {
			boxes := fresh.Boxes(nil, n)
			if (len(boxes) == 0) != (fresh.areas > 0 || len(fresh.parts) == 0) || len(boxes) > n {
				t.Fatalf("%s: Boxes(%d) returned %d", g.GeoJSONType(), n, len(boxes))
			}
			for _, p := range fresh.parts {
				for _, v := range p.points {
					if len(boxes) > 0 && !slices.ContainsFunc(boxes, func(b orb.Bound) bool { return b.Contains(v) }) {
						t.Fatalf("%s: Boxes(%d) leave out %v", g.GeoJSONType(), n, v)
					}
				}
			}
		}
	}
}

// checkIndex walks the invariants: every edge in one run, every box around what
// it boxes, every level complete.
func checkIndex(t *testing.T, ix *SegmentIndex, g orb.Geometry) {
	t.Helper()
	edges, vertices := 0, 0
	for i, r := range ix.runs {
		edges += int(r.edges)
		for _, v := range ix.vertices(r) {
			b := ix.boxes[i]
			if v[0] < float64(b.minLon) || v[0] > float64(b.maxLon) || v[1] < float64(b.minLat) || v[1] > float64(b.maxLat) {
				t.Fatalf("%s: run %d leaves its box", g.GeoJSONType(), i)
			}
		}
	}
	for _, p := range ix.parts {
		vertices += len(p.points)
	}
	if edges != vertices-len(ix.parts) {
		t.Fatalf("%s: %d edges in runs, %d vertices in %d parts", g.GeoJSONType(), edges, vertices, len(ix.parts))
	}
	for level := 1; level < len(ix.level); level++ {
		end := len(ix.boxes)
		if level+1 < len(ix.level) {
			end = ix.level[level+1]
		}
		next := ix.level[level-1]
		for i := ix.level[level]; i < end; i++ {
			from, to := ix.children(level, i)
			if from != next || to <= from {
				t.Fatalf("%s: box %d covers %d to %d, want from %d", g.GeoJSONType(), i, from, to, next)
			}
			next = to
			for _, c := range ix.boxes[from:to] {
				if c.union(ix.boxes[i]) != ix.boxes[i] {
					t.Fatalf("%s: box %d does not hold its children", g.GeoJSONType(), i)
				}
			}
		}
		if next != ix.level[level] {
			t.Fatalf("%s: level %d leaves boxes out", g.GeoJSONType(), level)
		}
	}
}

// FuzzNearest looks for coordinates that break the frame or the index.
func FuzzNearest(f *testing.F) {
	f.Add(105.85, 21.03, 105.9, 21.1, 105.8, 21.2, 105.7, 20.9)
	f.Add(180.0, 90.0, -180.0, -90.0, 0.0, 0.0, 0.0, 0.0)
	f.Add(179.9999, 0.0, -179.9999, 1e-300, 0.0, -89.999999, 90.0, 45.0)
	f.Fuzz(func(t *testing.T, lon0, lat0, lon1, lat1, lon2, lat2, lon3, lat3 float64) {
		points := []orb.Point{{lon0, lat0}, {lon1, lat1}, {lon2, lat2}, {lon3, lat3}}
		for _, p := range points {
			if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
				t.Skip()
			}
		}
		for i := range 3 { // which way a longer edge goes, and what it encloses, is a matter of taste
			a, b := points[1+i], points[1+(i+1)%3]
			if math.Abs(WrapDegrees(a[0]-b[0])) > 60 || math.Abs(a[1]) > 85 {
				t.Skip()
			}
		}
		frame := NewFrame(points[0])
		for _, g := range []orb.Geometry{orb.LineString(points[1:]), orb.Polygon{points[1:]}} {
			ix := NewSegmentIndex(g)
			n, ok := frame.Nearest(g, math.Inf(1))
			m, okIndexed := frame.NearestIndexed(ix, math.Inf(1))
			if !ok || !okIndexed || !(n.Metres >= 0) || math.Abs(n.Metres-m.Metres) > 1e-3 {
				t.Fatalf("%v: scanned %v %v, indexed %v %v", g, n.Metres, ok, m.Metres, okIndexed)
			}
			if p := frame.Point(n); !finite(p[0], p[1]) {
				t.Fatalf("%v: nearest point %v", g, p)
			}
			lower := NewLowerBound(orb.Bound{Min: points[0], Max: points[0]})
			b := g.Bound()
			if bound := math.Sqrt(lower.Squared(b.Min[0], b.Min[1], b.Max[0], b.Max[1])); bound > n.Metres+1e-6 {
				t.Fatalf("%v: bound %v, distance %v", g, bound, n.Metres)
			}
		}
	})
}
