package snapshot

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/tidwall/btree"
	"github.com/tidwall/rtree"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Layer is one layer of one Snapshot: its schema, its features and their
// indices. It never changes.
type Layer struct {
	def    *city.Layer
	table  Table
	tree   *rtree.RTreeGN[float32, *Feature]
	byID   *btree.BTreeG[*Feature]
	byCode *btree.Map[string, *Feature]
	// shadowed counts the features whose code leads to another with a lower id.
	shadowed int
	bound    orb.Bound
	widest   float64 // degrees of longitude; no feature is wider

	workshop *workshop // the builder's; readers never touch it

	code, status int // property indices, -1 when the layer has none
}

// Definition returns the schema and rules. It must not be changed.
func (l *Layer) Definition() *city.Layer { return l.def }

// ID returns the layer's name.
func (l *Layer) ID() city.LayerID { return l.def.ID }

// Table returns the names and distinct values that Feature.Tags point into.
func (l *Layer) Table() *Table { return &l.table }

// Len returns the number of features.
func (l *Layer) Len() int { return l.byID.Len() }

// Bound returns a lon/lat rectangle that holds every feature: the smallest
// after a load, possibly a larger one after features at its rim were removed.
// ok is false when the layer is empty.
func (l *Layer) Bound() (b orb.Bound, ok bool) { return l.bound, l.Len() > 0 }

// Widest returns how many degrees of longitude the widest feature has: exactly
// after a load, possibly more after it was removed.
func (l *Layer) Widest() float64 { return l.widest }

// Feature returns the feature with the id, or nil.
func (l *Layer) Feature(id int64) *Feature {
	f, _ := l.byID.Get(&Feature{id: id})
	return f
}

// ByCode returns the feature with the human key code, or nil; of several, which
// is a mistake in the data, the one with the lowest id.
func (l *Layer) ByCode(code string) *Feature {
	f, _ := l.byCode.Get(code)
	return f
}

// Find returns the feature whose id or, failing that, whose code is text, as
// URLs name it, or nil.
func (l *Layer) Find(text string) *Feature {
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		if f := l.Feature(id); f != nil {
			return f
		}
	}
	return l.ByCode(text)
}

// After calls fn with the features whose id is greater than id, in the order
// of their ids, until fn returns false.
func (l *Layer) After(id int64, fn func(*Feature) bool) {
	l.byID.Ascend(&Feature{id: id}, func(f *Feature) bool {
		return f.id == id || fn(f)
	})
}

// All calls fn with every feature in the order of ids until fn returns false.
func (l *Layer) All(fn func(*Feature) bool) { l.byID.Scan(fn) }

// Search calls fn with every feature whose bounds intersect b (lon/lat,
// borders included) until fn returns false, in no particular order. Bounds are
// rounded outward by at most 0.8 m: fn may see a feature just outside b.
func (l *Layer) Search(b orb.Bound, fn func(*Feature) bool) {
	r := boxOf(b)
	l.tree.Search(r.min, r.max, func(_, _ [2]float32, f *Feature) bool { return fn(f) })
}

// SearchBoxes is Search that hands out the bounds too (lon/lat degrees, rounded
// outward) and leaves out the features that Search finds in but: those that a
// smaller rectangle has shown already. Where but is Nowhere, it leaves out none.
func (l *Layer) SearchBoxes(b, but orb.Bound, fn func(min, max [2]float32, f *Feature) bool) {
	r, seen := boxOf(b), boxOf(but)
	l.tree.Search(r.min, r.max, func(low, high [2]float32, f *Feature) bool {
		if low[0] <= seen.max[0] && high[0] >= seen.min[0] && low[1] <= seen.max[1] && high[1] >= seen.min[1] {
			return true
		}
		return fn(low, high, f)
	})
}

// SearchEach is Search in several rectangles: it calls fn once with every feature
// whose bounds intersect any of them, and with the bounds (lon/lat degrees, rounded
// outward): what holds them holds the feature. It takes time in proportion to the
// square of their number.
func (l *Layer) SearchEach(boxes []orb.Bound, fn func(min, max [2]float32, f *Feature) bool) {
	if len(boxes) == 1 {
		r := boxOf(boxes[0])
		l.tree.Search(r.min, r.max, fn)
		return
	}
	seen := make([]box, 0, len(boxes))
	goOn := true
	for _, b := range boxes {
		r := boxOf(b)
		l.tree.Search(r.min, r.max, func(low, high [2]float32, f *Feature) bool {
			for i := range seen {
				if s := &seen[i]; low[0] <= s.max[0] && high[0] >= s.min[0] && low[1] <= s.max[1] && high[1] >= s.min[1] {
					return true
				}
			}
			goOn = fn(low, high, f)
			return goOn
		})
		if !goOn {
			return
		}
		seen = append(seen, r)
	}
}

// Nowhere returns the rectangle that meets no other.
func Nowhere() orb.Bound {
	inf := math.Inf(1)
	return orb.Bound{Min: orb.Point{inf, inf}, Max: orb.Point{-inf, -inf}}
}

// Nearby walks the features in the order of lowerBound, a distance to their
// bounds (lon/lat degrees, rounded outward) that must not exceed the distance
// to the feature itself, until fn returns false.
func (l *Layer) Nearby(lowerBound func(min, max [2]float32) float32, fn func(f *Feature, bound float32) bool) {
	l.tree.Nearby(
		func(min, max [2]float32, _ *Feature, _ bool) float32 { return lowerBound(min, max) },
		func(_, _ [2]float32, f *Feature, d float32) bool { return fn(f, d) },
	)
}

// Value returns property i of f, null when f has none.
func (l *Layer) Value(f *Feature, i int) city.Value {
	for _, tag := range f.tags {
		if int(tag.Key) == i {
			return l.table.values[tag.Value]
		}
	}
	return city.Null
}

// Code returns the human key of f, or "".
func (l *Layer) Code(f *Feature) string { return l.Value(f, l.code).Text() }

// Status returns the stage of life of f, or "" when the layer does not say.
func (l *Layer) Status(f *Feature) city.Status { return city.Status(l.Value(f, l.status).Text()) }

// Exchange returns f in exchange form.
func (l *Layer) Exchange(f *Feature) city.Feature {
	out := city.Feature{ID: f.id, Geometry: f.Geometry(), Values: make([]city.Value, len(l.def.Properties))}
	for _, tag := range f.tags {
		out.Values[tag.Key] = l.table.values[tag.Value]
	}
	return out
}
