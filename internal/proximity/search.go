package proximity

import (
	"context"
	"math"
	"sync"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Hit is one feature of an answer.
type Hit struct {
	Layer          *snapshot.Layer
	Feature        *snapshot.Feature
	DistanceMetres float64 // geodesic; 0 where the geometries touch
	// BearingDegrees is the direction, clockwise from north in [0, 360), in
	// which the shortest way to NearestPoint starts; 0 where there is none.
	BearingDegrees float64
	NearestPoint   orb.Point // lon/lat, on the hit
}

// Searcher answers queries. Its zero value is ready; it is safe for concurrent
// use and keeps memory from one query to the next, so share one.
type Searcher struct {
	scratch sync.Pool // of *search
}

// Nearby appends the answer to q over s to hits, nearest first, and returns the
// longer slice. As many hits as q.K allows may mean that there are more.
//
// Errors are ErrNoLimit, ErrRadius, ErrK, ErrPlace and city.ErrBadStatus (all
// that apply, joined), city.ErrNotFound for a layer, or that of ctx, which is
// looked at every few hundred features.
//
// The nearest 10 of 42,000 roads from a point take about 10 µs in town, 20 µs
// where there are none for miles, and, once hits has room for them, allocate
// nothing.
func (s *Searcher) Nearby(ctx context.Context, snap *snapshot.Snapshot, q Query, hits []Hit) ([]Hit, error) {
	radius, k, err := q.limits()
	if err != nil {
		return hits, err
	}
	from, err := q.origin()
	if err != nil {
		return hits, err
	}
	w := s.take()
	defer s.put(w)
	if w.layers, err = q.layers(snap, w.layers[:0]); err != nil {
		return hits, err
	}
	w.ctx, w.query, w.k = ctx, q, k
	w.cut2 = squareUp(radius)
	w.radius = radius
	w.place(from)
	for _, w.layer = range w.layers {
		if q.Lens != nil {
			w.lens = q.Lens.Of(w.layer)
		}
		if !w.grow() {
			w.layer.Nearby(w.lowerBound, w.visit)
		}
		if w.err != nil {
			return hits, w.err
		}
	}
	return w.answer(hits), nil
}

func (s *Searcher) take() *search {
	if w, ok := s.scratch.Get().(*search); ok {
		return w
	}
	w := &search{}
	// Bound once: a closure a query would be an allocation a query.
	w.lowerBound, w.visit, w.collect = w.boxDistance, w.walked, w.add
	return w
}

// put forgets what w points to, so that a pooled search keeps no snapshot alive.
func (s *Searcher) put(w *search) {
	clear(w.best)
	clear(w.layers)
	w.target.Reset(nil)
	w.ownSource.Reset(nil)
	*w = search{
		lowerBound: w.lowerBound, visit: w.visit, collect: w.collect,
		best: w.best[:0], layers: w.layers[:0],
		lower: w.lower[:0], boxes: w.boxes[:0], batch: w.batch[:0],
		target: w.target, ownSource: w.ownSource,
	}
	s.scratch.Put(w)
}

// maxBoxes is into how many boxes a line is taken apart. The box of a ring road
// holds half the city; 32 boxes along it hold little but the road.
const maxBoxes = 32

// search is one query at work.
type search struct {
	ctx    context.Context // for the length of one call only
	query  Query
	radius float64
	k      int
	layers []*snapshot.Layer
	layer  *snapshot.Layer // being walked
	lens   LayerLens       // on layer; nil: none
	err    error
	seen   uint

	lower  []geodesy.LowerBound  // from the boxes that hold what is looked from
	frame  geodesy.Frame         // about the point
	cosLat float64               // of the point's latitude
	source *geodesy.SegmentIndex // the geometry; nil when looking from a point
	cut2   float32               // squared distance that a box must not exceed
	best   heap

	ownSource, target geodesy.SegmentIndex // reused memory
	boxes             []orb.Bound          // the same
	lowerBound        func(min, max [2]float32) float32
	visit             func(*snapshot.Feature, float32) bool
	batch             []waiting // for grow
	most              int       // how many may wait
	measuring         bool      // what waits may be measured when there are as many
	collect           func(low, high [2]float32, f *snapshot.Feature) bool
}

// walked takes the next feature of a walk in the order of boxes.
func (w *search) walked(f *snapshot.Feature, bound2 float32) bool {
	return bound2 <= w.cut2 && w.goOn() && (!w.wanted(f) || w.consider(f, bound2))
}

// goOn is asked for every feature, and asks ctx now and then.
func (w *search) goOn() bool {
	if w.seen++; w.seen%256 == 0 {
		w.err = w.ctx.Err()
	}
	return w.err == nil
}

// place makes ready to measure from g, or from the query's point when g is nil.
func (w *search) place(g orb.Geometry) {
	point, isPoint := g.(orb.Point)
	if g == nil {
		point, isPoint = w.query.Point, true
	}
	if isPoint {
		w.frame = geodesy.NewFrame(point)
		w.cosLat = math.Cos(point[1] * (math.Pi / 180))
		w.lower = append(w.lower, geodesy.NewLowerBound(orb.Bound{Min: point, Max: point}))
		return
	}
	if f := w.query.Feature; f != nil && f.Index() != nil {
		w.source = f.Index()
	} else {
		w.ownSource.Reset(g)
		w.source = &w.ownSource
	}
	w.boxes = w.source.Boxes(w.boxes, maxBoxes)
	if len(w.boxes) == 0 {
		w.boxes = append(w.boxes, w.source.Bound())
	}
	for _, b := range w.boxes {
		w.lower = append(w.lower, geodesy.NewLowerBound(b))
	}
}

// boxDistance is the square of the least distance to a box, in m², rounded down.
func (w *search) boxDistance(min, max [2]float32) float32 {
	least := math.Inf(1)
	for i := range w.lower {
		d := w.lower[i].Squared(float64(min[0]), float64(min[1]), float64(max[0]), float64(max[1]))
		if d < least {
			if least = d; d == 0 {
				break
			}
		}
	}
	return float32(least * (1 - 1e-7))
}

// squareUp is the square of a distance, rounded up.
func squareUp(metres float64) float32 {
	return float32(metres * metres * (1 + 1e-7))
}

// consider measures one feature. It returns false when no later one, by the
// order of boxes, can be in the answer.
func (w *search) consider(f *snapshot.Feature, bound2 float32) bool {
	if bound2 > w.cut2 {
		return false
	}
	c := candidate{layer: w.layer, feature: f}
	limit := w.radius
	if len(w.best) == w.k {
		limit = min(limit, w.best[0].metres)
		if limit == 0 && c.after(&w.best[0]) {
			return true // nothing is nearer than 0, so the ids decide
		}
	}
	if !w.measure(&c, limit) {
		return true
	}
	if w.best.offer(c, w.k) && len(w.best) == w.k {
		w.cut2 = min(w.cut2, squareUp(w.best[0].metres))
	}
	return true
}

// wanted reports whether f may be in the answer at all.
func (w *search) wanted(f *snapshot.Feature) bool {
	if f == w.query.Feature {
		return false
	}
	if len(w.query.Statuses) == 0 && w.lens == nil {
		return true
	}
	return w.inStage(f)
}

// inStage reports whether f is there and in a stage of life that is looked for.
func (w *search) inStage(f *snapshot.Feature) bool {
	var status city.Status
	if w.lens != nil {
		var there bool
		if status, there = w.lens.See(f); !there {
			return false
		}
	} else {
		status = w.layer.Status(f)
	}
	if len(w.query.Statuses) == 0 {
		return true
	}
	for _, s := range w.query.Statuses {
		if s == status {
			return true
		}
	}
	return false
}

// measure completes c and reports whether it is within limit metres.
func (w *search) measure(c *candidate, limit float64) (ok bool) {
	switch {
	case w.source != nil:
		c.link, ok = w.between(c.feature, limit)
		c.metres = c.link.Metres
	case c.feature.Index() != nil: // big
		c.nearest, ok = w.frame.NearestIndexed(c.feature.Index(), limit)
		c.metres = c.nearest.Metres
	default:
		c.nearest, ok = w.frame.Nearest(c.feature.Geometry(), limit)
		c.metres = c.nearest.Metres
	}
	return ok
}

// between measures from the source geometry.
func (w *search) between(f *snapshot.Feature, limit float64) (geodesy.Link, bool) {
	if p, isPoint := f.Geometry().(orb.Point); isPoint {
		frame := geodesy.NewFrame(p)
		n, ok := frame.NearestIndexed(w.source, limit)
		return geodesy.Link{Metres: n.Metres, From: frame.Point(n), To: p}, ok
	}
	index := f.Index()
	if index == nil {
		w.target.Reset(f.Geometry())
		index = &w.target
	}
	return geodesy.Between(w.source, index, limit)
}

// answer empties the heap into hits, nearest first.
func (w *search) answer(hits []Hit) []Hit {
	n := len(hits)
	for range w.best {
		hits = append(hits, Hit{})
	}
	for i := len(hits) - 1; i >= n; i-- {
		hits[i] = w.hit(w.best.pop())
	}
	return hits
}

func (w *search) hit(c candidate) Hit {
	h := Hit{Layer: c.layer, Feature: c.feature, DistanceMetres: c.metres}
	if w.source == nil {
		h.NearestPoint, h.BearingDegrees = w.frame.Point(c.nearest), w.frame.BearingTo(c.nearest)
		return h
	}
	h.NearestPoint = c.link.To
	if c.metres > 0 {
		h.BearingDegrees = geodesy.Bearing(c.link.From, c.link.To)
	}
	return h
}
