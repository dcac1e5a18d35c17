package postgis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// TestCancelStopsTheStatement lets statements of every kind wait for a lock that
// psql holds and ends their contexts: the statements leave the server, at once,
// and the store goes on.
func TestCancelStopsTheStatement(t *testing.T) {
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	put(t, s, stop(1, "A"), stop(2, "B"))
	watch := pgtest.Connect(t, db.DSN())
	changed := stop(1, "A")
	changed.Values[1] = city.String("x")
	write := func(do func(context.Context, postgis.Writer) error) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := s.Write(ctx, "waits", func(w postgis.Writer) error { return do(ctx, w) })
			return err
		}
	}
	save := write(func(ctx context.Context, w postgis.Writer) error {
		_, err := w.Save(ctx, "stops", &changed)
		return err
	})
	for _, tt := range []struct {
		name, hold string
		do         func(context.Context) error
	}{
		{"put", `LOCK TABLE twin.stops IN EXCLUSIVE MODE`, write(func(ctx context.Context, w postgis.Writer) error {
			return w.Put(ctx, "stops", &changed)
		})},
		{"save", `SELECT FROM twin.stops WHERE id = 1 FOR UPDATE`, save},
		{"get", `SELECT FROM twin.stops WHERE id = 1 FOR UPDATE`, write(func(ctx context.Context, w postgis.Writer) error {
			_, err := w.Get(ctx, "stops", 1)
			return err
		})},
		{"commit", `UPDATE twin.stops SET name = 'y' WHERE id = 2; SET CONSTRAINTS ALL IMMEDIATE`, save},
		{"read", `LOCK TABLE twin.stops IN ACCESS EXCLUSIVE MODE`, func(ctx context.Context) error {
			return s.Read(ctx, func(r postgis.Reader) error {
				return r.Features(ctx, "stops", func(*city.Feature) error { return nil })
			})
		}},
		{"documents", `LOCK TABLE twin.twin_document IN ACCESS EXCLUSIVE MODE`, func(ctx context.Context) error {
			return s.PutDocument(ctx, "keys", "a", []byte("x"))
		}},
		{"await", `LOCK TABLE twin.twin_changeset IN ACCESS EXCLUSIVE MODE`, func(ctx context.Context) error {
			return s.Await(ctx, 1_000_000)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const waiting = `FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'hanoitwin'
				AND wait_event_type = 'Lock')`
			before := version(t, s)
			db.Exec(`BEGIN; ` + tt.hold)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- tt.do(ctx) }()
			eventually(t, watch, "the statement waits", `SELECT EXISTS (SELECT `+waiting)
			start := time.Now()
			cancel()
			eventually(t, watch, "the statement is gone", `SELECT NOT EXISTS (SELECT `+waiting)
			t.Logf("gone after %s", time.Since(start).Round(time.Millisecond))
			if err := <-done; !errors.Is(err, context.Canceled) || errors.Is(err, city.ErrUnavailable) {
				t.Errorf("error %v, want %v", err, context.Canceled)
			}
			db.Exec(`ROLLBACK`)
			if got := version(t, s); got != before {
				t.Errorf("version %d after %d", got, before)
			}
		})
	}
	if got := put(t, s, stop(0, "A"), stop(0, "C")); got != (city.Tally{Created: 1, Unchanged: 1}) {
		t.Errorf("tally %+v", got)
	}
}

// TestDeadline is the same for a deadline that passes.
func TestDeadline(t *testing.T) {
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	put(t, s, stop(1, "A"))
	db.Exec(`BEGIN; LOCK TABLE twin.stops IN ACCESS EXCLUSIVE MODE`)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := s.Read(ctx, func(r postgis.Reader) error {
		return r.Features(ctx, "stops", func(*city.Feature) error { return nil })
	})
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, city.ErrUnavailable) {
		t.Errorf("error %v, want %v", err, context.DeadlineExceeded)
	}
	db.Exec(`COMMIT`)
	if got := len(features(t, s, "stops")); got != 1 {
		t.Errorf("%d features", got)
	}
}
