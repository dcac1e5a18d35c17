package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// metrics are the server's Prometheus series, in a registry of its own. What a
// request touches is resolved beforehand: counting one takes no map lookup and
// no allocation.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	bytes    *prometheus.CounterVec
}

// route counts the requests of one route.
type route struct {
	pattern  string
	byStatus []prometheus.Counter // by slot of countedStatuses, then one for all others
	seconds  prometheus.Observer
	bytes    prometheus.Counter
}

// countedStatuses are the statuses that answers have, the usual ones first.
func countedStatuses() []int {
	return []int{200, 304, 204, 404, 400, problem.StatusClientGone, 405, 406, 413, 414, 431, 500, 503, 201, 401, 403, 409, 410, 412, 415, 428, 429}
}

func newMetrics(s *Server) (*metrics, error) {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hanoitwin_http_requests_total",
			Help: "Requests by route and status; 499 means that the client went away first.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "hanoitwin_http_request_seconds",
			Help:    "Time from the request's headers to the end of the answer.",
			Buckets: []float64{.0001, .0003, .001, .003, .01, .03, .1, .3, 1, 3, 10},
		}, []string{"route"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hanoitwin_http_response_bytes_total",
			Help: "Bytes of answers as sent, headers aside.",
		}, []string{"route"}),
	}
	for _, c := range append(s.tiles.Collectors(),
		m.requests, m.seconds, m.bytes,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		newStateCollector(s),
	) {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) route(pattern string) *route {
	rt := &route{
		pattern: pattern,
		seconds: m.seconds.WithLabelValues(pattern),
		bytes:   m.bytes.WithLabelValues(pattern),
	}
	for _, status := range countedStatuses() {
		rt.byStatus = append(rt.byStatus, m.requests.WithLabelValues(pattern, strconv.Itoa(status)))
	}
	rt.byStatus = append(rt.byStatus, m.requests.WithLabelValues(pattern, "other"))
	return rt
}

// done counts a finished request.
func (rt *route) done(status int, sent int64, took time.Duration) {
	rt.byStatus[statusSlot(status)].Inc()
	rt.seconds.Observe(took.Seconds())
	rt.bytes.Add(float64(sent))
}

// statusSlot returns the position of a status among countedStatuses.
func statusSlot(status int) int {
	switch status {
	case http.StatusOK:
		return 0
	case http.StatusNotModified:
		return 1
	case http.StatusNoContent:
		return 2
	}
	all := countedStatuses()
	for i, s := range all {
		if s == status {
			return i
		}
	}
	return len(all)
}

// metricsPage answers in the format that the scraper prefers.
func (x *exchange) metricsPage() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	if guard := x.server.config.Guard; guard != nil && guard.RequiresReadKey() {
		var err error // they name the layers
		if x.who, err = x.identify(guard, access.Read); err != nil {
			return err
		}
	}
	families, err := x.server.metrics.registry.Gather()
	if err != nil {
		return err
	}
	format := expfmt.NegotiateAccept(x.r.Header, expfmt.DefaultOpenMetricsAcceptedFormats()...)
	out := bodyWriter{x}
	encoder := expfmt.NewEncoder(out, format)
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return err
		}
	}
	if closer, ok := encoder.(expfmt.Closer); ok {
		if err := closer.Close(); err != nil {
			return err
		}
	}
	x.header["Cache-Control"] = x.server.fixed.noStore
	x.header["Vary"] = x.server.fixed.varyAccept
	return x.send([]string{string(format)})
}

// bodyWriter writes into the body under way.
type bodyWriter struct{ x *exchange }

func (w bodyWriter) Write(p []byte) (int, error) {
	w.x.buf = append(w.x.buf, p...)
	return len(p), nil
}

// stateCollector reads at scrape time what the server knows anyway.
type stateCollector struct {
	server                     *Server
	version, age, features     *prometheus.Desc
	inFlight, subscribers      *prometheus.Desc
	stale                      *prometheus.Desc
	hits, misses, evictions    *prometheus.Desc
	evictedBytes, weight, size *prometheus.Desc
}

func newStateCollector(s *Server) *stateCollector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("hanoitwin_"+name, help, labels, nil)
	}
	return &stateCollector{
		server:       s,
		version:      desc("snapshot_version", "Version of the state that is served."),
		age:          desc("snapshot_age_seconds", "Time since this server first saw that version."),
		features:     desc("features", "Features by layer.", "layer"),
		subscribers:  desc("event_subscribers", "Clients that listen to events."),
		stale:        desc("stale_seconds", "Time since the store was lost; 0 while it can be reached."),
		inFlight:     desc("http_in_flight", "Requests that are being answered."),
		hits:         desc("tile_cache_hits_total", "Tiles found in the cache."),
		misses:       desc("tile_cache_misses_total", "Tiles not found in the cache."),
		evictions:    desc("tile_cache_evictions_total", "Tiles that made room for others."),
		evictedBytes: desc("tile_cache_evicted_bytes_total", "Weight of the tiles that made room."),
		weight:       desc("tile_cache_bytes", "Weight of the tiles in the cache."),
		size:         desc("tile_cache_tiles", "Tiles in the cache, about."),
	}
}

// Describe implements prometheus.Collector.
func (c *stateCollector) Describe(out chan<- *prometheus.Desc) {
	prometheus.DescribeByCollect(c, out)
}

// Collect implements prometheus.Collector.
func (c *stateCollector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v uint64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v))
	}
	s := c.server
	gauge(c.inFlight, float64(s.inFlight.Load()))
	gauge(c.subscribers, float64(s.subscribers.Load()))
	stale := 0.0
	if since, lost := s.views.Source.Stale(); lost {
		stale = max(s.now().Sub(since).Seconds(), 0.001)
	}
	gauge(c.stale, stale)
	if v := s.views.Load(""); v.Snapshot != nil {
		gauge(c.version, float64(v.Snapshot.Version()))
		gauge(c.age, s.now().Sub(v.Since).Seconds())
		for _, l := range v.All.Layers {
			gauge(c.features, float64(l.Len()), string(l.ID()))
		}
	}
	t := s.tiles.Stats()
	counter(c.hits, t.Hits)
	counter(c.misses, t.Misses)
	counter(c.evictions, t.Evictions)
	counter(c.evictedBytes, t.EvictedBytes)
	gauge(c.weight, float64(t.Bytes))
	gauge(c.size, float64(t.Tiles))
}
