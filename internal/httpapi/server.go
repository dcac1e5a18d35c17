package httpapi

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/changes"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/describe"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/events"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/features"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/past"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilesets"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/webmap"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// Source gives the states of the city and the record of it; a twin is one. Over one
// that is also a changes.Changer there are routes that change something.
type Source interface {
	edge.Source
	past.Source
	events.Source
}

var _ Source = (*twin.Twin)(nil)

// Server answers every request for the twin. It is an http.Handler, safe for
// concurrent use; Serve runs it on a listener.
type Server struct {
	config     Config
	log        *slog.Logger
	now        func() time.Time
	source     Source
	core       *edge.Core
	tiles      *tilecache.Cache
	features   *features.Service
	events     *events.Service
	describer  *describe.Service
	operations []*edge.Operation // that are served
	router     *chi.Mux          // finds their paths
	handlers   map[target]http.HandlerFunc
	routings   sync.Pool // of *chi.Context
}

var _ http.Handler = (*Server)(nil)

// New returns a Server of the states that source gives. It reports every
// mistake in config. log must not be nil.
func New(config Config, source Source, log *slog.Logger) (*Server, error) {
	return newServer(config, source, log, time.Now)
}

// newServer is New with a clock, which tests hold still.
func newServer(config Config, source Source, log *slog.Logger, now func() time.Time) (*Server, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	codecs, err := coding.NewCodecs(config.TileWorkers)
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, log: log, now: now, source: source, router: chi.NewRouter(), handlers: map[target]http.HandlerFunc{}}
	s.routings.New = func() any { return chi.NewRouteContext() }
	if s.tiles, err = tilecache.New(config.tiles(), codecs, source); err != nil {
		return nil, err
	}
	webMap, err := webmap.New()
	if err != nil {
		return nil, err
	}
	changer, _ := source.(changes.Changer)
	if s.describer, err = describe.New(config.describe(changer != nil), s, webMap, codecs); err != nil {
		return nil, err
	}
	if s.core, err = edge.New(config.edge(), source, codecs, s.describer, log, now); err != nil {
		return nil, err
	}
	s.features = features.New(config.features(), source, codecs)
	s.events = events.New(config.events(), source)
	if err := s.register(); err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	sets := tilesets.New(config.tilesets(), s.tiles, tms.Sets())
	s.declare(s.describer.Operations(), s.features.Operations(), past.New(config.past(), source, s.core.Views(), sets).Operations(),
		sets.Operations(), webMap.Operations(), s.events.Operations(), s.probeOperations())
	if changer != nil {
		s.declare(changes.New(config.changes(), changer, s.core.Views(), s.features, log).Operations())
	}
	return s, nil
}

// Close frees what the server holds beside memory. Serve must have returned.
func (s *Server) Close() { s.tiles.Close() }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := s.core.Begin(w, r)
	defer x.End()
	if err := x.Admit(); err != nil {
		x.Fail(err)
		return
	}
	if r.Method == http.MethodOptions {
		s.options(x)
		return
	}
	s.route(x)
}

// options answers what may be done with a path, or with the server as a whole.
func (s *Server) options(x *edge.Exchange) {
	path := x.Request.URL.EscapedPath()
	if path == "*" {
		x.Preflight(readMethods)
		return
	}
	methods := s.Methods(path)
	if methods == "" {
		x.Fail(problem.NoRoute(x.Request.URL.Path))
		return
	}
	for method, name := range map[string]string{http.MethodPost: "Accept-Post", http.MethodPatch: "Accept-Patch", http.MethodPut: "Accept-Put"} {
		if types := s.bodyTypes(method, path); types != nil {
			x.Headers[name] = []string{strings.Join(types, ", ")}
		}
	}
	x.Preflight(methods)
}

// readMethods are those of a path that can only be read.
const readMethods = "GET, HEAD, OPTIONS"
