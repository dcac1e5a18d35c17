package postgis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

const (
	// pollEvery is the time between two looks at the version where the server
	// cannot tell us: on a standby, or behind a pooler of transactions.
	pollEvery = 200 * time.Millisecond
	// checkEvery is the time after which a listener without notifications asks
	// whether the server is still there, and whether it missed something.
	checkEvery = 5 * time.Second
	// checkTimeout bounds the answer, and the test of a new listener.
	checkTimeout = 2 * time.Second
	// listenAgain is the time after which a listener that has to poll tries to
	// listen again: a standby becomes a primary when it is needed.
	listenAgain = time.Minute
)

// listener is the connection of Await.
type listener struct {
	conn *pgx.Conn
	// hears is false where notifications do not come, since when it was tried.
	hears bool
	since time.Time
	// told is the newest version that was seen or heard of. It is sure while every
	// newer one would have been heard of.
	told city.Version
	sure bool
}

// Await returns nil as soon as the store may hold another version than after. It
// listens on a connection of its own and polls where that cannot be done. When
// the connection is lost the error wraps city.ErrUnavailable, and the next call
// connects again.
func (s *Store) Await(ctx context.Context, after city.Version) error {
	s.listening.Lock()
	defer s.listening.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-s.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	err := s.await(ctx, after)
	if err == nil {
		return nil
	}
	var conn *pgx.Conn
	if s.listener != nil {
		conn = s.listener.conn
	}
	err = explain(ctx, conn, err)
	if ctx.Err() == nil || conn != nil && conn.IsClosed() {
		s.hangUp()
	}
	return fmt.Errorf("await a version after %d: %w", after, err)
}

func (s *Store) await(ctx context.Context, after city.Version) error {
	if s.isClosed() {
		return errClosed
	}
	if l := s.listener; l != nil && !l.hears && time.Since(l.since) > listenAgain {
		s.hangUp()
	}
	if s.listener == nil {
		l, err := s.listen(ctx)
		if err != nil {
			return err
		}
		s.listener = l
	}
	for {
		if l := s.listener; l.sure {
			if l.told > after {
				return nil
			}
			if err := l.wait(ctx, after); err != nil {
				return err
			}
			continue
		}
		checking, cancel := context.WithTimeout(ctx, checkTimeout)
		v, err := catalogue.Version(checking, s.listener.conn)
		cancel()
		switch {
		case err != nil && ctx.Err() == nil && checking.Err() != nil:
			return fmt.Errorf("%w: no answer within %s: %w", city.ErrUnavailable, checkTimeout, err)
		case err != nil || v > after:
			return err
		case v < after:
			// Another database, or one that was put back to an earlier state.
			// Say so, but not in a tight loop.
			return pause(ctx, pollEvery)
		}
		if !s.listener.hears {
			if err := pause(ctx, pollEvery); err != nil {
				return err
			}
			continue
		}
		s.listener.told, s.listener.sure = v, true
	}
}

// wait returns when it has heard of a version after one, or when it is time to
// look: then it is not sure any more.
func (l *listener) wait(ctx context.Context, after city.Version) error {
	waiting, cancel := context.WithTimeout(ctx, checkEvery)
	defer cancel()
	for l.sure && l.told <= after {
		n, err := l.conn.WaitForNotification(waiting)
		switch {
		case err == nil:
			l.hear(n.Payload)
		case waiting.Err() != nil && ctx.Err() == nil && !l.conn.IsClosed():
			l.sure = false
		default:
			l.sure = false
			return err
		}
	}
	return nil
}

// hear takes in a notification. Some name no version.
func (l *listener) hear(payload string) {
	if strings.HasPrefix(payload, testPrefix) {
		return
	}
	v, err := strconv.ParseInt(payload, 10, 64)
	if err != nil {
		l.sure = false
		return
	}
	l.told = max(l.told, city.Version(v))
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// channel is the name under which twin_place notifies.
const channel = "twin"

// testPrefix begins the notifications by which listeners test themselves.
const testPrefix = "test "

// listen connects and finds out whether notifications come.
func (s *Store) listen(ctx context.Context) (*listener, error) {
	config := s.pool.Config().ConnConfig
	// Waiting is what this connection does: when the wait ends it stays open.
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.DeadlineContextWatcherHandler{Conn: c.Conn()}
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, s.explainConnect(ctx, err)
	}
	l := &listener{conn: conn, since: time.Now()}
	if l.hears, err = s.hears(ctx, conn); err != nil {
		return nil, errors.Join(err, closeConn(ctx, conn))
	}
	return l, nil
}

// hears subscribes and reports whether a notification that another connection
// sends arrives. On a standby neither can be done; a pooler of transactions
// swallows it.
func (s *Store) hears(ctx context.Context, conn *pgx.Conn) (bool, error) {
	var standby bool
	if err := conn.QueryRow(ctx, `SELECT pg_is_in_recovery()`, pgx.QueryExecModeExec).Scan(&standby); err != nil || standby {
		return false, err
	}
	if _, err := conn.Exec(ctx, "LISTEN "+catalogue.Quote(channel)); err != nil {
		if sqlState(err) == "" || unavailable(sqlState(err)) {
			return false, err
		}
		return false, nil
	}
	test := testPrefix + newMark().token
	err := s.do(ctx, func(other *pgxpool.Conn) error {
		_, err := other.Exec(ctx, `SELECT pg_notify($1, $2)`, pgx.QueryExecModeExec, channel, test)
		return err
	})
	if err != nil {
		return false, err
	}
	waiting, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	for {
		n, err := conn.WaitForNotification(waiting)
		switch {
		case err == nil && n.Payload == test:
			return true, nil
		case err == nil:
		case waiting.Err() != nil && ctx.Err() == nil:
			_, err := conn.Exec(ctx, "UNLISTEN "+catalogue.Quote(channel)) // for the next whom a pooler gives the connection
			return false, err
		default:
			return false, err
		}
	}
}

// hangUp closes the connection of Await.
func (s *Store) hangUp() {
	if s.listener != nil {
		_ = closeConn(context.Background(), s.listener.conn) // it may be broken: then there is nothing to close
		s.listener = nil
	}
}
