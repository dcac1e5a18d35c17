package twin_test

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/gpkgtest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// editsOf lists what a state changed, such as "stops/1 105.8 → 105.9".
func editsOf(s *twin.State) []string {
	var all []string
	for i := range s.Edits {
		ed := &s.Edits[i]
		before, after := any("nothing"), any("nothing")
		if ed.Before != nil {
			before = ed.Before.Geometry()
		}
		if ed.After != nil {
			after = ed.After.Geometry()
		}
		all = append(all, fmt.Sprintf("%s/%d %v → %v", ed.Layer(), ed.ID(), before, after))
	}
	return all
}

// TestReplay makes the states of the past from the record, in a twin that was
// opened after them, and compares them with those that another twin published.
func TestReplay(t *testing.T) {
	store := gpkgtest.New(t)
	first := write(t, store, stop("A", 105.8), stop("B", 105.9))
	tw, err := twin.Open(t.Context(), store, slog.New(slog.DiscardHandler), twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	write(t, store, stop("A", 105.7))
	if err := tw.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, edits := range [][]twin.Edit{
		{{Layer: stops.ID, Feature: stop("C", 105.6)}, {Layer: stops.ID, ID: 1}},
		{{Layer: stops.ID, ID: 2, Feature: stop("A", 105.5)}},
	} {
		if _, _, err := tw.Commit(t.Context(), twin.Commit{Edits: edits}); err != nil {
			t.Fatal(err)
		}
	}
	want, _, err := tw.Since(first)
	if err != nil || len(want) != 3 {
		t.Fatal(len(want), err)
	}
	later, err := twin.Open(t.Context(), store, slog.New(slog.DiscardHandler), twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []*twin.State
	if err := later.Replay(t.Context(), first, 100, func(s *twin.State) error { got = append(got, s); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || got[0].Version() != first || got[0].Snapshot.Layer(stops.ID).ByCode("A").ID() != 1 {
		t.Fatalf("%d states, the first of version %d", len(got), got[0].Version())
	}
	for i, s := range got[1:] {
		if s.Version() != want[i].Version() || s.Since != want[i].Since || !s.At.Equal(want[i].At) || !slices.Equal(editsOf(s), editsOf(want[i])) {
			t.Errorf("version %d since %d: %q, want version %d since %d: %q", s.Version(), s.Since, editsOf(s), want[i].Version(), want[i].Since, editsOf(want[i]))
		}
		if err := s.Snapshot.Check(); err != nil {
			t.Error(err)
		}
	}
	if later.State().Version() != want[2].Version() || later.Oldest() != want[2].Version() {
		t.Errorf("replaying published versions %d to %d", later.Oldest(), later.State().Version())
	}

	enough := errors.New("enough")
	n := 0
	if err := later.Replay(t.Context(), first, 100, func(*twin.State) error { n++; return enough }); !errors.Is(err, enough) || n != 1 {
		t.Errorf("stopped after %d states: %v", n, err)
	}
	for _, c := range []struct {
		after city.Version
		most  int
		want  error
	}{{first, 2, city.ErrTooManyChanges}, {first + 3, 2, nil}} {
		if err := later.Replay(t.Context(), c.after, c.most, func(*twin.State) error { return nil }); !errors.Is(err, c.want) {
			t.Errorf("from %d, at most %d: %v, want %v", c.after, c.most, err, c.want)
		}
	}
}
