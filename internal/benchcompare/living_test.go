//go:build compare

package benchcompare

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/realdata/tilelist"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/wiretest"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// TestLiving prints the table of what changes cost. It fails when something does
// not work, never because something is slow.
func TestLiving(t *testing.T) {
	layers := readLayers(t)
	out := newTable(os.Stdout)
	defer out.print(t) // also what was measured before something failed
	fmt.Printf("\n%s, %s, %d processors, Go %s\n\n", time.Now().Format(time.DateOnly), processor(), runtime.NumCPU(), strings.TrimPrefix(runtime.Version(), "go"))
	for _, kind := range []string{"GeoPackage", "PostGIS"} {
		for _, rules := range []string{"catalogue", "no"} {
			t.Run(kind+" "+rules, func(t *testing.T) {
				c := startCity(t, kind, layers, rules == "catalogue")
				defer c.stop()
				what := kind + ", " + rules + " zoom rules"
				c.measureLatency(t, out, what)
				c.measureReads(t, out, what)
			})
		}
	}
	measureSubscribers(t, out)
	measureVersion(t, out)
	comparePast(t, out, layers)
}

// stamped is a store that notes when each version was committed.
type stamped struct {
	twin.Store
	mu sync.Mutex
	at map[city.Version]time.Time
}

func (s *stamped) Write(ctx context.Context, message string, write func(twin.Writer) error) (city.Version, error) {
	v, err := s.Store.Write(ctx, message, write)
	s.mu.Lock()
	s.at[v] = time.Now()
	s.mu.Unlock()
	return v, err
}

func (s *stamped) committed(v city.Version) time.Time {
	for {
		s.mu.Lock()
		at, known := s.at[v]
		s.mu.Unlock()
		if known {
			return at
		}
		runtime.Gosched() // the event was faster than the return of Write
	}
}

// livingCity is a server that follows its store.
type livingCity struct {
	twin   *twin.Twin
	store  *stamped
	addr   string
	cancel context.CancelFunc
	done   chan struct{}
	movers []int64 // points that the writers move
	ruled  bool
}

// movers is how many points writers move about.
const movers = 200

// startCity fills a store with 100,000 roads and 100,000 points and serves it:
// with the zoom rules that the catalogue has for roads and junctions, as imports
// give them, or with all features in every tile.
func startCity(t *testing.T, kind string, layers []layer, ruled bool) *livingCity {
	t.Helper()
	c := &livingCity{done: make(chan struct{}), ruled: ruled}
	var store twin.Store
	var err error
	if kind == "GeoPackage" {
		store, err = geopackage.Open(background, filepath.Join(t.TempDir(), "living.gpkg"), geopackage.Options{Create: true})
	} else {
		store, err = postgis.Open(background, pgtest.DSN(t), postgis.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
	points := syntheticLayer(100_000, 1)
	if ruled {
		layers = withRules(t, layers)
		junctions := slices.IndexFunc(layers, func(l layer) bool { return l.def.ID == "intersections" })
		points.def.Tiles.MinZoom = layers[junctions].def.Tiles.MinZoom
	}
	fill(t, store, hundredThousand(layers))
	points.def.ID = "points"
	points.def.Properties = []city.Property{{Name: "steps", Type: city.KindInteger}}
	fill(t, store, points)
	c.store = &stamped{Store: store, at: map[city.Version]time.Time{}}
	log := slog.New(slog.DiscardHandler)
	if c.twin, err = twin.Open(background, c.store, log, twin.Options{}); err != nil {
		t.Fatal(err)
	}
	server, err := httpapi.New(httpapi.Config{}, c.twin, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	c.addr = wiretest.Serve(t, server)
	var ctx context.Context
	ctx, c.cancel = context.WithCancel(background)
	go func() { defer close(c.done); c.twin.Run(ctx) }()
	for id := range movers {
		c.movers = append(c.movers, int64(id+1))
	}
	return c
}

func (c *livingCity) stop() {
	c.cancel()
	<-c.done
	_ = c.store.Close() // the figures are taken
}

// move commits the i-th move: a point to another place, near the middle.
func (c *livingCity) move(t *testing.T, r *rand.Rand, i int) (city.Version, orb.Point) {
	p := orb.Point{105.8 + r.Float64()*0.1, 21 + r.Float64()*0.1}
	v, _, err := c.twin.Commit(background, twin.Commit{Author: "bench", Message: "move", Edits: []twin.Edit{{
		Layer: "points", ID: c.movers[i%movers],
		Feature: &city.Feature{Geometry: p, Values: []city.Value{city.Integer(int64(i))}},
	}}})
	if err != nil {
		t.Error(err)
	}
	return v, p
}

// writeRate is how many writes a second the bars ask for.
const writeRate = 50

// measureLatency writes at 50/s and measures from the return of the store's
// commit to the arrival of the event, and to that of the changed tile, asked for
// when the event came.
func (c *livingCity) measureLatency(t *testing.T, out *table, kind string) {
	const writes = 500
	events := subscribe(t, c.addr, "/events?zooms=14")
	tile, err := wiretest.Dial(c.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer tile.Close()
	moved := make(chan orb.Point, writes)
	go func() {
		r := rand.New(rand.NewPCG(1, 1))
		tick := time.NewTicker(time.Second / writeRate)
		defer tick.Stop()
		for i := range writes {
			<-tick.C
			_, p := c.move(t, r, i)
			moved <- p
		}
	}()
	var toEvent, toTile []time.Duration
	for range writes {
		v := <-events
		arrived := time.Now()
		at := c.store.committed(v)
		toEvent = append(toEvent, arrived.Sub(at))
		where := tiles.At(<-moved, 14)
		status, _, err := tile.Do(request(fmt.Sprintf("/tiles/roads,points/%s.mvt", where)))
		if err != nil || status != http.StatusOK {
			t.Fatal(status, err)
		}
		toTile = append(toTile, time.Since(at))
	}
	for _, m := range []struct {
		what string
		took []time.Duration
	}{{"event delivered", toEvent}, {"right tile served", toTile}} {
		slices.Sort(m.took)
		out.row("commit in "+kind+" to "+m.what+", 50 writes/s", fmt.Sprintf("p50 %s ms, p99 %s ms", ms(m.took[writes/2]), ms(m.took[writes*99/100])), "", "", "p50 ≤ 5 ms, p99 ≤ 50 ms")
	}
}

// subscribe opens a stream of events and returns their versions as they arrive.
func subscribe(t *testing.T, addr, path string) <-chan city.Version {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := conn.Write([]byte("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	versions := make(chan city.Version, 4096)
	ready := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(conn)
		lines.Buffer(make([]byte, 0, 1<<16), 16<<20)
		hello := true
		for lines.Scan() {
			id, found := strings.CutPrefix(lines.Text(), "id: ")
			if !found {
				continue
			}
			if hello {
				hello = false
				close(ready)
				continue
			}
			v, _ := strconv.ParseInt(id, 10, 64)
			versions <- city.Version(v)
		}
	}()
	<-ready
	return versions
}

// measureReads asks for hot tiles with and without 50 writes a second.
func (c *livingCity) measureReads(t *testing.T, out *table, kind string) {
	var requests [][]byte
	for _, tile := range tilelist.Read(t) {
		requests = append(requests, request(fmt.Sprintf("/tiles/roads,points/%s.mvt", tile)))
	}
	least := 60_000 // a round takes seconds, and sees a hundred writes
	if !c.ruled {
		least = 4_000 // it is that much slower
	}
	for len(requests) < least {
		requests = append(requests, requests...)
	}
	round(t, c.addr, requests, clients)
	var quiet, busy []result
	r := rand.New(rand.NewPCG(2, 2))
	var ratios []float64 // of neighbouring rounds: the machine's own moods are longer
	for range 2*rounds - 1 {
		quiet = append(quiet, round(t, c.addr, requests, clients))
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			tick := time.NewTicker(time.Second / writeRate)
			defer tick.Stop()
			for i := 0; ; i++ {
				select {
				case <-tick.C:
					c.move(t, r, i)
				case <-stop:
					return
				}
			}
		}()
		busy = append(busy, round(t, c.addr, requests, clients))
		close(stop)
		<-stopped
		ratios = append(ratios, busy[len(busy)-1].rate/quiet[len(quiet)-1].rate)
	}
	slices.Sort(ratios)
	a, b := median(busy), median(quiet)
	out.row("tiles read during 50 writes/s, "+kind, fmt.Sprintf("%.0f /s, p95 %s ms", a.rate, ms(a.p95)),
		fmt.Sprintf("without writes: %.0f /s", b.rate), fmt.Sprintf("%.2f × (%.2f to %.2f)", ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1]), "≥ 0.9 ×")
}

// measureSubscribers lets 2,000 clients listen to a server of its own process.
func measureSubscribers(t *testing.T, out *table) {
	const subscribers, writes = 2000, 100
	s := startProgram(t)
	before := s.memory(t)
	var arrivals sync.Mutex
	arrived := map[city.Version][]time.Time{}
	var reading, greeted sync.WaitGroup
	for range subscribers {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := conn.Write([]byte("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		greeted.Add(1)
		reading.Go(func() {
			lines := bufio.NewScanner(conn)
			lines.Buffer(make([]byte, 0, 4096), 1<<20)
			seen := -1 // the greeting counts as the 0th
			for seen < writes && lines.Scan() {
				id, found := strings.CutPrefix(lines.Text(), "id: ")
				if !found {
					continue
				}
				if seen++; seen == 0 {
					greeted.Done()
					continue
				}
				v, _ := strconv.ParseInt(id, 10, 64)
				arrivals.Lock()
				arrived[city.Version(v)] = append(arrived[city.Version(v)], time.Now())
				arrivals.Unlock()
			}
		})
	}
	greeted.Wait()
	each := float64(s.memory(t)-before) / subscribers
	sent := map[city.Version]time.Time{}
	tick := time.NewTicker(time.Second / 5)
	defer tick.Stop()
	for i := range writes {
		<-tick.C
		sent[s.write(t, i)] = time.Now()
	}
	reading.Wait()
	var took []time.Duration
	for v, at := range sent {
		if len(arrived[v]) != subscribers {
			t.Errorf("version %d reached %d subscribers, want %d", v, len(arrived[v]), subscribers)
		}
		for _, a := range arrived[v] {
			took = append(took, a.Sub(at))
		}
	}
	slices.Sort(took)
	out.row("2,000 subscribers, 5 writes/s: answer to the writer to event at a subscriber", fmt.Sprintf("p50 %s ms, p99 %s ms; every one got every version", ms(took[len(took)/2]), ms(took[len(took)*99/100])), "", "", "p99 ≤ 250 ms")
	out.row("memory of a subscriber (resident set of the server)", fmt.Sprintf("%.1f kB", each/1e3), "", "", "≤ 40 kB")
}

// measureVersion changes one of a million features a thousand times and keeps
// every state.
func measureVersion(t *testing.T, out *table) {
	const versions = 1000
	s := buildSnapshot(t, []layer{syntheticLayer(1_000_000, 1)})
	r := rand.New(rand.NewPCG(3, 3))
	kept := make([]*twin.State, 0, versions)
	before := heap()
	for i := range versions {
		id := 1 + r.Int64N(1_000_000)
		next, edits, _ := s.Take(snapshot.Step{Version: s.Version() + 1, Changes: []city.Change{{
			Layer: "synthetic", ID: id, Feature: &city.Feature{ID: id, Geometry: orb.Point{105.3 + r.Float64()*0.7, 20.6 + r.Float64()*0.7}},
		}}})
		s = next
		kept = append(kept, &twin.State{Snapshot: s, Edits: edits, Since: city.Version(i)})
	}
	out.row("memory of a kept version: one of 1,000,000 features moved", fmt.Sprintf("%.1f kB", float64(heap()-before)/versions/1e3), "", "", "≤ 25 kB")
	runtime.KeepAlive(kept)
}

// comparePast asks for cold tiles of the newest version, of a pinned old one, and
// of a day, over roads that all have a status and dates.
func comparePast(t *testing.T, out *table, layers []layer) {
	dated := layer{def: layers[0].def, features: slices.Clone(layers[0].features)}
	first := len(dated.def.Properties)
	dated.def.Properties = append(slices.Clone(dated.def.Properties),
		city.Property{Name: city.PropStatus, Type: city.KindString}, city.Property{Name: city.PropValidFrom, Type: city.KindDate})
	for i := range dated.features {
		f := &dated.features[i]
		values := make([]city.Value, first+2)
		copy(values, f.Values)
		values[first] = city.String(string(city.Statuses()[i%3]))
		values[first+1] = city.Date(time.Date(2000+i%27, 1, 1, 0, 0, 0, 0, time.UTC))
		f.Values = values
	}
	store, err := geopackage.Open(background, filepath.Join(t.TempDir(), "past.gpkg"), geopackage.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close() //nolint:errcheck // the figures are taken
	fill(t, store, dated)
	log := slog.New(slog.DiscardHandler)
	tw, err := twin.Open(background, store, log, twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	old := tw.State().Version()
	for i := range 500 {
		f := dated.features[i*7].Clone()
		f.Values[first] = city.String("retired")
		if _, _, err := tw.Commit(background, twin.Commit{Edits: []twin.Edit{{Layer: dated.def.ID, ID: f.ID, Feature: f}}}); err != nil {
			t.Fatal(err)
		}
	}
	server, err := httpapi.New(httpapi.Config{CacheBytes: noCache}, tw, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	addr := wiretest.Serve(t, server)
	took := map[string][]result{}
	queries := []string{"", fmt.Sprintf("?version=%d", old), "?datetime=2020-06-30"}
	for n := range rounds + 1 {
		for _, q := range queries {
			var requests [][]byte
			for _, tile := range tilelist.Read(t) {
				requests = append(requests, request(fmt.Sprintf("/tiles/roads/%s.mvt%s", tile, q)))
			}
			if r := round(t, addr, requests, clients); n > 0 {
				took[q] = append(took[q], r)
			}
		}
	}
	now := median(took[""])
	for i, what := range []string{"cold tiles of a pinned version, 500 versions ago", "cold tiles of a day (datetime=)"} {
		r := median(took[queries[i+1]])
		out.row(what, fmt.Sprintf("%.0f tiles/s", r.rate), fmt.Sprintf("of now: %.0f tiles/s", now.rate), fmt.Sprintf("%.2f × the cost", now.rate/r.rate), "≤ 1.5 ×")
	}
}

// write moves a bridge's note through the HTTP interface and returns the version.
func (s *programUnderTest) write(t *testing.T, i int) city.Version {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"message": "bench",
		"edits":   []any{map[string]any{"op": "patch", "layer": "bridges", "id": 1, "feature": map[string]any{"properties": map[string]any{"note": strconv.Itoa(i)}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, "http://"+s.addr+"/changesets", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	v, err := strconv.ParseInt(res.Header.Get("Twin-Version"), 10, 64)
	if err != nil || res.StatusCode != http.StatusCreated {
		t.Fatalf("write %d: %d", i, res.StatusCode)
	}
	return city.Version(v)
}
