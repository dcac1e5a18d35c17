package twin_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/gpkgtest"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

var stops = city.Layer{
	ID: "stops", Title: "Trạm", TitleEN: "Stops", Geometry: city.GeometryPoint, Key: "code",
	Properties: []city.Property{{Name: "code", Type: city.KindString}, {Name: "name", Type: city.KindString}},
}

func stop(code string, x float64) *city.Feature {
	return &city.Feature{Geometry: orb.Point{x, 21}, Values: []city.Value{city.String(code), city.String("Trạm " + code)}}
}

func write(t *testing.T, store twin.Store, features ...*city.Feature) city.Version {
	t.Helper()
	v, err := store.Write(t.Context(), "thử", func(w twin.Writer) error {
		if err := w.PutLayer(t.Context(), stops); err != nil {
			return err
		}
		for _, f := range features {
			if err := w.Put(t.Context(), stops.ID, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestReload follows a store through two versions: what a reader holds stays as
// it was, and the next state is complete.
func TestReload(t *testing.T) {
	store := gpkgtest.New(t)
	v1 := write(t, store, stop("A", 105.8), stop("B", 105.9))
	tw, err := twin.Open(t.Context(), store, slog.New(slog.DiscardHandler), twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	first := tw.Snapshot()
	if first.Version() != v1 || first.Len() != 2 {
		t.Fatalf("version %d with %d features, want %d with 2", first.Version(), first.Len(), v1)
	}
	v2 := write(t, store, stop("A", 105.7), stop("C", 105.6))
	if tw.Snapshot() != first {
		t.Fatal("the state changed before it was loaded")
	}
	before := tw.State().Published
	if err := tw.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := tw.Snapshot()
	if second.Version() != v2 || second.Len() != 3 || tw.State().Published.Before(before) {
		t.Fatalf("version %d with %d features, want %d with 3", second.Version(), second.Len(), v2)
	}
	for s, x := range map[*snapshot.Snapshot]float64{first: 105.8, second: 105.7} {
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		if got := s.Layer("stops").ByCode("A").Geometry(); got != (orb.Point{x, 21}) {
			t.Errorf("version %d has A at %v, want %v", s.Version(), got, x)
		}
	}
}

var errBroken = errors.New("broken")

// broken is a store that serves a few features and then fails.
type broken struct {
	twin.Store
	twin.Reader
	features []city.Feature
	err      error
}

func (b *broken) Read(_ context.Context, read func(twin.Reader) error) error { return read(b) }
func (b *broken) ChangeSets(context.Context, city.Version, int) ([]city.ChangeSet, error) {
	return nil, nil
}
func (b *broken) Version() city.Version { return 7 }
func (b *broken) Layers() []city.Layer  { return []city.Layer{stops} }
func (b *broken) Features(_ context.Context, _ city.LayerID, yield func(*city.Feature) error) error {
	for i := range b.features {
		if err := yield(&b.features[i]); err != nil {
			return err
		}
	}
	return b.err
}

// TestFailedReload keeps the last good state when a reload fails half-way, and
// leaves no goroutine behind.
func TestFailedReload(t *testing.T) {
	b := &broken{features: []city.Feature{{ID: 1, Geometry: orb.Point{105, 21}}}}
	tw, err := twin.Open(t.Context(), b, slog.New(slog.DiscardHandler), twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	good := tw.Snapshot()
	b.err = errBroken
	goroutines := runtime.NumGoroutine()
	for range 20 {
		if err := tw.Reload(t.Context()); !errors.Is(err, errBroken) {
			t.Fatalf("reload: %v", err)
		}
	}
	if tw.Snapshot() != good {
		t.Error("a failed reload changed the state")
	}
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > goroutines && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines, %d before", n, goroutines)
	}
}

// TestRejected serves what can be served and names the rest.
func TestRejected(t *testing.T) {
	b := &broken{features: []city.Feature{
		{ID: 1, Geometry: orb.Point{105, 21}},
		{ID: 2},
		{ID: 3, Geometry: orb.Point{2326366, 588394}},
	}}
	tw, err := twin.Open(t.Context(), b, slog.New(slog.DiscardHandler), twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := tw.Snapshot().Len(); n != 1 {
		t.Errorf("%d features are served, want 1", n)
	}
	rejected := tw.Rejected()
	if len(rejected) != 2 || rejected[0].ID != 2 || rejected[1].ID != 3 ||
		!errors.Is(rejected[0].Err, snapshot.ErrNoGeometry) || !errors.Is(rejected[1].Err, snapshot.ErrOffGlobe) {
		t.Errorf("rejected %v", rejected)
	}
}

// TestCancelled stops loading when nobody waits for it any more.
func TestCancelled(t *testing.T) {
	store := gpkgtest.New(t)
	write(t, store, stop("A", 105.8))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := twin.Open(ctx, store, slog.New(slog.DiscardHandler), twin.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("open: %v", err)
	}
}
