//go:build compare

package benchcompare

import (
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/wiretest"
)

// BenchmarkPages is the row of TestStandards about pages without PostGIS: what an
// answer costs in the handler alone, and the processor time of it and of a bare
// handler of the same bytes over connections, their clients included.
func BenchmarkPages(b *testing.B) {
	layers := []layer{readLayers(b)[0]}
	s := buildSnapshot(b, layers)
	server := newServer(b, s, noCache)
	var paths []string
	var raw [][]byte
	for _, w := range windows(200) {
		paths = append(paths, "/collections/roads/items?limit=100&bbox="+w)
		raw = append(raw, plainRequest(paths[len(paths)-1]))
	}
	b.Run("handler", func(b *testing.B) {
		var requests []*http.Request
		for _, path := range paths {
			requests = append(requests, httptest.NewRequest(http.MethodGet, path, nil))
		}
		w := &nowhere{header: http.Header{}}
		b.ReportAllocs()
		i, start := 0, processorTime()
		for b.Loop() {
			clear(w.header)
			server.ServeHTTP(w, requests[i%len(requests)])
			i++
		}
		b.ReportMetric(float64(w.sent)/float64(i), "B/answer")
		b.ReportMetric(float64(processorTime()-start)/1e3/float64(i), "cpu-µs/answer")
	})
	ours := wiretest.Serve(b, server)
	for _, c := range []struct{ name, addr string }{
		{"served", ours}, {"anew", wiretest.Serve(b, newServerOf(b, s, httpapi.Config{CacheBytes: noCache, AnswerBytes: noCache, TextBytes: noCache}))},
		{"kept", wiretest.Serve(b, newServer(b, s, cached))}, {"bare", wiretest.Serve(b, recorded(b, ours, paths))},
	} {
		b.Run(c.name, func(b *testing.B) {
			for range 2 {
				round(b, c.addr, raw, clients)
			}
			n, start := 0, processorTime()
			for b.Loop() {
				round(b, c.addr, raw, clients)
				n += len(raw)
			}
			b.ReportMetric(float64(processorTime()-start)/1e3/float64(n), "cpu-µs/answer")
		})
	}
}

// nowhere is a ResponseWriter that keeps nothing but the count of bytes.
type nowhere struct {
	header http.Header
	sent   int
}

func (w *nowhere) Header() http.Header { return w.header }
func (w *nowhere) WriteHeader(int)     {}
func (w *nowhere) Write(p []byte) (int, error) {
	w.sent += len(p)
	return len(p), nil
}

// processorTime is what this process has used until now.
func processorTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage) // there is no error for this process
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
