package snapshot

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

func synthetic(n int, line bool) []*city.Feature {
	r := rand.New(rand.NewPCG(9, 9))
	features := make([]*city.Feature, n)
	for i := range features {
		p := orb.Point{105.3 + r.Float64()*0.7, 20.6 + r.Float64()*0.7}
		features[i] = &city.Feature{ID: int64(i + 1), Geometry: p}
		if line {
			g := make(orb.LineString, 6)
			for j := range g {
				g[j] = orb.Point{p[0] + float64(j)*0.0004, p[1] + r.Float64()*0.0004}
			}
			features[i].Geometry = g
		}
	}
	return features
}

// BenchmarkApply moves one feature of a layer; BenchmarkApplyNaive copies the
// layer's index to do so.
func BenchmarkApply(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := build(b, 1, map[city.LayerID][]*city.Feature{"a": synthetic(n, false)})
			r := rand.New(rand.NewPCG(5, 5))
			b.ReportAllocs()
			for b.Loop() {
				id := int64(1 + r.IntN(n))
				p := orb.Point{105.3 + r.Float64()*0.7, 20.6 + r.Float64()*0.7}
				next, err := s.Apply([]city.Change{{Layer: "a", ID: id, Feature: &city.Feature{ID: id, Geometry: p}}})
				if err != nil {
					b.Fatal(err)
				}
				s = next
			}
		})
	}
}

func BenchmarkApplyNaive(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			features := synthetic(n, false)
			for b.Loop() {
				build(b, 1, map[city.LayerID][]*city.Feature{"a": features})
			}
		})
	}
}

// BenchmarkMemory prints the bytes that a loaded feature costs, properties
// aside: the heap after a load of features without any.
func BenchmarkMemory(b *testing.B) {
	for _, line := range []bool{false, true} {
		name := map[bool]string{false: "point", true: "line6"}[line]
		b.Run(name, func(b *testing.B) {
			const n = 100_000
			features := synthetic(n, line)
			const toProperties = 32 // the header of the tags, and the zoom that they give
			var bytes float64
			for b.Loop() {
				before := heap()
				s := build(b, 1, map[city.LayerID][]*city.Feature{"a": features})
				bytes = float64(heap()-before)/n - toProperties
				runtime.KeepAlive(s)
			}
			b.ReportMetric(bytes, "B/feature")
			runtime.KeepAlive(features)
		})
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
