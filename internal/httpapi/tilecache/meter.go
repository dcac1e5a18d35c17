package tilecache

import (
	"github.com/prometheus/client_golang/prometheus"
)

// meter counts the tiles that are built.
type meter struct{ seconds, bytes prometheus.Histogram }

func newMeter() meter {
	return meter{
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "hanoitwin_tile_build_seconds",
			Help:    "Time to encode and compress a tile that was not in the cache.",
			Buckets: []float64{.0001, .0003, .001, .003, .01, .03, .1, .3, 1, 3, 10},
		}),
		bytes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "hanoitwin_tile_bytes",
			Help:    "Size of built tiles before compression.",
			Buckets: prometheus.ExponentialBuckets(256, 4, 9),
		}),
	}
}

// Collectors returns what counts the tiles that are built, to be registered.
func (c *Cache) Collectors() []prometheus.Collector {
	return []prometheus.Collector{c.built.seconds, c.built.bytes}
}

// Stats is what a cache has seen since it was made, and holds.
type Stats struct {
	Hits, Misses, Evictions uint64 // tiles
	EvictedBytes, Bytes     uint64
	// Tiles are those that it holds, and Filtered those of them that are filtered;
	// about.
	Tiles, Filtered int
}

// Stats returns what the cache has seen.
func (c *Cache) Stats() Stats {
	return Stats{
		Hits: c.counts.hits.Load(), Misses: c.counts.misses.Load(),
		Evictions: c.counts.evictions.Load(), EvictedBytes: c.counts.evictedBytes.Load(),
		Bytes: c.plain.WeightedSize() + c.filtered.WeightedSize() + c.wide.WeightedSize(),
		Tiles: c.plain.EstimatedSize() + c.filtered.EstimatedSize(), Filtered: c.filtered.EstimatedSize(),
	}
}
