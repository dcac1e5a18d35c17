package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// upgrade gives history to the layers of a catalogue that an older program wrote, and
// the triggers of this one to those that have it.
// The tables are left as they are; each layer's edits wait while its triggers are
// made. What an interrupted upgrade leaves undone the next Open does.
func upgrade(ctx context.Context, conn *pgx.Conn, postgisSchema string) error {
	entries, err := new(catalogue.Catalogue).Load(ctx, conn)
	if err != nil {
		return err
	}
	for _, e := range entries {
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `SELECT set_config('search_path', $1, true)`, pgx.QueryExecModeExec, catalogue.Quote(postgisSchema)); err != nil {
				return err
			}
			if e.Generation != 0 {
				return e.RenewTriggers(ctx, tx)
			}
			return e.Upgrade(ctx, tx)
		})
		if err != nil {
			return fmt.Errorf("history of layer %q: %w", e.Layer.ID, explainRights(err))
		}
	}
	return nil
}
