package snapshot

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/hilbert"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Builder loads a Snapshot layer by layer. It serves one goroutine; while that
// one reads rows, a second takes them in.
//
//	Add ──batches──► intern row, prepare shape, place on the curve
//	                                        │
//	Finish ◄────────────────────────────────┘
//	   sort along the curve, lay everything out in that order ──► R-tree
//
// A tile or a proximity answer reads features that are neighbours on the ground.
// Laying them out as neighbours in memory, too, spares most of the cache misses
// that otherwise are half the time of a tile.
type Builder struct {
	version city.Version
	layers  []*Layer
}

// NewBuilder starts a Snapshot of the version.
func NewBuilder(version city.Version) *Builder { return &Builder{version: version} }

// Rejected is a feature that a Builder could not take, and why.
type Rejected struct {
	Layer city.LayerID
	ID    int64
	Err   error
}

// batchSize is how many features travel together from the reading to the
// preparing goroutine: large enough that the channel costs nothing.
const batchSize = 512

// batches is how many may be on their way: the reader's pauses are short.
const batches = 4

// rawFeature is a feature on its way into the layer.
type rawFeature struct {
	id       int64
	geometry orb.Geometry
	row      *row
	shape    tiles.Geometry
	bound    orb.Bound
	place    uint64 // on the space-filling curve
	vertices int
	err      error
}

// batch is features on their way from the reading goroutine to the other one,
// their values one after the other, as many for each as the layer has
// properties.
type batch struct {
	raw    []rawFeature
	values []city.Value
}

// LayerLoader takes the features of one layer.
type LayerLoader struct {
	editor  *editor
	builder *Builder
	raw     []rawFeature // taken in, in the order of Add
	batch   batch
	full    chan batch
	spent   chan batch // emptied, for reuse
	done    chan struct{}
}

// Layer starts loading a layer. Finish must be called on the result.
func (b *Builder) Layer(def city.Layer) (*LayerLoader, error) {
	if err := def.Validate(); err != nil {
		return nil, err
	}
	ll := &LayerLoader{
		editor:  &editor{layer: newLayer(def), inTiles: tileAttributes(&def)},
		builder: b,
		full:    make(chan batch, batches),
		spent:   make(chan batch, batches),
		done:    make(chan struct{}),
	}
	go ll.takeIn()
	return ll, nil
}

// Add takes a feature and copies what it needs of it.
func (ll *LayerLoader) Add(f *city.Feature) error {
	if err := ll.editor.fits(f); err != nil {
		return fmt.Errorf("feature %d: %w", f.ID, err)
	}
	width := len(ll.editor.layer.def.Properties)
	b := &ll.batch
	if b.raw == nil {
		select {
		case *b = <-ll.spent:
		default:
			*b = batch{make([]rawFeature, 0, batchSize), make([]city.Value, 0, batchSize*width)}
		}
	}
	b.raw = append(b.raw, rawFeature{id: f.ID, geometry: f.Geometry})
	b.values = append(b.values, f.Values...)
	b.values = b.values[:len(b.raw)*width] // what lies behind the end is null
	if len(b.raw) == batchSize {
		ll.full <- *b
		*b = batch{}
	}
	return nil
}

// takeIn is the second goroutine; Finish ends it.
func (ll *LayerLoader) takeIn() {
	defer close(ll.done)
	var preparer tiles.Preparer
	l := ll.editor.layer
	width := len(l.def.Properties)
	for b := range ll.full {
		for i := range b.raw {
			raw := &b.raw[i]
			raw.vertices, raw.bound, raw.err = measure(raw.geometry)
			if raw.err != nil {
				continue
			}
			raw.row = l.workshop.row(l.def, ll.editor.inTiles, &city.Feature{Values: b.values[i*width : (i+1)*width]})
			raw.place = curve(raw.bound.Center())
			if _, point := raw.geometry.(orb.Point); !point {
				raw.shape, raw.err = preparer.Prepare(raw.geometry)
			}
		}
		if cap(ll.raw)-len(ll.raw) < len(b.raw) {
			ll.raw = slices.Grow(ll.raw, max(len(ll.raw), len(b.raw))) // append grows by a quarter, and copies four times as much
		}
		ll.raw = append(ll.raw, b.raw...)
		clear(b.values)
		select {
		case ll.spent <- batch{b.raw[:0], b.values[:0]}:
		default:
		}
	}
}

// Finish lays the layer out and adds it to the Builder. It returns the features
// that cannot be served: without geometry, off the globe, or with the id of
// another.
func (ll *LayerLoader) Finish() ([]Rejected, error) {
	if len(ll.batch.raw) > 0 {
		ll.full <- ll.batch
	}
	close(ll.full)
	<-ll.done
	l := ll.editor.layer
	rejected := ll.reject()
	order := make([]int32, len(ll.raw))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(ll.raw[a].place, ll.raw[b].place) })
	l.workshop.repack(ll.raw, order)
	ll.editor.publish()
	made := ll.layOut(order)
	for _, f := range made { // in the order of ids, which the stores keep
		l.byID.Load(f)
	}
	ll.indexCodes()
	ll.builder.layers = append(ll.builder.layers, l)
	return rejected, nil
}

// reject removes the features that cannot be served.
func (ll *LayerLoader) reject() []Rejected {
	var rejected []Rejected
	seen := make(map[int64]bool)
	ascending := true // as stores read them: no id twice, and nothing to remember
	for i := 1; i < len(ll.raw); i++ {
		ascending = ascending && ll.raw[i-1].id < ll.raw[i].id
	}
	ll.raw = slices.DeleteFunc(ll.raw, func(raw rawFeature) bool {
		err := raw.err
		if err == nil && !ascending {
			if seen[raw.id] {
				err = ErrIDTaken
			}
			seen[raw.id] = true
		}
		if err != nil {
			rejected = append(rejected, Rejected{ll.editor.layer.def.ID, raw.id, err})
		}
		return err != nil
	})
	return rejected
}

// layOut makes the features in the order of the curve, while a second goroutine
// enters them into the R-tree, and returns them in the order in which they were
// added. Whatever the reader's geometry was part of can be freed afterwards.
func (ll *LayerLoader) layOut(order []int32) []*Feature {
	l := ll.editor.layer
	made := make([]*Feature, len(ll.raw))
	ready, done := make(chan []int32, 16), make(chan struct{})
	go func() {
		defer close(done)
		for part := range ready {
			for _, i := range part {
				r := boxOf(ll.raw[i].bound)
				l.tree.Insert(r.min, r.max, made[i])
			}
		}
	}()
	n := 0
	for part := range slices.Chunk(order, batchSize) {
		for _, i := range part {
			raw := &ll.raw[i]
			made[i] = newFeature(raw.id, orb.Clone(raw.geometry), l.workshop.preparer.Repack(raw.shape), *raw.row, raw.vertices, raw.place)
			if n == 0 {
				l.bound = raw.bound
			} else {
				l.bound = l.bound.Union(raw.bound)
			}
			l.widest = max(l.widest, raw.bound.Max[0]-raw.bound.Min[0])
			n++
		}
		ready <- part
	}
	close(ready)
	<-done
	ll.raw = nil
	return made
}

func (ll *LayerLoader) indexCodes() {
	l := ll.editor.layer
	if l.code < 0 {
		return
	}
	l.byID.Scan(func(f *Feature) bool {
		if code := l.Code(f); code != "" {
			l.claimCode(code, f)
		}
		return true
	})
}

// Build returns the finished Snapshot.
func (b *Builder) Build() (*Snapshot, error) {
	slices.SortFunc(b.layers, func(x, y *Layer) int { return cmp.Compare(x.def.ID, y.def.ID) })
	for i := 1; i < len(b.layers); i++ {
		if b.layers[i].def.ID == b.layers[i-1].def.ID {
			return nil, fmt.Errorf("layer %q twice: %w", b.layers[i].def.ID, city.ErrBadLayer)
		}
	}
	return &Snapshot{version: b.version, layers: b.layers}, nil
}

// curveBits is the resolution of the space-filling curve: 2^24 steps of
// longitude are 2.4 m.
const curveBits = 24

// curve returns the distance of a place, lon/lat, along the Hilbert curve over the
// whole globe.
func curve(p orb.Point) uint64 {
	const side = 1 << curveBits
	x := min(uint32((p[0]+180)/360*side), side-1)
	y := min(uint32((p[1]+90)/180*side), side-1)
	return hilbert.Distance(x, y, curveBits)
}
