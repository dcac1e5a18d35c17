package living

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// until polls a condition that another goroutine or process brings about.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("in vain for a minute: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// withKey serves a store with one editor's key, which it returns.
func withKey(t *testing.T, store twin.Store) (*living, string) {
	t.Helper()
	_, key, err := access.CreateKey(t.Context(), store, "lan", city.Editor, nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	keys := access.NewKeyring(store)
	if err := keys.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	limiter, err := access.NewLimiter(access.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(limiter.Close)
	guard := access.NewGuard(access.NewAuthenticator(keys, nil), limiter, false)
	return live(t, store, httpapi.Config{Guard: guard}, twin.Options{}), key.Reveal()
}

// write creates a walker over HTTP.
func (l *living) write(key, layer string, walker, step int) *http.Response {
	p := place(walker, step)
	body := fmt.Sprintf(`{"type":"Feature","geometry":{"type":"Point","coordinates":[%v,%v]},"properties":{"code":"W%d","steps":%d}}`, p[0], p[1], walker, step)
	r := httptest.NewRequest(http.MethodPost, "/collections/"+layer+"/items", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/geo+json")
	w := httptest.NewRecorder()
	l.server.ServeHTTP(w, r)
	return w.Result()
}

func (l *living) ask(target string) *http.Response {
	w := httptest.NewRecorder()
	l.server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w.Result()
}

// TestOutage stops the database under a server in several ways. Reads go on from
// the last good version and say so; writes are refused with a time to come back;
// what others wrote meanwhile arrives afterwards, in order, once each.
func TestOutage(t *testing.T) {
	t.Parallel()
	db := pgtest.Private(t)
	l, key := withKey(t, newStore(t, db.DSN()))
	if _, _, err := l.Commit(t.Context(), twin.Commit{Put: []city.Layer{walkersLayer("odd")}}); err != nil {
		t.Fatal(err)
	}
	if res := l.write(key, "odd", 0, 0); res.StatusCode != http.StatusCreated {
		t.Fatalf("write before: %d", res.StatusCode)
	}
	for round, how := range []string{pgtest.Fast, pgtest.Immediate} {
		version := l.State().Version()
		db.Stop(how)
		until(t, "the loss is noticed", func() bool { _, stale := l.Stale(); return stale })
		for _, target := range []string{"/collections/odd/items", "/nearby?lon=105.8&lat=21&k=1", "/collections/odd/items/W0", "/tiles/all.json"} {
			res := l.ask(target)
			if res.StatusCode != http.StatusOK || res.Header.Get("Twin-Stale") == "" || res.Header.Get("Twin-Version") != strconv.Itoa(int(version)) {
				t.Errorf("%s while the database is away: %d, Twin-Stale %q, version %s", target, res.StatusCode, res.Header.Get("Twin-Stale"), res.Header.Get("Twin-Version"))
			}
		}
		if res := l.ask("/readyz"); res.StatusCode != http.StatusOK {
			t.Errorf("not ready while the database is away: %d", res.StatusCode)
		}
		if _, metrics := l.get("/metrics"); !strings.Contains(string(metrics), "\nhanoitwin_stale_seconds ") || strings.Contains(string(metrics), "\nhanoitwin_stale_seconds 0\n") {
			t.Error("no metric says that the state is stale")
		}
		res := l.write(key, "odd", 50+round, 0)
		if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
			t.Errorf("write while the database is away: %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
		}
		db.Start()
		others := pgtest.Connect(t, db.DSN())
		for i := range 5 {
			others.Exec(`INSERT INTO twin.odd (geom, code, steps) VALUES (ST_SetSRID(ST_MakePoint(105.8, 21), 4326), $1, $2)`, fmt.Sprintf("S%d-%d", round, i), int64(i))
		}
		until(t, "the twin catches up", func() bool {
			_, stale := l.Stale()
			return !stale && l.State().Version() >= version+5
		})
		states, _, err := l.Since(version)
		if err != nil || len(states) != 5 {
			t.Fatalf("%d versions since %d (%v), want 5", len(states), version, err)
		}
		for i, s := range states {
			if s.Version() != version+city.Version(i+1) || len(s.Edits) != 1 || s.Snapshot.Layer("odd").Code(s.Edits[0].After) != fmt.Sprintf("S%d-%d", round, i) {
				t.Errorf("version %d with %d edits, want one of S%d-%d", s.Version(), len(s.Edits), round, i)
			}
		}
		if res := l.ask("/collections/odd/items"); res.Header.Get("Twin-Stale") != "" {
			t.Error("still marked stale")
		}
		if res := l.write(key, "odd", 1+round, 0); res.StatusCode != http.StatusCreated {
			t.Errorf("write afterwards: %d", res.StatusCode)
		}
	}
	if err := l.Snapshot().Check(); err != nil {
		t.Error(err)
	}
}

// TestTerminatedConnections cuts every connection of the server again and again
// while it writes: each write that was answered is there, once.
func TestTerminatedConnections(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	l, key := withKey(t, newStore(t, dsn))
	if _, _, err := l.Commit(t.Context(), twin.Commit{Put: []city.Layer{walkersLayer("odd")}}); err != nil {
		t.Fatal(err)
	}
	cutter := pgtest.Connect(t, dsn)
	cuts, cut := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(cut)
		for range cuts {
			cutter.QueryRows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		}
	}()
	written := map[string]bool{}
	for i := range 60 {
		if i%3 > 0 { // while it writes, at whatever point that is
			cuts <- struct{}{}
		}
		res := l.write(key, "odd", i, 0)
		var made struct{ Properties struct{ Code string } }
		_ = json.NewDecoder(res.Body).Decode(&made) // problems have none
		switch res.StatusCode {
		case http.StatusCreated:
			written[made.Properties.Code] = true
		case http.StatusServiceUnavailable, http.StatusConflict:
			// Not written, or it was, by the attempt before; the answer said so.
		default:
			t.Errorf("write %d: %d", i, res.StatusCode)
		}
	}
	close(cuts)
	<-cut
	if len(written) == 0 {
		t.Error("no write got through: nothing was tested")
	}
	// What was refused may be written all the same, and comes later.
	var fresh *snapshot.Snapshot
	until(t, "the twin catches up", func() bool {
		var err error
		if fresh, _, err = twin.Load(t.Context(), l.store); err != nil {
			t.Fatal(err)
		}
		_, stale := l.Stale()
		return !stale && l.State().Version() == fresh.Version()
	})
	for code := range written {
		if l.Snapshot().Layer("odd").ByCode(code) == nil {
			t.Errorf("%s was acknowledged and is not there", code)
		}
	}
	if got, want := fresh.Len(), l.Snapshot().Len(); got != want {
		t.Errorf("the store has %d features at version %d, the twin %d", got, fresh.Version(), want)
	}
}
