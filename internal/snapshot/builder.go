package snapshot

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/hilbert"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Builder loads a Snapshot layer by layer. It serves one goroutine; while that
// one reads rows, two others take them in.
//
//	Add ──batches──► prepare shape, place on the curve ──► intern row
//	                                                            │
//	Finish ◄────────────────────────────────────────────────────┘
//	   sort along the curve, and in that order:
//	   lay out rows and values ──► lay out features ──► R-tree
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

// batchSize is how many features travel together from one goroutine to the next:
// large enough that the channel costs nothing.
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
	made     *Feature // nil until it is laid out
}

// batch is features on their way from the reading goroutine to the others, their
// values one after the other, as many for each as the layer has
// properties.
type batch struct {
	raw    []rawFeature
	values []city.Value
}

// placed is a feature with its place on the curve, which sorting looks at alone.
type placed struct {
	place uint64
	raw   *rawFeature
}

// LayerLoader takes the features of one layer.
type LayerLoader struct {
	editor  *editor
	builder *Builder
	raw     []*rawFeature // taken in, in the order of Add
	batch   batch
	full    chan batch
	shaped  chan batch
	spent   chan []city.Value // emptied, for reuse
	done    chan struct{}
}

// Layer starts loading a layer. Finish must be called on the result.
func (b *Builder) Layer(def city.Layer) (*LayerLoader, error) {
	if err := def.Validate(); err != nil {
		return nil, err
	}
	ll := &LayerLoader{
		editor:  &editor{layer: newLayer(def), order: tagOrderOf(&def)},
		builder: b,
		full:    make(chan batch, batches),
		shaped:  make(chan batch, batches),
		spent:   make(chan []city.Value, batches),
		done:    make(chan struct{}),
	}
	ll.editor.layer.workshop.draft = true
	go ll.takeShapes()
	go ll.takeRows()
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
		b.raw = make([]rawFeature, 0, batchSize)
		select {
		case b.values = <-ll.spent:
		default:
			b.values = make([]city.Value, 0, batchSize*width)
		}
	}
	b.raw = append(b.raw, rawFeature{id: f.ID, geometry: f.Geometry})
	b.values = append(b.values, f.Values...)
	for range width - len(f.Values) {
		b.values = append(b.values, city.Null)
	}
	if len(b.raw) == batchSize {
		ll.full <- *b
		*b = batch{}
	}
	return nil
}

// takeShapes is the second goroutine; Finish ends it.
func (ll *LayerLoader) takeShapes() {
	defer close(ll.shaped)
	var preparer tiles.Preparer
	for b := range ll.full {
		for i := range b.raw {
			raw := &b.raw[i]
			raw.vertices, raw.bound, raw.err = measure(raw.geometry)
			if raw.err != nil {
				continue
			}
			raw.place = curve(raw.bound.Center())
			if _, point := raw.geometry.(orb.Point); !point {
				raw.shape, raw.err = preparer.Prepare(raw.geometry)
			}
		}
		ll.shaped <- b
	}
}

// takeRows is the third; the second ends it.
func (ll *LayerLoader) takeRows() {
	defer close(ll.done)
	l := ll.editor.layer
	width := len(l.def.Properties)
	for b := range ll.shaped {
		for i := range b.raw {
			raw := &b.raw[i]
			ll.raw = append(ll.raw, raw)
			if raw.err == nil {
				raw.row = l.workshop.row(l.def, ll.editor.order, &city.Feature{Values: b.values[i*width : (i+1)*width]})
			}
		}
		select {
		case ll.spent <- b.values[:0]:
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
	ll.layOut(ll.alongCurve())
	ll.editor.publish()
	for _, raw := range ll.raw { // in the order of ids, which the stores keep
		l.byID.Load(raw.made)
	}
	ll.raw = nil
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
	ll.raw = slices.DeleteFunc(ll.raw, func(raw *rawFeature) bool {
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

// alongCurve sorts the features along the curve.
func (ll *LayerLoader) alongCurve() []placed {
	order := make([]placed, len(ll.raw))
	for i, raw := range ll.raw {
		order[i] = placed{raw.place, raw}
	}
	slices.SortFunc(order, func(a, b placed) int { return cmp.Compare(a.place, b.place) })
	return order
}

// layOut makes the features in the order of the curve. One goroutine goes ahead
// with their rows, and one follows and enters them into the R-tree. Whatever the
// reader's geometry was part of can be freed afterwards.
func (ll *LayerLoader) layOut(order []placed) {
	l := ll.editor.layer
	packed, made := make(chan []placed, batches), make(chan []placed, batches)
	var others sync.WaitGroup
	others.Go(func() {
		defer close(packed)
		p := l.workshop.repack()
		for part := range slices.Chunk(order, batchSize) {
			for i := range part {
				p.row(part[i].raw.row)
			}
			packed <- part
		}
		p.finish()
	})
	others.Go(func() {
		for part := range made {
			for i := range part {
				r := boxOf(part[i].raw.bound)
				l.tree.Insert(r.min, r.max, part[i].raw.made)
			}
		}
	})
	if len(order) > 0 {
		l.bound = order[0].raw.bound
	}
	for part := range packed {
		for i := range part {
			raw := part[i].raw
			raw.made = newFeature(raw.id, orb.Clone(raw.geometry), l.workshop.preparer.Repack(raw.shape), *raw.row, raw.vertices, raw.place)
			l.bound = union(l.bound, raw.bound)
			l.widest = max(l.widest, raw.bound.Max[0]-raw.bound.Min[0])
		}
		made <- part
	}
	close(made)
	others.Wait()
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
