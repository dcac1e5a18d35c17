package postgis

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// upgrade gives history to the layers of a catalogue that an older program wrote, and
// the triggers of this one to those that have it; and numbers to the rows of others
// that came without, which nobody would see.
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
			switch {
			case e.Generation == 0:
				return e.Upgrade(ctx, tx)
			case e.Source.Numbers != "":
				return e.NumberMissed(ctx, tx)
			default:
				return e.RenewTriggers(ctx, tx)
			}
		})
		if e.Source.Numbers != "" && unnumberable(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("history of layer %q: %w", e.Layer.ID, explainRights(err))
		}
	}
	return nil
}

// unnumberable says that the table is not as it was, or may not be read any more, which
// whoever reads the layer is told; or that the server is a standby: its primary's next
// start numbers them.
func unnumberable(err error) bool {
	code := sqlState(err)
	return strings.HasPrefix(code, "42") || code == "25006" // syntax_error_or_access_rule_violation, read_only_sql_transaction
}
