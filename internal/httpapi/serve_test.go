package httpapi

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
)

// serving runs a server on a port of its own until stop.
type serving struct {
	*tested
	address string
	stop    context.CancelFunc
	done    chan error

	entered, release chan struct{} // of /blocked
}

// largeBytes is what /large answers: more than the sockets of both sides hold.
const largeBytes = 32 << 20

func serve(t *testing.T, config Config) *serving {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s := &serving{tested: newTested(t, config), address: listener.Addr().String(), stop: cancel, done: make(chan error, 1)}
	// Routes that tests add must be there before the first request.
	s.declare([]edge.Operation{{Method: "GET", Path: "/blocked", Answer: func(x *edge.Exchange) error {
		s.entered <- struct{}{}
		<-s.release
		x.Buf = append(x.Buf, `"finished"`...)
		return x.Send(x.Fixed.JSON)
	}}, {Method: "GET", Path: "/large", Answer: func(x *edge.Exchange) error {
		x.Buf = append(x.Buf, make([]byte, largeBytes)...)
		return x.Send(x.Fixed.JSON)
	}}})
	s.entered, s.release = make(chan struct{}), make(chan struct{})
	go func() { s.done <- s.Serve(ctx, listener) }()
	t.Cleanup(cancel)
	return s
}

// TestShutdownFinishesRequests stops the server while a request is answered.
func TestShutdownFinishesRequests(t *testing.T) {
	s := serve(t, Config{})
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		res, err := http.Get("http://" + s.address + "/blocked")
		if err != nil {
			answers <- answer{err: err}
			return
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		answers <- answer{string(text), err}
	}()
	<-s.entered
	s.stop()
	for !s.core.Stopped() {
		runtime.Gosched()
	}
	select {
	case err := <-s.done:
		t.Fatalf("Serve returned %v with a request in flight", err)
	default:
	}
	close(s.release)
	if a := <-answers; a.err != nil || a.text != `"finished"` {
		t.Errorf("the request in flight got %q, %v", a.text, a.err)
	}
	if err := <-s.done; err != nil {
		t.Errorf("Serve: %v, want nil", err)
	}
	if _, err := net.DialTimeout("tcp", s.address, time.Second); err == nil {
		t.Error("the port still takes connections")
	}
}

// TestShutdownHasAnEnd cuts off what does not finish.
func TestShutdownHasAnEnd(t *testing.T) {
	s := serve(t, Config{ShutdownTimeout: 50 * time.Millisecond})
	go func() {
		if res, err := http.Get("http://" + s.address + "/blocked"); err == nil {
			res.Body.Close()
		}
	}()
	<-s.entered
	s.stop()
	if err := <-s.done; !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1 requests were cut off") {
		t.Errorf("Serve: %v, want one request cut off", err)
	}
	close(s.release)
}

func TestServeReportsBrokenListener(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	if err := newTested(t, Config{}).Serve(t.Context(), listener); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve: %v, want net.ErrClosed", err)
	}
}

// TestSlowClients sends or uses connections too slowly in each phase.
func TestSlowClients(t *testing.T) {
	const limit = 100 * time.Millisecond
	s := serve(t, Config{ReadHeaderTimeout: limit, ReadTimeout: limit, IdleTimeout: limit})
	for name, sent := range map[string]string{
		"half a header": "GET / HTTP/1.1\r\nHost: x\r\nX-Slow",
		"nothing":       "",
		"half a body":   "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
		"idle":          "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", s.address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, sent); err != nil {
				t.Fatal(err)
			}
			// The server must hang up; the deadline only ends a failing test.
			if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(conn); err != nil {
				t.Errorf("the connection was not closed: %v", err)
			}
		})
	}
}

// TestSlowReader asks for much and reads nothing of it: the request ends all the same.
func TestSlowReader(t *testing.T) {
	s := serve(t, Config{WriteTimeout: 500 * time.Millisecond})
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); errors.Is(err, io.EOF) {
		return // a machine so slow that the time was over before the answer began
	} else if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); s.core.InFlight() != 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("the request goes on although nobody reads the answer")
		}
	}
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, conn); n >= largeBytes || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d bytes came, and then %v", n, err)
	}
}

// TestGoneClientIsNoticed closes the connection while its request is answered.
func TestGoneClientIsNoticed(t *testing.T) {
	s := serve(t, Config{TileWorkers: 1})
	b, err := s.tiles.Borrow(t.Context())
	if err != nil {
		t.Fatal(err)
	} // the request will wait for this one
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "GET /tiles/all/12/3252/1803.mvt HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	for s.tiles.Stats().Misses == 0 {
		runtime.Gosched()
	}
	conn.Close()
	deadline := time.Now().Add(10 * time.Second)
	for s.core.InFlight() != 0 {
		if time.Now().After(deadline) {
			t.Fatal("the request goes on without its client")
		}
		runtime.Gosched()
	}
	s.tiles.GiveBack(b, true)
	if log := s.log.String(); !strings.Contains(log, "status=499") {
		t.Errorf("the log lacks status 499:\n%s", log)
	}
}

// TestOversizedHeaders goes beyond what net/http itself takes.
func TestOversizedHeaders(t *testing.T) {
	s := serve(t, Config{MaxHeaderBytes: 1000, MaxURLBytes: 1000})
	for size, wantProblem := range map[int]bool{1500: true, 100_000: false} {
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		go func() {
			// The server may hang up before it has read all.
			_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nX-Big: "+strings.Repeat("x", size)+"\r\n\r\n")
		}()
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		isProblem := res.Header.Get("Content-Type") == "application/problem+json"
		if res.StatusCode != 431 || isProblem != wantProblem {
			t.Errorf("%d bytes: %d, problem %v, want 431, %v", size, res.StatusCode, isProblem, wantProblem)
		}
	}
}

// TestOptionsOfTheServer asks "OPTIONS *", which has no path.
func TestOptionsOfTheServer(t *testing.T) {
	s := serve(t, Config{})
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Allow") != readMethods || res.Header.Get("Twin-Version") != "42" {
		t.Errorf("%d %v, want 200 with Allow and the version", res.StatusCode, res.Header)
	}
}
