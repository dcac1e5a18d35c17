package repair

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

const nodingRounds = 8

// loops cuts a closed ring into simple closed loops at every point where it
// meets itself. Loops without area are left out.
func loops(ring orb.Ring) []orb.Ring {
	grid := gridOf(ring)
	noded := node(ring, grid)
	// A crossing is rounded, which bends the segments a little and can make
	// new crossings. A few rounds end that.
	for range nodingRounds {
		again := node(noded, grid)
		if len(again) == len(noded) {
			break
		}
		noded = again
	}
	var out []orb.Ring
	var stack orb.Ring
	at := make(map[orb.Point]int, len(noded)) // place in the stack
	for _, p := range noded {
		if start, seen := at[p]; seen {
			loop := append(slices.Clone(stack[start:]), p)
			for _, q := range stack[start+1:] {
				delete(at, q)
			}
			stack = stack[:start+1]
			if len(loop) >= 4 && SignedArea(loop) != 0 {
				out = append(out, loop)
			}
			continue
		}
		at[p] = len(stack)
		stack = append(stack, p)
	}
	return out
}

// gridOf returns the distance to which crossings are rounded, so that the same
// crossing found twice is the same point: 36 bits below the largest coordinate,
// 0.2 mm for degrees in Hanoi.
func gridOf(ring orb.Ring) float64 {
	largest := 0.0
	for _, p := range ring {
		largest = max(largest, math.Abs(p[0]), math.Abs(p[1]))
	}
	_, exponent := math.Frexp(largest)
	return math.Ldexp(1, exponent-36)
}

// cut is a point at which a segment is divided.
type cut struct {
	along float64 // share of the segment's length before it
	at    orb.Point
}

// node returns the ring with a vertex at every point where two of its segments
// meet. Complexity: n log n plus the pairs whose extents overlap.
func node(ring orb.Ring, grid float64) orb.Ring {
	n := len(ring) - 1
	if n < 1 {
		return ring
	}
	out := make(orb.Ring, 0, n+1)
	push := func(p orb.Point) {
		if len(out) == 0 || out[len(out)-1] != p {
			out = append(out, p)
		}
	}
	for i, cuts := range meetings(ring, grid) {
		push(ring[i])
		slices.SortFunc(cuts, func(a, b cut) int { return cmp.Compare(a.along, b.along) })
		for _, c := range cuts {
			push(c.at)
		}
	}
	push(ring[n])
	return out
}

// meetings returns where each segment of a ring meets others, sweeping from the west.
func meetings(ring orb.Ring, grid float64) [][]cut {
	n := len(ring) - 1
	cuts := make([][]cut, n)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	low := func(i int) float64 { return min(ring[i][0], ring[i+1][0]) }
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(low(a), low(b)), a-b) })
	for k, i := range order {
		right := max(ring[i][0], ring[i+1][0])
		for _, j := range order[k+1:] {
			if low(j) > right {
				break
			}
			for _, p := range meet(ring[i], ring[i+1], ring[j], ring[j+1], grid) {
				cuts[i] = append(cuts[i], cut{along(ring[i], ring[i+1], p), p})
				cuts[j] = append(cuts[j], cut{along(ring[j], ring[j+1], p), p})
			}
		}
	}
	return cuts
}

// along returns where p lies between a and b, 0 to 1.
func along(a, b, p orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	if dx*dx > dy*dy {
		return (p[0] - a[0]) / dx
	}
	if dy == 0 {
		return 0
	}
	return (p[1] - a[1]) / dy
}

// turn is positive when c lies to the left of a→b, 0 when on the line.
func turn(a, b, c orb.Point) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}

// between reports whether p, known to be on the line through a and b, lies
// between them.
func between(a, b, p orb.Point) bool {
	return min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) &&
		min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1])
}

// meet returns the points that divide two segments where they cross, touch or
// overlap: the crossing, rounded to the grid or to an end that is as near, or
// the ends of one that lie on the other.
func meet(a, b, c, d orb.Point, grid float64) []orb.Point {
	if max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return nil
	}
	tc, td := turn(a, b, c), turn(a, b, d)
	ta, tb := turn(c, d, a), turn(c, d, b)
	var out []orb.Point
	if tc == 0 && between(a, b, c) {
		out = append(out, c)
	}
	if td == 0 && between(a, b, d) {
		out = append(out, d)
	}
	if ta == 0 && between(c, d, a) {
		out = append(out, a)
	}
	if tb == 0 && between(c, d, b) {
		out = append(out, b)
	}
	if len(out) > 0 || (tc > 0) == (td > 0) || (ta > 0) == (tb > 0) {
		return out
	}
	t := tc / (tc - td)
	p := orb.Point{c[0] + t*(d[0]-c[0]), c[1] + t*(d[1]-c[1])}
	for _, vertex := range [...]orb.Point{a, b, c, d} {
		if math.Abs(vertex[0]-p[0]) <= grid && math.Abs(vertex[1]-p[1]) <= grid {
			return []orb.Point{vertex}
		}
	}
	return []orb.Point{{math.Round(p[0]/grid) * grid, math.Round(p[1]/grid) * grid}}
}

// quickLimit is the number of vertices up to which looking at all pairs of
// segments is cheaper than the general test.
const quickLimit = 40

// surelySimple reports whether a closed ring certainly does not meet itself:
// no pair of its segments comes near. False means that it is not so easy.
func surelySimple(ring orb.Ring) bool {
	n := len(ring) - 1
	if n < 3 || n > quickLimit || ring[0] != ring[n] {
		return false
	}
	// Rounding errors of turn stay far below this share of the ring's extent.
	bound := ring.Bound()
	size := max(bound.Max[0]-bound.Min[0], bound.Max[1]-bound.Min[1])
	if size == 0 {
		return false
	}
	tolerance := 1e-9 * size * size
	for i := range n {
		a, b := ring[i], ring[i+1]
		after := ring[1]
		if i+2 <= n {
			after = ring[i+2]
		}
		if t := turn(a, b, after); -tolerance < t && t < tolerance {
			return false // straight on or back: the general test decides
		}
		for j := i + 2; j < n; j++ {
			if i == 0 && j == n-1 {
				continue // neighbours through the closing vertex
			}
			if !apart(a, b, ring[j], ring[j+1], tolerance) {
				return false
			}
		}
	}
	return true
}

// apart reports whether one segment lies clearly on one side of the other.
func apart(a, b, c, d orb.Point, tolerance float64) bool {
	tc, td := turn(a, b, c), turn(a, b, d)
	if (tc > tolerance && td > tolerance) || (tc < -tolerance && td < -tolerance) {
		return true
	}
	ta, tb := turn(c, d, a), turn(c, d, b)
	return (ta > tolerance && tb > tolerance) || (ta < -tolerance && tb < -tolerance)
}
