package city

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/paulmach/orb"
)

// Errors of changes that callers branch on.
var (
	// ErrConflict means that a feature is no longer as the writer knew it.
	ErrConflict = errors.New("changed by someone else meanwhile")
	// ErrTaken means a code, key or id that another feature has.
	ErrTaken = errors.New("belongs to another feature")
	// ErrHistoryGone means that the store's record does not reach back far
	// enough: it was truncated, or began later.
	ErrHistoryGone = errors.New("the record of changes does not reach back so far")
	// ErrTooManyChanges means that it is cheaper to read everything anew.
	ErrTooManyChanges = errors.New("more changes than asked for")
	// ErrUnavailable means that the store cannot be reached now; what was asked
	// for may succeed later.
	ErrUnavailable = errors.New("the store is unavailable")
	// ErrFull means that the disk on which the store lies has no room for a change.
	// Nothing was changed, and reading goes on.
	ErrFull = fmt.Errorf("no room is left on its disk: %w", ErrUnavailable)
	// ErrReadOnly means a layer that can be read but not written here.
	ErrReadOnly = errors.New("read-only")
)

// ChangeSet is one version: who changed what, when and why. It came to be as a
// whole, by one transaction of the store.
type ChangeSet struct {
	Version Version
	At      time.Time // when it was committed
	Author  string    // the API key's name, the database user, or the program
	Message string

	// Revisions are the features that differ, by layer and id, one for each.
	Revisions []Revision
	// Definitions are the layers that were made, changed or removed, by id.
	Definitions []LayerRevision
	// Whole names layers whose revisions are not listed: read them anew. Those
	// that Definitions name are always among them, unless they were removed.
	Whole []LayerID
}

// Revision is a feature before and after a change set; nil where it did not
// exist. Values stand in the order of the layer's newest definition, but where Was
// (for Before) and Is (for After) say otherwise: they are the last definitions of a
// layer that was removed since, and may have been made again.
type Revision struct {
	Layer         LayerID
	ID            int64
	Before, After *Feature
	Was, Is       *Layer
}

// Change returns the step that r is, as a Snapshot applies it.
func (r *Revision) Change() Change { return Change{Layer: r.Layer, ID: r.ID, Feature: r.After} }

// LayerRevision is the definition of a layer before and after a change set; nil
// where the layer did not exist.
type LayerRevision struct {
	ID            LayerID
	Before, After *Layer
}

// State is one recorded state of a feature: since which version it is so, and
// who made it so, when and why. Feature is nil where it was deleted. Its values stand
// in the order of Definition, if that is not nil, as those of Revision.Was do.
type State struct {
	Version    Version
	At         time.Time
	Author     string
	Message    string
	Feature    *Feature
	Definition *Layer
}

// SameGeometry reports whether a and b are of one type and have equal positions,
// in the same order; nil equals nil alone.
func SameGeometry(a, b orb.Geometry) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return reflect.TypeOf(a) == reflect.TypeOf(b) && orb.Equal(a, b)
}

// Clone returns a copy of f that shares the geometry and text, which nobody
// changes.
func (f *Feature) Clone() *Feature {
	clone := *f
	clone.Values = append([]Value(nil), f.Values...)
	return &clone
}
