package postgis_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// proxy stands between a store and the server, on a socket of its own, and
// interferes message by message.
type proxy struct {
	listener net.Listener
	server   string
	dsn      string
	// deaf swallows notifications, as a pooler of transactions does.
	deaf atomic.Bool
	// cut breaks the connection that commits next, before or after the server
	// gets to know of it; it is then none again.
	cut atomic.Int32
	// silent lets nothing through and tells nobody, as a network does that drops
	// packets.
	silent atomic.Bool
	// closed refuses all.
	closed atomic.Bool

	mu    sync.Mutex
	conns []net.Conn
}

const (
	cutNone = iota
	cutBeforeCommit
	cutAfterCommit
)

// newProxy makes a proxy to the database of dsn.
func newProxy(t *testing.T, dsn string) *proxy {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "px") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	p := &proxy{server: filepath.Join(q.Get("host"), ".s.PGSQL.5432")}
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	p.dsn = u.String()
	p.listener, err = net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(p.listener.Close(), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
		p.breakAll()
	})
	go p.serve()
	return p
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", p.server)
		if err != nil || p.closed.Load() {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		cutting := new(atomic.Bool)
		go p.up(client, server, cutting)
		go p.down(server, client, cutting)
	}
}

func (p *proxy) breakAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

// up carries what the client says. A commit is one write of the driver.
func (p *proxy) up(client, server net.Conn, cutting *atomic.Bool) {
	defer client.Close()
	defer server.Close()
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if bytes.Contains(buffer[:n], []byte("commit\x00")) {
			switch p.cut.Swap(cutNone) {
			case cutBeforeCommit:
				return
			case cutAfterCommit:
				cutting.Store(true)
			}
		}
		p.hold()
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// hold waits while the proxy is silent.
func (p *proxy) hold() {
	for p.silent.Load() {
		time.Sleep(time.Millisecond)
	}
}

// down carries what the server says, a type, a length and that many bytes less
// four at a time.
func (p *proxy) down(server, client net.Conn, cutting *atomic.Bool) {
	defer client.Close()
	defer server.Close()
	for {
		header := make([]byte, 5)
		if _, err := io.ReadFull(server, header); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(header[1:])-4)
		if _, err := io.ReadFull(server, body); err != nil {
			return
		}
		if cutting.Load() {
			return // the server has answered; nobody will hear
		}
		p.hold()
		if header[0] == 'A' && p.deaf.Load() {
			continue
		}
		if _, err := client.Write(append(header, body...)); err != nil {
			return
		}
	}
}

// TestCutInCommit breaks the connection in the commit, before the server has it
// and after: Write finds out which, and when it cannot, says so.
func TestCutInCommit(t *testing.T) {
	dsn := pgtest.DSN(t)
	p := newProxy(t, dsn)
	s := open(t, p.dsn)
	twoLayers(t, s)
	first := version(t, s)
	for range 3 {
		p.cut.Store(cutBeforeCommit)
		_, err := writePair(t.Context(), s, "before")
		wantUnavailable(t, "cut before the commit", err)
		if errors.Is(err, postgis.ErrUnknownOutcome) || !strings.Contains(err.Error(), "nothing was changed") {
			t.Errorf("error %v", err)
		}
	}
	if got := version(t, s); got != first {
		t.Errorf("version %d, want %d", got, first)
	}
	p.cut.Store(cutAfterCommit)
	if v, err := writePair(t.Context(), s, "after"); err != nil || v != first+1 {
		t.Errorf("version %d, %v; want %d", v, err, first+1)
	}
	// Now nobody can be asked.
	p.cut.Store(cutAfterCommit)
	impatient, hurry := context.WithCancel(t.Context())
	refuse := make(chan struct{})
	go func() {
		defer close(refuse)
		for p.cut.Load() != cutNone {
			time.Sleep(100 * time.Microsecond)
		}
		p.closed.Store(true)
		p.breakAll()
		hurry()
	}()
	_, err := writePair(impatient, s, "who knows")
	<-refuse
	if err != nil && (!errors.Is(err, postgis.ErrUnknownOutcome) || !errors.Is(err, city.ErrUnavailable)) {
		t.Errorf("error %v, want %v", err, postgis.ErrUnknownOutcome)
	}
	p.closed.Store(false)
	for name, v := range pairs(t, s, first) {
		if name == "before" || name == "after" && v != first+1 {
			t.Errorf("%s is version %d", name, v)
		}
	}
}

// TestDeafListener follows a store through something that swallows notifications,
// and over lost connections.
func TestDeafListener(t *testing.T) {
	db := pgtest.Open(t)
	p := newProxy(t, db.DSN())
	p.deaf.Store(true)
	s := open(t, p.dsn)
	put(t, s, stop(1, "A"))
	for range 3 {
		v := version(t, s)
		done := make(chan error, 1)
		go func() { done <- s.Await(t.Context(), v) }()
		db.Exec(`UPDATE twin.stops SET name = name || '!'`)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	v := version(t, s)
	done := make(chan error, 1)
	go func() { done <- s.Await(t.Context(), v) }()
	p.breakAll()
	wantUnavailable(t, "await over a broken connection", <-done)
	p.deaf.Store(false)
	go func() { done <- s.Await(t.Context(), v) }()
	eventually(t, db, "it listens", `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT twin.twin_version_of%' AND state = 'idle')`)
	db.Exec(`UPDATE twin.stops SET name = 'heard'`)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// TestSilence follows and writes through a network that loses everything without
// a word: both learn of it in bounded time, and afterwards nothing is lost or
// doubled.
func TestSilence(t *testing.T) {
	t.Parallel()
	p := newProxy(t, pgtest.DSN(t))
	s := open(t, p.dsn)
	twoLayers(t, s)
	first, err := writePair(t.Context(), s, "before")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Await(t.Context(), first) }()
	p.silent.Store(true)
	hasty, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err = writePair(hasty, s, "into silence")
	if err == nil || !errors.Is(err, city.ErrUnavailable) && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("write into silence: %v", err)
	}
	wantUnavailable(t, "await in silence", <-done)
	p.silent.Store(false)
	next, err := writePair(t.Context(), s, "after")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Await(t.Context(), next-1); err != nil {
		t.Error(err)
	}
	all := pairs(t, s, first-1)
	if all["before"] != first || all["after"] != next {
		t.Errorf("pairs %v, want before in %d and after in %d", all, first, next)
	}
	// The write in silence had no answer: it may be there or not, but no half of it.
	if v, there := all["into silence"]; there != (next == first+2) || there && v != first+1 {
		t.Errorf("pairs %v, newest version %d", all, next)
	}
}
