package postgis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// SQLSTATEs that are branched on.
const (
	stateReadOnly             = "25006" // read_only_sql_transaction
	stateUniqueViolation      = "23505"
	stateSerializationFailure = "40001"
	stateDeadlock             = "40P01"
	stateLockNotAvailable     = "55P03"
	stateQueryCanceled        = "57014"
	stateDependents           = "2BP01" // dependent_objects_still_exist
	stateDiskFull             = "53100"
)

// sqlState returns the code of the server's error in err, or "".
func sqlState(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// unavailable reports whether the server's code means that it cannot be used
// now, for reasons that may pass: connections (08), resources (53), an operator's
// intervention (57: shutdown, crash, starting up, a cancelled statement) and
// trouble of the machine (58). A database that became read-only is a standby: it
// failed over.
func unavailable(code string) bool {
	switch {
	case len(code) != 5:
		return false
	case code == stateReadOnly:
		return true
	default:
		return strings.Contains("08 53 57 58", code[:2])
	}
}

// explain says of an error of a transaction on conn, which may be nil, what it
// means to the caller: that ctx ended, that the store is unavailable, that
// somebody else was there before.
func explain(ctx context.Context, conn *pgx.Conn, err error) error {
	if err == nil || errors.Is(err, city.ErrUnavailable) {
		return err
	}
	if conn != nil && sqlState(err) != "" {
		catalogue.DoubtPlans(conn)
	}
	if ctx.Err() != nil {
		if errors.Is(err, ctx.Err()) {
			return err
		}
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	switch code := sqlState(err); {
	case code == stateDiskFull:
		return fmt.Errorf("%w: %w", city.ErrFull, err)
	case unavailable(code):
		return fmt.Errorf("%w: %w", city.ErrUnavailable, err)
	case code == stateSerializationFailure || code == stateDeadlock || code == stateLockNotAvailable:
		return fmt.Errorf("%w: %w", city.ErrConflict, err)
	case conn != nil && conn.IsClosed():
		return fmt.Errorf("%w: %w", city.ErrUnavailable, err)
	}
	return err
}

// explainConnect is explain for an error of getting a connection: whatever the
// reason, be it that the server refuses us, there is none now.
func (s *Store) explainConnect(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	case s.isClosed():
		return errClosed
	default:
		return fmt.Errorf("%w: %w", city.ErrUnavailable, err)
	}
}

// acquire takes a connection from the pool.
func (s *Store) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, s.explainConnect(ctx, err)
	}
	return conn, nil
}

// begin starts a transaction. The connection is the caller's to release.
func (s *Store) begin(ctx context.Context, options pgx.TxOptions) (conn *pgxpool.Conn, tx pgx.Tx, err error) {
	err = s.try(ctx, func(c *pgxpool.Conn) error {
		if err := catalogue.RenewPlans(ctx, c.Conn()); err != nil {
			return err
		}
		conn = c
		tx, err = c.BeginTx(ctx, options)
		return err
	})
	return conn, tx, err
}

// do calls do with a connection that is released afterwards. It must bear to be
// called again.
func (s *Store) do(ctx context.Context, do func(*pgxpool.Conn) error) error {
	return s.try(ctx, func(c *pgxpool.Conn) error {
		err := do(c)
		if err == nil {
			c.Release()
		}
		return err
	})
}

// try calls do with a connection, and releases it after an error. Of connections
// that the server closed while they were idle one hears only now: they are thrown
// away and do is called again, at most once for each that there is.
func (s *Store) try(ctx context.Context, do func(*pgxpool.Conn) error) error {
	for attempt := int32(0); ; attempt++ {
		conn, err := s.acquire(ctx)
		if err != nil {
			return err
		}
		if err = do(conn); err == nil {
			return nil
		}
		closed := conn.Conn().IsClosed()
		err = explain(ctx, conn.Conn(), err)
		conn.Release()
		if !closed || ctx.Err() != nil || attempt >= s.pool.Config().MaxConns {
			return err
		}
	}
}
