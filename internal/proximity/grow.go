package proximity

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Why not only walk the R-tree in the order of distance: its queue holds every
// box of every node it opens, and is most of the time of a search from a point.
// A look at all that meets a rectangle takes a tenth of that. Growing on for as
// long as it takes was measured and rejected: where nothing is near, the last
// rectangle meets half a town, 30 times the work of a walk.

const (
	// crowding is the first radius over the one that would do if features were
	// spread evenly: there are more of them where people ask.
	crowding = 0.25
	// growth and shrinkage are the factors from a radius to the next one, when
	// too little is found and when too much is.
	growth, shrinkage = 2.0, 3.0
	// maxLooks is after how many of them a walk is the better way.
	maxLooks = 6
	// tooMany and, for each feature wanted, tooManyEach are how many features a
	// look may find before it is given up for a nearer one.
	tooMany, tooManyEach = 256, 4
	// margin is how much farther than its radius a look goes, relative and in
	// metres: more than distances are off (geodesy.Frame).
	margin, marginMetres = 1e-6, 0.001
	// leastRadius is the least radius, in metres, of the first look.
	leastRadius = 1.0
	// metresPerDegree is roughly a degree of latitude.
	metresPerDegree = 111_000.0
)

// grow looks into rectangles about the point until one holds the disc that the
// answer lies in.
//
//	┌───────────────┐
//	│   ┌───────┐   │   first: for about k features, by the layer's density;
//	│   │   o   │   │          larger or smaller until it holds k and not many more
//	│   └───────┘   │   then:  measure them; once more, with the distance of the
//	└───────────────┘          k-th, for what the first has not shown
//
// It reports false, with nothing done, where a walk is better: seen from afar a
// disc is a poor part of its rectangle, and where edges, being geodesics, may go
// far beyond their boxes, the rectangle has to be a tall one.
func (w *search) grow() bool {
	extent, ok := w.layer.Bound()
	if !ok {
		return true
	}
	l := look{extent: extent, bulge: bulge(w.layer.Widest()), seen: snapshot.Nowhere()}
	if w.source != nil || !extent.Contains(w.frame.Origin()) || !w.first(&l) {
		return false
	}
	for w.measuring = true; ; {
		w.drain()
		if w.err != nil || l.all || l.radius >= w.reach() {
			return true
		}
		l.seen = l.box
		w.lookInto(&l, l.radius*growth)
	}
}

// look is a rectangle to look into.
type look struct {
	extent    orb.Bound // of the layer
	bulge     float64   // how far edges go beyond their boxes, degrees of latitude
	radius    float64   // metres; what is nearer meets box
	box, seen orb.Bound // seen has been looked into before
	all       bool      // box holds the whole layer
}

// first finds a radius that is the reach or holds at least k features, but not
// many more. They wait in w.batch. It reports whether it did not have to give up.
func (w *search) first(l *look) bool {
	w.measuring, w.most = false, tooMany+tooManyEach*w.k
	radius, grown := w.firstRadius(l.extent), false
	if l.bulge*metresPerDegree > min(radius, MaxRadiusMetres) {
		return false
	}
	for range maxLooks {
		w.lookInto(l, radius)
		switch {
		case w.err != nil || len(w.batch) < w.most && (l.all || l.radius >= w.reach() || w.within(l.radius) >= w.k):
			return true
		case len(w.batch) < w.most:
			l.seen, grown = l.box, true
			radius *= growth
		case grown:
			w.forget()
			return false // nothing for a while, and then a town
		default:
			w.forget()
			radius /= shrinkage
		}
	}
	w.forget()
	return false
}

// lookInto looks as far as radius, or to the reach if that is less.
func (w *search) lookInto(l *look, radius float64) {
	l.radius = min(radius, w.reach())
	l.box = geodesy.Bound(w.frame.Origin(), l.radius*(1+margin)+marginMetres)
	widen(&l.box, l.bulge)
	l.all = l.box.Union(l.extent) == l.box
	w.layer.SearchBoxes(l.box, l.seen, w.collect)
}

// within counts what waits and may be within a radius.
func (w *search) within(radius float64) int {
	n, limit := 0, squareUp(radius)
	for i := range w.batch {
		if w.batch[i].bound2 <= limit {
			n++
		}
	}
	return n
}

// forget empties what waits and leaves no pointer behind.
func (w *search) forget() {
	clear(w.batch)
	w.batch = w.batch[:0]
}

// reach is the farthest that an answer can be, as far as is known, in metres.
func (w *search) reach() float64 {
	if len(w.best) == w.k {
		return min(w.radius, w.best[0].metres)
	}
	return w.radius
}

// firstRadius is a radius in metres that may hold as many features as are wanted.
func (w *search) firstRadius(extent orb.Bound) float64 {
	width := (extent.Max[0] - extent.Min[0]) * w.cosLat
	height := extent.Max[1] - extent.Min[1]
	perFeature := width * height * (metresPerDegree * metresPerDegree) / float64(w.layer.Len())
	return max(leastRadius, crowding*math.Sqrt(float64(w.k)*perFeature))
}

// bulge returns how many degrees of latitude edges inside an extent can leave
// the boxes of their ends by: Δλ²/16 of an edge of its width, and a fifth more
// than that (geodesy.LowerBound says why). It holds to 60° of width; where it is
// more than a degree it is not used.
func bulge(width float64) float64 {
	return width * width * (1.2 / 16 * math.Pi / 180)
}

// widen makes b meet the boxes of all edges that come into it. Geodesics leave
// their boxes poleward: into b only from the side of the equator.
func widen(b *orb.Bound, bulge float64) {
	if b.Min[1] > 0 {
		b.Min[1] -= bulge
	}
	if b.Max[1] < 0 {
		b.Max[1] += bulge
	}
}

// waiting is a feature that has not been measured.
type waiting struct {
	bound2  float32 // of its distance, squared
	feature *snapshot.Feature
}

// add takes what a look finds.
func (w *search) add(low, high [2]float32, f *snapshot.Feature) bool {
	if !w.goOn() {
		return false
	}
	bound2 := w.boxDistance(low, high)
	if bound2 > w.cut2 || !w.wanted(f) {
		return true
	}
	w.batch = append(w.batch, waiting{bound2, f})
	if len(w.batch) < w.most {
		return true
	}
	if w.measuring {
		w.drain()
	}
	return w.measuring
}

// drain measures what waits, the nearest box first, until no other can be in
// the answer. It leaves no pointer behind.
func (w *search) drain() {
	arrange(w.batch)
	for len(w.batch) > 0 {
		var first waiting
		if first, w.batch = take(w.batch); !w.consider(first.feature, first.bound2) {
			break
		}
	}
	w.forget()
}

// arrange makes b a heap, the least bound at the top.
func arrange(b []waiting) {
	for i := len(b)/2 - 1; i >= 0; i-- {
		sinkWaiting(b, i)
	}
}

// take removes the top of a heap.
func take(b []waiting) (first waiting, rest []waiting) {
	first, last := b[0], len(b)-1
	b[0], b[last] = b[last], waiting{}
	sinkWaiting(b[:last], 0)
	return first, b[:last]
}

// sinkWaiting moves b[i] down to where it belongs.
func sinkWaiting(b []waiting, i int) {
	if i >= len(b) {
		return
	}
	moved := b[i]
	for {
		down := 2*i + 1
		if down >= len(b) {
			break
		}
		if right := down + 1; right < len(b) && b[right].bound2 < b[down].bound2 {
			down = right
		}
		if b[down].bound2 >= moved.bound2 {
			break
		}
		b[i] = b[down]
		i = down
	}
	b[i] = moved
}
