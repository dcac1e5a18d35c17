package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// Open returns a new, empty store, closed by the test's clean-up.
type Open func(t *testing.T) twin.Store

// Reopen closes s and opens the same data again, as a restarted server would.
// The returned store too is closed by the test's clean-up.
type Reopen func(t *testing.T, s twin.Store) twin.Store

// bench is what one test of the table works with.
type bench struct {
	*testing.T
	ctx    context.Context
	store  twin.Store
	reopen Reopen
}

// Run runs the whole table, each test on a store of its own and beside the others:
// a database is waited for more than it is computed with.
func Run(t *testing.T, open Open, reopen Reopen) {
	t.Helper()
	groups := []map[string]func(*bench){layerTests(), featureTests(), keyTests(), commitTests(), readerTests(), changeTests(), editTests()}
	for _, group := range groups {
		for name, test := range group {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(&bench{T: t, ctx: t.Context(), store: open(t), reopen: reopen})
			})
		}
	}
}

var errStop = errors.New("stopped by the test")

// write commits and fails the test on an error.
func (b *bench) write(fn func(twin.Writer) error) city.Version {
	b.Helper()
	version, err := b.store.Write(b.ctx, "test", fn)
	if err != nil {
		b.Fatalf("write: %v", err)
	}
	return version
}

// create makes one layer.
func (b *bench) create(layer city.Layer) city.Version {
	b.Helper()
	return b.write(func(w twin.Writer) error { return w.PutLayer(b.ctx, layer) })
}

// put stores features in one transaction and returns the layer's tally.
func (b *bench) put(layer city.LayerID, features ...city.Feature) city.Tally {
	b.Helper()
	tally, _ := b.putVersion(layer, features...)
	return tally
}

func (b *bench) putVersion(layer city.LayerID, features ...city.Feature) (city.Tally, city.Version) {
	b.Helper()
	var tally city.Tally
	version := b.write(func(w twin.Writer) error {
		for i := range features {
			if err := w.Put(b.ctx, layer, &features[i]); err != nil {
				return err
			}
		}
		all, err := w.Tally(b.ctx)
		tally = all[layer]
		return err
	})
	return tally, version
}

// read calls fn with a consistent state and fails the test on an error.
func (b *bench) read(fn func(twin.Reader) error) {
	b.Helper()
	if err := b.store.Read(b.ctx, fn); err != nil {
		b.Fatalf("read: %v", err)
	}
}

func (b *bench) version() city.Version {
	b.Helper()
	var version city.Version
	b.read(func(r twin.Reader) error { version = r.Version(); return nil })
	return version
}

func (b *bench) layers() []city.Layer {
	b.Helper()
	var layers []city.Layer
	b.read(func(r twin.Reader) error { layers = cloneLayers(b.T, r.Layers()); return nil })
	return layers
}

// features reads a whole layer. It keeps what the contract lets it keep,
// geometry and text, and copies the rest.
func (b *bench) features(layer city.LayerID) []city.Feature {
	b.Helper()
	var features []city.Feature
	b.read(func(r twin.Reader) (err error) {
		features, err = collect(b.ctx, r, layer)
		return err
	})
	return features
}

func collect(ctx context.Context, r twin.Reader, layer city.LayerID) ([]city.Feature, error) {
	var features []city.Feature
	err := r.Features(ctx, layer, func(f *city.Feature) error {
		kept := *f
		kept.Values = append([]city.Value(nil), f.Values...)
		features = append(features, kept)
		return nil
	})
	return features, err
}

// wantFeatures compares a layer with what it must hold, in the order of ids.
func (b *bench) wantFeatures(layer city.LayerID, want ...city.Feature) {
	b.Helper()
	got := b.features(layer)
	if len(got) != len(want) {
		b.Fatalf("layer %s has %d features, want %d", layer, len(got), len(want))
	}
	for i := range want {
		b.wantFeature(&got[i], &want[i])
	}
}

func (b *bench) wantFeature(got, want *city.Feature) {
	b.Helper()
	if got.ID != want.ID {
		b.Errorf("feature id %d, want %d", got.ID, want.ID)
	}
	if !city.SameGeometry(got.Geometry, want.Geometry) {
		b.Errorf("feature %d: geometry %T %v, want %T %v", want.ID, got.Geometry, got.Geometry, want.Geometry, want.Geometry)
	}
	for i := range max(len(got.Values), len(want.Values)) {
		if g, w := got.Value(i), want.Value(i); g != w {
			b.Errorf("feature %d: value %d is %s %.80q, want %s %.80q", want.ID, i, g.Kind(), g, w.Kind(), w)
		}
	}
}

func (b *bench) wantTally(got, want city.Tally) {
	b.Helper()
	if got != want {
		b.Errorf("tally %+v, want %+v", got, want)
	}
}

func (b *bench) wantVersion(want city.Version) {
	b.Helper()
	if got := b.version(); got != want {
		b.Errorf("version %d, want %d", got, want)
	}
}

// wantLayers compares by meaning: a nil and an empty list are the same.
func (b *bench) wantLayers(want ...city.Layer) {
	b.Helper()
	got := b.layers()
	if g, w := asJSON(b.T, got), asJSON(b.T, cloneLayers(b.T, want)); g != w {
		b.Errorf("layers\n got %s\nwant %s", g, w)
	}
}

func cloneLayers(t *testing.T, layers []city.Layer) []city.Layer {
	t.Helper()
	clone := []city.Layer{}
	if len(layers) == 0 {
		return clone
	}
	if err := json.Unmarshal([]byte(asJSON(t, layers)), &clone); err != nil {
		t.Fatal(err)
	}
	for i := range clone {
		if len(clone[i].Properties) == 0 {
			clone[i].Properties = nil
		}
	}
	return clone
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// stops is a layer of points with a key, the usual subject of a test.
func stops() city.Layer {
	return city.Layer{
		ID: "stops", Title: "Điểm dừng", TitleEN: "Stops", Geometry: city.GeometryPoint, Key: "code",
		Properties: []city.Property{
			{Name: "code", Type: city.KindString},
			{Name: "name", Type: city.KindString, Title: "Tên", TitleEN: "Name"},
			{Name: "length_m", Type: city.KindNumber, Unit: "m"},
		},
	}
}

// stop is the n-th feature of stops with its id given, 0 to let the store choose.
func stop(id int64, code string, n int) city.Feature {
	return city.Feature{
		ID:       id,
		Geometry: orb.Point{105.8 + float64(n)/1000, 21.0 + float64(n)/3000},
		Values:   []city.Value{city.String(code), city.String("Bến xe Mỹ Đình"), city.Number(float64(n) / 3)},
	}
}
