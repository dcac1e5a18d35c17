// Package store says what can be asked of one state of a store, and what can be
// changed in one transaction. It holds no code: the stores implement it, package
// twin uses it, and neither knows the other.
package store

import (
	"context"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Reader reads one consistent state. It is not safe for concurrent use, and lives
// as long as the call that it was handed to.
type Reader interface {
	Version() city.Version
	// Layers lists the layers by id. The caller must not change them.
	Layers() []city.Layer
	// Features calls yield with each feature of a layer in the order of its id
	// and stops at the first error, which it returns. The Feature and its
	// Values slice are reused: they hold only until yield returns; Geometry
	// and text may be kept.
	Features(ctx context.Context, layer city.LayerID, yield func(*city.Feature) error) error

	// Changes returns the change sets after a version up to this state, oldest
	// first, complete and exact: what a feature was between two of them is told
	// even when both are long past. With more than most revisions the error
	// wraps city.ErrTooManyChanges; when the record does not reach back to
	// after, city.ErrHistoryGone. What the caller gets is its own.
	Changes(ctx context.Context, after city.Version, most int) ([]city.ChangeSet, error)
	// ChangeSets returns who, when and why of at most limit versions after a
	// version, oldest first, without revisions.
	ChangeSets(ctx context.Context, after city.Version, limit int) ([]city.ChangeSet, error)
	// Revisions calls yield with what one version changed, by layer and id, for
	// the features that come after (layer, id) in that order: ("", 0) is before
	// the first. It stops at yield's first error, which it returns. Features of
	// layers that have been removed since are told too.
	Revisions(ctx context.Context, version city.Version, layer city.LayerID, id int64, yield func(*city.Revision) error) error
	// History returns every recorded state of a feature, oldest first, at most
	// limit, beginning after a version. The first state of a feature that is
	// older than the record has Version 0.
	History(ctx context.Context, layer city.LayerID, id int64, after city.Version, limit int) ([]city.State, error)
	// Undo calls yield, once for each feature that changed after version, with
	// what it was then: the way back from this state to that one. Layers that
	// were made after it are not told; layers that it had and this state has
	// not are told whole, as the definitions before list them.
	Undo(ctx context.Context, version city.Version, yield func(*city.Change) error) error
	// LayersAt returns the definitions as of a version, by id. Properties that
	// were added later are not in them.
	LayersAt(ctx context.Context, version city.Version) ([]city.Layer, error)
	// VersionAt returns the newest version that was committed at or before t, 0
	// when there was none.
	VersionAt(ctx context.Context, t time.Time) (city.Version, error)
}

// Writer changes one layer or several inside a transaction. It is not safe for
// concurrent use.
type Writer interface {
	// Layers lists the layers as this transaction sees them.
	Layers() []city.Layer
	// Sign says who makes the change, for history; without it the store names
	// the database user or the program.
	Sign(author string)
	// PutLayer creates a layer or, when it exists, replaces titles, rules and
	// attribution and appends the properties that it lacks. Dropping or
	// retyping a property is an error.
	PutLayer(ctx context.Context, layer city.Layer) error
	// DropLayer removes a layer and its features; history keeps them. A table
	// of others is only no longer served. city.ErrNotFound when there is none.
	DropLayer(ctx context.Context, layer city.LayerID) error
	// Put stores a feature. It is found by the layer's Key property; by ID when
	// the layer has no Key or the value is null. When it exists and nothing
	// differs, nothing is written; a new one gets f.ID if that is not 0 and
	// free, otherwise the next free id. Within one transaction the last Put
	// of a key wins. Put may buffer; f and its slices are not kept.
	Put(ctx context.Context, layer city.LayerID, f *city.Feature) error
	// Get returns the feature as this transaction sees it, and keeps others
	// from changing it before the transaction ends. city.ErrNotFound when
	// there is none.
	Get(ctx context.Context, layer city.LayerID, id int64) (*city.Feature, error)
	// Save stores a feature under its id, whatever its key says, and returns the
	// id: f.ID 0 makes a new feature with the next free id, which is never that
	// of a deleted one. Nothing is written when nothing differs.
	// The error wraps city.ErrTaken when the layer's key or the feature's code
	// belongs to another, city.ErrReadOnly when the layer is a table of others.
	Save(ctx context.Context, layer city.LayerID, f *city.Feature) (int64, error)
	// Delete removes a feature. city.ErrNotFound when there is none.
	Delete(ctx context.Context, layer city.LayerID, id int64) error
	// Tally flushes what Put buffered and returns the counts so far.
	Tally(ctx context.Context) (map[city.LayerID]city.Tally, error)
}
