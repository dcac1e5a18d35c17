package snapshot

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// TestPile takes many features off one point, and moves others away from it, where
// there are also some of which only the box is alike, and some that stay.
func TestPile(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	const n = 3_000
	naive := oracle{}
	var all []*city.Feature
	for id := int64(1); id <= n; id++ {
		f := &city.Feature{ID: id, Geometry: orb.Point{105.5, 21}, Values: moving(id, 0).Values}
		switch r.IntN(50) {
		case 0:
			f.Geometry = orb.LineString{{105.5, 21}, {105.5, 21}}
		case 1:
			f.Geometry = orb.LineString{{105.4, 20.9}, {105.6, 21.1}}
		}
		all, naive[id] = append(all, f), f
	}
	s := load(t, 1, map[city.LayerID][]*city.Feature{"a": all})
	step := Step{Version: 2}
	for _, i := range r.Perm(n) {
		c := city.Change{Layer: "a", ID: int64(i + 1)}
		switch r.IntN(10) {
		case 0:
			continue
		case 1:
			c.Feature = randomFeature(r, c.ID)
			naive[c.ID] = c.Feature
		default:
			delete(naive, c.ID)
		}
		step.Changes = append(step.Changes, c)
	}
	next, edits, _ := s.Take(step)
	if err := next.Check(); err != nil {
		t.Fatal(err)
	}
	naive.compare(t, next.Layer("a"), r)
	if len(edits) != len(step.Changes) || s.Len() != n || s.Check() != nil {
		t.Errorf("%d edits of %d; the state before has %d features", len(edits), len(step.Changes), s.Len())
	}
}

// BenchmarkPile deletes 20,000 features of one point in one step.
func BenchmarkPile(b *testing.B) {
	var all []*city.Feature
	step := Step{Version: 2}
	for id := int64(1); id <= 20_000; id++ {
		all = append(all, &city.Feature{ID: id, Geometry: orb.Point{105.5, 21}})
		step.Changes = append(step.Changes, city.Change{Layer: "a", ID: id})
	}
	s := build(b, 1, map[city.LayerID][]*city.Feature{"a": all})
	b.ReportAllocs()
	for b.Loop() {
		if next, _, _ := s.Take(step); next.Len() != 0 {
			b.Fatal(next.Len())
		}
	}
}
