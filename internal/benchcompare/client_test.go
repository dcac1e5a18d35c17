//go:build compare

package benchcompare

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// listen serves h on loopback for the length of the test and returns its
// address.
func listen(t testing.TB, h http.Handler) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h}
	go server.Serve(l) //nolint:errcheck // ends with Close
	t.Cleanup(func() { server.Close() })
	return l.Addr().String()
}

// client is one keep-alive connection that costs as little as it can: requests
// are prebuilt, bodies are counted and dropped.
type client struct {
	conn net.Conn
	in   *bufio.Reader
}

func dial(addr string) (*client, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &client{conn, bufio.NewReaderSize(conn, 1<<16)}, nil
}

// request renders a GET of path.
func request(path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n")
}

// do sends a prebuilt request and returns the status and the length of the body.
func (c *client) do(raw []byte) (status, length int, err error) {
	if _, err := c.conn.Write(raw); err != nil {
		return 0, 0, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 12 {
		return 0, 0, fmt.Errorf("status line %q", line)
	}
	status, err = strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, 0, err
	}
	length, chunked := 0, false
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, 0, err
		}
		if len(line) <= 2 {
			break
		}
		if name, value, ok := bytes.Cut(line, []byte(": ")); ok {
			switch {
			case bytes.EqualFold(name, []byte("Content-Length")):
				length, err = strconv.Atoi(string(bytes.TrimSpace(value)))
			case bytes.EqualFold(name, []byte("Transfer-Encoding")):
				chunked = true
			}
			if err != nil {
				return 0, 0, err
			}
		}
	}
	if chunked {
		return status, 0, fmt.Errorf("chunked answer: the handlers compared here all set Content-Length")
	}
	if status == http.StatusNoContent {
		return status, 0, nil
	}
	_, err = c.in.Discard(length)
	return status, length, err
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
			c, err := dial(addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.conn.Close()
			for {
				i := int(next.Add(1)) - 1
				if i >= len(requests) {
					return
				}
				begin := time.Now()
				status, n, err := c.do(requests[i])
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
