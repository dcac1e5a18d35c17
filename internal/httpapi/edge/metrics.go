package edge

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

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

func newMetrics() (*metrics, error) {
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
