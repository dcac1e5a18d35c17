package page

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Sortable tells whether features can be sorted by values of a kind.
func Sortable(k city.Kind) bool { return k != city.KindJSON && k != city.KindNull }

// compare orders two values of one kind, or two numbers; null is greater than
// everything but null. Values of different kinds come by kind.
func compare(a, b city.Value) int {
	switch {
	case a.IsNull() || b.IsNull():
		return cmp.Compare(btoi(a.IsNull()), btoi(b.IsNull()))
	case a.Kind() != b.Kind():
		if numeric(a) && numeric(b) {
			return cmp.Compare(a.Float(), b.Float())
		}
		return cmp.Compare(a.Kind(), b.Kind())
	}
	switch a.Kind() {
	case city.KindNumber:
		return cmp.Compare(a.Float(), b.Float())
	case city.KindString, city.KindJSON:
		return strings.Compare(a.Text(), b.Text())
	default: // whole numbers: also days and microseconds
		return cmp.Compare(a.Int(), b.Int())
	}
}

func numeric(v city.Value) bool { return v.Kind() == city.KindInteger || v.Kind() == city.KindNumber }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ranked is a feature with what it is sorted by.
type ranked struct {
	f    *snapshot.Feature
	keys []city.Value // by Question.Order; nothing for ByID
}

// rank fills in what f is sorted by. The keys lie in dst.
func (q *Question) rank(f *snapshot.Feature, dst []city.Value) ranked {
	dst = dst[:0]
	if len(q.Order) > 0 {
		tags, _ := q.Tags(f)
		for _, k := range q.Order {
			v := city.Null
			if k.Property != ByID {
				v = value(q.Layer, tags, k.Property)
			}
			dst = append(dst, v)
		}
	}
	return ranked{f, dst}
}

// compare orders two features as the question wants them. No two are equal.
func (q *Question) compare(a, b ranked) int {
	for i, k := range q.Order {
		var c int
		switch {
		case k.Property == ByID:
			c = cmp.Compare(a.f.ID(), b.f.ID())
		default:
			c = compare(a.keys[i], b.keys[i])
			if a.keys[i].IsNull() != b.keys[i].IsNull() {
				return c // last, whatever the direction
			}
		}
		if k.Descending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(a.f.ID(), b.f.ID())
}

// best keeps the first n of the features that it is given, n being at least 1. It
// gathers up to twice as many and then drops the later half: each feature is
// sorted about twice, however many there are.
type best struct {
	q    *Question
	n    int
	kept []ranked
	// worst is the last of n that were kept; anything after it is not wanted.
	worst   ranked
	scratch []city.Value
}

func (b *best) add(r ranked) {
	if b.worst.f != nil && b.q.compare(r, b.worst) > 0 {
		return
	}
	r.keys = slices.Clone(r.keys) // they lie in scratch
	b.kept = append(b.kept, r)
	if len(b.kept) >= 2*b.n && len(b.kept) >= 64 {
		b.trim()
	}
}

func (b *best) trim() {
	slices.SortFunc(b.kept, b.q.compare)
	if len(b.kept) > b.n {
		clear(b.kept[b.n:])
		b.kept = b.kept[:b.n]
	}
	if len(b.kept) == b.n {
		b.worst = b.kept[b.n-1]
	}
}
