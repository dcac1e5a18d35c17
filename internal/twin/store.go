package twin

import (
	"context"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Store is the durable truth behind a twin. PostGIS and GeoPackage implement
// it; both pass the same table of tests (internal/twin/storetest).
//
// A Store is safe for concurrent use. Cancelling a context stops the statement
// that runs under it.
type Store interface {
	// Read calls read with one consistent state of all layers, as of one
	// version, whatever others write meanwhile.
	Read(ctx context.Context, read func(Reader) error) error
	// Write calls write inside one transaction. When write returns an error,
	// or the process dies, the store is as before. Otherwise the transaction is
	// committed, durably, and when it changed anything the version grows by
	// one. Write returns the version after it. Message says why, for history.
	Write(ctx context.Context, message string, write func(Writer) error) (city.Version, error)
	Close() error
}

// Reader reads one consistent state. It is an alias of its literal, as is
// Writer, so that stores, which lie below this package and say the same literal,
// implement Store without importing it.
type Reader = interface {
	Version() city.Version
	// Layers lists the layers by id. The caller must not change them.
	Layers() []city.Layer
	// Features calls yield with each feature of a layer in the order of its id
	// and stops at the first error, which it returns. The Feature and its
	// Values slice are reused: they hold only until yield returns; Geometry
	// and text may be kept.
	Features(ctx context.Context, layer city.LayerID, yield func(*city.Feature) error) error
}

// Writer changes one layer or several inside a transaction.
type Writer = interface {
	// Layers lists the layers as this transaction sees them.
	Layers() []city.Layer
	// PutLayer creates a layer or, when it exists, replaces titles, rules and
	// attribution and appends the properties that it lacks. Dropping or
	// retyping a property is an error.
	PutLayer(ctx context.Context, layer city.Layer) error
	// Put stores a feature. It is found by the layer's Key property; by ID when
	// the layer has no Key or the value is null. When it exists and nothing
	// differs, nothing is written; a new one gets f.ID if that is not 0 and
	// free, otherwise the next free id. Within one transaction the last Put
	// of a key wins. Put may buffer; f and its slices are not kept.
	Put(ctx context.Context, layer city.LayerID, f *city.Feature) error
	// Tally flushes what Put buffered and returns the counts so far.
	Tally(ctx context.Context) (map[city.LayerID]city.Tally, error)
}
