package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// upgrade gives history to the layers of a catalogue that an older program wrote.
// The tables are left as they are; each layer's edits wait while its triggers are
// made. What an interrupted upgrade leaves undone the next Open does.
func upgrade(ctx context.Context, conn *pgx.Conn, postgisSchema string) error {
	entries, err := new(catalogue).load(ctx, conn)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.generation != 0 {
			continue
		}
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `SELECT set_config('search_path', $1, true)`, pgx.QueryExecModeExec, quote(postgisSchema)); err != nil {
				return err
			}
			return e.upgrade(ctx, tx)
		})
		if err != nil {
			return fmt.Errorf("history of layer %q: %w", e.layer.ID, explainRights(err))
		}
	}
	return nil
}

func (e *entry) upgrade(ctx context.Context, tx pgx.Tx) (err error) {
	var partitioned bool
	err = tx.QueryRow(ctx, `SELECT relkind = 'p' FROM pg_class WHERE oid = $1::text::regclass`, pgx.QueryExecModeExec, e.source.identifier()).
		Scan(&partitioned)
	if err != nil {
		return err
	}
	if e.generation, err = nextGeneration(ctx, tx); err != nil {
		return err
	}
	if err := e.createHistory(ctx, tx); err != nil {
		return err
	}
	if err := e.createTriggers(ctx, tx, partitioned); err != nil {
		return err
	}
	// On a table of others the old ones may stay: only its owner may drop them,
	// and they do nothing any more.
	if e.layer.Table == "" {
		for _, name := range []string{"twin_truncate", "twin_insert", "twin_update", "twin_delete"} {
			if _, err := tx.Exec(ctx, "DROP TRIGGER IF EXISTS "+name+" ON "+e.source.identifier()); err != nil {
				return err
			}
		}
		if err := e.createCodeIndex(ctx, tx); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE twin.twin_layer SET generation = $2 WHERE id = $1`, pgx.QueryExecModeExec, string(e.layer.ID), e.generation)
	return err
}
