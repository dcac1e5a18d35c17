package living

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// withNodes makes the layer nodes with one node, A.
func (d *desk) withNodes(t *testing.T) {
	t.Helper()
	d.want(t, http.StatusCreated, "admin", "PUT", "/layers/nodes", nodesLayer(), "Content-Type", plainJSON)
	d.want(t, http.StatusCreated, "editor", "POST", "/collections/nodes/items", nodeBody("A", "Nút A", 105.8), "Content-Type", geoJSON)
}

// want asks, demands a status, and returns the answer.
func (d *desk) want(t *testing.T, status int, as, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	w := d.ask(t.Context(), as, method, target, body, headers...)
	if w.Code != status {
		t.Fatalf("%s %s: %d %s, want %d", method, target, w.Code, w.Body, status)
	}
	d.hold(t, method, target, body, headers, w)
	return w
}

// node is what the tests look at in a feature.
type node struct {
	ID         int64
	Properties struct {
		Code, Name string
		Lanes      int
		Tags       map[string]int
	}
}

// read returns the node A and its entity tag.
func (d *desk) read(t *testing.T) (n node, etag string) {
	t.Helper()
	w := d.want(t, http.StatusOK, "nobody", "GET", "/collections/nodes/items/A", "")
	if err := json.Unmarshal(w.Body.Bytes(), &n); err != nil {
		t.Fatal(err)
	}
	return n, w.Header().Get("ETag")
}

func (d *desk) patch(t *testing.T, etag, body string) *httptest.ResponseRecorder {
	return d.ask(t.Context(), "editor", "PATCH", "/collections/nodes/items/A", body, "Content-Type", mergePatch, "If-Match", etag)
}

// TestLostRace lets many clients change one feature that all of them have read:
// in each round one wins, and the others are told that they lost.
func TestLostRace(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		const clients, rounds = 8, 10
		d := openDesk(t, where, httpapi.Config{})
		d.withNodes(t)
		before := d.State().Version()
		for round := range rounds {
			_, etag := d.read(t)
			var won, lost atomic.Int32
			var winner atomic.Value
			var all sync.WaitGroup
			for c := range clients {
				all.Go(func() {
					name := fmt.Sprintf("%d-%d", round, c)
					switch w := d.patch(t, etag, `{"properties":{"name":"`+name+`"}}`); w.Code {
					case http.StatusOK:
						won.Add(1)
						winner.Store([2]string{name, w.Header().Get("ETag")})
					case http.StatusPreconditionFailed:
						lost.Add(1)
					default:
						t.Errorf("%d %s", w.Code, w.Body)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 || lost.Load() != clients-1 {
				t.Fatalf("round %d: %d won and %d lost, of %d", round, won.Load(), lost.Load(), clients)
			}
			if n, now := d.read(t); winner.Load() != [2]string{n.Properties.Name, now} {
				t.Fatalf("round %d: the feature is %q %s, and %v won", round, n.Properties.Name, now, winner.Load())
			}
		}
		if v := d.State().Version(); v != before+rounds {
			t.Errorf("%d versions, want %d", v-before, rounds)
		}
	})
}

// TestNoUpdateIsLost lets clients count up one number, each trying again when it
// was too late, while others set members of their own in one JSON property, under
// no condition.
func TestNoUpdateIsLost(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		const counters, setters, times = 4, 4, 10
		d := openDesk(t, where, httpapi.Config{})
		d.withNodes(t)
		before := d.State().Version()
		var all sync.WaitGroup
		for range counters {
			all.Go(func() {
				for done := 0; done < times; {
					n, etag := d.read(t)
					switch w := d.patch(t, etag, fmt.Sprintf(`{"properties":{"lanes":%d}}`, n.Properties.Lanes+1)); w.Code {
					case http.StatusOK:
						done++
					case http.StatusPreconditionFailed:
					default:
						t.Errorf("%d %s", w.Code, w.Body)
						return
					}
				}
			})
		}
		for s := range setters {
			all.Go(func() {
				for n := 1; n <= times; n++ {
					if w := d.patch(t, "*", fmt.Sprintf(`{"properties":{"tags":{"s%d":%d}}}`, s, n)); w.Code != http.StatusOK {
						t.Errorf("%d %s", w.Code, w.Body)
					}
				}
			})
		}
		all.Wait()
		n, _ := d.read(t)
		if n.Properties.Lanes != counters*times || len(n.Properties.Tags) != setters {
			t.Errorf("%d counted, want %d; tags %v", n.Properties.Lanes, counters*times, n.Properties.Tags)
		}
		for name, v := range n.Properties.Tags {
			if v != times {
				t.Errorf("%s is %d, want %d", name, v, times)
			}
		}
		if v := d.State().Version(); v != before+(counters+setters)*times {
			t.Errorf("%d versions, want one for each of %d changes", v-before, (counters+setters)*times)
		}
	})
}

// TestOthersWereFaster changes the feature through another connection to the
// store, which the server has not heard of: a change under the old tag loses, and
// one under none is made on top.
func TestOthersWereFaster(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		d := openDesk(t, where, httpapi.Config{})
		d.withNodes(t)
		other := newStore(t, where)
		edit := func(name string) {
			_, err := other.Write(t.Context(), "người khác", func(w twin.Writer) error {
				f, err := w.Get(t.Context(), "nodes", 1)
				if err != nil {
					return err
				}
				f.Values[1] = city.String(name)
				_, err = w.Save(t.Context(), "nodes", f)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for round := range 5 {
			_, etag := d.read(t)
			edit(fmt.Sprintf("lần %d", round))
			if w := d.patch(t, etag, `{"properties":{"lanes":1}}`); w.Code != http.StatusPreconditionFailed {
				t.Fatalf("under the old tag: %d %s", w.Code, w.Body)
			}
			edit(fmt.Sprintf("lần %d nữa", round))
			if w := d.patch(t, "*", fmt.Sprintf(`{"properties":{"lanes":%d}}`, round+2)); w.Code != http.StatusOK {
				t.Fatalf("under no tag: %d %s", w.Code, w.Body)
			}
			if n, _ := d.read(t); n.Properties.Lanes != round+2 || n.Properties.Name != fmt.Sprintf("lần %d nữa", round) {
				t.Fatalf("the node is %+v", n)
			}
		}
	})
}

// TestChangesetIsWholeOrNothing lets the last edit of a change set fail in the
// store itself, which alone knows that the key is taken.
func TestChangesetIsWholeOrNothing(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, where string) {
		d := openDesk(t, where, httpapi.Config{})
		d.withNodes(t)
		d.want(t, http.StatusCreated, "admin", "PUT", "/layers/stops", `{"title":"Trạm","title_en":"Stops","geometry":"Point","key":"external_key","properties":[{"name":"external_key","type":"string"}]}`, "Content-Type", plainJSON)
		stop := `{"type":"Feature","geometry":{"type":"Point","coordinates":[105.8,21]},"properties":{"external_key":"node/1"}}`
		d.want(t, http.StatusCreated, "editor", "POST", "/collections/stops/items", stop, "Content-Type", geoJSON)
		before := d.State().Version()
		items := d.want(t, http.StatusOK, "nobody", "GET", "/collections/nodes/items", "").Body.String()
		w := d.want(t, http.StatusConflict, "editor", "POST", "/changesets", `{"edits":[
			{"op":"create","layer":"nodes","feature":`+nodeBody("B", "", 105.8)+`},
			{"op":"delete","layer":"nodes","id":"A"},
			{"op":"create","layer":"stops","feature":`+stop+`}]}`, "Content-Type", plainJSON)
		var p struct {
			Errors []struct{ Pointer string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || len(p.Errors) != 1 || p.Errors[0].Pointer != "/edits/2/feature/properties" {
			t.Errorf("%v %s", err, w.Body)
		}
		if v := d.State().Version(); v != before {
			t.Errorf("version %d after %d", v, before)
		}
		if now := d.want(t, http.StatusOK, "nobody", "GET", "/collections/nodes/items", "").Body.String(); now != items {
			t.Errorf("nodes are %s, were %s", now, items)
		}
	})
}

// busy holds the store's only turn to write until the function that it returns is
// called.
func busy(t *testing.T, store twin.Store) (free func()) {
	t.Helper()
	taken, let, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		_, err := store.Write(context.Background(), "giữ chỗ", func(twin.Writer) error {
			close(taken)
			<-let
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}()
	<-taken
	free = sync.OnceFunc(func() { close(let); <-done })
	t.Cleanup(free)
	return free
}

// TestClientGoesAway before the commit: nothing is written. A change that waits
// too long is given up too.
func TestClientGoesAway(t *testing.T) {
	t.Parallel()
	d := openDesk(t, filepath.Join(t.TempDir(), "living.gpkg"), httpapi.Config{})
	d.withNodes(t)
	before := d.State().Version()
	server := httptest.NewServer(d.server)
	defer server.Close()
	free := busy(t, d.store)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "POST", server.URL+"/collections/nodes/items", strings.NewReader(nodeBody("B", "", 105.8)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", geoJSON)
	r.Header.Set("X-Api-Key", d.tokens["editor"])
	gone := make(chan error, 1)
	go func() {
		_, err := server.Client().Do(r)
		gone <- err
	}()
	// The request is at work when the metrics count one in flight beside theirs.
	d.until(t, func() bool {
		return strings.Contains(d.ask(t.Context(), "nobody", "GET", "/metrics", "").Body.String(), "hanoitwin_http_in_flight 2")
	})
	cancel()
	if err := <-gone; err == nil {
		t.Error("the request was answered")
	}
	d.until(t, func() bool {
		return strings.Contains(d.ask(t.Context(), "nobody", "GET", "/metrics", "").Body.String(), `route="POST /collections/{layer}/items",status="499"} 1`)
	})
	free()
	d.want(t, http.StatusCreated, "editor", "POST", "/collections/nodes/items", nodeBody("C", "", 105.8), "Content-Type", geoJSON)
	if v := d.State().Version(); v != before+1 {
		t.Errorf("%d versions, want 1", v-before)
	}
	d.want(t, http.StatusNotFound, "nobody", "GET", "/collections/nodes/items/B", "")
}

// until waits for a condition.
func (d *desk) until(t *testing.T, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("what was waited for does not happen")
		}
	}
}

// TestWriteTakesTooLong gives up a change that has to wait, and writes nothing.
func TestWriteTakesTooLong(t *testing.T) {
	t.Parallel()
	d := openDesk(t, filepath.Join(t.TempDir(), "living.gpkg"), httpapi.Config{WorkTimeout: 300 * time.Millisecond})
	if _, _, err := d.Commit(t.Context(), twin.Commit{Put: []city.Layer{walkersLayer("nodes")}}); err != nil { // not over HTTP: that may take longer here
		t.Fatal(err)
	}
	before := d.State().Version()
	free := busy(t, d.store)
	w := d.want(t, http.StatusServiceUnavailable, "editor", "POST", "/collections/nodes/items", `{"type":"Feature","geometry":{"type":"Point","coordinates":[105.8,21]},"properties":{"code":"B"}}`, "Content-Type", geoJSON)
	if w.Header().Get("Retry-After") == "" {
		t.Errorf("no Retry-After: %s", w.Body)
	}
	free()
	if v := d.State().Version(); v != before {
		t.Errorf("version %d after %d", v, before)
	}
}

// TestBodyLimits: what is too large is refused before it is read whole.
func TestBodyLimits(t *testing.T) {
	t.Parallel()
	d := openDesk(t, filepath.Join(t.TempDir(), "living.gpkg"), httpapi.Config{MaxBodyBytes: 1000})
	d.withNodes(t)
	large := nodeBody("B", strings.Repeat("x", 1000), 105.8)
	d.want(t, http.StatusRequestEntityTooLarge, "editor", "POST", "/collections/nodes/items", large, "Content-Type", geoJSON)
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/collections/nodes/items", io.MultiReader(strings.NewReader(large))) // of unknown length
	r.Header.Set("Content-Type", geoJSON)
	r.Header.Set("X-Api-Key", d.tokens["editor"])
	w := httptest.NewRecorder()
	d.server.ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "1000") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestETagsOfCodings: a client that gets compressed answers knows the feature as
// well as one that does not.
func TestETagsOfCodings(t *testing.T) {
	t.Parallel()
	d := openDesk(t, filepath.Join(t.TempDir(), "living.gpkg"), httpapi.Config{})
	d.withNodes(t)
	_, plain := d.read(t)
	w := d.ask(t.Context(), "editor", "PATCH", "/collections/nodes/items/A", `{"properties":{"name":"`+strings.Repeat("Vành đai ", 4000)+`"}}`,
		"Content-Type", mergePatch, "If-Match", plain, "Accept-Encoding", "gzip")
	if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	told, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	got := d.want(t, http.StatusOK, "nobody", "GET", "/collections/nodes/items/A", "")
	if !bytes.Equal(told, got.Body.Bytes()) {
		t.Errorf("PATCH answers %.300s, GET %.300s", told, got.Body)
	}
	packed := d.want(t, http.StatusOK, "nobody", "GET", "/collections/nodes/items/A", "", "Accept-Encoding", "gzip").Header().Get("ETag")
	if packed != w.Header().Get("ETag") || packed == got.Header().Get("ETag") {
		t.Errorf("ETags: PATCH %s, GET compressed %s, GET %s", w.Header().Get("ETag"), packed, got.Header().Get("ETag"))
	}
	if w := d.patch(t, packed, `{"properties":{"name":"x"}}`); w.Code != http.StatusOK {
		t.Errorf("by the tag of gzip: %d %s", w.Code, w.Body)
	}
}

// TestWritingWhileTheStoreIsAway: writes say so, the newest versions are told
// from memory, and both work again when it is back.
func TestWritingWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	database := pgtest.Private(t)
	d := openDesk(t, database.DSN(), httpapi.Config{})
	d.withNodes(t)
	first := d.State().Version()
	d.want(t, http.StatusCreated, "editor", "POST", "/collections/nodes/items", nodeBody("B", "", 105.8), "Content-Type", geoJSON, "Twin-Message", "tr%C6%B0%E1%BB%9Bc")
	recent := fmt.Sprintf("/changesets?after=%d", first)
	told := d.want(t, http.StatusOK, "nobody", "GET", recent, "").Body.String()
	database.Stop(pgtest.Fast)
	w := d.want(t, http.StatusServiceUnavailable, "editor", "POST", "/collections/nodes/items", nodeBody("C", "", 105.8), "Content-Type", geoJSON)
	if w.Header().Get("Retry-After") == "" {
		t.Errorf("no Retry-After: %s", w.Body)
	}
	if now := d.want(t, http.StatusOK, "nobody", "GET", recent, "").Body.String(); now != told {
		t.Errorf("from memory: %s, from the store: %s", now, told)
	}
	d.want(t, http.StatusServiceUnavailable, "nobody", "GET", "/changesets/1", "")
	d.want(t, http.StatusOK, "nobody", "GET", "/collections/nodes/items/B", "")
	database.Start()
	d.until(t, func() bool {
		return d.ask(t.Context(), "editor", "POST", "/collections/nodes/items", nodeBody("D", "", 105.8), "Content-Type", geoJSON).Code == http.StatusCreated
	})
	if v := d.State().Version(); v != first+2 {
		t.Errorf("version %d, want %d", v, first+2)
	}
	d.want(t, http.StatusOK, "nobody", "GET", "/changesets/1", "")
	if _, err := d.At(city.Version(first + 1)); err != nil {
		t.Error(err)
	}
}
