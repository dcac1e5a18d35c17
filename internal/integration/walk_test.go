package integration

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// walked is how many features a client walks through.
const walked = 100_000

// TestWalk follows the links to the next page through 100,000 features in a store
// while others write: by id, sorted with ties, in a box, by a filter, in large pages and
// in pages that are cut short for their size. Before and during each page something is
// inserted, moved to the other end and deleted; every feature of the version in which a
// walk has begun is seen exactly once, and no other.
func TestWalk(t *testing.T) {
	t.Parallel()
	w := newWalker(t)
	all := func(city.Feature) bool { return true }
	box := orb.Bound{Min: orb.Point{105, 20}, Max: orb.Point{105.9995, 20.2}}
	w.walk(t, "limit=10000", all)
	w.walk(t, "limit=10000&sortby=name,-code&properties=status&skipGeometry=true", all)
	w.walk(t, "limit=2500&bbox=105,20,105.9995,20.2&properties=status&skipGeometry=true",
		func(f city.Feature) bool { return box.Contains(f.Geometry.(orb.Point)) })
	w.walk(t, "limit=150&filter=code%20LIKE%20'P00%25'&properties=status&skipGeometry=true",
		func(f city.Feature) bool { return strings.HasPrefix(f.Values[0].Text(), "P00") })
}

// walk follows a query to its end and compares what it has seen with the features of
// the version in which it began.
func (w *walker) walk(t *testing.T, query string, holds func(city.Feature) bool) {
	t.Helper()
	w.write(t)
	left := map[int64]bool{}
	start := w.Snapshot()
	l := start.Layer("places")
	l.All(func(f *snapshot.Feature) bool {
		if f := l.Exchange(f); holds(f) {
			left[f.ID] = true
		}
		return true
	})
	matched, pages := len(left), 0
	for target := "/collections/places/items?" + query; target != ""; pages++ {
		var writing sync.WaitGroup
		if pages > 0 {
			w.write(t)
			writing.Go(func() { w.write(t) })
		}
		page := w.page(t, target)
		writing.Wait()
		if t.Failed() {
			return
		}
		if page.NumberMatched != matched || page.version != fmt.Sprint(start.Version()) {
			t.Fatalf("%s: %d matched in version %s, want %d in %d", target, page.NumberMatched, page.version, matched, start.Version())
		}
		for _, f := range page.Features {
			if !left[f.ID] {
				t.Fatalf("%s: feature %d is seen twice, or was not there", target, f.ID)
			}
			delete(left, f.ID)
		}
		target = page.next()
	}
	if len(left) > 0 || pages < 5 || w.Snapshot().Version() < start.Version()+5 {
		t.Errorf("%s: %d pages, %d features not seen, from version %d to %d", query, pages, len(left), start.Version(), w.Snapshot().Version())
	}
}

// walker is a client, and those who write meanwhile.
type walker struct {
	*served
	ids    [walked]int64 // by number
	order  []int         // of the numbers, in which they are changed
	writes int
}

func walkedLayer() city.Layer {
	return city.Layer{ID: "places", Title: "Địa điểm", Geometry: city.GeometryPoint, Key: city.PropCode, Properties: []city.Property{
		{Name: city.PropCode, Type: city.KindString}, {Name: city.PropName, Type: city.KindString}, {Name: city.PropStatus, Type: city.KindString},
	}}
}

// walkedAt is the feature of a number: names are shared by 2,000 each, codes are in
// another order than numbers.
func walkedAt(n int) *city.Feature {
	return &city.Feature{
		Geometry: orb.Point{105 + float64(n%1000)/1000, 20 + float64(n/1000)/100},
		Values:   []city.Value{city.String(fmt.Sprintf("P%05d", n*7919%walked)), city.String(fmt.Sprintf("Phố %02d", n%50)), city.String("planned")},
	}
}

func newWalker(t *testing.T) *walker {
	t.Helper()
	store, err := geopackage.Open(t.Context(), filepath.Join(t.TempDir(), "walk.gpkg"), geopackage.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &walker{order: rand.New(rand.NewPCG(1, 2)).Perm(walked)}
	_, err = store.Write(t.Context(), "100.000 địa điểm", func(to geopackage.Writer) error {
		if err := to.PutLayer(t.Context(), walkedLayer()); err != nil {
			return err
		}
		for n := range walked {
			if err := to.Put(t.Context(), "places", walkedAt(n)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	tw, err := twin.Open(t.Context(), store, log, twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server, err := httpapi.New(httpapi.Config{PublicURL: "http://twin.test", MaxPageBytes: 600 << 10}, tw, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	w.served = &served{tw, server}
	places := w.Snapshot().Layer("places")
	for n := range walked {
		w.ids[n] = places.ByCode(walkedAt(n).Values[0].Text()).ID()
	}
	return w
}

// write changes three features, wherever the client may be: a new one comes among the
// first names, one goes from where it was to the last, and one is deleted. It may be
// called beside a page, not beside itself.
func (w *walker) write(t *testing.T) {
	w.writes++
	k := w.writes
	moved := walkedAt(w.order[2*k])
	moved.Geometry, moved.Values[1] = orb.Point{105.5, 20.1}, city.String("Phố 99")
	added := &city.Feature{Geometry: orb.Point{105.6, 20.1}, Values: []city.Value{city.String(fmt.Sprintf("P00-%d", k)), city.String("Phố 00"), city.String("planned")}}
	_, _, err := w.Commit(t.Context(), twin.Commit{Author: "thử", Message: "giữa hai trang", Edits: []twin.Edit{
		{Layer: "places", Feature: added},
		{Layer: "places", ID: w.ids[w.order[2*k]], Feature: moved},
		{Layer: "places", ID: w.ids[w.order[2*k+1]]},
	}})
	if err != nil {
		t.Error(err)
	}
}

// walkedPage is what a client reads of a page.
type walkedPage struct {
	version       string
	Features      []struct{ ID int64 }
	NumberMatched int
	Links         []struct{ Href, Rel string }
}

func (w *walker) page(t *testing.T, target string) (p walkedPage) {
	t.Helper()
	res := httptest.NewRecorder()
	w.server.ServeHTTP(res, httptest.NewRequest(http.MethodGet, target, nil))
	p.version = res.Header().Get("Twin-Version")
	if err := json.Unmarshal(res.Body.Bytes(), &p); res.Code != http.StatusOK || err != nil {
		t.Fatalf("%s: %d %v", target, res.Code, err)
	}
	return p
}

// next is where the next page is, empty after the last.
func (p *walkedPage) next() string {
	for _, l := range p.Links {
		if l.Rel == "next" {
			return strings.TrimPrefix(l.Href, "http://twin.test")
		}
	}
	return ""
}
