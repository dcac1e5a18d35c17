package browser

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"slices"
	"strings"
	"sync"
	"time"
)

// recorder is a proxy that stands between a browser and everything: it lets
// requests through to the server and no others, and notes all. A page's own log
// would miss what its workers ask for.
type recorder struct {
	address  string
	hosts    []string
	listener *httptest.Server

	mu      sync.Mutex
	moved   map[string]string // where servers are now, by where pages think that they are
	paths   []string
	asked   []request
	slow    string        // requests with this in their address wait
	until   chan struct{} // until this is closed
	waiting int           // so many do
	foreign []string
}

// request is one to the server: what stands in its address, and the key that it
// carries, "" for none.
type request struct{ path, query, key string }

// browsersOwn are hosts that Chromium asks by itself, whatever page it shows.
var browsersOwn = []string{"accounts.google.com", "clients2.google.com", "update.googleapis.com", "optimizationguide-pa.googleapis.com", "content-autofill.googleapis.com", "www.google.com", "edgedl.me.gvt1.com", "redirector.gvt1.com", "android.clients.google.com", "mtalk.google.com", "safebrowsing.googleapis.com"}

func record(s *server) *recorder {
	r := &recorder{hosts: []string{strings.TrimPrefix(s.base, "http://")}}
	through := &httputil.ReverseProxy{Rewrite: r.forward, ErrorLog: log.New(io.Discard, "", 0), ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
		// as a server that is gone: the connection ends without an answer
		panic(http.ErrAbortHandler)
	}}
	r.listener = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		ours := r.knows(q)
		r.note(ours, q)
		if !ours {
			w.WriteHeader(http.StatusForbidden)
		} else if r.wait(q) {
			through.ServeHTTP(w, q)
		}
	}))
	r.address = r.listener.URL
	return r
}

// forward asks the server where it is now.
func (r *recorder) forward(q *httputil.ProxyRequest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now, is := r.moved[q.In.URL.Host]; is {
		q.Out.URL.Host = now
	}
}

// hold has requests wait whose address has a part in it, as on a slow line, until
// what it returns is called.
func (r *recorder) hold(part string) (release func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	until := make(chan struct{})
	r.slow, r.until = part, until
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.slow = ""
		close(until)
	}
}

// held waits until a request waits, or has waited.
func (p *page) held() {
	p.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(pause) {
		p.proxy.mu.Lock()
		waiting := p.proxy.waiting
		p.proxy.mu.Unlock()
		if waiting > 0 {
			return
		}
		if time.Now().After(end) {
			p.t.Fatal("nothing was asked for that would have to wait")
		}
	}
}

// wait keeps a request for as long as it has to wait; false when it was given up.
func (r *recorder) wait(q *http.Request) bool {
	r.mu.Lock()
	slow, until := r.slow, r.until
	if slow == "" || !strings.Contains(q.URL.String(), slow) {
		r.mu.Unlock()
		return true
	}
	r.waiting++
	r.mu.Unlock()
	select {
	case <-until:
		return true
	case <-q.Context().Done():
		return false
	}
}

// move lets another server answer for the one that pages ask: it need not get the
// port that the other had, which may be taken.
func (r *recorder) move(from, to *server) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.moved = map[string]string{strings.TrimPrefix(from.base, "http://"): strings.TrimPrefix(to.base, "http://")}
}

// lose lets no request through to a server that has ended: another may have its port.
func (r *recorder) lose(s *server) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.moved = map[string]string{strings.TrimPrefix(s.base, "http://"): ""} // which no connection can be made to
}

// also lets requests through to another server, which a test has set up.
func (r *recorder) also(base string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hosts = append(r.hosts, strings.TrimPrefix(base, "http://"))
}

// knows tells whether a request is to one of the servers.
func (r *recorder) knows(q *http.Request) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return q.Method != http.MethodConnect && slices.Contains(r.hosts, q.URL.Host)
}

func (r *recorder) note(ours bool, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name, _, _ := strings.Cut(q.URL.Host, ":")
	switch {
	case ours:
		r.paths = append(r.paths, q.URL.Path)
		r.asked = append(r.asked, request{q.URL.Path, q.URL.RawQuery, strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")})
	case !slices.Contains(browsersOwn, name):
		r.foreign = append(r.foreign, q.URL.Host)
	}
}

// seen returns the paths that the server was asked for, and other hosts.
func (r *recorder) seen() (paths, foreign []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.paths), slices.Clone(r.foreign)
}

// requests returns those to the server from the nth on.
func (r *recorder) requests(from int) []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.asked[from:])
}
