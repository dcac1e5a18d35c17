package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// TestOpenAtOnce lets several servers open one new database at the same time.
func TestOpenAtOnce(t *testing.T) {
	db := pgtest.Open(t)
	db.Exec(`DROP EXTENSION postgis`)
	var all sync.WaitGroup
	errs := make([]error, 5)
	for i := range errs {
		all.Go(func() {
			s, err := postgis.Open(t.Context(), db.DSN(), postgis.Options{})
			if err == nil {
				err = errors.Join(s.Read(t.Context(), func(postgis.Reader) error { return nil }), s.Close())
			}
			errs[i] = err
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	var migrations int
	db.QueryRow(`SELECT count(*) FROM twin.twin_migration WHERE version_id > 0`).Scan(&migrations)
	if migrations != 2 {
		t.Errorf("%d migrations were applied, want each once: 2", migrations)
	}
}

// TestOpenErrors wants errors that name the place and what to do, in time, and
// never the password.
func TestOpenErrors(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	db.Exec(`CREATE ROLE poor LOGIN; DROP EXTENSION postgis`)
	t.Cleanup(func() { db.Exec(`DROP ROLE poor`) })
	poor := strings.Replace(db.DSN(), "user=postgres", "user=poor", 1)
	newer := pgtest.Open(t)
	open(t, newer.DSN())
	newer.Exec(`INSERT INTO twin.twin_migration (version_id, is_applied) VALUES (99, true)`)
	tests := []struct {
		name, dsn, part string
		want            error
	}{
		{"not a DSN", "postgres://me:s3cret@host:port/twin", "postgres://user:password@host:5432/database", postgis.ErrConnect},
		{"nobody there", "postgres://me:s3cret@127.0.0.1:1/twin", "postgres://me@127.0.0.1:1/twin", postgis.ErrConnect},
		{"no such database", strings.Replace(db.DSN(), "/clone_", "/nothing_", 1) + "&password=s3cret", "does not exist", postgis.ErrConnect},
		{"no PostGIS and no right to make it", poor + "&password=s3cret", "CREATE EXTENSION postgis", postgis.ErrUnsuitable},
		{"schema of a newer program", newer.DSN(), "use a newer hanoitwin", postgis.ErrUnsuitable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := postgis.Open(t.Context(), tt.dsn, postgis.Options{ConnectTimeout: 5 * time.Second})
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, tt.want) || !strings.Contains(fmt.Sprint(err), tt.part) {
				t.Errorf("error %v, want one that wraps %q and names %q", err, tt.want, tt.part)
			}
			if strings.Contains(fmt.Sprint(err), "s3cret") {
				t.Errorf("the password is in %q", err)
			}
		})
	}
	if _, err := postgis.Open(t.Context(), db.DSN(), postgis.Options{MaxConns: -1}); err == nil {
		t.Error("MaxConns -1 was accepted")
	}
}

// TestOpenWithoutRights lets a role that cannot create anything in the database
// use a schema that an administrator made for it.
func TestOpenWithoutRights(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	db.Exec(`CREATE ROLE modest LOGIN; CREATE SCHEMA twin AUTHORIZATION modest`)
	t.Cleanup(func() { db.Exec(`DROP OWNED BY modest; DROP ROLE modest`) })
	dsn := strings.Replace(db.DSN(), "user=postgres", "user=modest", 1)
	s := open(t, dsn)
	if got := put(t, s, stop(0, "A")); got != (city.Tally{Created: 1}) {
		t.Errorf("tally %+v", got)
	}
	if err := s.Close(); err != nil { // or the role cannot be dropped
		t.Error(err)
	}
}

// TestPostGISElsewhere has the extension in a schema of its own, as hosted
// databases do, and a search_path that does not name it.
func TestPostGISElsewhere(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	db.Exec(`DROP EXTENSION postgis; CREATE SCHEMA "geo-ext"; CREATE EXTENSION postgis SCHEMA "geo-ext"`)
	s := open(t, db.DSN())
	put(t, s, stop(0, "A"))
	if got := put(t, s, stop(0, "A"), stop(0, "B")); got != (city.Tally{Created: 1, Unchanged: 1}) {
		t.Errorf("tally %+v", got)
	}
	if got := features(t, s, "stops"); len(got) != 2 {
		t.Errorf("%d features, want 2", len(got))
	}
}

func TestCloseTwice(t *testing.T) {
	s, err := postgis.Open(context.Background(), pgtest.DSN(t), postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
}
