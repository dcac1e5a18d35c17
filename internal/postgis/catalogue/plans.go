package catalogue

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// plans are the statements that one connection keeps prepared: to parse and plan
// those of a small change takes PostgreSQL longer than to run them.
//
// A plan outlives what it was made for, so it is kept for planUses uses: a table
// that was empty when it was made may be large now, of which PostgreSQL takes no
// notice before it analyses the table. Statements on a layer are named by the row
// of the catalogue too, so that there are others when the layer is redefined.
type plans struct {
	known map[string]*plan // by statement, and what else it is named by
	made  int
	// doubtful says that the server refused something: perhaps one of the plans.
	doubtful bool
}

type plan struct {
	name string
	uses int
}

const (
	// planUses is how often a plan is used. Preparing takes about 0.3 ms and the
	// five first uses are planned anew each; of 256 that is 2 % of what they save.
	planUses = 256
	// maxPlans bounds the plans of a connection.
	maxPlans = 128
)

const plansKey = "twin plans"

// KeepPlans lets a connection keep statements prepared, if it leads to the server
// itself: behind a pooler of transactions the next statement may run in another
// session. There, the number of the session is not the one that it said at first.
func KeepPlans(ctx context.Context, conn *pgx.Conn) error {
	var pid int64
	if err := conn.QueryRow(ctx, `SELECT pg_backend_pid()`, pgx.QueryExecModeExec).Scan(&pid); err != nil {
		return err
	}
	if pid == int64(conn.PgConn().PID()) {
		conn.PgConn().CustomData()[plansKey] = &plans{known: map[string]*plan{}}
	}
	return nil
}

func plansOf(conn *pgx.Conn) *plans {
	p, _ := conn.PgConn().CustomData()[plansKey].(*plans)
	return p
}

// DoubtPlans is to be called when the server refused a statement on the connection:
// the next transaction makes all plans anew.
func DoubtPlans(conn *pgx.Conn) {
	if p := plansOf(conn); p != nil {
		p.doubtful = true
	}
}

// RenewPlans drops the plans of a connection that are in doubt. It is called outside
// transactions.
func RenewPlans(ctx context.Context, conn *pgx.Conn) error {
	if p := plansOf(conn); p != nil && p.doubtful {
		return p.drop(ctx, conn)
	}
	return nil
}

func (p *plans) drop(ctx context.Context, conn *pgx.Conn) error {
	if err := conn.DeallocateAll(ctx); err != nil {
		return err
	}
	clear(p.known)
	p.doubtful = false
	return nil
}

// prepared returns the name under which conn has sql prepared, under a key; and sql
// itself when it keeps no plans: pgx runs both.
func prepared(ctx context.Context, conn *pgx.Conn, key, sql string) (string, error) {
	p := plansOf(conn)
	if p == nil {
		return sql, nil
	}
	kept := p.known[key]
	if kept != nil && kept.uses < planUses {
		kept.uses++
		return kept.name, nil
	}
	if kept != nil {
		if err := conn.Deallocate(ctx, kept.name); err != nil {
			return "", err
		}
		delete(p.known, key)
	} else if len(p.known) >= maxPlans {
		if err := p.drop(ctx, conn); err != nil {
			return "", err
		}
	}
	p.made++
	kept = &plan{name: "twin_" + strconv.Itoa(p.made)}
	if _, err := conn.Prepare(ctx, kept.name, sql); err != nil {
		return "", err
	}
	p.known[key] = kept
	return kept.name, nil
}

// prepared is the same for a statement on e's table or history. Those of a layer
// whose definition is not committed, and on tables of others, which may change
// without the catalogue, are not kept.
func (e *Entry) prepared(ctx context.Context, conn *pgx.Conn, sql string) (string, error) {
	if e.row == "" || e.Layer.Table != "" {
		return sql, nil
	}
	return prepared(ctx, conn, e.row+" "+sql, sql)
}

// Rows is tx.Query of a statement that is kept prepared.
func Rows(ctx context.Context, tx pgx.Tx, sql string, args ...any) (pgx.Rows, error) {
	return query(ctx, tx.Conn(), sql, args)
}

func query(ctx context.Context, conn *pgx.Conn, sql string, args []any) (pgx.Rows, error) {
	name, err := prepared(ctx, conn, sql, sql)
	if err != nil {
		return nil, err
	}
	return conn.Query(ctx, name, append([]any{pgx.QueryExecModeExec}, args...)...)
}

// Row reads the only row of a statement that is kept prepared; without one the
// error wraps pgx.ErrNoRows.
func Row(ctx context.Context, conn *pgx.Conn, sql string, args []any, into ...any) error {
	rows, err := query(ctx, conn, sql, args)
	if err != nil {
		return err
	}
	_, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (struct{}, error) { return struct{}{}, row.Scan(into...) })
	return err
}
