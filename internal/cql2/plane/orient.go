package plane

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"
)

// orientError is by how much, relative to the sum of the two products, the
// difference of them can be wrong: (3 + 16ε)ε with ε = 2⁻⁵³ (Shewchuk 1997,
// figure 21).
const orientError = (3 + 16*0x1p-53) * 0x1p-53

// orient returns 1 where a, b, c turn left, -1 where they turn right and 0 where
// they lie on one line. It is exact.
func orient(a, b, c orb.Point) int {
	left := (a[0] - c[0]) * (b[1] - c[1])
	right := (a[1] - c[1]) * (b[0] - c[0])
	det := left - right
	if bound := orientError * (math.Abs(left) + math.Abs(right)); det > bound {
		return 1
	} else if -det > bound {
		return -1
	}
	if a == b || (a[0] == c[0] || b[1] == c[1]) && (a[1] == c[1] || b[0] == c[0]) {
		return 0 // both products are, or they are one
	}
	return orientExact(a, b, c)
}

// orientExact takes microseconds; only nearly collinear points need it.
func orientExact(a, b, c orb.Point) int {
	difference := func(x, y float64) *big.Rat {
		r := new(big.Rat).SetFloat64(x)
		return r.Sub(r, new(big.Rat).SetFloat64(y))
	}
	left, right := difference(a[0], c[0]), difference(a[1], c[1])
	left.Mul(left, difference(b[1], c[1]))
	right.Mul(right, difference(b[0], c[0]))
	return left.Cmp(right)
}

// segmentContact tells how two closed segments meet. Ends may coincide: a segment
// can be a point.
//
// Their boxes must overlap, and neither may lie on one side of the other's
// line. Segments on one line whose boxes overlap do meet.
func segmentContact(a, b, c, d orb.Point) contact {
	if max(a[0], b[0]) < min(c[0], d[0]) || min(a[0], b[0]) > max(c[0], d[0]) ||
		max(a[1], b[1]) < min(c[1], d[1]) || min(a[1], b[1]) > max(c[1], d[1]) {
		return apart
	}
	first := orient(a, b, c) * orient(a, b, d)
	if first > 0 {
		return apart
	}
	second := orient(c, d, a) * orient(c, d, b)
	switch {
	case second > 0:
		return apart
	case first < 0 && second < 0:
		return crossing
	}
	return touching
}

// segmentMeetsBox reports whether a closed segment and a closed box have a point
// in common: no line along a side or along the segment separates them.
func segmentMeetsBox(p, q orb.Point, b orb.Bound) bool {
	if max(p[0], q[0]) < b.Min[0] || min(p[0], q[0]) > b.Max[0] ||
		max(p[1], q[1]) < b.Min[1] || min(p[1], q[1]) > b.Max[1] {
		return false
	}
	if b.Contains(p) || b.Contains(q) {
		return true
	}
	first := orient(p, q, b.Min)
	return first == 0 || orient(p, q, b.Max) != first ||
		orient(p, q, orb.Point{b.Min[0], b.Max[1]}) != first || orient(p, q, orb.Point{b.Max[0], b.Min[1]}) != first
}

// side says where a ray from a point to the east meets an edge.
type side uint8

const (
	missed side = iota
	crossed
	on // the point is on the edge
)

// ray tells how the ray from p to the east meets the edge from a to b. An end
// at the height of p counts as below, so that a vertex counts once.
func ray(p, a, b orb.Point) side {
	if min(a[1], b[1]) > p[1] || max(a[1], b[1]) < p[1] || max(a[0], b[0]) < p[0] {
		return missed
	}
	turn := orient(a, b, p)
	if turn == 0 {
		if min(a[0], b[0]) <= p[0] {
			return on
		}
		return missed // along a horizontal edge to the east
	}
	if (a[1] > p[1]) == (b[1] > p[1]) {
		return missed
	}
	if (turn > 0) == (b[1] > a[1]) {
		return crossed
	}
	return missed
}
