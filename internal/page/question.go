package page

import (
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Question asks for some features of a layer. The zero value of each field but
// Layer asks for nothing special. It serves one goroutine.
type Question struct {
	Layer *snapshot.Layer
	// Days is Layer on the days that are asked for; nil: as it is recorded.
	Days *lifetime.Layer
	// Area is where the features must be; nil: anywhere.
	Area Area
	// Where are values that the features must have, all of them.
	Where []Equal
	// Filter says which features match; nil: all.
	Filter Filter
	// Order is by what the features are sorted, the most important first; features
	// that are equal in all of it, and all where there is none, come by id.
	Order []Key

	// Room is where pages are made, which hold until it is left; nil: in its own.
	Room *Room

	scratch []tiles.Tag
}

// Filter is a condition on features.
type Filter interface {
	// Bounds returns rectangles of longitude and latitude one of which every
	// feature that matches has a point in common with; ok is false when there
	// are none, and any feature may match.
	Bounds() (all []orb.Bound, ok bool)
	// Match tells whether a feature matches that has the properties tags.
	Match(f *snapshot.Feature, tags []tiles.Tag) bool
}

// Equal demands a value of the property at an index of the schema, or ByID.
type Equal struct {
	Property int
	Value    city.Value
}

// Key is a property to sort by. Values that are null come last in both
// directions; text is in the order of its code points.
type Key struct {
	Property   int // index in the schema, or ByID
	Descending bool
}

// ByID is the property that the id of the features is.
const ByID = -1

// MaxKeys is by how many keys one question may sort.
const MaxKeys = 8

// all tells whether every feature of the layer matches.
func (q *Question) all() bool {
	return q.Area == nil && len(q.Where) == 0 && q.Filter == nil && (q.Days == nil || !q.Days.Dated())
}

// Tags returns the properties of f on the days asked for, until the next call;
// there tells whether f is there.
func (q *Question) Tags(f *snapshot.Feature) (tags []tiles.Tag, there bool) {
	if q.Days == nil {
		return f.Tags(), true
	}
	return q.Days.Tags(f, f.Tags(), &q.scratch)
}

// matches tells whether f is asked for; meets, that it is known to meet the area.
// What is quickly told comes first.
func (q *Question) matches(f *snapshot.Feature, meets bool) bool {
	tags, there := q.Tags(f)
	if !there {
		return false
	}
	for _, want := range q.Where {
		if want.Property == ByID {
			if f.ID() != want.Value.Int() {
				return false
			}
			continue
		}
		if compare(value(q.Layer, tags, want.Property), want.Value) != 0 {
			return false
		}
	}
	return (meets || q.Area == nil || q.Area.Meets(f.Geometry())) && (q.Filter == nil || q.Filter.Match(f, tags))
}

// value returns the property at an index of the schema, null where there is none.
func value(l *snapshot.Layer, tags []tiles.Tag, property int) city.Value {
	for _, tag := range tags {
		if int(tag.Key) == property {
			return l.Table().Value(tag.Value)
		}
	}
	return city.Null
}
