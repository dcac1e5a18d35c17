package cql2

import (
	"errors"
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/cql2/plane"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

var errUpsideDown = errors.New("its lower left corner is not below and left of the upper right one")

// Filter is a compiled filter for the features of one layer, in any version of
// it. One goroutine at a time may use it: it remembers what it has tested.
type Filter struct {
	root       predicate
	env        env
	properties []string
}

// Properties returns the names of the properties that the verdict hangs on, in the
// order of the schema. A change of others, or of the geometry for a filter that
// has no spatial function, does not change it.
func (f *Filter) Properties() []string { return f.properties }

// Match reports whether a feature of l matches with the properties tags: its own
// (Feature.Tags), or those that it has on another day. All of them are
// needed, not only those that tiles carry. It does not allocate but for arrays,
// for texts that it folds the first time, and for relations of geometries whose
// boundaries touch.
func (f *Filter) Match(l *snapshot.Layer, feature *snapshot.Feature, tags []tiles.Tag) bool {
	f.env.table, f.env.feature, f.env.tags = l.Table(), feature, tags
	return f.root.test(&f.env) == yes && f.env.err == nil
}

// Err returns what Options.Check returned when it stopped the filter, and nil
// while it has not.
func (f *Filter) Err() error { return f.env.err }

// maxBounds is how many boxes Bounds gives at most.
const maxBounds = 16

// Bounds returns lon/lat boxes outside of which no feature of l matches; everywhere
// is true where there are none such. No boxes and not everywhere: nothing matches.
func (f *Filter) Bounds(l *snapshot.Layer) (boxes []orb.Bound, everywhere bool) {
	a := locate(f.root, l.Widest(), false)
	return a.boxes, a.everywhere
}

// Candidates calls fn with every feature of l that may match, once each, until fn
// returns false: by the R-tree where Bounds tells, in no particular order;
// otherwise with all, in the order of ids.
func (f *Filter) Candidates(l *snapshot.Layer, fn func(*snapshot.Feature) bool) {
	boxes, everywhere := f.Bounds(l)
	if everywhere {
		l.All(fn)
		return
	}
	l.SearchEach(boxes, func(_, _ [2]float32, f *snapshot.Feature) bool { return fn(f) })
}

// area is where something can match.
type area struct {
	boxes      []orb.Bound
	everywhere bool
}

// locate returns where p, or with negated its negation, can be true.
func locate(p predicate, widest float64, negated bool) area {
	switch p := p.(type) {
	case constant:
		return area{everywhere: p == constant(yes) && !negated || p == constant(no) && negated}
	case not:
		return locate(p.of, widest, !negated)
	case all:
		return locateAll(p, widest, negated, negated)
	case some:
		return locateAll(p, widest, negated, !negated)
	case *spatial:
		// Any relation but disjoint takes a common point.
		if (p.relation == plane.Disjoint) == negated {
			return area{boxes: p.shape.Cover()}
		}
	case *within:
		if !negated {
			if b, ok := p.box(widest); ok {
				return area{boxes: []orb.Bound{b}}
			}
		}
	}
	return area{everywhere: true}
}

// locateAll joins the areas of operands: one of them is enough, or all are needed.
func locateAll(list []predicate, widest float64, negated, anyOne bool) area {
	whole := area{everywhere: !anyOne}
	for _, p := range list {
		a := locate(p, widest, negated)
		if anyOne {
			whole = whole.or(a)
		} else {
			whole = whole.and(a)
		}
	}
	return whole
}

func (a area) or(b area) area {
	if a.everywhere || b.everywhere {
		return area{everywhere: true}
	}
	if len(a.boxes)+len(b.boxes) > maxBounds { // at first what is one shape becomes one box
		a, b = a.union(), b.union()
	}
	return area{boxes: append(a.boxes[:len(a.boxes):len(a.boxes)], b.boxes...)}
}

// union returns the one box that holds all.
func (a area) union() area {
	if len(a.boxes) < 2 {
		return a
	}
	union := a.boxes[0]
	for _, o := range a.boxes[1:] {
		union = union.Union(o)
	}
	return area{boxes: []orb.Bound{union}}
}

func (a area) and(b area) area {
	switch {
	case a.everywhere:
		return b
	case b.everywhere:
		return a
	}
	// A feature that meets both a box and another need not meet what they have in
	// common: it can be large. So the smaller area is all that can be said.
	if a.size() <= b.size() {
		return a
	}
	return b
}

// size is the area in square degrees.
func (a area) size() float64 {
	sum := 0.0
	for _, b := range a.boxes {
		sum += math.Abs((b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1]))
	}
	return sum
}
