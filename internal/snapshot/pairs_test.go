package snapshot

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestPairs holds the walk against two lists of all features, for layers of
// which one came from the other, layers that share nothing, and no layer.
func TestPairs(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	make := func(n int) *Snapshot {
		var features []*city.Feature
		for id := range int64(n) {
			if r.IntN(3) > 0 {
				features = append(features, randomFeature(r, id-10))
			}
		}
		return build(t, 1, map[city.LayerID][]*city.Feature{"a": features})
	}
	for _, n := range []int{0, 1, 40, 3000} {
		before := make(n)
		var changes []city.Change
		before.Layer("a").All(func(f *Feature) bool {
			switch r.IntN(20) {
			case 0:
				changes = append(changes, city.Change{Layer: "a", ID: f.ID()})
			case 1:
				changes = append(changes, city.Change{Layer: "a", ID: f.ID(), Feature: randomFeature(r, f.ID())})
			}
			return true
		})
		for id := range int64(3) {
			changes = append(changes, city.Change{Layer: "a", ID: 10_000 + id, Feature: randomFeature(r, 10_000+id)})
		}
		after, _, rejected := before.Take(Step{Version: 2, Changes: changes})
		if len(rejected) > 0 {
			t.Fatal(rejected)
		}
		a, b, c := before.Layer("a"), after.Layer("a"), make(n).Layer("a")
		for _, pair := range [][2]*Layer{{a, b}, {b, a}, {a, c}, {a, a}, {a, nil}, {nil, b}, {nil, nil}} {
			for _, same := range []bool{false, true} {
				for _, first := range []int64{math.MinInt64, -11, 0, int64(n / 2), 10_001, math.MaxInt64} {
					holdPairs(t, pair[0], pair[1], first, same)
				}
			}
		}
		if !SharesDictionary(a, b) || SharesDictionary(a, c) {
			t.Error("dictionaries are shared by lineage alone")
		}
	}
}

func holdPairs(t *testing.T, a, b *Layer, first int64, same bool) {
	t.Helper()
	sides := map[int64][2]*Feature{}
	for i, l := range []*Layer{a, b} {
		if l == nil {
			continue
		}
		l.All(func(f *Feature) bool {
			both := sides[f.ID()]
			both[i] = f
			if f.ID() >= first {
				sides[f.ID()] = both
			}
			return true
		})
	}
	var want, got [][2]*Feature
	for _, both := range sides {
		if same || both[0] != both[1] {
			want = append(want, both)
		}
	}
	id := func(both [2]*Feature) int64 {
		if both[0] != nil {
			return both[0].ID()
		}
		return both[1].ID()
	}
	slices.SortFunc(want, func(p, q [2]*Feature) int { return cmp.Compare(id(p), id(q)) })
	Pairs(a, b, first, same, func(before, after *Feature) bool {
		got = append(got, [2]*Feature{before, after})
		return true
	})
	if !slices.Equal(got, want) {
		t.Fatalf("from %d, same %t: %d pairs, want %d", first, same, len(got), len(want))
	}
	stop := len(want) / 2
	n := 0
	Pairs(a, b, first, same, func(_, _ *Feature) bool { n++; return n <= stop })
	if n != min(stop+1, len(want)) {
		t.Fatalf("stopped after %d, not %d", n, stop+1)
	}
}

// BenchmarkPairs walks two versions of a layer of which one feature differs.
// The naive twin looks each feature up by its id.
func BenchmarkPairs(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		before := build(b, 1, map[city.LayerID][]*city.Feature{"a": synthetic(n, false)})
		after, err := before.Apply([]city.Change{{Layer: "a", ID: int64(n / 2), Feature: &city.Feature{ID: int64(n / 2), Geometry: orb.Point{105.5, 21}}}})
		if err != nil {
			b.Fatal(err)
		}
		x, y := before.Layer("a"), after.Layer("a")
		b.Run(fmt.Sprintf("%d/walked", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				found := 0
				Pairs(x, y, math.MinInt64, false, func(_, _ *Feature) bool { found++; return true })
				if found != 1 {
					b.Fatal(found)
				}
			}
		})
		b.Run(fmt.Sprintf("%d/naive", n), func(b *testing.B) {
			for b.Loop() {
				found := 0
				x.All(func(f *Feature) bool {
					if y.Feature(f.ID()) != f {
						found++
					}
					return true
				})
				if found != 1 {
					b.Fatal(found)
				}
			}
		})
	}
}

// TestStatuses: a layer with a status has all four among its values after a
// load, whichever its features have, and after changes; the values that readers
// hold do not move.
func TestStatuses(t *testing.T) {
	def := city.Layer{ID: "a", Geometry: city.GeometryPoint, Properties: []city.Property{{Name: "name", Type: city.KindString}, {Name: "status", Type: city.KindString}}}
	feature := func(id int64, status string) *city.Feature {
		return &city.Feature{ID: id, Geometry: orb.Point{105, 21}, Values: []city.Value{city.String("x"), city.String(status)}}
	}
	b := NewBuilder(1)
	loader, err := b.Layer(def)
	if err != nil {
		t.Fatal(err)
	}
	for id, status := range []string{"open", "retired"} {
		if err := loader.Add(feature(int64(id+1), status)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := loader.Finish(); err != nil {
		t.Fatal(err)
	}
	first, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.Apply([]city.Change{{Layer: "a", ID: 3, Feature: feature(3, "planned")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Snapshot{first, second} {
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		table := s.Layer("a").Table()
		for _, status := range city.Statuses() {
			i, ok := table.Status(status)
			if !ok || table.Value(i) != city.String(string(status)) {
				t.Errorf("version %d: %s is value %d, %t", s.Version(), status, i, ok)
			}
		}
		if _, ok := table.Status("open"); ok {
			t.Error("open counts as one of the four")
		}
		if table.NumValues() != 6 {
			t.Errorf("%d values, want x, open and the four statuses", table.NumValues())
		}
	}
	plain := build(t, 1, map[city.LayerID][]*city.Feature{"b": nil}).Layer("b")
	if _, ok := plain.Table().Status(city.Planned); ok && plain.Definition().PropertyIndex("status") < 0 {
		t.Error("a layer without a status has values of it")
	}
}
