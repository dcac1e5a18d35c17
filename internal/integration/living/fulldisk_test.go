package living

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// TestFullDisk takes all room from the file system on which PostgreSQL has the tables
// of the twin, and gives it back: writes are refused with the reason, reads go on
// unmarked, what was acknowledged is there, and nothing has to be restarted.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if !pgtest.MayMount(t) {
		return // it has run elsewhere
	}
	db := pgtest.Private(t)
	disk := db.SmallTables(16 << 20)
	l, key := withKey(t, newStore(t, db.DSN()))
	if _, _, err := l.Commit(t.Context(), twin.Commit{Put: []city.Layer{walkersLayer("odd")}}); err != nil {
		t.Fatal(err)
	}
	written := map[int]bool{}
	n := 0
	writeNext := func() *http.Response {
		n++
		res := l.write(key, "odd", n, 0)
		if res.StatusCode == http.StatusCreated {
			written[n] = true
		}
		return res
	}
	for range 20 {
		if res := writeNext(); res.StatusCode != http.StatusCreated {
			t.Fatalf("write before: %d", res.StatusCode)
		}
	}
	for round := range 2 {
		disk.Fill()
		// What pages there are have room for some more.
		res := writeNext()
		for tries := 0; res.StatusCode == http.StatusCreated && tries < 2000; tries++ {
			res = writeNext()
		}
		for range 3 {
			var p struct{ Type, Title string }
			if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
				t.Fatal(err)
			}
			if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || p.Title != "The store is full" {
				t.Fatalf("round %d, write to a full disk: %d %+v, Retry-After %q", round, res.StatusCode, p, res.Header.Get("Retry-After"))
			}
			res = writeNext()
		}
		for _, target := range []string{"/collections/odd/items", "/nearby?lon=105.8&lat=21&k=1", "/collections/odd/items/W1", "/readyz"} {
			if res := l.ask(target); res.StatusCode != http.StatusOK || res.Header.Get("Twin-Stale") != "" {
				t.Errorf("%s while the disk is full: %d, Twin-Stale %q", target, res.StatusCode, res.Header.Get("Twin-Stale"))
			}
		}
		disk.Empty()
		if res := writeNext(); res.StatusCode != http.StatusCreated {
			t.Fatalf("round %d, write when there is room again: %d", round, res.StatusCode)
		}
	}
	wantWritten(t, l, written)
}

// TestFullLog does the same with the file system of PostgreSQL's log of changes,
// which it cannot live without: it ends in the middle of a write and does not come up
// before there is room. That is an outage; nothing acknowledged is lost by it.
func TestFullLog(t *testing.T) {
	t.Parallel()
	if !pgtest.MayMount(t) {
		return // it has run elsewhere
	}
	db := pgtest.Private(t)
	disk := db.SmallLog(40 << 20) // a file of the log has 16 MB
	l, key := withKey(t, newStore(t, db.DSN()))
	if _, _, err := l.Commit(t.Context(), twin.Commit{Put: []city.Layer{walkersLayer("odd")}}); err != nil {
		t.Fatal(err)
	}
	if res := l.write(key, "odd", 1, 0); res.StatusCode != http.StatusCreated {
		t.Fatalf("write before: %d", res.StatusCode)
	}
	disk.Fill()
	written := map[int]bool{1: true}
	n := 1
	for failed := false; !failed; {
		if n++; n > 100 {
			t.Fatal("the log has room for a hundred segments")
		}
		res := l.write(key, "odd", n, 0)
		if res.StatusCode == http.StatusCreated {
			written[n] = true
		} else if failed = true; res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
			t.Errorf("write while the log is full: %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
		}
		db.NextSegment()
	}
	until(t, "the loss is noticed", func() bool { _, stale := l.Stale(); return stale })
	if res := l.ask("/collections/odd/items/W1"); res.StatusCode != http.StatusOK || res.Header.Get("Twin-Stale") == "" {
		t.Errorf("read while the log is full: %d, Twin-Stale %q", res.StatusCode, res.Header.Get("Twin-Stale"))
	}
	disk.Empty()
	db.Revive()
	until(t, "the twin catches up", func() bool { _, stale := l.Stale(); return !stale })
	if n++; l.write(key, "odd", n, 0).StatusCode != http.StatusCreated {
		t.Error("no write when there is room again")
	}
	written[n] = true
	wantWritten(t, l, written)
}

// wantWritten compares the walkers of a layer, in the twin and in the store, with
// those that were acknowledged.
func wantWritten(t *testing.T, l *living, written map[int]bool) {
	t.Helper()
	fresh, _, err := twin.Load(t.Context(), l.store)
	if err != nil {
		t.Fatal(err)
	}
	for n := range written {
		code := fmt.Sprint("W", n)
		if fresh.Layer("odd").ByCode(code) == nil || l.Snapshot().Layer("odd").ByCode(code) == nil {
			t.Errorf("%s was acknowledged and is not there", code)
		}
	}
	if fresh.Version() != l.State().Version() || fresh.Len() != l.Snapshot().Len() {
		t.Errorf("the store has %d features at version %d, the twin %d at %d", fresh.Len(), fresh.Version(), l.Snapshot().Len(), l.State().Version())
	}
	if err := fresh.Check(); err != nil {
		t.Error(err)
	}
}
