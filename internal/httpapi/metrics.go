package httpapi

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
)

// register adds what this server counts to what the core does.
func (s *Server) register() error {
	for _, c := range append(s.tiles.Collectors(), newStateCollector(s)) {
		if err := s.core.Registry().Register(c); err != nil {
			return err
		}
	}
	return nil
}

// metricsPage answers in the format that the scraper prefers.
func (s *Server) metricsPage(x *edge.Exchange) error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	if guard := s.config.Guard; guard != nil && guard.RequiresReadKey() {
		var err error // they name the layers
		if x.Who, err = x.Identify(guard, access.Read); err != nil {
			return err
		}
	}
	families, err := s.core.Registry().Gather()
	if err != nil {
		return err
	}
	format := expfmt.NegotiateAccept(x.Request.Header, expfmt.DefaultOpenMetricsAcceptedFormats()...)
	out := x.BodyWriter()
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
	x.Headers["Cache-Control"] = x.Fixed.NoStore
	x.Headers["Vary"] = x.Fixed.VaryAccept
	return x.Send([]string{string(format)})
}

// stateCollector reads at scrape time what the server knows anyway.
type stateCollector struct {
	server                     *Server
	version, age, features     *prometheus.Desc
	inFlight, subscribers      *prometheus.Desc
	stale                      *prometheus.Desc
	hits, misses, evictions    *prometheus.Desc
	evictedBytes, weight, size *prometheus.Desc
	answerHits, answerMisses   *prometheus.Desc
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
		answerHits:   desc("page_cache_hits_total", "Pages of features that were kept since they were last asked for."),
		answerMisses: desc("page_cache_misses_total", "Pages of features, as GeoJSON of the newest version, that were not."),
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
	gauge(c.inFlight, float64(s.core.InFlight()))
	gauge(c.subscribers, float64(s.events.Subscribers()))
	stale := 0.0
	if since, lost := s.source.Stale(); lost {
		stale = max(s.now().Sub(since).Seconds(), 0.001)
	}
	gauge(c.stale, stale)
	if v := s.core.Views().Load(""); v.Snapshot != nil {
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
	hits, misses := s.core.AnswerCounts()
	counter(c.answerHits, hits)
	counter(c.answerMisses, misses)
}
