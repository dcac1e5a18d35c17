package tilecache

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/tilechange"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// entry is a tile with the versions, one after the other, of which it is
// known to be the tile:
//
//	version   40   41   42   43   44   45   46   47
//	                    from ───────── to              46 asked for: did 46
//	                     ●    ●    ●    ●              change the tile? No: to = 46
//	                     ▲                             41 asked for: did 42? Yes:
//	                     42 changed it                 41 gets an entry of its own
//
// Both ends only ever move outward, each after looking at all edits on the way,
// so that whoever finds a version between them, in whatever order he reads them,
// may serve the tile for it.
type entry struct {
	coding.Payload
	from, to atomic.Int64
	part     *part // of what is kept of a wide layer; else nil
}

func newEntry(v city.Version) *entry {
	e := &entry{}
	e.from.Store(int64(v))
	e.to.Store(int64(v))
	return e
}

// is tells whether e is known to be the tile of version v.
func (e *entry) is(v city.Version) bool {
	return e.from.Load() <= int64(v) && int64(v) <= e.to.Load()
}

// reach notes that e is the tile of v and of all versions between.
func (e *entry) reach(v city.Version) {
	for old := e.to.Load(); int64(v) > old && !e.to.CompareAndSwap(old, int64(v)); old = e.to.Load() {
	}
	for old := e.from.Load(); int64(v) < old && !e.from.CompareAndSwap(old, int64(v)); old = e.from.Load() {
	}
}

// history tells what changed since a version; a twin does.
type history interface {
	// Since returns the states after a version, oldest first, and an error when
	// they do not reach back to it.
	Since(city.Version) ([]*twin.State, <-chan struct{}, error)
}

// Find returns the tile of version v when the cache has it, of that version or of
// another when nothing between changed it.
func (c *Cache) Find(key Key, v city.Version) (*coding.Payload, bool) {
	cache := c.of(&key)
	e, found := cache.GetIfPresent(key)
	if !found {
		return nil, false
	}
	if !c.stays(e, key, v) {
		if int64(v) > e.from.Load() {
			return nil, false
		}
		if e, found = cache.GetIfPresent(key.pin(v)); !found {
			return nil, false
		}
	}
	c.counts.hits.Add(1)
	return &e.Payload, true
}

// pin returns the key of the tile of one version alone.
func (k Key) pin(v city.Version) Key {
	k.pinned, k.version = true, v
	return k
}

// Load returns the tile of version v of the layers in set, which are as of that
// version, building it when the cache has it not. It stops when ctx ends.
func (c *Cache) Load(ctx context.Context, key Key, set view.LayerSet, v city.Version) (*coding.Payload, error) {
	key.Layers = strings.Clone(set.Name) // not the URL that it was cut from
	cache := c.of(&key)
	if e, found := cache.GetIfPresent(key); found {
		if c.stays(e, key, v) {
			c.counts.hits.Add(1)
			return &e.Payload, nil
		}
		c.drop(key, e, v)
	}
	c.counts.misses.Add(1)
	build := otter.LoaderFunc[Key, *entry](func(ctx context.Context, key Key) (*entry, error) {
		return c.build(ctx, key, set, v)
	})
	for range maxFlights {
		e, err := cache.Get(ctx, key, build)
		if err != nil {
			return nil, err
		}
		if c.stays(e, key, v) {
			return &e.Payload, nil
		}
		if !c.drop(key, e, v) {
			break
		}
	}
	e, err := cache.Get(ctx, key.pin(v), build)
	if err != nil {
		return nil, err
	}
	return &e.Payload, nil
}

// maxFlights bounds how often a request finds that another, of an older version,
// has just built the tile. More than twice has not been seen.
const maxFlights = 4

// drop removes e, which is not the tile of version v, if it is of older ones and
// unless another has taken its place. It reports whether e is of older ones.
func (c *Cache) drop(key Key, e *entry, v city.Version) bool {
	if int64(v) < e.from.Load() {
		return false
	}
	c.of(&key).ComputeIfPresent(key, func(now *entry) (*entry, otter.ComputeOp) {
		if now != e {
			return now, otter.CancelOp
		}
		return nil, otter.InvalidateOp
	})
	return true
}

// stays tells whether e is the tile of version v too, looking at what changed
// between.
func (c *Cache) stays(e *entry, key Key, v city.Version) bool {
	if e.is(v) {
		return true
	}
	from, to := city.Version(e.from.Load()), city.Version(e.to.Load())
	if v > to {
		from, to = to, v
	} else {
		from, to = v, from
	}
	if c.changed(key, from, to) {
		return false
	}
	e.reach(v)
	return true
}

// maxCompared is how many edits are compared before building the tile anew is
// cheaper: one takes about 0.3 µs, a tile about 1 ms.
const maxCompared = 2048

// changed tells whether the tile may differ between two versions. Both have been
// published; when what was between is not kept any more, the answer is yes.
func (c *Cache) changed(key Key, after, upTo city.Version) bool {
	states, _, err := c.history.Since(after)
	if err != nil {
		return true
	}
	end := slices.IndexFunc(states, func(s *twin.State) bool { return s.Version() == upTo })
	if end < 0 {
		return true // of a state that was made from the record
	}
	d, _ := c.differs.Get().(*tilechange.Differ)
	if d == nil {
		d = &tilechange.Differ{}
	}
	defer c.differs.Put(d)
	left := maxCompared
	for _, s := range slices.Backward(states[:end+1]) {
		if left -= len(s.Edits); left < 0 || s.Everything || slices.ContainsFunc(s.Whole, key.has) {
			return true
		}
		for i := range s.Edits {
			if ed := &s.Edits[i]; key.has(ed.Layer()) && key.differs(d, ed) {
				return true
			}
		}
	}
	return false
}

// has tells whether a layer is one of the tile's, whose names are canonical. The tile
// of all layers also changes with the layers that there are.
func (k *Key) has(id city.LayerID) bool {
	if k.Layers == view.AllLayers {
		return true
	}
	for name := range strings.SplitSeq(k.Layers, ",") {
		if name == string(id) {
			return true
		}
	}
	return false
}

// differs tells whether ed may change the tile. What a day or a filter shows of a
// feature is not only what tiles carry: there, every edit counts that touches the
// tile.
func (k *Key) differs(d *tilechange.Differ, ed *snapshot.Edit) bool {
	if k.Set != nil {
		return mayDiffer(k.Set, k.Tile, ed)
	}
	if k.Days.Asked || k.Look != (Look{}) {
		return d.Touches(ed, k.Tile)
	}
	return d.Differs(ed, k.Tile)
}

// differs is a pool of *tilechange.Differ, which have scratch.
type differs struct{ sync.Pool }
