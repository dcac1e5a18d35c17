package httpapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/search"
	"github.com/hanoitwin/hanoitwin/internal/webpage"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// Server answers every request for the twin. It is an http.Handler, safe for
// concurrent use; Serve runs it on a listener.
type Server struct {
	config      Config
	log         *slog.Logger
	now         func() time.Time
	views       *view.Views
	changer     Changer       // nil when there is nothing to write to
	writes      chan struct{} // holds a token for each change under way
	downloads   chan struct{} // and for each download
	router      *chi.Mux
	operations  []*operation // that the router serves
	item        *operation   // of those, the one that answers with one feature
	extents     extents
	converters  map[refsys.System]*refsys.Converter // of every system
	fixed       *fixedHeaders
	codecs      *coding.Codecs
	assets      assets
	pages       *webpage.Renderer
	names       search.Index
	tiles       *tilecache.Cache
	matrixSets  []*tms.Set
	searcher    proximity.Searcher
	metrics     *metrics
	unmatched   *route
	exchanges   sync.Pool // of *exchange
	inFlight    atomic.Int64
	news        *news
	subscribers atomic.Int64
	stopping    chan struct{} // closed when the server begins to stop
	draining    atomic.Bool
}

var _ http.Handler = (*Server)(nil)

// New returns a Server of the states that source gives. It reports every
// mistake in config. log must not be nil.
func New(config Config, source view.Source, log *slog.Logger) (*Server, error) {
	return newServer(config, source, log, time.Now)
}

// newServer is New with a clock, which tests hold still.
func newServer(config Config, source view.Source, log *slog.Logger, now func() time.Time) (*Server, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	codecs, err := coding.NewCodecs(config.TileWorkers)
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, log: log, now: now, fixed: newFixedHeaders(&config.CORS), codecs: codecs, matrixSets: tms.Sets(), stopping: make(chan struct{})}
	s.views, s.news = view.NewViews(source, now), newNews(source)
	s.changer, _ = source.(Changer)
	s.converters = crsConverters()
	s.writes = make(chan struct{}, config.MaxWrites)
	s.downloads = make(chan struct{}, config.MaxDownloads)
	s.exchanges.New = func() any { return &exchange{server: s} }
	if s.assets, err = newAssets(); err != nil {
		return nil, fmt.Errorf("web map: %w", err)
	}
	if s.pages, err = webpage.New(); err != nil {
		return nil, err
	}
	if s.tiles, err = tilecache.New(tilecache.Config{Bytes: config.CacheBytes, Workers: config.TileWorkers, MaxTileBytes: config.MaxTileBytes}, codecs, source); err != nil {
		return nil, err
	}
	if s.metrics, err = newMetrics(s); err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	s.routes()
	return s, nil
}

// Close frees what the server holds beside memory. Serve must have returned.
func (s *Server) Close() { s.tiles.Close() }

// handler answers one kind of request. The error it returns becomes a problem.
type handler func(*exchange) error

// routes declares every path.
func (s *Server) routes() {
	s.router = chi.NewRouter()
	s.unmatched = s.metrics.route("none")

	for _, op := range slices.Concat(s.readOperations(), schemaOperations(), s.tilesetOperations(), metadataOperations()) {
		s.declare(op)
	}
	if s.changer != nil {
		s.changeRoutes()
	}
	if s.config.Watches != nil {
		s.watchRoutes()
	}

	s.router.NotFound(func(w http.ResponseWriter, r *http.Request) {
		w.(*exchange).fail(problem.NoRoute(r.URL.Path))
	})
	s.router.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		methods := s.methods(r.URL.EscapedPath())
		if methods == "" { // the router asks no path of a method that it does not know
			w.(*exchange).fail(problem.NoRoute(r.URL.Path))
			return
		}
		w.(*exchange).fail(problem.NoMethod(r.Method, methods))
	})
}

// ready refuses while there is no state, when all is busy, and whoever may not
// ask. Whoever may sees what their role may see, and nothing else.
func (s *Server) ready(action access.Action, answer handler) handler {
	return func(x *exchange) error {
		if x.view.Snapshot == nil {
			return problem.NotReady()
		}
		if s.inFlight.Load() > int64(s.config.MaxInFlight) {
			return problem.Overloaded(s.config.MaxInFlight)
		}
		var err error
		if x.who, err = x.identify(s.config.Guard, action); err != nil {
			return err
		}
		if x.who.Role != "" {
			x.view = s.views.Load(x.who.Role)
			x.header["Twin-Version"] = x.view.Version
		}
		return answer(x)
	}
}

// serving counts an operation under its name and gives requests to answer.
func (s *Server) serving(op *operation, answer handler) http.HandlerFunc {
	rt := s.metrics.route(op.name())
	return func(w http.ResponseWriter, r *http.Request) {
		// ServeHTTP gives the router an exchange, and there is no middleware
		// in between that could wrap it.
		x := w.(*exchange)
		x.r, x.route, x.op = r, rt, op
		x.query.Also = op.early
		if err := answer(x); err != nil {
			x.fail(err)
		}
	}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := s.exchanges.Get().(*exchange)
	x.w, x.r, x.header = w, r, w.Header()
	x.start = s.now()
	x.raw = r.URL.RawQuery
	x.view = s.views.Load("")
	x.route = s.unmatched
	x.id = requestID(r.Header)
	x.setCommon()
	s.inFlight.Add(1)
	defer x.end()
	if err := x.admit(); err != nil {
		x.fail(err)
		return
	}
	if r.Method == http.MethodOptions {
		s.options(x)
		return
	}
	s.router.ServeHTTP(x, r)
}

// options answers what may be done with a path, or with the server as a whole.
func (s *Server) options(x *exchange) {
	path := x.r.URL.EscapedPath()
	if path == "*" {
		x.preflight(readMethods)
		return
	}
	methods := s.methods(path)
	if methods == "" {
		x.fail(problem.NoRoute(x.r.URL.Path))
		return
	}
	for method, name := range map[string]string{http.MethodPost: "Accept-Post", http.MethodPatch: "Accept-Patch", http.MethodPut: "Accept-Put"} {
		if types := s.bodyTypes(method, path); types != nil {
			x.header[name] = []string{strings.Join(types, ", ")}
		}
	}
	x.preflight(methods)
}

// readMethods are those of a path that can only be read.
const readMethods = "GET, HEAD, OPTIONS"

// methods lists what may be done with a path, "" when there is nothing there.
func (s *Server) methods(path string) string {
	list := ""
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if s.router.Match(chi.NewRouteContext(), method, path) {
			list += method + ", "
		}
	}
	if list == "" {
		return ""
	}
	return list + http.MethodOptions
}

// admit refuses what is too large before anything looks at it.
func (x *exchange) admit() error {
	c := &x.server.config
	if n := len(x.r.URL.Path) + len(x.r.URL.RawQuery); n > c.MaxURLBytes {
		return problem.New(http.StatusRequestURITooLong, "url-too-long", "URL too long",
			fmt.Sprintf("Path and query have %d bytes; the limit is %d.", n, c.MaxURLBytes))
	}
	n := 0
	for name, values := range x.r.Header {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	if n > c.MaxHeaderBytes {
		return problem.New(http.StatusRequestHeaderFieldsTooLarge, "headers-too-large", "Headers too large",
			fmt.Sprintf("The headers have %d bytes; the limit is %d.", n, c.MaxHeaderBytes))
	}
	if x.r.ContentLength > c.MaxBodyBytes {
		return problem.New(http.StatusRequestEntityTooLarge, "body-too-large", "Body too large",
			fmt.Sprintf("The body has %d bytes; the limit is %d.", x.r.ContentLength, c.MaxBodyBytes))
	}
	if x.r.ContentLength < 0 {
		x.r.Body = http.MaxBytesReader(x.w, x.r.Body, c.MaxBodyBytes)
	}
	return nil
}

// end is deferred around each request: it turns a panic into a 500, counts,
// logs, and gives the exchange back.
func (x *exchange) end() {
	s := x.server
	fault := recover()
	if fault != nil && fault != any(http.ErrAbortHandler) {
		s.log.Error("panic", "request_id", x.id, "path", x.r.URL.Path, "panic", fault, "stack", string(debug.Stack()))
		if x.status == 0 {
			x.fail(errPanic)
			fault = nil
		} else {
			fault = http.ErrAbortHandler // the client must not take half an answer for a whole one
		}
	}
	if x.status == problem.StatusClientGone {
		fault = http.ErrAbortHandler // or net/http would say 200 to whoever still listens
	}
	took := s.now().Sub(x.start)
	x.route.done(x.status, x.sent, took)
	x.logAccess(took)
	x.release()
	s.inFlight.Add(-1)
	if fault != nil {
		panic(fault)
	}
}

var errPanic = errors.New("panic")
