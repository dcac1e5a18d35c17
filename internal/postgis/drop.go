package postgis

import (
	"context"
	"fmt"
	"strconv"

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
	if err := e.hold(ctx, tx); err != nil {
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
	_, err = e.unlessForbidden(ctx, tx, e.dropTriggers)
	return err
}

// hold lets nobody change a feature between its copy and the end of the
// transaction. For a table on which we have no right but to read and to make
// triggers, one more trigger does it: making it takes the lock that is wanted.
func (e *entry) hold(ctx context.Context, tx pgx.Tx) error {
	mode := "ACCESS EXCLUSIVE"
	if e.layer.Table != "" {
		mode = "SHARE ROW EXCLUSIVE"
	}
	allowed, err := e.unlessForbidden(ctx, tx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "LOCK TABLE "+e.source.identifier()+" IN "+mode+" MODE")
		return err
	})
	if err != nil || allowed {
		return err
	}
	_, err = tx.Exec(ctx, "CREATE TRIGGER "+e.triggerName("gone")+" BEFORE TRUNCATE ON "+e.source.identifier()+
		" FOR EACH STATEMENT EXECUTE FUNCTION twin.twin_keep("+literal(strconv.FormatInt(e.generation, 10))+", '', 'adopted')")
	return err
}

// unlessForbidden calls do and reports whether the role was allowed what it did;
// if not, the transaction is as before.
func (e *entry) unlessForbidden(ctx context.Context, tx pgx.Tx, do func(context.Context, pgx.Tx) error) (allowed bool, err error) {
	nested, err := tx.Begin(ctx)
	if err != nil {
		return false, err
	}
	if err := do(ctx, nested); err != nil {
		if sqlState(err) != stateInsufficientRights {
			return false, err
		}
		return false, nested.Rollback(ctx)
	}
	return true, nested.Commit(ctx)
}
