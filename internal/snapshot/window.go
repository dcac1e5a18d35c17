package snapshot

import (
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
)

// Window is a lon/lat rectangle that tells from the bounds of a feature alone, as
// SearchEach hands them out, that the feature meets it.
//
//	┌─────────────┐  a: held by the window
//	│ a▯    c▯────┼─  b: outside
//	│       ┌▯─┐  │  c: across one side, within the others: whatever is in one
//	└───────┤ d├──┘     piece and reaches all sides of its bounds meets the window
//	   b▯   └──┘     d: the same
//
// Only what lies across two sides that meet, or round the window, must be looked at.
type Window struct{ min, max [2]float32 }

// NewWindow returns the window that b is, rounded inward: what it tells is certain.
func NewWindow(b orb.Bound) Window {
	return Window{
		min: [2]float32{geodesy.Float32Above(b.Min[0]), geodesy.Float32Above(b.Min[1])},
		max: [2]float32{geodesy.Float32Below(b.Max[0]), geodesy.Float32Below(b.Max[1])},
	}
}

// Holds reports whether a feature with these bounds lies in the window.
func (w *Window) Holds(low, high [2]float32) bool {
	return w.within(0, low, high) && w.within(1, low, high)
}

// Crossed reports whether a feature with these bounds has a point in the window,
// given that it is in one piece.
func (w *Window) Crossed(low, high [2]float32) bool {
	return w.within(0, low, high) && w.reaches(1, low, high) || w.within(1, low, high) && w.reaches(0, low, high)
}

func (w *Window) within(axis int, low, high [2]float32) bool {
	return low[axis] >= w.min[axis] && high[axis] <= w.max[axis]
}

// reaches: bounds are less than one step of float32 too large, so that beyond a side
// by a step is beyond it before they were rounded.
func (w *Window) reaches(axis int, low, high [2]float32) bool {
	return high[axis] > w.min[axis] && low[axis] < w.max[axis]
}
