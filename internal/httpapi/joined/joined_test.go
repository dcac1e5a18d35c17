package joined

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"
)

// pair returns both ends of a connection, ours as Listener gives it.
func pair(t *testing.T) (ours *connection, theirs net.Conn) {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Listener(inner)
	defer l.Close()
	if theirs, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = theirs.Close(), c.Close() })
	if err := theirs.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c.(*connection), theirs
}

// TestWhatIsHeld writes pieces after Expect and says after each what is held back.
func TestWhatIsHeld(t *testing.T) {
	for name, c := range map[string]struct {
		expect int
		pieces []int
		held   []int // after each piece
	}{
		"nothing is expected":               {0, []int{4096, 100}, []int{0, 0}},
		"as net/http writes":                {30_000, []int{4096, 26_400}, []int{4096, 0}},
		"the rest in pieces":                {30_000, []int{4096, 20_000, 6_400}, []int{4096, 0, 0}},
		"a rest that net/http keeps":        {5_000, []int{4096, 1_400}, []int{4096, 0}},
		"all at once, by a larger buffer":   {5_000, []int{5_500}, []int{0}},
		"a first piece that is too large":   {30_000, []int{4097, 26_000}, []int{0, 0}},
		"too little to be worth it":         {4096, []int{4095, 500}, []int{0, 0}},
		"only the first of an answer waits": {5_000, []int{4096, 1_400, 4096}, []int{4096, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := pair(t)
			Expect(ConnContext(t.Context(), ours), c.expect)
			var sent []byte
			for i, n := range c.pieces {
				piece := bytes.Repeat([]byte{byte('a' + i)}, n)
				sent = append(sent, piece...)
				if wrote, err := ours.Write(piece); wrote != n || err != nil {
					t.Fatalf("piece %d: %d, %v", i, wrote, err)
				}
				held := 0
				if ours.held != nil {
					held = ours.length
				}
				if held != c.held[i] {
					t.Errorf("after piece %d %d bytes are held, want %d", i, held, c.held[i])
				}
			}
			got := make([]byte, len(sent))
			if _, err := io.ReadFull(theirs, got); err != nil || !bytes.Equal(got, sent) {
				t.Errorf("other bytes came, or %v", err)
			}
		})
	}
}

// TestWriteToClosed tells of an error, and of no byte of the second piece.
func TestWriteToClosed(t *testing.T) {
	ours, _ := pair(t)
	Expect(ConnContext(t.Context(), ours), 10_000)
	if _, err := ours.Write(make([]byte, 4096)); err != nil {
		t.Fatal(err)
	}
	if err := ours.stream.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := ours.Write(make([]byte, 6_000)); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("%d, %v", n, err)
	}
}

// TestOverHTTP asks a server of net/http for bodies of all sizes around its buffers,
// many over one connection, on some connections at a time.
func TestOverHTTP(t *testing.T) {
	content := make([]byte, 70_000)
	for i := range content {
		content[i] = byte(i * i >> 7)
	}
	server := &http.Server{ConnContext: ConnContext, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.URL.Path[1:])
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Length", strconv.Itoa(n))
		w.WriteHeader(http.StatusOK)
		Expect(r.Context(), n)
		_, _ = w.Write(content[:n])
	})}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(Listener(inner)) //nolint:errcheck // ends with Close
	defer server.Close()
	client := &http.Client{Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for _, n := range []int{0, 1, 2047, 2049, 3900, 3960, 4000, 4095, 4096, 4097, 4500, 8000, 8192, 8193, 27_338, 70_000, 5} {
				res, err := client.Get("http://" + inner.Addr().String() + "/" + strconv.Itoa(n))
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(res.Body)
				if _ = res.Body.Close(); err != nil || !bytes.Equal(got, content[:n]) {
					t.Errorf("%d bytes: %d came, %v", n, len(got), err)
				}
			}
		})
	}
	wg.Wait()
}

// TestOtherListeners leaves connections alone that are not TCP, and contexts without one.
func TestOtherListeners(t *testing.T) {
	inner, err := net.Listen("unix", t.TempDir()+"/socket")
	if err != nil {
		t.Fatal(err)
	}
	l := Listener(inner)
	theirs, err := net.Dial("unix", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, ok := c.(*net.UnixConn); !ok {
		t.Errorf("a %T", c)
	}
	Expect(ConnContext(t.Context(), c), 10_000)
	Expect(context.Background(), 10_000)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if c, err := l.Accept(); c != nil || !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v, %v", c, err)
	}
}
