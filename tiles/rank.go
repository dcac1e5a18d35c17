package tiles

import "math"

// A vertex's rank is its significance, the distance in world units by which
// the path would move without it, on a logarithmic scale in one byte:
//
//	rank 0:  below 1 unit     rank 1+⌊7·log₂ d⌋:  d ≥ 1     rank 255: never dropped
//
// Seven steps a zoom level over 32 levels end at 228. Distances come from the
// Douglas–Peucker hierarchy (Douglas and Peucker 1973): a vertex counts as much
// as its distance from the chord that it splits, and at most as much as the
// split above it. The vertices of at least some rank are therefore exactly
// those that the algorithm keeps at that tolerance, and the kept path differs
// from the whole by less than the tolerance. Rounding ranks down keeps up to
// 10 % (2^(1/7)) more than asked for, never less.
const (
	rankSteps  = 7
	rankAlways = 255
)

// rankOf is the rank of a distance given by its square.
func rankOf(squared float64) uint8 {
	if !(squared >= 1) {
		return 0
	}
	return uint8(1 + rankSteps/2.0*math.Log2(squared))
}

// splitLimit bounds the farthest-vertex search to about splitLimit·n distances
// before it halves chains instead. Real lines need 10 to 20; a spiral made to
// hurt would need n. A halved chain keeps more vertices, never fewer.
const splitLimit = 64

// chain is a stretch of a path between two kept vertices, from < to; in a ring
// of n vertices, vertex n is vertex 0 again.
type chain struct {
	from, to int
	limit    uint8 // rank of the split above
}

// ranker ranks the vertices of one path at a time. Its stack is kept for the
// next one, so that neither depth nor allocation depends on the input's shape.
type ranker struct {
	stack []chain
}

// rank fills ranks for the path xy (x, y pairs in world units). The ends of a
// line, and three vertices of a ring, are never dropped.
func (r *ranker) rank(xy []uint32, ring bool, ranks []byte) {
	n := len(ranks)
	if n <= 2 || ring && n == 3 {
		for i := range ranks {
			ranks[i] = rankAlways
		}
		return
	}
	r.stack = r.stack[:0]
	ranks[0] = rankAlways
	if !ring {
		ranks[n-1] = rankAlways
		r.split(xy, ranks, chain{0, n - 1, rankAlways - 1})
		return
	}
	far, _ := farthest(xy, 0, 0, n)
	ranks[far] = rankAlways
	r.split(xy, ranks, chain{0, far, rankAlways - 1}, chain{far, n, rankAlways - 1})
	third := -1
	for i := range ranks {
		if i != 0 && i != far && (third < 0 || ranks[i] > ranks[third]) {
			third = i
		}
	}
	ranks[third] = rankAlways
}

func (r *ranker) split(xy []uint32, ranks []byte, first ...chain) {
	r.stack = append(r.stack, first...)
	budget := splitLimit * len(ranks)
	for len(r.stack) > 0 {
		c := r.stack[len(r.stack)-1]
		r.stack = r.stack[:len(r.stack)-1]
		if c.to-c.from < 2 {
			continue
		}
		at, squared := farthest(xy, c.from, c.to%len(ranks), c.to)
		if budget -= c.to - c.from; budget < 0 {
			at = (c.from + c.to) / 2
		}
		limit := min(rankOf(squared), c.limit)
		ranks[at] = limit
		r.stack = append(r.stack, chain{c.from, at, limit}, chain{at, c.to, limit})
	}
}

// farthest returns the vertex strictly between from and to that lies farthest
// from the segment from–end (end is to, wrapped), and its squared distance.
// Distance is to the segment, not to its line, because a path can turn back.
func farthest(xy []uint32, from, end, to int) (int, float64) {
	ax, ay := float64(xy[2*from]), float64(xy[2*from+1])
	dx, dy := float64(xy[2*end])-ax, float64(xy[2*end+1])-ay
	length := dx*dx + dy*dy
	at, best := from+1, -1.0
	for i := from + 1; i < to; i++ {
		px, py := float64(xy[2*i])-ax, float64(xy[2*i+1])-ay
		along := px*dx + py*dy
		var squared float64
		switch {
		case along <= 0:
			squared = px*px + py*py
		case along >= length:
			squared = (px-dx)*(px-dx) + (py-dy)*(py-dy)
		default:
			across := px*dy - py*dx
			squared = across * across / length
		}
		if squared > best {
			at, best = i, squared
		}
	}
	return at, best
}
