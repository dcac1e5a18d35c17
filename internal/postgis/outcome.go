package postgis

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// ErrUnknownOutcome means that the connection broke while a change was being
// committed and the server could not be asked afterwards what became of it: the
// change may have been made, as a whole, or not at all.
var ErrUnknownOutcome = errors.New("it is not known whether the change was made")

const (
	// outcomeTimeout bounds the time in which an answer about a commit is looked
	// for, while the server may be restarting.
	outcomeTimeout = 10 * time.Second
	// outcomeGrace is what is left of it once the caller's context has ended.
	outcomeGrace = time.Second
	// outcomeEvery is the time between two attempts.
	outcomeEvery = 50 * time.Millisecond
	// outcomeDepth bounds the change sets that are looked through for ours, from
	// the newest: more than can be made within outcomeTimeout.
	outcomeDepth = 100_000
)

// mark recognises a transaction from outside.
type mark struct {
	token string // in its change set; a UUID
	xid   string // its number
}

func newMark() *mark {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	return &mark{token: fmt.Sprintf("%x", b)}
}

// saysNo reports whether an error of a commit comes from the server, which then
// did not commit.
func saysNo(err error) bool {
	return sqlState(err) != "" || errors.Is(err, pgx.ErrTxCommitRollback)
}

// settle is asked when nobody knows how a commit ended: it returns the version if
// the change was made after all, and otherwise an error that says what is true.
func (s *Store) settle(ctx context.Context, m *mark, cause error) (city.Version, error) {
	// Who no longer waits for the answer gets a little longer, for the log.
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), outcomeTimeout)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(outcomeGrace, cancel) })()
	for {
		v, done, err := s.outcome(asking, m)
		switch {
		case err == nil && v > 0:
			return v, nil
		case err == nil && done:
			return 0, fmt.Errorf("%w: nothing was changed: %w", city.ErrUnavailable, cause)
		}
		select {
		case <-time.After(outcomeEvery):
		case <-asking.Done():
			return 0, fmt.Errorf("%w: %w: %w", city.ErrUnavailable, ErrUnknownOutcome, cause)
		}
	}
}

// outcome looks the marked transaction up: its version, if it was committed; and
// whether it is over. A server that failed over to another may not know the
// transaction at all: there it is over, and was committed if its change set is.
func (s *Store) outcome(ctx context.Context, m *mark) (v city.Version, done bool, err error) {
	const inFuture = "22023" // invalid_parameter_value
	err = s.do(ctx, func(conn *pgxpool.Conn) error {
		var status *string
		err := conn.QueryRow(ctx, `SELECT pg_xact_status($1::text::xid8)`, pgx.QueryExecModeExec, m.xid).Scan(&status)
		if err != nil && sqlState(err) != inFuture {
			return err
		}
		done = status == nil || *status != "in progress"
		err = conn.QueryRow(ctx, `SELECT twin.twin_version_of(seq)
			FROM (SELECT seq, token FROM twin.twin_changeset ORDER BY id DESC LIMIT $2) AS latest
			WHERE token = $1::text::uuid`, pgx.QueryExecModeExec, m.token, outcomeDepth).Scan(&v)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return v, done, err
}
