package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/metrics"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// Pages makes pages for people.
type Pages interface {
	// ShowPage turns the JSON that the body of the exchange is into a page of it.
	ShowPage(*Exchange) error
}

// Source gives the states of the city; a twin is one. State and Stale are called
// for each request, by many goroutines, and must be as cheap as an atomic load.
type Source interface {
	view.Source
	// At returns the state of a version that is kept; the error is a
	// *twin.GoneError when it is not.
	At(city.Version) (*twin.State, error)
	// AsOf returns the state as it was known at a time.
	AsOf(context.Context, time.Time) (*twin.State, error)
	// Stale returns since when the store cannot be reached, if so.
	Stale() (since time.Time, stale bool)
}

// Core is what all requests share. It is safe for concurrent use.
type Core struct {
	config                   Config
	source                   Source
	views                    *view.Views
	codecs                   *coding.Codecs
	pages                    Pages
	log                      *slog.Logger
	now                      func() time.Time
	writes                   chan struct{}                       // holds a token for each change under way
	converters               map[refsys.System]*refsys.Converter // of every system
	fixed                    *Fixed
	date                     atomic.Pointer[date]
	metrics                  *metrics.Metrics
	unmatched                *metrics.Route
	exchanges                sync.Pool // of *Exchange
	inFlight                 atomic.Int64
	answerHits, answerMisses atomic.Uint64 // see RecallAnswer
	stopping                 chan struct{} // closed when the server begins to stop
	draining                 atomic.Bool
}

// New returns a Core of the states that source gives, by the clock now.
func New(config Config, source Source, codecs *coding.Codecs, pages Pages, log *slog.Logger, now func() time.Time) (*Core, error) {
	c := &Core{
		config: config, source: source, views: view.NewViews(source, now, config.AnswerBytes), codecs: codecs, pages: pages, log: log, now: now,
		writes: make(chan struct{}, config.MaxWrites), converters: crsConverters(), fixed: newFixed(&config.CORS), stopping: make(chan struct{}),
	}
	c.exchanges.New = func() any { return &Exchange{server: c, Fixed: c.fixed} }
	var err error
	if c.metrics, err = metrics.New(); err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	c.unmatched = c.metrics.Route("none")
	return c, nil
}

// Views are those of the states of the source.
func (c *Core) Views() *view.Views { return c.views }

// Registry has the metrics of all requests, and room for others.
func (c *Core) Registry() *prometheus.Registry { return c.metrics.Registry() }

// InFlight is how many requests are being answered.
func (c *Core) InFlight() int64 { return c.inFlight.Load() }

// Stop tells answers that go on for as long as their clients stay to end. It may
// be called more than once.
func (c *Core) Stop() {
	if c.draining.CompareAndSwap(false, true) {
		close(c.stopping) // subscribers leave, and reconnect elsewhere
	}
}

// Stopped tells whether Stop was called.
func (c *Core) Stopped() bool { return c.draining.Load() }

// Begin makes an exchange of a request, with the headers that every answer has. The
// caller defers End, and then goes on with Admit.
func (c *Core) Begin(w http.ResponseWriter, r *http.Request) *Exchange {
	x := c.exchanges.Get().(*Exchange)
	x.w, x.Request, x.Headers = w, r, w.Header()
	x.start = c.now()
	x.Raw = r.URL.RawQuery
	x.View = c.views.Load("")
	x.route = c.unmatched
	x.ID = requestID(r.Header)
	x.setCommon()
	c.inFlight.Add(1)
	return x
}

// Admit refuses what is too large before anything looks at it.
func (x *Exchange) Admit() error {
	c := &x.server.config
	if n := len(x.Request.URL.Path) + len(x.Request.URL.RawQuery); n > c.MaxURLBytes {
		return problem.New(http.StatusRequestURITooLong, "url-too-long", "URL too long",
			fmt.Sprintf("Path and query have %d bytes; the limit is %d.", n, c.MaxURLBytes))
	}
	n := 0
	for name, values := range x.Request.Header {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	if n > c.MaxHeaderBytes {
		return problem.New(http.StatusRequestHeaderFieldsTooLarge, "headers-too-large", "Headers too large",
			fmt.Sprintf("The headers have %d bytes; the limit is %d.", n, c.MaxHeaderBytes))
	}
	if x.Request.ContentLength > c.MaxBodyBytes {
		return problem.New(http.StatusRequestEntityTooLarge, "body-too-large", "Body too large",
			fmt.Sprintf("The body has %d bytes; the limit is %d.", x.Request.ContentLength, c.MaxBodyBytes))
	}
	if x.Request.ContentLength < 0 {
		x.Request.Body = http.MaxBytesReader(x.w, x.Request.Body, c.MaxBodyBytes)
	}
	return nil
}

// End is deferred around each request: it turns a panic into a 500, counts,
// logs, and gives the exchange back.
func (x *Exchange) End() {
	s := x.server
	fault := recover()
	if fault != nil && fault != any(http.ErrAbortHandler) {
		s.log.Error("panic", "request_id", x.ID, "path", x.Request.URL.Path, "panic", fault, "stack", string(debug.Stack()))
		if x.status == 0 {
			x.Fail(errPanic)
			fault = nil
		} else {
			fault = http.ErrAbortHandler // the client must not take half an answer for a whole one
		}
	}
	if x.status == problem.StatusClientGone {
		fault = http.ErrAbortHandler // or net/http would say 200 to whoever still listens
	}
	took := s.now().Sub(x.start)
	x.route.Done(x.status, x.sent, took)
	x.logAccess(took)
	x.release()
	s.inFlight.Add(-1)
	if fault != nil {
		panic(fault)
	}
}

var errPanic = errors.New("panic")
