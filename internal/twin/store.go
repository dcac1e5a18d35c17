package twin

import (
	"context"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/store"
)

// Store is the durable truth behind a twin. PostGIS and GeoPackage implement
// it; both pass the same table of tests (internal/twin/storetest).
//
// A Store is safe for concurrent use. Cancelling a context stops the statement
// that runs under it, in the database too. Errors that mean that the store
// cannot be reached now wrap city.ErrUnavailable.
//
// Every committed transaction that changed something is one version: by Write,
// or by any other program that edits the database or the file. (Of a file, what
// others committed between two looks at it is one version together.) The store
// keeps for ever what each feature was before each change, and who changed it,
// when and why.
type Store interface {
	// Read calls read with one consistent state of all layers, as of one
	// version, whatever others write meanwhile.
	Read(ctx context.Context, read func(Reader) error) error
	// Write calls write inside one transaction. When write returns an error,
	// or the process dies, the store is as before. Otherwise the transaction is
	// committed, durably, and when it changed anything the version grows by
	// one. Write returns the version after it. Message says why, for history.
	Write(ctx context.Context, message string, write func(Writer) error) (city.Version, error)
	// Await returns nil as soon as the store may hold a version newer than
	// after, whoever made it, and an error when ctx ends or the store cannot be
	// watched any more. It may return early for nothing. One goroutine calls it.
	Await(ctx context.Context, after city.Version) error
	// Documents returns small records of a kind by name: API keys, watches.
	// They belong to no version. PutDocument writes one, durably; a nil body
	// removes it.
	Documents(ctx context.Context, kind string) (map[string][]byte, error)
	PutDocument(ctx context.Context, kind, name string, body []byte) error
	Close() error
}

// Reader reads one consistent state of a Store.
type Reader = store.Reader

// Writer changes layers of a Store inside a transaction.
type Writer = store.Writer
