package snapshot

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestBetween compares with a scan of all features.
func TestBetween(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 2026))
	b := NewBuilder(1)
	loader, err := b.Layer(city.Layer{ID: "things", Geometry: city.GeometryAny})
	if err != nil {
		t.Fatal(err)
	}
	for id := range int64(3000) {
		at := orb.Point{105 + r.Float64(), 20.5 + r.Float64()}
		if id%10 == 0 { // all over the globe, its edges included
			at = orb.Point{float64(r.IntN(9))*45 - 180, float64(r.IntN(5))*45 - 90}
		}
		var g orb.Geometry = at
		if id%3 == 0 && at[0] < 179 && at[1] < 89 {
			g = orb.LineString{at, {at[0] + r.Float64(), at[1] + r.Float64()}}
		}
		if err := loader.Add(&city.Feature{ID: id, Geometry: g}); err != nil {
			t.Fatal(err)
		}
	}
	if rejected, err := loader.Finish(); err != nil || len(rejected) > 0 {
		t.Fatal(err, rejected)
	}
	s, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	l := s.Layer("things")
	var places []uint32
	l.All(func(f *Feature) bool { places = append(places, f.Place()); return true })
	found := 0
	for range 500 {
		low, high := places[r.IntN(len(places))], places[r.IntN(len(places))]
		if r.IntN(4) == 0 {
			high = low + r.Uint32N(1000)
		}
		var want, got []int64
		l.All(func(f *Feature) bool {
			if low <= f.Place() && f.Place() <= high {
				want = append(want, f.ID())
			}
			return true
		})
		l.Between(low, high, func(f *Feature) bool { got = append(got, f.ID()); return true })
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("places %d to %d: %d features, want %d", low, high, len(got), len(want))
		}
		found += len(got)
		calls := 0
		l.Between(low, high, func(*Feature) bool { calls++; return false })
		if calls > 1 {
			t.Fatalf("%d calls after false", calls-1)
		}
	}
	if found == 0 {
		t.Error("nothing lies between any two places")
	}
}
