package plane

import (
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/simplegeom"
)

// Valid returns what is wrong with the polygons of g by the rules of OGC Simple
// Features, or nil. Where no edges meet but neighbours it is quick, 10 ms for
// 10,000 vertices; others are for simplefeatures to judge, which takes many
// times as long.
func Valid(g orb.Geometry) error {
	switch g := g.(type) {
	case orb.Ring:
		return Valid(orb.Polygon{g})
	case orb.Polygon:
		if len(g) == 1 && simple(g) {
			return nil
		}
		return simplegeom.Guard(simplegeom.Polygon(g).Validate)
	case orb.MultiPolygon:
		return simplegeom.Guard(simplegeom.MultiPolygon(g).Validate)
	case orb.Collection:
		for _, m := range g {
			if err := Valid(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// simple reports whether no edges of a ring meet but neighbours, in their common
// end. A ring that is not simple may still be valid: with a vertex twice.
func simple(p orb.Polygon) bool {
	ring := p[0]
	n := len(ring) - 1
	if n < 3 || !ring.Closed() {
		return false
	}
	var all edges
	all.add(ring)
	all.sort()
	all.build()
	for i := range n {
		before, a, b := ring[(i+n-1)%n], ring[i], ring[i+1]
		if a == b || orient(before, a, b) == 0 && segmentFolds(before, a, b) {
			return false
		}
		// Of all edges, a to b may meet itself and its two neighbours only.
		if all.count(a, b, 4) != 3 {
			return false
		}
	}
	return true
}

// segmentFolds reports whether, on one line, the way from a over b to c turns back.
func segmentFolds(a, b, c orb.Point) bool {
	return (a[0]-b[0])*(c[0]-b[0]) > 0 || (a[1]-b[1])*(c[1]-b[1]) > 0
}

// count returns how many of the edges a segment meets; it does not count further
// than to most.
func (e *edges) count(p, q orb.Point, most int) int {
	return e.countUnder(len(e.level)-1, len(e.boxes)-1, p, q, most)
}

func (e *edges) countUnder(level, i int, p, q orb.Point, most int) (n int) {
	if !segmentMeetsBox(p, q, e.boxes[i]) {
		return 0
	}
	from, to := e.under(level, i)
	for j := from; j < to && n < most; j++ {
		if level > 0 {
			n += e.countUnder(level-1, j, p, q, most-n)
		} else if segmentContact(p, q, e.segments[j][0], e.segments[j][1]) != apart {
			n++
		}
	}
	return n
}
