package twin_test

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/gpkgtest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// TestKnownLayers commits under conditions on definitions.
func TestKnownLayers(t *testing.T) {
	store := gpkgtest.New(t)
	write(t, store, stop("A", 105.8))
	tw, err := twin.Open(t.Context(), store, slog.New(slog.DiscardHandler), twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	other := stops
	other.Title = "Bến"
	absent := city.Layer{ID: "bridges", Geometry: city.GeometryAny}
	for name, c := range map[string]struct {
		commit twin.Commit
		want   error
	}{
		"known":     {twin.Commit{Known: []city.Layer{stops}}, nil},
		"another":   {twin.Commit{Known: []city.Layer{other}}, city.ErrConflict},
		"not there": {twin.Commit{Known: []city.Layer{absent}}, city.ErrConflict},
		"new":       {twin.Commit{New: []city.LayerID{"bridges"}}, nil},
		"not new":   {twin.Commit{New: []city.LayerID{"stops"}}, city.ErrConflict},
	} {
		if _, _, err := tw.Commit(t.Context(), c.commit); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestHolds looks at what edits expect of a state.
func TestHolds(t *testing.T) {
	store := gpkgtest.New(t)
	write(t, store, stop("A", 105.8))
	tw, err := twin.Open(t.Context(), store, slog.New(slog.DiscardHandler), twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		edit twin.Edit
		want bool
	}{
		"as it is":             {twin.Edit{Layer: "stops", ID: 1, Expect: stop("A", 105.8)}, true},
		"moved":                {twin.Edit{Layer: "stops", ID: 1, Expect: stop("A", 105.9)}, false},
		"renamed":              {twin.Edit{Layer: "stops", ID: 1, Expect: stop("B", 105.8)}, false},
		"whatever it is":       {twin.Edit{Layer: "stops", ID: 1}, true},
		"whatever, not there":  {twin.Edit{Layer: "stops", ID: 2}, false},
		"absent":               {twin.Edit{Layer: "stops", ID: 2, Absent: true}, true},
		"not absent":           {twin.Edit{Layer: "stops", ID: 1, Absent: true}, false},
		"new":                  {twin.Edit{Layer: "stops"}, true},
		"in no layer that is":  {twin.Edit{Layer: "bridges"}, false},
		"expected, not there":  {twin.Edit{Layer: "stops", ID: 2, Expect: stop("A", 105.8)}, false},
		"absent in no layer":   {twin.Edit{Layer: "bridges", ID: 1, Absent: true}, false},
		"expected, no id is 2": {twin.Edit{Layer: "stops", ID: 2, Absent: true, Expect: nil}, true},
	} {
		if got := c.edit.Holds(tw.Snapshot()); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestEntries tells of versions with the layers that each touched, also of one
// that is gone, and skips layers when it is told to.
func TestEntries(t *testing.T) {
	store := gpkgtest.New(t)
	tw, err := twin.Open(t.Context(), store, slog.New(slog.DiscardHandler), twin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	bridges := city.Layer{ID: "bridges", Title: "Cầu", TitleEN: "Bridges", Geometry: city.GeometryPoint}
	commit := func(c twin.Commit) city.Version {
		t.Helper()
		v, _, err := tw.Commit(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	point := func(layer city.LayerID, code string) twin.Edit {
		f := stop(code, 105.8)
		if layer == "bridges" {
			f.Values = nil
		}
		return twin.Edit{Layer: layer, Feature: f}
	}
	first := commit(twin.Commit{Author: "an", Message: "hai lớp", Put: []city.Layer{stops, bridges}})
	commit(twin.Commit{Author: "bình", Edits: []twin.Edit{point("stops", "A"), point("bridges", ""), point("bridges", ""), point("stops", "B")}})
	last := commit(twin.Commit{Author: "chi", Drop: []city.LayerID{"bridges"}})
	entries, err := tw.Entries(t.Context(), first-1, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 3 || entries[2].Set.Version != last {
		t.Fatalf("%d entries: %+v", len(entries), entries)
	}
	for i, want := range []struct {
		author      string
		layers      []city.LayerID
		definitions int
	}{
		{"an", []city.LayerID{"bridges", "stops"}, 2}, {"bình", []city.LayerID{"bridges", "stops"}, 0}, {"chi", []city.LayerID{"bridges"}, 1},
	} {
		e := entries[i]
		if e.Set.Author != want.author || len(e.Layers) != len(want.layers) || len(e.Set.Definitions) != want.definitions || e.Lost {
			t.Errorf("entry %d: %+v, want %+v", i, e, want)
			continue
		}
		for j, id := range want.layers {
			if e.Layers[j].ID != id || e.Layers[j].Geometry != city.GeometryPoint {
				t.Errorf("entry %d: layer %+v, want %s", i, e.Layers[j], id)
			}
		}
	}
	var told []string
	err = tw.Revisions(t.Context(), first+1, "", 0, func(r *city.Revision) error {
		told = append(told, string(r.Layer))
		if r.Layer == "bridges" {
			return twin.ErrSkipLayer
		}
		return nil
	})
	if err != nil || len(told) != 3 || told[0] != "bridges" || told[1] != "stops" || told[2] != "stops" {
		t.Errorf("revisions of %v, %v", told, err)
	}
	if err := tw.Revisions(t.Context(), last+1, "", 0, func(*city.Revision) error { return nil }); !errors.Is(err, city.ErrNotFound) {
		t.Errorf("a version that is not there yet: %v", err)
	}
}
