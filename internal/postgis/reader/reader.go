package reader

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// Reader reads one consistent state. It lives as long as the call of Store.Read
// that made it and is not safe for concurrent use.
type Reader struct {
	tx      pgx.Tx
	version city.Version
	entries []*catalogue.Entry
	layers  []city.Layer

	eras       map[int64]*era // by generation; nil until asked for
	pastLoaded bool           // eras has the layers that were removed
}

// New reads the state that tx sees: of that version, with those layers, by
// id.
func New(tx pgx.Tx, version city.Version, entries []*catalogue.Entry) *Reader {
	return &Reader{tx: tx, version: version, entries: entries, layers: catalogue.LayersOf(entries)}
}

// Version numbers the state.
func (r *Reader) Version() city.Version { return r.version }

// Layers lists the layers by id. The caller must not change them.
func (r *Reader) Layers() []city.Layer { return r.layers }

// Features calls yield with each feature of a layer in the order of its id and
// stops at the first error, which it returns. The Feature and its Values slice
// are reused; Geometry and text may be kept. A row whose geometry others left
// NULL or empty comes with a nil Geometry, so that it can be reported.
func (r *Reader) Features(ctx context.Context, layer city.LayerID, yield func(*city.Feature) error) error {
	e, err := catalogue.Find(r.entries, layer)
	if err != nil {
		return err
	}
	list, err := e.Source.SelectList("t")
	if err != nil {
		return fmt.Errorf("read layer %q: %w", layer, err)
	}
	d := catalogue.NewDecoder(&e.Source, &e.Layer)
	d.Intern()
	var failed error // yield's, which is returned as it is
	sql := "SELECT " + list + " FROM " + e.Source.Rows() + " t ORDER BY t." + catalogue.Quote(e.Source.ID)
	err = catalogue.Query(ctx, r.tx, sql, nil, func(raw [][]byte) error {
		f, err := d.Decode(raw)
		if err == nil {
			failed = yield(f)
			err = failed
		}
		return err
	})
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return fmt.Errorf("read layer %q from %s.%s: %w", layer, e.Source.Schema, e.Source.Table, err)
	}
	return nil
}
