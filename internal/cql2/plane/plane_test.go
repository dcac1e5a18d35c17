package plane

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

const seed = 20261128

func seeded(tb testing.TB) *rand.Rand {
	tb.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// TestOrientIsExact compares with rational numbers, on points that are nearly on
// one line, and exactly.
func TestOrientIsExact(t *testing.T) {
	r := seeded(t)
	var zeros, exact int
	for range 8_000 {
		a := orb.Point{105 + r.Float64(), 21 + r.Float64()}
		b := orb.Point{105 + r.Float64(), 21 + r.Float64()}
		s := r.Float64()*3 - 1
		c := orb.Point{a[0] + s*(b[0]-a[0]), a[1] + s*(b[1]-a[1])}
		switch r.IntN(4) {
		case 0:
			c[0] = math.Nextafter(c[0], 200)
		case 1:
			a, b = orb.Point{105, 21}, orb.Point{105.5, 21.25}
			c = orb.Point{105 + float64(r.IntN(9))/8, 21 + float64(r.IntN(9))/16}
		case 2:
			c = a
		}
		rat := func(x, y float64) *big.Rat {
			z := new(big.Rat).SetFloat64(x)
			return z.Sub(z, new(big.Rat).SetFloat64(y))
		}
		left := rat(b[0], a[0])
		left.Mul(left, rat(c[1], a[1]))
		right := rat(b[1], a[1])
		right.Mul(right, rat(c[0], a[0]))
		want := left.Cmp(right)
		if got := orient(a, b, c); got != want {
			t.Fatalf("orient(%v, %v, %v) = %d, want %d", a, b, c, got, want)
		}
		if naive := (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0]); (naive > 0) != (want > 0) || (naive < 0) != (want < 0) {
			exact++
		}
		if want == 0 {
			zeros++
		}
	}
	if zeros < 1000 || exact < 5 {
		t.Errorf("%d on a line, %d that rounding gets wrong: the test tests little", zeros, exact)
	}
}

// random returns a geometry on a coarse lattice, on which much coincides, or off
// it.
func random(r *rand.Rand, depth int) orb.Geometry {
	at := func() orb.Point {
		p := orb.Point{float64(r.IntN(7)), float64(r.IntN(7))}
		if r.IntN(4) == 0 {
			p[0] += r.Float64()
			p[1] += r.Float64()
		}
		return p
	}
	line := func() orb.LineString {
		l := orb.LineString{at()}
		for len(l) < 2 || r.IntN(2) == 0 {
			if p := at(); p != l[len(l)-1] {
				l = append(l, p)
			}
		}
		return l
	}
	box := func() orb.Polygon {
		p := at()
		return orb.Bound{Min: p, Max: orb.Point{p[0] + float64(1+r.IntN(5)), p[1] + float64(1+r.IntN(5))}}.ToPolygon()
	}
	kind := r.IntN(9)
	if depth > 0 && (kind == 3 || kind == 4 || kind == 7) {
		kind = 0 // what is an end of a collection's lines is not settled
	}
	switch kind {
	case 0, 1:
		return at()
	case 2:
		return orb.MultiPoint{at(), at()}
	case 3:
		return line()
	case 4:
		return orb.MultiLineString{line(), line()}
	case 5:
		p := box()
		if w, h := p[0][2][0]-p[0][0][0], p[0][2][1]-p[0][0][1]; w >= 3 && h >= 3 {
			low := orb.Point{p[0][0][0] + 1, p[0][0][1] + 1}
			p = append(p, orb.Bound{Min: low, Max: orb.Point{low[0] + w - 2, low[1] + h - 2}}.ToPolygon()[0])
		}
		return p
	case 6:
		p := box()
		q := orb.Clone(p).(orb.Polygon)
		for i := range q[0] {
			q[0][i][0] += 6
		}
		return orb.MultiPolygon{p, q}
	case 7:
		return orb.Collection{random(r, 1), random(r, 1)}
	default: // a circle of many corners
		var ring orb.Ring
		c, radius := at(), 0.5+2*r.Float64()
		for i := range 100 {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / 100)
			ring = append(ring, orb.Point{c[0] + radius*cos, c[1] + radius*sin})
		}
		return orb.Polygon{append(ring, ring[0])}
	}
}

// TestRelateAgreesWithTheMatrix holds every relation of random geometries against
// simplefeatures without any of our shortcuts.
func TestRelateAgreesWithTheMatrix(t *testing.T) {
	r := seeded(t)
	oracle := map[Relation]func(a, b geom.Geometry) (bool, error){
		Disjoint: geom.Disjoint, Equals: geom.Equals, Touches: geom.Touches, Crosses: geom.Crosses,
		Overlaps:   geom.Overlaps,
		Intersects: func(a, b geom.Geometry) (bool, error) { apart, err := geom.Disjoint(a, b); return !apart, err },
	}
	// Of a polygon and a point outside of it, taken together, simplefeatures (v0.59.0)
	// may say that they do not contain what the polygon contains.
	oracle[Contains] = func(a, b geom.Geometry) (bool, error) {
		if memberContains(a, b) {
			return true, nil
		}
		return geom.Contains(a, b)
	}
	oracle[Within] = func(a, b geom.Geometry) (bool, error) {
		if memberContains(b, a) {
			return true, nil
		}
		return geom.Within(a, b)
	}
	oracle[Overlaps] = func(a, b geom.Geometry) (bool, error) {
		holds, err := oracle[Contains](a, b)
		held, err2 := oracle[Within](a, b)
		if holds || held || err != nil || err2 != nil {
			return false, errors.Join(err, err2)
		}
		return geom.Overlaps(a, b)
	}
	held := map[Relation]int{}
	for range 1500 {
		g, of := random(r, 0), random(r, 0)
		if r.IntN(40) == 0 {
			of = orb.Clone(g)
		}
		s := Prepare(of)
		for relation, ask := range oracle {
			got, err := s.Relate(relation, g)
			want, err2 := ask(toGeom(g), toGeom(of))
			if err != nil || err2 != nil || got != want {
				t.Fatalf("relation %d of\n%v\nto\n%v\nis %v (%v), want %v (%v)", relation, g, of, got, err, want, err2)
			}
			if got {
				held[relation]++
			}
		}
	}
	for relation := range oracle {
		if held[relation] < 20 {
			t.Errorf("relation %d held %d times: the test tests little", relation, held[relation])
		}
	}
}

// memberContains reports whether a member of a collection alone contains b.
func memberContains(a, b geom.Geometry) bool {
	c, ok := a.AsGeometryCollection()
	return ok && slices.ContainsFunc(c.Dump(), func(member geom.Geometry) bool {
		holds, err := geom.Contains(member, b)
		return holds && err == nil
	})
}

// TestBoxes compares the shape of boxes with the same polygons.
func TestBoxes(t *testing.T) {
	r := seeded(t)
	for range 1500 {
		at := func() orb.Bound {
			low := orb.Point{float64(r.IntN(6)), float64(r.IntN(6))}
			return orb.Bound{Min: low, Max: orb.Point{low[0] + float64(r.IntN(3)), low[1] + float64(r.IntN(3))}}
		}
		a, g := at(), random(r, 0)
		boxes, plain := Boxes(a), Prepare(boxGeometry(a))
		for relation := Intersects; relation <= Overlaps; relation++ {
			got, err := boxes.Relate(relation, g)
			want, err2 := plain.Relate(relation, g)
			if got != want || err != nil || err2 != nil {
				t.Fatalf("relation %d of %v to the box %v: %v (%v), want %v (%v)", relation, g, a, got, err, want, err2)
			}
		}
		b := at()
		if a.Intersects(b) {
			continue
		}
		if got, want := Boxes(a, b).Intersects(g), boxes.Intersects(g) || Boxes(b).Intersects(g); got != want {
			t.Fatalf("%v intersects %v or %v: %v", g, a, b, got)
		}
	}
}

// TestRim is what real layers hold at the rim of the allowed.
func TestRim(t *testing.T) {
	square := orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{4, 4}}.ToPolygon()
	bowTie := orb.Polygon{{{0, 0}, {4, 4}, {4, 0}, {0, 4}, {0, 0}}}
	standing := orb.LineString{{2, 2}, {2, 2}}
	for _, c := range []struct {
		name  string
		g, of orb.Geometry
		r     Relation
		want  bool
	}{
		{"a line of no length in a square", standing, square, Intersects, true},
		{"the same, within", standing, square, Within, true},
		{"a line of no length on a line", standing, orb.LineString{{0, 0}, {4, 4}}, Intersects, true},
		{"a line of no length and its point", standing, orb.Point{2, 2}, Intersects, true},
		{"a line of no length beside a line", standing, orb.LineString{{0, 0}, {4, 4.0000001}}, Intersects, false},
		{"a bow-tie's wing", bowTie, orb.Point{3.5, 2}, Intersects, true},
		{"beside a bow-tie's waist", bowTie, orb.Point{2, 1}, Intersects, false},
		{"an empty line", orb.LineString{}, square, Intersects, false},
		{"an empty polygon", orb.Polygon{}, square, Intersects, false},
		{"an empty line among lines", orb.MultiLineString{{}, {{1, 1}, {2, 2}}}, square, Within, true},
		{"a ring", square[0], orb.Point{1, 1}, Contains, true},
		{"nothing", nil, square, Intersects, false},
	} {
		got, err := Prepare(c.of).Relate(c.r, c.g)
		if got != c.want || err != nil {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
	if Valid(bowTie) == nil || Valid(orb.Collection{orb.Point{1, 1}, bowTie}) == nil {
		t.Error("a bow-tie is valid")
	}
	if err := Valid(square); err != nil {
		t.Error(err)
	}
}

// TestValid compares with simplefeatures on rings of few places, most of which
// touch themselves somehow.
func TestValid(t *testing.T) {
	r := seeded(t)
	valid, quick := 0, 0
	for range 5_000 {
		var ring orb.Ring
		for range 3 + r.IntN(4) {
			ring = append(ring, orb.Point{float64(r.IntN(4)), float64(r.IntN(4))})
		}
		p := orb.Polygon{append(ring, ring[0])}
		got, want := Valid(p) == nil, toGeom(p).Validate() == nil
		if got != want {
			t.Fatalf("%v is valid: %v, want %v", p, got, want)
		}
		if want {
			valid++
			if simple(p) {
				quick++
			}
		}
	}
	if quick < 300 || valid-quick < 300 { // with a vertex twice
		t.Errorf("%d valid, %d of them simple: the test tests little", valid, quick)
	}
}

// TestIntersectsDoesNotAllocate holds the path that every feature takes.
func TestIntersectsDoesNotAllocate(t *testing.T) {
	r := seeded(t)
	var all []orb.Geometry
	for range 100 {
		all = append(all, random(r, 0))
	}
	shapes := []*Shape{Prepare(orb.Polygon{{{0, 0}, {4, 0}, {4, 4.5}, {0, 0}}}), Boxes(orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{2, 2}})}
	if n := testing.AllocsPerRun(20, func() {
		for _, s := range shapes {
			for _, g := range all {
				s.Intersects(g)
			}
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
