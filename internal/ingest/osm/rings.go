package osm

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// memberWay is a way of a multipolygon relation.
type memberWay struct {
	id    int64
	refs  []int64
	inner bool // its role is inner
}

// nodeRing is a closed sequence of nodes, the first repeated at the end.
type nodeRing struct {
	refs  []int64
	inner bool // made of ways with the role inner only
}

// joinRings joins ways at their end nodes into rings. What does not close is
// returned as open ways.
//
//	a ──1── b        a ─────── b
//	│       │   ─►   │  ring   │      a node that is met again closes a ring
//	2       3        │         │      at once, so that rings that touch in a
//	└── c ──┘        └─── c ───┘      node come apart (figure of eight)
func joinRings(ways []memberWay) (rings []nodeRing, open []memberWay) {
	ends := map[int64][]int{} // node -> indexes of ways that end there
	used := make([]bool, len(ways))
	for i, w := range ways {
		if len(w.refs) < 2 {
			used[i] = true
			open = append(open, w)
			continue
		}
		if first, last := w.refs[0], w.refs[len(w.refs)-1]; first == last {
			used[i] = true
			rings = append(rings, nodeRing{refs: w.refs, inner: w.inner})
		} else {
			ends[first] = append(ends[first], i)
			ends[last] = append(ends[last], i)
		}
	}
	for i := range ways {
		if !used[i] {
			chain := &chain{ways: ways, ends: ends, used: used}
			chain.walk(i)
			rings = append(rings, chain.rings...)
			open = append(open, chain.open()...)
		}
	}
	return rings, open
}

// chain is a walk over ways, from end node to end node.
type chain struct {
	ways  []memberWay
	ends  map[int64][]int
	used  []bool
	links []link
	rings []nodeRing
}

type link struct {
	way  int
	from int64 // node at which the walk enters the way
	back bool  // the way is walked from its end to its start
}

func (c *chain) walk(start int) {
	node := c.ways[start].refs[0]
	next := start
	for next >= 0 {
		w := &c.ways[next]
		l := link{way: next, from: node, back: w.refs[0] != node}
		c.used[next] = true
		c.links = append(c.links, l)
		node = w.refs[len(w.refs)-1]
		if l.back {
			node = w.refs[0]
		}
		c.close(node)
		next = c.continuation(node, w.inner)
	}
}

// close cuts off the ring that ends at node, when the walk was there before.
func (c *chain) close(node int64) {
	for i := range c.links {
		if c.links[i].from == node {
			c.rings = append(c.rings, c.ring(c.links[i:]))
			c.links = c.links[:i]
			return
		}
	}
}

func (c *chain) ring(links []link) nodeRing {
	out := nodeRing{inner: true}
	for _, l := range links {
		refs := c.ways[l.way].refs
		if l.back {
			refs = slices.Clone(refs)
			slices.Reverse(refs)
		}
		out.refs = append(out.refs, refs[:len(refs)-1]...)
		out.inner = out.inner && c.ways[l.way].inner
	}
	out.refs = append(out.refs, out.refs[0])
	return out
}

// continuation picks an unused way at the node, one of the same role first.
func (c *chain) continuation(node int64, inner bool) int {
	best := -1
	for _, i := range c.ends[node] {
		if c.used[i] {
			continue
		}
		if c.ways[i].inner == inner {
			return i
		}
		best = i
	}
	return best
}

// open returns the ways of the walk that belong to no ring.
func (c *chain) open() []memberWay {
	var out []memberWay
	for _, l := range c.links {
		out = append(out, c.ways[l.way])
	}
	return out
}

// ring is a ring with coordinates.
type ring struct {
	line  orb.Ring
	bound orb.Bound
	area  float64 // in square degrees, only to compare
	inner bool
}

func newRing(line orb.Ring, inner bool) ring {
	return ring{line: line, bound: line.Bound(), area: math.Abs(planar.Area(line)), inner: inner}
}

// contains reports whether r lies around o, which must not cross it. Rings may
// touch and share edges, so vertices that both have decide nothing.
func (r *ring) contains(o *ring) bool {
	if r.area < o.area || !r.bound.Contains(o.bound.Min) || !r.bound.Contains(o.bound.Max) {
		return false
	}
	own := make(map[orb.Point]bool, len(r.line))
	for _, p := range r.line {
		own[p] = true
	}
	for _, p := range o.line {
		if !own[p] {
			return planar.RingContains(r.line, p)
		}
	}
	// All vertices are shared: the middle of an edge that is not shared decides.
	for i := 1; i < len(o.line); i++ {
		middle := orb.Point{(o.line[i-1][0] + o.line[i][0]) / 2, (o.line[i-1][1] + o.line[i][1]) / 2}
		if !onEdge(r.line, middle) {
			return planar.RingContains(r.line, middle)
		}
	}
	return false
}

func onEdge(line orb.Ring, p orb.Point) bool {
	for i := 1; i < len(line); i++ {
		if planar.DistanceFromSegment(line[i-1], line[i], p) < 1e-12 {
			return true
		}
	}
	return false
}

// group makes polygons of rings by containment: a ring inside an odd number of
// others is a hole of the smallest around it. Roles decide only where members
// are missing: then a ring of inner ways that nothing is around is left out,
// because what it was cut from is not there. Swapped counts the rings whose
// role says otherwise than their place.
func group(rings []ring, incomplete bool) (polygons orb.MultiPolygon, swapped int) {
	slices.SortStableFunc(rings, func(a, b ring) int { return cmp.Compare(b.area, a.area) })
	polygon := make([]int, len(rings)) // index in polygons of what a ring belongs to; -1: to none
	for i := range rings {
		parent, depth := around(rings[:i], &rings[i])
		outer := depth%2 == 0
		if outer == rings[i].inner {
			swapped++
		}
		switch {
		case depth == 0 && rings[i].inner && incomplete:
			polygon[i] = -1
		case outer:
			polygon[i] = len(polygons)
			polygons = append(polygons, orb.Polygon{rings[i].line})
		default:
			p := polygon[parent]
			if polygon[i] = p; p >= 0 {
				polygons[p] = append(polygons[p], rings[i].line)
			}
		}
	}
	return polygons, swapped
}

// around returns how many of the larger rings, the largest first, contain a ring, and
// which is the smallest of them, -1 without any.
func around(larger []ring, r *ring) (smallest, depth int) {
	smallest = -1
	for i := range larger {
		if larger[i].contains(r) {
			smallest = i
			depth++
		}
	}
	return smallest, depth
}
