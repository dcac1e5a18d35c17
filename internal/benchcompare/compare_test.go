//go:build compare

package benchcompare

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/wiretest"
)

// table gathers the rows of the README.
type table struct {
	w *tabwriter.Writer
}

func newTable(w io.Writer) *table {
	t := &table{tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)}
	fmt.Fprintln(t.w, "| what\t| measured\t| beside it\t| ratio\t| bar\t|")
	fmt.Fprintln(t.w, "|---\t|---\t|---\t|---\t|---\t|")
	return t
}

func (t *table) row(what, measured, beside, ratio, bar string) {
	fmt.Fprintf(t.w, "| %s\t| %s\t| %s\t| %s\t| %s\t|\n", what, measured, beside, ratio, bar)
}

// print writes the table.
func (t *table) print(tb testing.TB) {
	fmt.Println()
	if err := t.w.Flush(); err != nil {
		tb.Error(err)
	}
	fmt.Println()
}

// fixedSource serves one snapshot. What it does not answer nobody asks here.
type fixedSource struct {
	httpapi.Source
	state *twin.State
}

func still(s *snapshot.Snapshot) fixedSource { return fixedSource{state: &twin.State{Snapshot: s}} }

func (f fixedSource) State() *twin.State { return f.state }

func (f fixedSource) Stale() (time.Time, bool) { return time.Time{}, false }

// newServer serves s. A cache of one byte holds no tile: every one is cold.
func newServer(t testing.TB, s *snapshot.Snapshot, cacheBytes int64) *httpapi.Server {
	t.Helper()
	return newServerOf(t, s, httpapi.Config{CacheBytes: cacheBytes, AnswerBytes: cacheBytes})
}

func newServerOf(t testing.TB, s *snapshot.Snapshot, config httpapi.Config) *httpapi.Server {
	t.Helper()
	server, err := httpapi.New(config, still(s), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

const (
	rounds  = 5
	clients = 4

	noCache = 1
	cached  = 256 << 20
)

// TestCompare prints the whole table. It fails when something does not work,
// never because something is slow.
func TestCompare(t *testing.T) {
	layers := readLayers(t)
	// Each feature holds its coordinates once, in layers; snapshots share them.
	plain := buildSnapshot(t, layers)
	ruled := buildSnapshot(t, withRules(t, layers))
	out := newTable(os.Stdout)
	defer out.print(t) // also what was measured before something failed
	fmt.Printf("\n%s, %s, %d processors, Go %s\n\n", time.Now().Format(time.DateOnly), processor(), runtime.NumCPU(), strings.TrimPrefix(runtime.Version(), "go"))
	compareTiles(t, out, layers, plain, ruled)
	compareHot(t, out, plain)
	compareNearest(t, out, plain)
	compareNearbyHTTP(t, out, plain)
	compareStart(t, out, layers)
	measureMemory(t, out)
	measureLayers(t, out, layers)
	compareTenfold(t, out, layers, plain)
}

// withRules gives the layers the zoom rules that the catalogue has for their
// kind; attributes are all kept.
func withRules(t *testing.T, layers []layer) []layer {
	t.Helper()
	catalogue, err := data.Layers()
	if err != nil {
		t.Fatal(err)
	}
	twinOf := map[city.LayerID]city.LayerID{"roads": "osm_roads", "intersections": "osm_intersections", "wards": "osm_wards", "buildings": "buildings"}
	ruled := slices.Clone(layers)
	for i := range ruled {
		at := slices.IndexFunc(catalogue, func(l city.Layer) bool { return l.ID == twinOf[ruled[i].def.ID] })
		if at < 0 {
			t.Fatalf("no catalogue entry for %s", ruled[i].def.ID)
		}
		rules := catalogue[at].Tiles
		rules.Attributes = nil
		rules.Classes = slices.DeleteFunc(slices.Clone(rules.Classes), func(c city.ZoomClass) bool {
			return ruled[i].def.PropertyIndex(c.Property) < 0
		})
		ruled[i].def.Tiles = rules
	}
	return ruled
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d.Microseconds())/1000) }

// timeouts are those of both servers that compareHot and compareNearbyHTTP compare:
// nobody serves without, and they cost a bare handler as much.
func timeouts() httpapi.Config {
	return httpapi.Config{
		CacheBytes: cached, AnswerBytes: cached,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
	}
}

// serveAll serves s as the program does.
func serveAll(t *testing.T, s *snapshot.Snapshot) string {
	server := newServerOf(t, s, timeouts())
	return wiretest.Listen(t, func(l net.Listener) error { return server.Serve(t.Context(), l) })
}

// serveBare serves a handler by net/http alone.
func serveBare(t *testing.T, h http.Handler) string {
	c := timeouts()
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: c.ReadHeaderTimeout,
		ReadTimeout: c.ReadTimeout, WriteTimeout: c.WriteTimeout, IdleTimeout: c.IdleTimeout,
	}
	t.Cleanup(func() { _ = server.Close() })
	return wiretest.Listen(t, server.Serve)
}

// compareHot asks for tiles that are cached, beside a handler that does nothing
// but write the same header and bytes, for a small and a large tile.
func compareHot(t *testing.T, out *table, s *snapshot.Snapshot) {
	server := serveAll(t, s)
	for _, path := range []string{"/tiles/roads/16/52032/28862.mvt", "/tiles/roads,intersections,wards,buildings/14/13009/7217.mvt"} {
		header, body := fetch(t, "http://"+server+path)
		ours, theirs := versus(t, server, serveBare(t, fixed(header, body)), path, 20_000)
		out.row(fmt.Sprintf("hot tile of %.1f kB over HTTP", float64(len(body))/1e3), fmt.Sprintf("%.0f /s", ours.rate),
			fmt.Sprintf("bare net/http: %.0f /s", theirs.rate), fmt.Sprintf("%.2f ×", ours.rate/theirs.rate), "≥ 0.85 ×")
	}
}

func compareNearbyHTTP(t *testing.T, out *table, s *snapshot.Snapshot) {
	server := serveAll(t, s)
	const path = "/nearby?lon=105.8523&lat=21.0287&k=10&layers=roads"
	header, body := fetch(t, "http://"+server+path)
	ours, theirs := versus(t, server, serveBare(t, fixed(header, body)), path, 20_000)
	out.row("nearest 10 roads over HTTP", fmt.Sprintf("%.0f /s, p95 %s ms", ours.rate, ms(ours.p95)),
		fmt.Sprintf("bare net/http, same bytes: %.0f /s", theirs.rate), fmt.Sprintf("%.2f ×", ours.rate/theirs.rate), "≥ 0.5 ×")
}

// versus alternates rounds of the same request on two servers, as many as n requests
// to each, rounds times. The rounds are short and each server is first in turn, so
// that what else the machine does hits both alike.
func versus(t *testing.T, a, b, path string, n int) (result, result) {
	t.Helper()
	requests := make([][]byte, n)
	for i := range requests {
		requests[i] = request(path)
	}
	const pieces = 20
	var ra, rb []result
	for i := range rounds * pieces {
		some := requests[:n/pieces]
		if i%2 == 0 {
			ra, rb = append(ra, round(t, a, some, clients)), append(rb, round(t, b, some, clients))
		} else {
			rb, ra = append(rb, round(t, b, some, clients)), append(ra, round(t, a, some, clients))
		}
		if i == 1 {
			ra, rb = nil, nil // they have warmed up
		}
	}
	return median(ra), median(rb)
}

func processor() string {
	content, err := os.ReadFile(filepath.FromSlash("/proc/cpuinfo"))
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(content)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

var background = context.Background()
