package lifetime

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

// benchLayer has as many properties as a ring road, or as few as a street.
func benchLayer(b *testing.B, others int) *snapshot.Layer {
	def := lived()
	for i := range others {
		def.Properties = append(def.Properties, city.Property{Name: fmt.Sprintf("p%d", i), Type: city.KindString})
	}
	r := rand.New(rand.NewPCG(3, 4))
	var features []city.Feature
	for id := int64(1); id <= 20_000; id++ {
		values, _, _ := someone(r)
		for range others {
			values = append(values, city.String(fmt.Sprint(r.IntN(1000))))
		}
		features = append(features, city.Feature{ID: id, Geometry: orb.Point{105 + r.Float64(), 21}, Values: values})
	}
	return snapshottest.Layer(b, def, features)
}

// BenchmarkSee asks 20,000 features of a layer; BenchmarkSeeNaive finds
// the properties by name in the exchange form and reads them as times.
func BenchmarkSee(b *testing.B) {
	for _, others := range []int{0, 32} {
		b.Run(fmt.Sprintf("%d properties", 8+others), func(b *testing.B) {
			l := benchLayer(b, others)
			shown := Of(l, On(4))
			there := 0
			// In the order in which tiles draw them, and they lie in memory.
			var drawn []*snapshot.Feature
			l.All(func(f *snapshot.Feature) bool { drawn = append(drawn, f); return true })
			slices.SortFunc(drawn, func(a, b *snapshot.Feature) int { return cmp.Compare(a.Place(), b.Place()) })
			b.ReportAllocs()
			for b.Loop() {
				for _, f := range drawn {
					if _, is := shown.See(f); is {
						there++
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*l.Len()), "ns/feature")
		})
	}
}

func BenchmarkSeeNaive(b *testing.B) {
	l := benchLayer(b, 32)
	def := l.Definition()
	date := func(f *city.Feature, name string) *city.Day {
		if d, ok := f.Value(def.PropertyIndex(name)).Day(); ok {
			return &d
		}
		return nil
	}
	b.ReportAllocs()
	for b.Loop() {
		l.All(func(f *snapshot.Feature) bool {
			x := l.Exchange(f)
			Status(city.Status(x.Value(def.PropertyIndex(city.PropStatus)).Text()), Dates{
				From: date(&x, city.PropValidFrom), To: date(&x, city.PropValidTo),
				Started: date(&x, city.PropStarted), Completion: date(&x, city.PropCompletion),
			}, On(4))
			return true
		})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*l.Len()), "ns/feature")
}

func BenchmarkOf(b *testing.B) {
	l := benchLayer(b, 32)
	b.ReportAllocs()
	for b.Loop() {
		Of(l, On(4))
	}
}
