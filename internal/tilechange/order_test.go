package tilechange_test

import (
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/internal/tilechange"
)

// TestOrder moves points within one unit of the world tile, which therefore
// differs only when they change the order in which they are drawn.
func TestOrder(t *testing.T) {
	// Four places, in the order of the curve, 600 m and more apart: tiles of the
	// first zooms show all in one unit.
	at := []orb.Point{{105.801, 21.031}, {105.809, 21.031}, {105.817, 21.039}, {105.825, 21.031}}
	points := snapshottest.Load(t, 1, []city.Layer{{ID: "points", Geometry: city.GeometryAny}}, func(_ city.LayerID, add func(*city.Feature) error) error {
		for i, p := range at {
			if err := add(&city.Feature{ID: int64(i), Geometry: p}); err != nil {
				return err
			}
		}
		return nil
	}).Layer("points")
	slices.SortFunc(at, func(p, q orb.Point) int {
		return int(placeOf(points, p)) - int(placeOf(points, q))
	})
	for i := 1; i < len(at); i++ {
		if placeOf(points, at[i-1]) >= placeOf(points, at[i]) {
			t.Fatalf("the places of %v are not distinct", at)
		}
	}
	// Features 1, 2, … stand at the first positions and move to the second.
	for _, c := range []struct {
		name   string
		is, to []int
		told   bool
	}{
		{"alone", []int{0}, []int{3}, false},
		{"nobody between", []int{0, 3}, []int{1, 3}, false},
		{"past one", []int{0, 1}, []int{2, 1}, true},
		{"past the end", []int{1, 2}, []int{3, 2}, true},
		{"together", []int{0, 1}, []int{2, 3}, false},
		{"past each other", []int{0, 3}, []int{2, 1}, true},
		{"away from each other", []int{1, 2}, []int{3, 0}, true},
		{"to one place, by id", []int{0, 1}, []int{1, 1}, false},
		{"to one place, against id", []int{2, 1}, []int{1, 1}, true},
		{"past one that goes", []int{0, 1}, []int{2, -1}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := snapshottest.Load(t, 1, []city.Layer{{ID: "points", Geometry: city.GeometryAny}}, func(_ city.LayerID, add func(*city.Feature) error) error {
				for i, p := range c.is {
					if err := add(&city.Feature{ID: int64(i + 1), Geometry: at[p]}); err != nil {
						return err
					}
				}
				return nil
			})
			step := snapshot.Step{Version: 2}
			for i, p := range c.to {
				change := city.Change{Layer: "points", ID: int64(i + 1)}
				if p >= 0 {
					change.Feature = &city.Feature{ID: change.ID, Geometry: at[p]}
				}
				if p != c.is[i] {
					step.Changes = append(step.Changes, change)
				}
			}
			next, edits, _ := s.Take(step)
			var d tilechange.Differ
			want := bruteForce(s, next, 14, nil)
			if got := found(t, &d, edits, 14, nil); !slices.Equal(got, want) {
				t.Error(explain(edits, got, want))
			}
			if told := len(want) > 0 && want[0].Z == 0; told != c.told {
				t.Errorf("the world tile differs: %v, want %v", told, c.told)
			}
		})
	}
}

// placeOf returns the place of the feature of l that stands at p.
func placeOf(l *snapshot.Layer, p orb.Point) (place uint32) {
	l.All(func(f *snapshot.Feature) bool {
		if f.Geometry() == orb.Geometry(p) {
			place = f.Place()
		}
		return true
	})
	return place
}
