//go:build compare

package benchcompare

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/wiretest"
)

// request renders a GET of path.
func request(path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n")
}

// result is what one round of requests took.
type result struct {
	rate       float64 // answers a second
	p50, p95   time.Duration
	bytes      int64
	statusSeen map[int]int
}

// round sends every request once, spread over the clients, and measures.
func round(t testing.TB, addr string, requests [][]byte, clients int) result {
	t.Helper()
	var (
		next  atomic.Int64
		bytes atomic.Int64
		wg    sync.WaitGroup
		took  = make([]time.Duration, len(requests))
		mu    sync.Mutex
		seen  = map[int]int{}
	)
	start := time.Now()
	for range clients {
		wg.Go(func() {
			c, err := wiretest.Dial(addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close() //nolint:errcheck // read to the end
			for {
				i := int(next.Add(1)) - 1
				if i >= len(requests) {
					return
				}
				begin := time.Now()
				status, n, err := c.Do(requests[i])
				took[i] = time.Since(begin)
				if err != nil {
					t.Errorf("%s: %v", firstLine(requests[i]), err)
					return
				}
				bytes.Add(int64(n))
				mu.Lock()
				seen[status]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	total := time.Since(start)
	for status := range seen {
		if status != http.StatusOK && status != http.StatusNoContent {
			t.Fatalf("%d answers of status %d", seen[status], status)
		}
	}
	slices.Sort(took)
	return result{
		rate: float64(len(requests)) / total.Seconds(), bytes: bytes.Load(), statusSeen: seen,
		p50: took[len(took)/2], p95: took[len(took)*95/100],
	}
}

func firstLine(raw []byte) string {
	line, _, _ := strings.Cut(string(raw), "\r\n")
	return line
}

// median returns the round with the median rate.
func median(rounds []result) result {
	sorted := slices.Clone(rounds)
	slices.SortFunc(sorted, func(a, b result) int {
		if a.rate < b.rate {
			return -1
		}
		return 1
	})
	return sorted[len(sorted)/2]
}

// fixed answers every request with the same header and body: the most that
// net/http can do.
func fixed(header http.Header, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		for k, v := range header {
			h[k] = v
		}
		_, _ = w.Write(body)
	})
}

// fetch returns the header and the body as they travel.
func fetch(t *testing.T, url string) (http.Header, []byte) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.Header, body
}
