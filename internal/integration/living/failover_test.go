package living

import (
	"net/http"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// TestFailover loses the database and goes on with its standby: reads never stop,
// what was answered is there, and versions go on from where they were.
func TestFailover(t *testing.T) {
	t.Parallel()
	primary := pgtest.Private(t)
	standby := primary.Standby()
	l, key := withKey(t, newStore(t, pgtest.Either(primary, standby)))
	if _, _, err := l.Commit(t.Context(), twin.Commit{Put: []city.Layer{walkersLayer("odd")}}); err != nil {
		t.Fatal(err)
	}
	const before = 5
	for i := range before {
		if res := l.write(key, "odd", i, 0); res.StatusCode != http.StatusCreated {
			t.Fatalf("write %d: %d", i, res.StatusCode)
		}
	}
	version := l.State().Version()
	primary.Stop(pgtest.Immediate)
	until(t, "the loss is noticed", func() bool { _, stale := l.Stale(); return stale })
	if res := l.ask("/collections/odd/items"); res.StatusCode != http.StatusOK || res.Header.Get("Twin-Stale") == "" {
		t.Errorf("read without a database: %d, Twin-Stale %q", res.StatusCode, res.Header.Get("Twin-Stale"))
	}
	// The standby answers, but nothing can be written to it yet.
	if res := l.write(key, "odd", before, 0); res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("write to a standby: %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	standby.Promote()
	until(t, "the standby is followed", func() bool { _, stale := l.Stale(); return !stale })
	if got := l.State().Version(); got != version {
		t.Errorf("version %d after the failover, want %d", got, version)
	}
	pgtest.Connect(t, standby.DSN()).Exec(`INSERT INTO twin.odd (geom, code, steps) VALUES (ST_SetSRID(ST_MakePoint(105.8, 21), 4326), 'S', 1)`)
	until(t, "an edit arrives", func() bool { return l.State().Version() == version+1 })
	if res := l.write(key, "odd", before, 0); res.StatusCode != http.StatusCreated {
		t.Errorf("write after the failover: %d", res.StatusCode)
	}
	if got, n := l.State().Version(), l.Snapshot().Layer("odd").Len(); got != version+2 || n != before+2 {
		t.Errorf("version %d with %d features, want %d with %d", got, n, version+2, before+2)
	}
	if err := l.Snapshot().Check(); err != nil {
		t.Error(err)
	}
}
