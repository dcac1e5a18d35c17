package extsort

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

func TestSortEqualsSort(t *testing.T) {
	const seed = 7
	random := rand.New(rand.NewPCG(seed, seed))
	for _, n := range []int{0, 1, 9, 10, 11, 1000} {
		s := &Sorter{Buffer: 10}
		var want []Record
		for range n {
			r := Record{random.Uint64N(50), random.Uint64N(5), random.Uint64N(3)}
			want = append(want, r)
			if err := s.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortFunc(want, compare)
		for pass := range 2 {
			var got []Record
			if err := s.Each(func(r Record) error { got = append(got, r); return nil }); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, n %d, pass %d: order differs", seed, n, pass)
			}
		}
		if s.Spilled() != (n > 10) {
			t.Errorf("n %d: spilled %v", n, s.Spilled())
		}
		var name string
		if s.file != nil {
			name = s.file.Name()
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if name != "" {
			if _, err := os.Stat(name); !os.IsNotExist(err) {
				t.Errorf("temporary file %s remains", name)
			}
		}
	}
}
