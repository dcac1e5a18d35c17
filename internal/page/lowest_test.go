package page

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

// TestLowest holds the lowest against a sort: for ids of any size, in one room.
func TestLowest(t *testing.T) {
	const seed = 3
	r := rand.New(rand.NewPCG(seed, seed))
	var room Room
	for name, id := range map[string]func(i int) int64{
		"few bytes": func(i int) int64 { return int64(i) },
		"of OSM":    func(i int) int64 { return 9_000_000_000 + r.Int64N(4_000_000_000) },
		"all bytes": func(i int) int64 { return int64(r.Uint64()) },
		"downwards": func(i int) int64 { return -int64(i) },
		"the limits": func(i int) int64 {
			return []int64{math.MinInt64, -1, 0, math.MaxInt64, math.MaxInt64 - 1}[i%5] + int64(i/5)
		},
	} {
		for _, n := range []int{1, 5, 700, roomy + 900} {
			seen := map[int64]bool{}
			var features []city.Feature
			for i := range n {
				if v := id(i); !seen[v] {
					seen[v] = true
					features = append(features, city.Feature{ID: v, Geometry: orb.Point{105, 21}})
				}
			}
			l := snapshottest.Layer(t, city.Layer{ID: "a", Geometry: city.GeometryPoint}, features)
			var sorted []*snapshot.Feature
			l.All(func(f *snapshot.Feature) bool { sorted = append(sorted, f); return true })
			shuffled := slices.Clone(sorted)
			r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			for _, limit := range []int{1, 3, 101, len(sorted), 2 * len(sorted)} {
				for _, behind := range []int{-1, 0, len(sorted) / 2, len(sorted) - 1} {
					k := newLowest(limit, &room)
					if behind >= 0 {
						k.behind(sorted[behind])
					}
					for some := range slices.Chunk(shuffled, 1+r.IntN(200)) {
						k.add(some)
					}
					want := sorted[behind+1:]
					want = want[:min(limit, len(want))]
					if got := k.first(); !slices.Equal(got, want) {
						t.Fatalf("%s, seed %d: %d of %d behind %d: %v, want %v", name, seed, limit, n, behind, ids(got), ids(want))
					}
					room.Leave()
				}
			}
		}
	}
	for _, f := range room.some {
		if f != nil {
			t.Error("who has left holds features")
		}
	}
}

// TestPageIsCounted counts what lies in boxes of every kind, also after writes.
func TestPageIsCounted(t *testing.T) {
	const seed = 4
	r := rand.New(rand.NewPCG(seed, seed))
	at := func() orb.Point { return orb.Point{float64(r.IntN(73))*5 - 180, float64(r.IntN(37))*5 - 90} }
	anything := func(id int64) city.Feature {
		p, q := at(), at()
		return city.Feature{ID: id, Geometry: []orb.Geometry{p, orb.LineString{p, q}, orb.LineString{p, {p[0], q[1]}}, orb.MultiPoint{p, q}}[r.IntN(4)]}
	}
	var features []city.Feature
	for id := range int64(900) {
		features = append(features, anything(id))
	}
	s := snapshottest.Build(t, 1, []city.Layer{{ID: "a", Geometry: city.GeometryAny}}, map[city.LayerID][]city.Feature{"a": features})
	var room Room
	for range 4 {
		l := s.Layers()[0]
		for _, text := range []string{
			"-180,-90,180,90", "170,-90,-170,90", "0,0,0,0", "5,5,5,5", "-180,-90,-180,90", "1,1,4,4", "180,-90,-180,90", "-5,-90,5,90", "100,0,120,30", "105,20,100,25",
		} {
			box, err := bbox.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			var want []int64
			l.All(func(f *snapshot.Feature) bool {
				if box.Meets(f.Geometry()) {
					want = append(want, f.ID())
				}
				return true
			})
			q := Question{Layer: l, Area: &box, Room: &room}
			p, err := q.Page(t.Context(), Place{}, 100)
			if err != nil {
				t.Fatal(err)
			}
			if first := want[:min(100, len(want))]; p.Matched != len(want) || p.More != (len(want) > 100) || !slices.Equal(ids(p.Features), first) {
				t.Errorf("version %d, %s: %d, more %v: %v, want %d: %v", s.Version(), text, p.Matched, p.More, ids(p.Features), len(want), first)
			}
			room.Leave()
		}
		var changes []city.Change
		for _, id := range r.Perm(1000)[:300] {
			c := city.Change{Layer: "a", ID: int64(id)}
			if f := anything(int64(id)); l.Feature(f.ID) == nil || r.IntN(2) == 0 {
				c.Feature = &f
			}
			changes = append(changes, c)
		}
		var err error
		if s, err = s.Apply(changes); err != nil {
			t.Fatal(err)
		}
	}
}
