// Package metrics counts the requests of a server, for Prometheus.
//
//	New ──► Metrics.Route(pattern) ──► Route.Done, for each request of the route
//	            └──► Registry: the series, with those of Go and of the process
package metrics

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// Metrics are a server's series, in a registry of its own. What a request touches is
// resolved beforehand, route by route: counting one takes no map lookup and no
// allocation.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	bytes    *prometheus.CounterVec
}

// Route counts the requests of one route. It is safe for concurrent use.
type Route struct {
	pattern  string
	byStatus []prometheus.Counter // by slot of countedStatuses, then one for all others
	seconds  prometheus.Observer
	bytes    prometheus.Counter
}

// countedStatuses are the statuses that answers have, the usual ones first.
func countedStatuses() []int {
	return []int{200, 304, 204, 404, 400, problem.StatusClientGone, 405, 406, 413, 414, 431, 500, 503, 201, 401, 403, 409, 410, 412, 415, 428, 429}
}

// New returns the series of a server, none of which has counted anything.
func New() (*Metrics, error) {
	m := &Metrics{
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
	for _, c := range []prometheus.Collector{
		m.requests, m.seconds, m.bytes,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Registry is what a page for Prometheus is made from.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// Route returns what counts the requests of the route of a name.
func (m *Metrics) Route(pattern string) *Route {
	rt := &Route{
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

// Pattern is the name of the route.
func (rt *Route) Pattern() string { return rt.pattern }

// Done counts a finished request: the status of its answer, the bytes that were sent,
// header aside, and the time from its header to the end of the answer.
func (rt *Route) Done(status int, sent int64, took time.Duration) {
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
