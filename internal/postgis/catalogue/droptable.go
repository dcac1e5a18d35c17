package catalogue

import (
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Drop moves the features into the history and removes the layer; of a table of
// others it only takes the triggers.
func (e *Entry) Drop(ctx context.Context, tx pgx.Tx) error {
	if err := e.hold(ctx, tx); err != nil {
		return err
	}
	image, _, err := e.image()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, e.keep(image, e.Source.Rows()+" was")); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `SELECT set_config('twin.dropping', $1, true)`, pgx.QueryExecModeExec, string(e.Layer.ID))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM twin.twin_layer WHERE id = $1`, pgx.QueryExecModeExec, string(e.Layer.ID)); err != nil {
		return err
	}
	if e.Layer.Table == "" {
		if _, err := tx.Exec(ctx, "DROP TABLE "+e.Source.Identifier()); err != nil {
			return err
		}
		return e.dropFunctions(ctx, tx)
	}
	if _, err = e.unlessForbidden(ctx, tx, e.dropTriggers); err != nil {
		return err
	}
	return e.dropNumbers(ctx, tx)
}

// hold lets nobody change a feature between its copy and the end of the
// transaction. For a table on which we have no right but to read and to make
// triggers, one more trigger does it: making it takes the lock that is wanted.
func (e *Entry) hold(ctx context.Context, tx pgx.Tx) error {
	mode := "ACCESS EXCLUSIVE"
	if e.Layer.Table != "" {
		mode = "SHARE ROW EXCLUSIVE"
	}
	allowed, err := e.unlessForbidden(ctx, tx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "LOCK TABLE "+e.Source.Identifier()+" IN "+mode+" MODE")
		return err
	})
	if err != nil || allowed {
		return err
	}
	_, err = tx.Exec(ctx, "CREATE TRIGGER "+e.triggerName("gone")+" BEFORE TRUNCATE ON "+e.Source.Identifier()+
		" FOR EACH STATEMENT EXECUTE FUNCTION twin.twin_keep("+literal(strconv.FormatInt(e.Generation, 10))+", '', 'adopted')")
	return err
}

// SQLSTATEs by which a role learns that it may not, or not now.
const (
	insufficientRights = "42501"
	lockNotAvailable   = "55P03"
)

// unlessForbidden calls do and reports whether the role was allowed what it did, and
// got the locks for it where it set a limit; if not, the transaction is as before.
func (e *Entry) unlessForbidden(ctx context.Context, tx pgx.Tx, do func(context.Context, pgx.Tx) error) (allowed bool, err error) {
	nested, err := tx.Begin(ctx)
	if err != nil {
		return false, err
	}
	if err := do(ctx, nested); err != nil {
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != insufficientRights && refused.Code != lockNotAvailable {
			return false, err
		}
		return false, nested.Rollback(ctx)
	}
	return true, nested.Commit(ctx)
}
