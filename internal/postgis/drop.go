package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// DropLayer removes a layer: its features go into the history, and then its table
// goes. A table of others stays as it is and is no longer served; its triggers,
// which only its owner can drop, do nothing from then on. The error of a table
// that views depend on says so.
func (w *writer) DropLayer(ctx context.Context, layer city.LayerID) error {
	if err := w.flush(ctx); err != nil {
		return err
	}
	e, err := find(w.entries, layer)
	if err != nil {
		return err
	}
	if err := e.drop(ctx, w.tx); err != nil {
		return fmt.Errorf("remove layer %q: %w", layer, err)
	}
	for i := range w.entries {
		if w.entries[i] == e {
			w.entries = append(w.entries[:i:i], w.entries[i+1:]...)
			break
		}
	}
	delete(w.made, layer)
	delete(w.named, layer)
	delete(w.tally, layer)
	return nil
}

func (e *entry) drop(ctx context.Context, tx pgx.Tx) error {
	// Nobody changes a feature between its copy and its end.
	mode := "ACCESS EXCLUSIVE"
	if e.layer.Table != "" {
		mode = "ROW SHARE" // all that the right to read allows; edits are still recorded until we commit
	}
	if _, err := tx.Exec(ctx, "LOCK TABLE "+e.source.identifier()+" IN "+mode+" MODE"); err != nil {
		return err
	}
	image, _, err := e.image()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, e.keep(image, e.source.identifier()+" was")); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `SELECT set_config('twin.dropping', $1, true)`, pgx.QueryExecModeExec, string(e.layer.ID))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM twin.twin_layer WHERE id = $1`, pgx.QueryExecModeExec, string(e.layer.ID)); err != nil {
		return err
	}
	if e.layer.Table == "" {
		_, err := tx.Exec(ctx, "DROP TABLE "+e.source.identifier())
		return err
	}
	nested, err := tx.Begin(ctx)
	if err != nil {
		return err
	}
	if err := e.dropTriggers(ctx, nested); err != nil {
		if code := sqlState(err); code != stateInsufficientRights {
			return err
		}
		return nested.Rollback(ctx)
	}
	return nested.Commit(ctx)
}
