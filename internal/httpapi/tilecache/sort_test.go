package tilecache

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSortCandidates(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	var scratch []candidate
	for _, n := range []int{0, 1, 2, 255, 256, 1000, 5000} {
		for _, span := range []uint32{1, 3, 1 << 11, 1 << 20, 1<<32 - 1} {
			found := make([]candidate, n)
			for i := range found {
				found[i] = candidate{id: r.Int64N(2000) - 1000, place: ^uint32(0) - r.Uint32N(span)}
			}
			want := slices.Clone(found)
			slices.SortStableFunc(want, candidate.before)
			var got []candidate
			got, scratch = sortCandidates(found, scratch)
			if !slices.Equal(got, want) {
				t.Fatalf("%d features, places in %d: not in order", n, span)
			}
		}
	}
}

func BenchmarkSortCandidates(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 7))
	unsorted := make([]candidate, 2000)
	for i := range unsorted {
		unsorted[i] = candidate{id: r.Int64(), place: 3<<30 + r.Uint32N(1<<18)}
	}
	found, scratch := make([]candidate, 2000), make([]candidate, 2000)
	b.Run("radix", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			copy(found, unsorted)
			found, scratch = sortCandidates(found, scratch)
		}
	})
	b.Run("compare", func(b *testing.B) { // the naive twin
		b.ReportAllocs()
		for b.Loop() {
			copy(found, unsorted)
			slices.SortFunc(found, candidate.before)
		}
	})
}
