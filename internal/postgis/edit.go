package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// Get returns a feature as this transaction sees it and locks its row until the
// end of the transaction. Of a table of others, which is never written here, the
// row is not locked.
func (w *writer) Get(ctx context.Context, layer city.LayerID, id int64) (*city.Feature, error) {
	e, err := w.settled(ctx, layer)
	if err != nil {
		return nil, err
	}
	list, err := e.Source.SelectList("t")
	if err != nil {
		return nil, fmt.Errorf("read layer %q: %w", layer, err)
	}
	sql := "SELECT " + list + " FROM " + e.Source.Rows() + " t WHERE t." + catalogue.Quote(e.Source.ID) + " = $1"
	if e.Layer.Table == "" {
		sql += " FOR UPDATE"
	}
	var found *city.Feature
	err = e.Query(ctx, w.tx, sql, []any{id}, func(raw [][]byte) error {
		d := catalogue.NewDecoder(&e.Source, &e.Layer)
		found, err = d.Feature(raw)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("feature %d of layer %q: %w", id, layer, err)
	}
	if found == nil {
		return nil, fmt.Errorf("feature %d of layer %q: %w", id, layer, city.ErrNotFound)
	}
	w.seen = seen{layer, id}
	return found, nil
}

// Save stores a feature under its id, or under the next free one, by one INSERT
// that turns into an UPDATE where the id exists. Its error wraps ErrValue when
// the layer cannot hold the feature, city.ErrTaken when the key or code is
// another's.
func (w *writer) Save(ctx context.Context, layer city.LayerID, f *city.Feature) (int64, error) {
	e, err := w.settled(ctx, layer)
	if err != nil {
		return 0, err
	}
	id, err := w.save(ctx, e, f)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == stateUniqueViolation {
		err = fmt.Errorf("%w: %w", city.ErrTaken, err)
	}
	if err != nil {
		return 0, fmt.Errorf("save feature %d of layer %q: %w", f.ID, layer, err)
	}
	return id, nil
}

func (w *writer) save(ctx context.Context, e *catalogue.Entry, f *city.Feature) (int64, error) {
	if err := w.writable(ctx, e); err != nil {
		return 0, err
	}
	if f.ID < 0 {
		return 0, fmt.Errorf("a negative id: %w", catalogue.ErrValue)
	}
	if err := catalogue.Fits(&e.Layer, f); err != nil {
		return 0, err
	}
	if err := e.IsFree(ctx, w.tx, f); err != nil {
		return 0, err
	}
	id := f.ID
	if id == 0 {
		var err error
		if id, err = e.NextID(ctx, w.tx); err != nil {
			return 0, fmt.Errorf("choose an id: %w", err)
		}
	} else if w.seen != (seen{e.Layer.ID, id}) {
		w.named[e.Layer.ID] = true
	}
	return id, e.Save(ctx, w.tx, id, f)
}

// Delete removes a feature.
func (w *writer) Delete(ctx context.Context, layer city.LayerID, id int64) error {
	e, err := w.settled(ctx, layer)
	if err != nil {
		return err
	}
	if err := w.writable(ctx, e); err != nil {
		return err
	}
	tag, err := w.tx.Exec(ctx, "DELETE FROM "+e.Source.Identifier()+" WHERE "+catalogue.Quote(e.Source.ID)+" = $1", pgx.QueryExecModeExec, id)
	if err == nil && tag.RowsAffected() == 0 {
		err = city.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("delete feature %d of layer %q: %w", id, layer, err)
	}
	return nil
}

// settled returns the entry of a layer whose puts have reached its table.
func (w *writer) settled(ctx context.Context, layer city.LayerID) (*catalogue.Entry, error) {
	e, err := catalogue.Find(w.entries, layer)
	if err != nil {
		return nil, err
	}
	return e, w.flushLayer(ctx, e)
}

// writable refuses tables of others and sees to it that a layer which this
// transaction made has its key index, by which Save finds out what is taken.
func (w *writer) writable(ctx context.Context, e *catalogue.Entry) error {
	if e.Layer.Table != "" {
		return fmt.Errorf("layer %q from %s: %w", e.Layer.ID, e.Layer.Table, catalogue.ErrReadOnly)
	}
	return w.index(ctx, e)
}
