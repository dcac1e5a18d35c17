package httpapi

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// tileKey names a tile as it is sent. Versions are part of it: a new state
// never meets an old tile, and old ones fade out of the cache.
type tileKey struct {
	version city.Version
	layers  string // canonical, see layerSet
	tile    tiles.Tile
	days    worldDays
	coding  coding.Coding
}

// tileCache keeps compressed tiles up to a weight in bytes. Of those who ask
// for a tile that is missing one builds it and the others wait for it; when
// the builder's client goes away, one that still waits builds in its place.
type tileCache struct {
	cache    *otter.Cache[tileKey, *payload]
	counts   cacheCounts
	codecs   *coding.Codecs
	builders chan *tileBuilder // as many as may work at a time
	maxBytes int
	metrics  *metrics
}

// entryOverhead is what an entry weighs beside its bytes: the key, the payload
// and the cache's node, measured at 400 to 500 bytes.
const entryOverhead = 480

func newTileCache(config Config, codecs *coding.Codecs) (*tileCache, error) {
	c := &tileCache{
		codecs:   codecs,
		builders: make(chan *tileBuilder, config.TileWorkers),
		maxBytes: config.MaxTileBytes,
	}
	for range config.TileWorkers {
		c.builders <- &tileBuilder{}
	}
	cache, err := otter.New(&otter.Options[tileKey, *payload]{
		MaximumWeight: uint64(config.CacheBytes),
		Weigher: func(key tileKey, p *payload) uint32 {
			return uint32(len(p.body) + len(key.layers) + entryOverhead)
		},
		StatsRecorder: &c.counts,
	})
	if err != nil {
		return nil, err
	}
	c.cache = cache
	return c, nil
}

func (c *tileCache) observe(m *metrics) { c.metrics = m }

func (c *tileCache) close() {
	c.cache.InvalidateAll()
	c.cache.StopAllGoroutines()
}

// find returns the tile when the cache has it. The name of the layers may be
// any spelling: only canonical ones are ever found.
func (c *tileCache) find(key tileKey) (*payload, bool) {
	p, found := c.cache.GetIfPresent(key)
	if found {
		c.counts.hits.Add(1)
	} else {
		c.counts.misses.Add(1)
	}
	return p, found
}

// load returns the tile, building it when the cache has it not. It stops when
// ctx ends.
func (c *tileCache) load(ctx context.Context, key tileKey, set layerSet) (*payload, error) {
	key.layers = strings.Clone(set.name) // not the URL that it was cut from
	return c.cache.Get(ctx, key, otter.LoaderFunc[tileKey, *payload](
		func(ctx context.Context, key tileKey) (*payload, error) {
			return c.build(ctx, key, set)
		}))
}

// build makes a tile with one of the builders, waiting for one to be free: a
// burst of cold tiles takes no more memory than the builders have.
func (c *tileCache) build(ctx context.Context, key tileKey, set layerSet) (*payload, error) {
	b, err := c.borrow(ctx)
	if err != nil {
		return nil, err
	}
	sound := false
	defer func() { c.giveBack(b, sound) }()
	start := time.Now()
	body, err := b.encode(ctx, set.layers, key.tile, key.days, c.maxBytes)
	sound = true
	if err != nil {
		return nil, err
	}
	p := &payload{coding: key.coding, etag: []string{etagOf(body, key.coding)}}
	if len(body) > 0 {
		b.coded = c.codecs.Append(b.coded[:0], body, key.coding)
		p.body = append(make([]byte, 0, len(b.coded)), b.coded...)
		p.length = []string{strconv.Itoa(len(p.body))}
	}
	c.metrics.tileBuild.Observe(time.Since(start).Seconds())
	c.metrics.tileBytes.Observe(float64(len(body)))
	return p, nil
}

// borrow returns a builder, waiting for one to be free.
func (c *tileCache) borrow(ctx context.Context) (*tileBuilder, error) {
	select {
	case b := <-c.builders:
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// giveBack returns a builder that was borrowed, or another in the place of one
// that a panic left half-way.
func (c *tileCache) giveBack(b *tileBuilder, sound bool) {
	if !sound {
		b = &tileBuilder{}
	}
	c.builders <- b
}

var errTileTooLarge = errors.New("tile is too large")

// cacheCounts counts what find saw and what the cache evicted. The cache's own
// hits and misses would count a tile that is found missing and then loaded twice.
type cacheCounts struct {
	stats.NoopRecorder
	hits, misses, evictions, evictedBytes atomic.Uint64
}

// RecordEviction implements stats.Recorder.
func (c *cacheCounts) RecordEviction(weight uint32) {
	c.evictions.Add(1)
	c.evictedBytes.Add(uint64(weight))
}
