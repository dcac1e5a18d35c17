package twin_test

import (
	"log/slog"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/gpkgtest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// TestPastOfAStoreAhead asks for the past at the moment at which the store has got
// more changes than are taken over one by one, and the twin has not seen them.
func TestPastOfAStoreAhead(t *testing.T) {
	store := gpkgtest.New(t)
	first := write(t, store, stop("A", 105))
	tw, err := twin.Open(t.Context(), store, slog.New(slog.DiscardHandler), twin.Options{Retention: twin.Retention{Versions: 1}})
	if err != nil {
		t.Fatal(err)
	}
	tw.TakeAtMost(10)
	began := tw.State().At
	write(t, store, stop("B", 106))
	if err := tw.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	last, err := store.Write(t.Context(), "nhập", func(w twin.Writer) error {
		for i := range 20 {
			if err := w.Put(t.Context(), stops.ID, &city.Feature{Geometry: orb.Point{105 + float64(i)/1e3, 21}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := tw.AsOf(t.Context(), began)
	if err != nil || s.Version() != first || s.Snapshot.Len() != 1 {
		t.Fatalf("as of version %d: %+v, %v", first, s, err)
	}
	if v := tw.State().Version(); v != last {
		t.Errorf("version %d is published, want %d", v, last)
	}
}
