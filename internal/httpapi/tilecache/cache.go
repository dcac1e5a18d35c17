package tilecache

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// Key names a tile as it is sent. A tile is kept once for all the versions
// over which it stays the same, see entry; of versions before those, once for
// each that is asked for.
type Key struct {
	Layers  string     // canonical, see view.LayerSet
	Ordered bool       // layers in the order in which they are named, not that of their names
	Set     *tms.Set   // nil for Web Mercator
	Tile    tiles.Tile // of the square world of the set
	Days    view.Days
	Look    Look
	Coding  coding.Coding
	pinned  bool         // of one version alone
	version city.Version // when pinned, else 0
}

// Cache keeps compressed tiles up to a weight in bytes. A commit drops
// exactly the tiles that it changed, when they are next asked for: all others are
// served on, with their ETags. Of those who ask for a tile that is missing one
// builds it and the others wait for it; when the builder's client goes away, one
// that still waits builds in its place.
//
// Filtered tiles have a cache of their own, an eighth as large: there is no end to
// filters, and those of one client must not drive out the tiles of all.
type Cache struct {
	plain    *otter.Cache[Key, *entry]
	filtered *otter.Cache[Key, *entry] // of tiles with a look
	wide     *otter.Cache[Key, *entry] // of wide layers, see part
	history  history
	differs  differs
	counts   counts
	codecs   *coding.Codecs
	builders chan *Builder // as many as may work at a time
	maxBytes int
	wideFrom int // bytes: wideLayer
	built    meter
}

// entryOverhead is what an entry weighs beside its bytes: the key, the payload
// and the cache's node, measured at 450 to 560 bytes.
const entryOverhead = 540

// Config sets how much a cache may use. All fields but WideFrom must be more than 0.
type Config struct {
	// Bytes is the weight up to which tiles are kept.
	Bytes int64
	// Workers is how many tiles are built at a time, each with buffers of its own.
	Workers int
	// MaxTileBytes is the largest tile before compression.
	MaxTileBytes int
	// WideFrom is how many bytes a layer has in a tile, before compression, from
	// which it is compressed by itself; 0: 32 KiB.
	WideFrom int
}

// New returns an empty cache of the tiles of a city of which history tells.
func New(config Config, codecs *coding.Codecs, history history) (*Cache, error) {
	c := &Cache{
		history:  history,
		codecs:   codecs,
		builders: make(chan *Builder, config.Workers),
		maxBytes: config.MaxTileBytes,
		wideFrom: cmp.Or(config.WideFrom, wideLayer),
		built:    newMeter(),
	}
	for range config.Workers {
		c.builders <- &Builder{}
	}
	var err error
	if c.plain, err = c.newCache(uint64(config.Bytes)); err != nil {
		return nil, err
	}
	if c.wide, err = c.newCache(max(uint64(config.Bytes)/4, 1)); err != nil {
		return nil, err
	}
	c.filtered, err = c.newCache(max(uint64(config.Bytes)/8, 1))
	return c, err
}

func (c *Cache) newCache(weight uint64) (*otter.Cache[Key, *entry], error) {
	return otter.New(&otter.Options[Key, *entry]{
		MaximumWeight: weight,
		Weigher: func(key Key, e *entry) uint32 {
			return uint32(len(e.Body) + len(key.Layers) + len(key.Look.Filter) + len(key.Look.Properties) + entryOverhead)
		},
		StatsRecorder: &c.counts,
	})
}

// of returns the cache that a tile belongs into.
func (c *Cache) of(key *Key) *otter.Cache[Key, *entry] {
	if key.Look != (Look{}) {
		return c.filtered
	}
	return c.plain
}

// Close frees what the cache holds beside memory.
func (c *Cache) Close() {
	for _, cache := range []*otter.Cache[Key, *entry]{c.plain, c.filtered, c.wide} {
		cache.InvalidateAll()
		cache.StopAllGoroutines()
	}
}

// build makes a tile with one of the builders, waiting for one to be free: a
// burst of cold tiles takes no more memory than the builders have.
func (c *Cache) build(ctx context.Context, key Key, set view.LayerSet, v city.Version) (*entry, error) {
	b, err := c.Borrow(ctx)
	if err != nil {
		return nil, err
	}
	sound := false
	defer func() { c.GiveBack(b, sound) }()
	start := time.Now()
	e := newEntry(v)
	var length int
	if key.isParted() {
		length, err = c.buildParts(ctx, b, e, key, set, v)
	} else {
		var body []byte
		if body, err = b.Encode(ctx, set.Layers, key, c.maxBytes); err == nil {
			c.fill(b, e, key, body)
			length = len(body)
		}
	}
	sound = true
	if err != nil {
		return nil, err
	}
	c.built.seconds.Observe(time.Since(start).Seconds())
	c.built.bytes.Observe(float64(length))
	return e, nil
}

// fill makes e the tile of a body before compression.
func (c *Cache) fill(b *Builder, e *entry, key Key, body []byte) {
	e.Coding, e.ETag = key.Coding, []string{coding.ETag(body, key.Coding)}
	if len(body) > 0 {
		b.coded = c.codecs.Append(b.coded[:0], body, key.Coding)
		e.setBody(b.coded)
	}
}

// setBody gives e a copy of body.
func (e *entry) setBody(body []byte) {
	e.Body = append(make([]byte, 0, len(body)), body...)
	e.Length = []string{strconv.Itoa(len(body))}
}

// Borrow returns a builder, waiting for one to be free.
func (c *Cache) Borrow(ctx context.Context) (*Builder, error) {
	select {
	case b := <-c.builders:
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// GiveBack returns a builder that was borrowed, or another in the place of one
// that a panic left half-way.
func (c *Cache) GiveBack(b *Builder, sound bool) {
	if !sound {
		b = &Builder{}
	}
	c.builders <- b
}

// ErrTooLarge says that a tile has more bytes than are allowed.
var ErrTooLarge = errors.New("tile is too large")

// AppendDifferences appends the tile of what differs between two states to dst,
// made with one of the builders. Such tiles are not kept. The error wraps
// diff.ErrTileTooLarge.
func (c *Cache) AppendDifferences(ctx context.Context, dst []byte, comparison *diff.Comparison, t tiles.Tile) ([]byte, error) {
	b, err := c.Borrow(ctx)
	if err != nil {
		return dst, err
	}
	sound := false
	defer func() { c.GiveBack(b, sound) }()
	body, err := b.differences.Encode(ctx, comparison, t, c.maxBytes)
	dst = append(dst, body...)
	sound = true
	return dst, err
}

// counts counts what find saw and what the cache evicted. The cache's own
// hits and misses would count a tile that is found missing and then loaded twice.
type counts struct {
	stats.NoopRecorder
	hits, misses, evictions, evictedBytes atomic.Uint64
}

// RecordEviction implements stats.Recorder.
func (c *counts) RecordEviction(weight uint32) {
	c.evictions.Add(1)
	c.evictedBytes.Add(uint64(weight))
}
