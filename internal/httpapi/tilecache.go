package httpapi

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// tileKey names a tile as it is sent. A tile is kept once for all the versions
// over which it stays the same, see tileEntry; of versions before those, once for
// each that is asked for.
type tileKey struct {
	layers  string     // canonical, see layerSet
	ordered bool       // layers in the order in which they are named, not that of their names
	set     *tms.Set   // nil for Web Mercator
	tile    tiles.Tile // of the square world of the set
	days    worldDays
	look    look
	coding  coding.Coding
	pinned  bool         // of one version alone
	version city.Version // when pinned, else 0
}

// tileCache keeps compressed tiles up to a weight in bytes. A commit drops
// exactly the tiles that it changed, when they are next asked for: all others are
// served on, with their ETags. Of those who ask for a tile that is missing one
// builds it and the others wait for it; when the builder's client goes away, one
// that still waits builds in its place.
//
// Filtered tiles have a cache of their own, an eighth as large: there is no end to
// filters, and those of one client must not drive out the tiles of all.
type tileCache struct {
	plain    *otter.Cache[tileKey, *tileEntry]
	filtered *otter.Cache[tileKey, *tileEntry] // of tiles with a look
	wide     *otter.Cache[tileKey, *tileEntry] // of wide layers, see tilePart
	history  history
	differs  differs
	counts   cacheCounts
	codecs   *coding.Codecs
	builders chan *tileBuilder // as many as may work at a time
	maxBytes int
	wideFrom int // bytes: wideLayer
	metrics  *metrics
}

// entryOverhead is what an entry weighs beside its bytes: the key, the payload
// and the cache's node, measured at 450 to 560 bytes.
const entryOverhead = 540

func newTileCache(config Config, codecs *coding.Codecs, history history) (*tileCache, error) {
	c := &tileCache{
		history:  history,
		codecs:   codecs,
		builders: make(chan *tileBuilder, config.TileWorkers),
		maxBytes: config.MaxTileBytes,
		wideFrom: wideLayer,
	}
	for range config.TileWorkers {
		c.builders <- &tileBuilder{}
	}
	var err error
	if c.plain, err = c.make(uint64(config.CacheBytes)); err != nil {
		return nil, err
	}
	if c.wide, err = c.make(max(uint64(config.CacheBytes)/4, 1)); err != nil {
		return nil, err
	}
	c.filtered, err = c.make(max(uint64(config.CacheBytes)/8, 1))
	return c, err
}

func (c *tileCache) make(weight uint64) (*otter.Cache[tileKey, *tileEntry], error) {
	return otter.New(&otter.Options[tileKey, *tileEntry]{
		MaximumWeight: weight,
		Weigher: func(key tileKey, e *tileEntry) uint32 {
			return uint32(len(e.body) + len(key.layers) + len(key.look.filter) + len(key.look.properties) + entryOverhead)
		},
		StatsRecorder: &c.counts,
	})
}

// of returns the cache that a tile belongs into.
func (c *tileCache) of(key *tileKey) *otter.Cache[tileKey, *tileEntry] {
	if key.look != (look{}) {
		return c.filtered
	}
	return c.plain
}

func (c *tileCache) observe(m *metrics) { c.metrics = m }

func (c *tileCache) close() {
	for _, cache := range []*otter.Cache[tileKey, *tileEntry]{c.plain, c.filtered, c.wide} {
		cache.InvalidateAll()
		cache.StopAllGoroutines()
	}
}

// build makes a tile with one of the builders, waiting for one to be free: a
// burst of cold tiles takes no more memory than the builders have.
func (c *tileCache) build(ctx context.Context, key tileKey, set layerSet, v city.Version) (*tileEntry, error) {
	b, err := c.borrow(ctx)
	if err != nil {
		return nil, err
	}
	sound := false
	defer func() { c.giveBack(b, sound) }()
	start := time.Now()
	e := newTileEntry(v)
	var length int
	if key.isParted() {
		length, err = c.buildParts(ctx, b, e, key, set, v)
	} else {
		var body []byte
		if body, err = b.encode(ctx, set.layers, key, c.maxBytes); err == nil {
			c.fill(b, e, key, body)
			length = len(body)
		}
	}
	sound = true
	if err != nil {
		return nil, err
	}
	c.metrics.tileBuild.Observe(time.Since(start).Seconds())
	c.metrics.tileBytes.Observe(float64(length))
	return e, nil
}

// fill makes e the tile of a body before compression.
func (c *tileCache) fill(b *tileBuilder, e *tileEntry, key tileKey, body []byte) {
	e.coding, e.etag = key.coding, []string{etagOf(body, key.coding)}
	if len(body) > 0 {
		b.coded = c.codecs.Append(b.coded[:0], body, key.coding)
		e.setBody(b.coded)
	}
}

// setBody gives e a copy of body.
func (e *tileEntry) setBody(body []byte) {
	e.body = append(make([]byte, 0, len(body)), body...)
	e.length = []string{strconv.Itoa(len(body))}
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
