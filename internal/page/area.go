package page

import (
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Area is a part of the globe.
type Area interface {
	// Bounds returns rectangles of longitude and latitude that together hold it.
	Bounds() []orb.Bound
	// Exact tells whether they are the area, and not more.
	Exact() bool
	// Meets tells whether a geometry has a point in common with it.
	Meets(orb.Geometry) bool
}

// candidates tells features that match from their bounds as far as it goes.
//
// Of a thousand roads in a box of a few kilometres nine in ten lie within it by
// their bounds, and most others in such a way that they must meet it. To look at the
// coordinates of each took most of the time of a page of a hundred.
type candidates struct {
	q       *Question
	simple  bool // whatever meets the area matches
	windows []snapshot.Window
	// inner is a window in which everything matches, which is told at once: nine in
	// ten of those that match. Nothing is in it where it takes more than to be there.
	inner snapshot.Window
}

func (q *Question) candidates() *candidates {
	c := &candidates{q: q, inner: snapshot.NewWindow(snapshot.Nowhere()), simple: q.Days == nil && len(q.Where) == 0 && q.Filter == nil}
	if q.Area != nil && q.Area.Exact() {
		for _, b := range q.Area.Bounds() {
			c.windows = append(c.windows, snapshot.NewWindow(b))
		}
	}
	if c.simple && len(c.windows) > 0 {
		c.inner = c.windows[0]
	}
	return c
}

// match tells whether f, which has these bounds, is asked for.
func (c *candidates) match(low, high [2]float32, f *snapshot.Feature) bool {
	meets := c.meets(low, high, f)
	return meets && c.simple || c.q.matches(f, meets)
}

// meets tells whether f is known to meet the area.
func (c *candidates) meets(low, high [2]float32, f *snapshot.Feature) bool {
	for i := range c.windows {
		if w := &c.windows[i]; w.Holds(low, high) || w.Crossed(low, high) && inOnePiece(f.Geometry()) {
			return true
		}
	}
	return false
}

func inOnePiece(g orb.Geometry) bool {
	switch g.(type) {
	case orb.Point, orb.LineString, orb.Ring, orb.Polygon:
		return true
	default:
		return false
	}
}
