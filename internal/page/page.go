package page

import (
	"context"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Page is some of the features that a question asks for, in its order.
type Page struct {
	Features []*snapshot.Feature
	// Matched is how many features the question asks for in all.
	Matched int
	// More tells whether others follow.
	More bool
}

// Place is where a page begins.
type Place struct {
	// Skip is how many features stand before it.
	Skip int
	// After continues another page; it must be of the same question. nil: from
	// the beginning.
	After *Cursor
}

// checkEvery is how many features are looked at between two looks at the context.
const checkEvery = 1024

// Page returns at most limit features, at least 1, from a place on. The error is
// that of ctx, or ErrCursor when the place is not in the answer.
func (q *Question) Page(ctx context.Context, from Place, limit int) (Page, error) {
	if q.Room == nil {
		q.Room = &Room{}
	}
	var last *snapshot.Feature
	matched := -1
	if c := from.After; c != nil {
		if last = q.Layer.Feature(c.Last); last == nil || c.Matched > q.Layer.Len() {
			return Page{}, ErrCursor
		}
		matched = c.Matched
	}
	if len(q.Order) == 0 {
		if q.all() {
			matched = q.Layer.Len()
		}
		if matched >= 0 && q.walkIsShorter(matched, from.Skip+limit) {
			return q.walk(ctx, last, from.Skip, limit, matched)
		}
	}
	return q.gather(ctx, last, from.Skip, limit)
}

// walkIsShorter tells whether going through the features by id until n match
// takes fewer looks than finding all that match and sorting them.
func (q *Question) walkIsShorter(matched, n int) bool {
	return n < matched && n*(q.Layer.Len()/max(matched, 1)) <= matched || q.all() || !q.bounded()
}

// bounded tells whether the spatial index helps.
func (q *Question) bounded() bool {
	_, ok := q.bounds()
	return ok
}

// bounds returns rectangles one of which everything that matches meets; ok is
// false when it may be anywhere.
func (q *Question) bounds() (all []orb.Bound, ok bool) {
	if q.Filter != nil {
		all, ok = q.Filter.Bounds()
	}
	if q.Area == nil {
		return all, ok
	}
	if area := q.Area.Bounds(); !ok || size(area) < size(all) {
		return area, true
	}
	return all, true
}

// size is a measure of rectangles: the sum of their areas.
func size(all []orb.Bound) float64 {
	sum := 0.0
	for _, b := range all {
		sum += (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1])
	}
	return sum
}

// walk goes through the features after last by id. It reads one more than it
// returns, to tell whether there is more.
func (q *Question) walk(ctx context.Context, last *snapshot.Feature, skip, limit, matched int) (Page, error) {
	p := Page{Matched: matched}
	if skip >= matched {
		return p, nil
	}
	p.Features = make([]*snapshot.Feature, 0, min(limit, matched))
	seen, everything := 0, q.all()
	var err error
	look := func(f *snapshot.Feature) bool {
		if seen++; seen%checkEvery == 0 {
			if err = ctx.Err(); err != nil {
				return false
			}
		}
		switch {
		case !everything && !q.matches(f, false):
		case skip > 0:
			skip--
		case len(p.Features) == limit:
			p.More = true
			return false
		default:
			p.Features = append(p.Features, f)
		}
		return true
	}
	if last != nil {
		q.Layer.After(last.ID(), look)
	} else {
		q.Layer.All(look)
	}
	if err == nil {
		err = ctx.Err() // a filter that was stopped let nothing through
	}
	return p, err
}

// gather looks at every feature that may match, counts, and keeps the first.
func (q *Question) gather(ctx context.Context, last *snapshot.Feature, skip, limit int) (Page, error) {
	// One more than is returned, to tell whether there is more. No page is longer
	// than the layer.
	n := min(skip, q.Layer.Len()) + min(limit, q.Layer.Len()) + 1
	var keep keeper = newLowest(n, q.Room)
	if len(q.Order) > 0 {
		keep = &best{q: q, n: n}
	}
	if last != nil {
		keep.behind(last)
	}
	p := Page{}
	err := q.each(ctx, func(some []*snapshot.Feature) {
		p.Matched += len(some)
		keep.add(some)
	})
	if err != nil {
		return Page{}, err
	}
	kept := keep.first()
	kept = kept[min(skip, len(kept)):]
	if len(kept) > limit {
		kept, p.More = kept[:limit], true
	}
	p.Features = kept
	return p, nil
}

// each calls take with the features that match, each of them once, in no order and
// some at a time: called for a hundred rather than for each.
func (q *Question) each(ctx context.Context, take func(some []*snapshot.Feature)) error {
	some := q.Room.some[:]
	n, seen := 0, 0
	flush := func() {
		take(some[:n])
		n = 0
	}
	if bounds, ok := q.bounds(); ok {
		c := q.candidates()
		q.Layer.SearchEach(bounds, func(low, high [2]float32, f *snapshot.Feature) bool {
			if c.inner.Holds(low, high) || c.match(low, high, f) {
				some[n] = f
				if n++; n == len(some) {
					flush()
				}
			}
			seen++
			return seen%checkEvery != 0 || ctx.Err() == nil
		})
	} else {
		q.Layer.All(func(f *snapshot.Feature) bool {
			if q.matches(f, false) {
				some[n] = f
				if n++; n == len(some) {
					flush()
				}
			}
			seen++
			return seen%checkEvery != 0 || ctx.Err() == nil
		})
	}
	flush()
	return ctx.Err()
}
