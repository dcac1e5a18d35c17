package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// twoLayers makes the layers that pairs are written to.
func twoLayers(t *testing.T, s *postgis.Store) {
	t.Helper()
	terminals := stops()
	terminals.ID = "terminals"
	putLayer(t, s, stops())
	putLayer(t, s, terminals)
}

// writePair writes one change set whole or not at all: two new features in one
// layer, one in the other, all with its name.
func writePair(ctx context.Context, s *postgis.Store, name string) (city.Version, error) {
	return s.Write(ctx, name, func(w postgis.Writer) error {
		for i, layer := range []city.LayerID{"stops", "terminals", "stops"} {
			f := stop(0, fmt.Sprint(name, "-", i))
			f.Values[1] = city.String(name)
			if _, err := w.Save(ctx, layer, &f); err != nil {
				return err
			}
		}
		return nil
	})
}

// pairs reads all change sets after a version, wants each whole, and returns
// their versions by name.
func pairs(t *testing.T, s *postgis.Store, after city.Version) map[string]city.Version {
	t.Helper()
	found := map[string]city.Version{}
	rows := map[string]int{}
	err := s.Read(t.Context(), func(r postgis.Reader) error {
		sets, err := r.Changes(t.Context(), after, 1_000_000)
		for _, c := range sets {
			if found[c.Message] != 0 {
				t.Errorf("%s is there twice", c.Message)
			}
			found[c.Message] = c.Version
			if len(c.Revisions) != 3 {
				t.Errorf("%s has %d revisions", c.Message, len(c.Revisions))
			}
			for _, v := range c.Revisions {
				if v.Before != nil || nameOf(v.After) != c.Message {
					t.Errorf("%s: %s>%s", c.Message, nameOf(v.Before), nameOf(v.After))
				}
			}
		}
		for _, layer := range []city.LayerID{"stops", "terminals"} {
			errLayer := r.Features(t.Context(), layer, func(f *city.Feature) error { rows[nameOf(f)]++; return nil })
			err = errors.Join(err, errLayer)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range rows {
		if n != 3 || found[name] == 0 {
			t.Errorf("%s has %d features, version %d", name, n, found[name])
		}
	}
	if len(rows) != len(found) {
		t.Errorf("%d names among the features, %d change sets", len(rows), len(found))
	}
	return found
}

// TestServerStops stops the server under readers, writers and a waiting one, in
// both ways, and starts it again: errors say what it is, nothing is lost, and the
// same store goes on.
func TestServerStops(t *testing.T) {
	server := pgtest.Private(t)
	s := open(t, server.DSN())
	twoLayers(t, s)
	first := version(t, s)
	acknowledged := map[string]city.Version{}
	for round, how := range []string{pgtest.Fast, pgtest.Immediate} {
		awaited := make(chan error, 1)
		v := version(t, s)
		go func() {
			for {
				if err := s.Await(t.Context(), v+1); err != nil {
					awaited <- err
					return
				}
			}
		}()
		name := fmt.Sprint("round ", round)
		var err error
		if acknowledged[name], err = writePair(t.Context(), s, name); err != nil {
			t.Fatal(err)
		}
		inside := make(chan struct{})
		stopped := make(chan struct{})
		read := make(chan error, 1)
		go func() {
			read <- s.Read(t.Context(), func(r postgis.Reader) error {
				close(inside)
				<-stopped
				_, err := r.ChangeSets(t.Context(), 0, 10)
				return err
			})
		}()
		<-inside
		server.Stop(how)
		close(stopped)
		wantUnavailable(t, "a read that was under way", <-read)
		wantUnavailable(t, "await", <-awaited)
		_, err = writePair(t.Context(), s, "while it is down")
		wantUnavailable(t, "write", err)
		wantUnavailable(t, "read", s.Read(t.Context(), func(postgis.Reader) error { return nil }))
		wantUnavailable(t, "await again", s.Await(t.Context(), v+1))
		_, err = s.Documents(t.Context(), "keys")
		wantUnavailable(t, "documents", err)
		_, err = postgis.Open(t.Context(), server.DSN(), postgis.Options{})
		wantUnavailable(t, "open", err)
		server.Start()
		if acknowledged[name+" again"], err = writePair(t.Context(), s, name+" again"); err != nil {
			t.Fatalf("after the restart: %v", err)
		}
		if err := s.Await(t.Context(), v+1); err != nil {
			t.Fatalf("await after the restart: %v", err)
		}
		if got := pairs(t, s, first); !sameVersions(got, acknowledged) {
			t.Errorf("change sets %v, acknowledged %v", got, acknowledged)
		}
	}
}

func wantUnavailable(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, city.ErrUnavailable) {
		t.Errorf("%s: error %v, want %v", what, err, city.ErrUnavailable)
	}
}

func sameVersions(a, b map[string]city.Version) bool {
	for name, v := range b {
		if a[name] != v {
			return false
		}
	}
	return len(a) == len(b)
}

// TestLoginsRefused lets the database refuse what it allowed: the role's login,
// any connection, one more connection.
func TestLoginsRefused(t *testing.T) {
	db := pgtest.Open(t)
	db.Exec(`CREATE ROLE clerk LOGIN; CREATE SCHEMA twin AUTHORIZATION clerk`)
	t.Cleanup(func() { db.Exec(`DROP OWNED BY clerk CASCADE; DROP ROLE clerk`) })
	dsn := strings.Replace(db.DSN(), "user=postgres", "user=clerk", 1)
	s := open(t, dsn)
	twoLayers(t, s)
	defer s.Close() // or the role cannot be dropped
	var name string
	db.QueryRow(`SELECT current_database()`).Scan(&name)
	elsewhere := pgtest.Connect(t, strings.Replace(db.DSN(), "/"+name, "/postgres", 1)) // a database cannot refuse itself
	for _, refusal := range [][2]string{
		{`ALTER ROLE clerk NOLOGIN`, `ALTER ROLE clerk LOGIN`},
		{`ALTER ROLE clerk CONNECTION LIMIT 0`, `ALTER ROLE clerk CONNECTION LIMIT -1`},
		{`ALTER DATABASE ` + name + ` ALLOW_CONNECTIONS false`, `ALTER DATABASE ` + name + ` ALLOW_CONNECTIONS true`},
		{`ALTER ROLE clerk SET default_transaction_read_only = on`, `ALTER ROLE clerk RESET default_transaction_read_only`},
	} {
		elsewhere.Exec(refusal[0])
		db.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'clerk'`)
		_, err := writePair(t.Context(), s, "refused")
		wantUnavailable(t, refusal[0], err)
		elsewhere.Exec(refusal[1])
		db.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'clerk'`)
		eventually(t, db, "they are gone", `SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'clerk')`)
		if _, err := writePair(t.Context(), s, refusal[0]); err != nil {
			t.Errorf("after %s: %v", refusal[1], err)
		}
	}
}

// TestConnectionsTerminated ends connections at random while three stores write:
// what was acknowledged is there, under the version that was told, what failed is
// not, and nothing is half there.
func TestConnectionsTerminated(t *testing.T) {
	const writers, writes = 3, 60
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	twoLayers(t, s)
	first := version(t, s)
	var busy sync.WaitGroup
	acknowledged := make([]map[string]city.Version, writers)
	failed := make([][]string, writers)
	written := make(chan struct{}, writers*writes)
	for i := range writers {
		writer := open(t, db.DSN())
		acknowledged[i] = map[string]city.Version{}
		busy.Go(func() {
			for n := range writes {
				name := fmt.Sprint(i, "/", n)
				v, err := writePair(t.Context(), writer, name)
				switch {
				case err == nil:
					acknowledged[i][name] = v
				case errors.Is(err, city.ErrUnavailable) && !errors.Is(err, postgis.ErrUnknownOutcome):
					failed[i] = append(failed[i], name)
				default:
					t.Errorf("%s: %v", name, err)
				}
				written <- struct{}{}
			}
		})
	}
	go func() { busy.Wait(); close(written) }()
	r := rand.New(rand.NewPCG(5, 5))
	kills, wait := 0, 0
	for range written {
		if wait--; wait >= 0 {
			continue
		}
		wait = r.IntN(5)
		// The next writes are under way; the moment is what is random here.
		time.Sleep(time.Duration(r.IntN(5000)) * time.Microsecond)
		kills += int(db.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'hanoitwin' ORDER BY random() LIMIT 1`))
	}
	got := pairs(t, open(t, db.DSN()), first)
	n := 0
	for _, mine := range acknowledged {
		for name, v := range mine {
			n++
			if got[name] != v {
				t.Errorf("%s was acknowledged as version %d, is %d", name, v, got[name])
			}
		}
	}
	for _, name := range slices.Concat(failed...) {
		if got[name] != 0 {
			t.Errorf("%s was told to have failed and is version %d", name, got[name])
		}
	}
	if len(got) != n {
		t.Errorf("%d change sets, %d acknowledged", len(got), n)
	}
	t.Logf("%d connections ended; %d writes acknowledged, %d failed", kills, n, len(slices.Concat(failed...)))
}
