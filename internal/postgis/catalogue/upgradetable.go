package catalogue

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Upgrade gives a history to a layer that an older program made.
func (e *Entry) Upgrade(ctx context.Context, tx pgx.Tx) (err error) {
	var partitioned bool
	err = tx.QueryRow(ctx, `SELECT relkind = 'p' FROM pg_class WHERE oid = $1::text::regclass`, pgx.QueryExecModeExec, e.Source.Identifier()).
		Scan(&partitioned)
	if err != nil {
		return err
	}
	if e.Generation, err = NextGeneration(ctx, tx); err != nil {
		return err
	}
	if err := e.CreateHistory(ctx, tx); err != nil {
		return err
	}
	if err := e.CreateTriggers(ctx, tx, partitioned); err != nil {
		return err
	}
	// On a table of others the old ones may stay: only its owner may drop them,
	// and they do nothing any more.
	if e.Layer.Table == "" {
		for _, name := range []string{"twin_truncate", "twin_insert", "twin_update", "twin_delete"} {
			if _, err := tx.Exec(ctx, "DROP TRIGGER IF EXISTS "+name+" ON "+e.Source.Identifier()); err != nil {
				return err
			}
		}
		if err := e.createCodeIndex(ctx, tx); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE twin.twin_layer SET generation = $2 WHERE id = $1`, pgx.QueryExecModeExec, string(e.Layer.ID), e.Generation)
	return err
}

// RenewTriggers gives a layer whose triggers all call twin_keep, as an older program
// made them, those of this one. What they do is the same: where the role may not, or
// others hold the table for long, they stay as they are.
func (e *Entry) RenewTriggers(ctx context.Context, tx pgx.Tx) error {
	if e.Layer.Table != "" {
		return nil
	}
	var renewed bool
	err := tx.QueryRow(ctx, `SELECT to_regprocedure($1) IS NOT NULL`, pgx.QueryExecModeExec, e.functionName("update")).Scan(&renewed)
	if err != nil || renewed {
		return err
	}
	_, err = e.unlessForbidden(ctx, tx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL lock_timeout = '1s'`); err != nil {
			return err
		}
		if err := e.dropTriggers(ctx, tx); err != nil {
			return err
		}
		return e.CreateTriggers(ctx, tx, false)
	})
	return err
}
