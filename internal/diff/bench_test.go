package diff

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// large is a layer of n streets with lives, and the same 100 changes later.
func large(b *testing.B, n int) (before, after *snapshot.Snapshot, touched *Touched) {
	def := roads()
	r := rand.New(rand.NewPCG(1, 1))
	var features []city.Feature
	for id := int64(1); id <= int64(n); id++ {
		p := orb.Point{105.3 + 0.7*r.Float64(), 20.6 + 0.7*r.Float64()}
		f := city.Feature{ID: id, Geometry: orb.LineString{p, {p[0] + 0.0005, p[1]}, {p[0] + 0.001, p[1] + 0.0005}}}
		day := func() city.Value { return city.Date(time.Unix(int64(r.IntN(6))*86400, 0)) }
		f.Values = []city.Value{city.String(fmt.Sprint(id % 5000)), city.String(string(city.Statuses()[r.IntN(3)])), city.Null, day(), city.Null, day()}
		features = append(features, f)
	}
	before, touched = snapshottest.Build(b, 1, []city.Layer{def}, content{"roads": features}), &Touched{}
	var changes []city.Change
	for range 100 {
		is := features[r.IntN(n)].Clone()
		is.Values[2] = city.Integer(9)
		changes = append(changes, city.Change{Layer: "roads", ID: is.ID, Feature: is})
		touched.Add("roads", is.ID)
	}
	after, err := before.Apply(changes)
	if err != nil {
		b.Fatal(err)
	}
	return before, after, touched
}

func count(b *testing.B, c *Comparison) int {
	all, err := c.Count(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return all[0].Added + all[0].Removed + all[0].Changed
}

// BenchmarkCompare compares whole layers. The naive twin lays every feature of
// both sides beside each other in exchange form.
func BenchmarkCompare(b *testing.B) {
	day := func(d city.Day) *lifetime.Window { w := lifetime.On(d); return &w }
	for _, n := range []int{100_000, 1_000_000} {
		before, after, touched := large(b, n)
		for _, c := range []struct {
			name     string
			from, to Side
			touched  *Touched
		}{
			{"versions", Side{before, nil}, Side{after, nil}, nil},
			{"touched", Side{before, nil}, Side{after, nil}, touched},
			{"days", Side{after, day(1)}, Side{after, day(4)}, nil},
		} {
			b.Run(fmt.Sprintf("%d/%s", n, c.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if count(b, Compare(c.from, c.to, nil, c.touched)) == 0 {
						b.Fatal("no difference")
					}
				}
			})
		}
		if n > 100_000 {
			continue
		}
		b.Run(fmt.Sprintf("%d/naive", n), func(b *testing.B) {
			for b.Loop() {
				if len(brute(Side{before, nil}, Side{after, nil}, nil)) == 0 {
					b.Fatal("no difference")
				}
			}
		})
	}
}

// BenchmarkTile draws what differs between two days, about 800 features.
func BenchmarkTile(b *testing.B) {
	_, s, _ := large(b, 200_000)
	day := func(d city.Day) *lifetime.Window { w := lifetime.On(d); return &w }
	var builder TileBuilder
	at := tiles.At(orb.Point{105.6, 21}, 13)
	b.ReportAllocs()
	for b.Loop() {
		body, err := builder.Encode(b.Context(), Compare(Side{s, day(1)}, Side{s, day(4)}, nil, nil), at, math.MaxInt)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(builder.drawn)), "features")
		b.SetBytes(int64(len(body)))
	}
}

func BenchmarkShift(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		was, is := zigzag(n, 0), zigzag(n, 0)
		is[n/2][1] += 0.001
		b.Run(fmt.Sprintf("%d/one vertex", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Shift(b.Context(), was, is); err != nil {
					b.Fatal(err)
				}
			}
		})
		all := zigzag(n, 0.001)
		b.Run(fmt.Sprintf("%d/all", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Shift(b.Context(), was, all); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
