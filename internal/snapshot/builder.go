package snapshot

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Builder loads a Snapshot layer by layer. It serves one goroutine; while that
// one reads rows, a second prepares and indexes their geometry.
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
// indexing goroutine: large enough that the channel costs nothing.
const batchSize = 512

type rawFeature struct {
	id       int64
	geometry orb.Geometry
	row      *row
}

// LayerLoader takes the features of one layer.
type LayerLoader struct {
	editor   *editor
	builder  *Builder
	batch    []rawFeature
	full     chan []rawFeature
	empty    chan []rawFeature
	done     chan struct{}
	rejected []Rejected
}

// Layer starts loading a layer. Finish must be called on the result.
func (b *Builder) Layer(def city.Layer) (*LayerLoader, error) {
	if err := def.Validate(); err != nil {
		return nil, err
	}
	ll := &LayerLoader{
		editor:  &editor{layer: newLayer(def), inTiles: tileAttributes(&def)},
		builder: b,
		batch:   make([]rawFeature, 0, batchSize),
		full:    make(chan []rawFeature, 4),
		empty:   make(chan []rawFeature, 8),
		done:    make(chan struct{}),
	}
	go ll.index()
	return ll, nil
}

// Add takes a feature. It keeps the geometry and copies the values.
func (ll *LayerLoader) Add(f *city.Feature) error {
	r, err := ll.editor.row(f)
	if err != nil {
		return fmt.Errorf("feature %d: %w", f.ID, err)
	}
	ll.batch = append(ll.batch, rawFeature{f.ID, f.Geometry, r})
	if len(ll.batch) == batchSize {
		ll.send()
	}
	return nil
}

func (ll *LayerLoader) send() {
	ll.full <- ll.batch
	select {
	case ll.batch = <-ll.empty:
	default:
		ll.batch = make([]rawFeature, 0, batchSize)
	}
}

// index is the second goroutine; Finish ends it. It reads rows, which are
// complete when they arrive, but not the dictionary, which is still growing:
// codes are indexed by Finish.
func (ll *LayerLoader) index() {
	defer close(ll.done)
	for batch := range ll.full {
		for _, raw := range batch {
			ll.add(raw)
		}
		clear(batch)
		select {
		case ll.empty <- batch[:0]:
		default:
		}
	}
}

func (ll *LayerLoader) add(raw rawFeature) {
	l := ll.editor.layer
	f, b, err := ll.editor.make(raw.id, raw.geometry, raw.row)
	if err != nil {
		ll.rejected = append(ll.rejected, Rejected{l.def.ID, raw.id, err})
		return
	}
	if l.byID.Len() > 0 && l.Feature(f.id) != nil {
		ll.rejected = append(ll.rejected, Rejected{l.def.ID, raw.id, ErrIDTaken})
		return
	}
	ll.editor.index(f, b)
}

// Finish waits for the indexing and adds the layer to the Builder. It returns
// the features that cannot be served: without geometry, or off the globe.
func (ll *LayerLoader) Finish() ([]Rejected, error) {
	if len(ll.batch) > 0 {
		ll.full <- ll.batch
	}
	close(ll.full)
	<-ll.done
	l := ll.editor.layer
	ll.editor.publish()
	if err := ll.indexCodes(); err != nil {
		return ll.rejected, fmt.Errorf("layer %q: %w", l.def.ID, err)
	}
	ll.builder.layers = append(ll.builder.layers, l)
	return ll.rejected, nil
}

func (ll *LayerLoader) indexCodes() error {
	l := ll.editor.layer
	if l.code < 0 {
		return nil
	}
	var taken error
	l.byID.Scan(func(f *Feature) bool {
		code := l.Code(f)
		if code == "" {
			return true
		}
		if other, twice := l.byCode.Set(code, f); twice {
			taken = fmt.Errorf("code %q of features %d and %d: %w", code, other.id, f.id, ErrCodeTaken)
		}
		return taken == nil
	})
	return taken
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
