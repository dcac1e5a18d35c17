package httpapi

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/wiretest"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// cost is what some requests took: on the clock, and of the processors, the
// client's part included. The latter is steadier on a machine that is shared.
type cost struct{ clock, cpu time.Duration }

func (c *cost) add(o cost) { c.clock, c.cpu = c.clock+o.clock, c.cpu+o.cpu }

func spent() cost {
	var usage syscall.Rusage
	// There is no error for this process.
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return cost{time.Duration(time.Now().UnixNano()), time.Duration(usage.Utime.Nano() + usage.Stime.Nano())}
}

// volley sends n requests over each of some connections and returns the cost.
func volley(b *testing.B, wires []*wiretest.Client, request []byte, n int) cost {
	b.Helper()
	start := spent()
	var wg sync.WaitGroup
	for _, w := range wires {
		wg.Go(func() {
			for range n {
				if status, _, err := w.Do(request); err != nil || status != http.StatusOK {
					b.Errorf("%d: %v", status, err)
					return
				}
			}
		})
	}
	wg.Wait()
	end := spent()
	return cost{end.clock - start.clock, end.cpu - start.cpu}
}

// compare measures how the server's answer to target fares against a handler
// that does nothing but write the same headers and bytes, in alternation, on
// 4 connections each. It reports the ratio of the rates: 1 would be free.
func compare(b *testing.B, server http.Handler, target, accepted string) {
	const connections, each = 4, 250
	request := []byte("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: " + accepted + "\r\n\r\n")
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Header.Set("Accept-Encoding", accepted)
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.Fatalf("%d %s", w.Code, w.Body)
	}
	content, header := w.Body.Bytes(), w.Header()
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		for name, values := range header {
			h[name] = values
		}
		_, _ = w.Write(content)
	})
	var ours, theirs []*wiretest.Client
	for _, side := range []struct {
		wires   *[]*wiretest.Client
		handler http.Handler
	}{{&ours, server}, {&theirs, bare}} {
		addr := wiretest.Serve(b, side.handler)
		for range connections {
			w, err := wiretest.Dial(addr)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = w.Close() })
			*side.wires = append(*side.wires, w)
		}
	}
	volley(b, ours, request, each)
	volley(b, theirs, request, each)
	var tookOurs, tookTheirs cost
	n := 0
	for b.Loop() {
		tookOurs.add(volley(b, ours, request, each))
		tookTheirs.add(volley(b, theirs, request, each))
		n += connections * each
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(n)/tookOurs.clock.Seconds(), "twin/s")
	b.ReportMetric(float64(n)/tookTheirs.clock.Seconds(), "bare/s")
	b.ReportMetric(tookTheirs.clock.Seconds()/tookOurs.clock.Seconds(), "ratio")
	b.ReportMetric(tookTheirs.cpu.Seconds()/tookOurs.cpu.Seconds(), "cpu-ratio")
	b.ReportMetric(tookOurs.cpu.Seconds()*1e6/float64(n), "cpu-µs")
	b.ReportMetric(float64(len(content)), "B/answer")
}

// newBenched is a server over the city of the benchmarks, logging nowhere.
func newBenched(b *testing.B) *Server {
	b.Helper()
	src := &source{}
	src.set(build(b, 7, benchCity()))
	server, err := New(Config{}, src, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(server.Close)
	return server
}

// benchCity is a grid of streets with names, and places: a tile of zoom 14 has
// about 15 kB in gzip.
func benchCity() map[city.LayerID][]city.Feature {
	var roads, places []city.Feature
	at := func(lon, lat float64) orb.Point { return orb.Point{edge.Round(lon, 1e7), edge.Round(lat, 1e7)} } // as OSM keeps them
	for i := range 40_000 {
		lon, lat := 105.7+float64(i%200)*0.0012, 20.9+float64(i/200)*0.0012
		roads = append(roads, city.Feature{
			ID: int64(i + 1),
			Geometry: orb.LineString{
				at(lon, lat), at(lon+0.0003017, lat+0.0001123), at(lon+0.0005111, lat+0.0001091),
				at(lon+0.0007317, lat+0.0003019), at(lon+0.0009013, lat+0.0002007), at(lon+0.0011093, lat+0.0004177),
			},
			Values: []city.Value{text(fmt.Sprintf("Phố Trần Hưng Đạo %d", i%997)), text("trunk"), text("in_operation")},
		})
		if i%8 == 0 {
			places = append(places, city.Feature{
				ID: int64(i + 1), Geometry: at(lon+0.0004117, lat+0.0007019),
				Values: []city.Value{text(fmt.Sprintf("P%d", i)), text("Ngã tư Vọng"), text("planned"), city.Integer(int64(i % 9)), city.Boolean(i%3 == 0)},
			})
		}
	}
	return map[city.LayerID][]city.Feature{"roads": roads, "places": places}
}

const benchTile = "/tiles/all/14/13009/7214.mvt"

// BenchmarkHotTile: the bar is a ratio of 0.85.
func BenchmarkHotTile(b *testing.B) { compare(b, newBenched(b), benchTile, "gzip") }

// BenchmarkNearby: the bar is a ratio of 0.5.
func BenchmarkNearby(b *testing.B) {
	const target = "/nearby?lon=105.8524&lat=21.0288&k=10&layers=roads"
	for _, accepted := range []string{"identity", "gzip", "zstd"} {
		b.Run(accepted, func(b *testing.B) { compare(b, newBenched(b), target, accepted) })
	}
}

func BenchmarkItem(b *testing.B) {
	compare(b, newBenched(b), "/collections/roads/items/77", "identity")
}

// nowhere is a ResponseWriter that keeps nothing.
type nowhere struct{ header http.Header }

func (w *nowhere) Header() http.Header { return w.header }

func (w *nowhere) WriteHeader(int) {}

func (w *nowhere) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkHandler measures the handlers without a connection.
func BenchmarkHandler(b *testing.B) {
	server := newBenched(b)
	for name, target := range map[string]string{
		"tile":   benchTile,
		"nearby": "/nearby?lon=105.8524&lat=21.0288&k=10&layers=roads",
		"item":   "/collections/roads/items/77",
		"error":  "/collections/rivers",
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, target, nil)
			r.Header.Set("Accept-Encoding", "identity")
			w := &nowhere{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				server.ServeHTTP(w, r)
			}
		})
	}
}

// BenchmarkColdTile builds tiles without the cache.
func BenchmarkColdTile(b *testing.B) {
	server := newBenched(b)
	layers := server.core.Views().Load("").All.Layers
	tile, err := tiles.ParseTile("14", "13009", "7214")
	if err != nil {
		b.Fatal(err)
	}
	var builder tilecache.Builder
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			body, err := builder.Encode(context.Background(), layers, tilecache.Key{Tile: tile}, 1<<30)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(body)))
		}
	})
}
