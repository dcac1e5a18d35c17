package geodesy

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

func BenchmarkDistance(b *testing.B) {
	for _, c := range []struct {
		name string
		to   orb.Point
	}{{"near", orb.Point{105.9, 21.1}}, {"far", orb.Point{106.66, 10.76}}, {"opposite", orb.Point{-74.3, -20.9}}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			sum := 0.0
			for b.Loop() {
				sum += Distance(orb.Point{105.8, 21}, c.to)
			}
		})
	}
}

func BenchmarkNewFrame(b *testing.B) {
	b.ReportAllocs()
	sum := 0.0
	for b.Loop() {
		f := NewFrame(orb.Point{105.8, 21})
		sum += f.parallel
	}
}

func BenchmarkLowerBound(b *testing.B) {
	o := orb.Point{105.8, 21}
	l := NewLowerBound(orb.Bound{Min: o, Max: o})
	b.ReportAllocs()
	sum := 0.0
	for b.Loop() {
		sum += l.Squared(105.9, 21.1, 105.91, 21.11)
	}
}

// BenchmarkNearest measures the distance to a ward-like ring, by its index and,
// as the naive twin, by a look at every vertex.
func BenchmarkNearest(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 3))
	o := orb.Point{105.8, 21}
	for _, n := range []int{6, 64, 5000} {
		polygon := orb.Polygon{blob(r, o, 3000, n)}
		ix := NewSegmentIndex(polygon)
		from := make([]orb.Point, 256)
		for i := range from {
			from[i] = around(r, o, 9000)
		}
		name := map[int]string{6: "6 vertices", 64: "64 vertices", 5000: "5000 vertices"}[n]
		for method, nearest := range map[string]func(*Frame) (Nearest, bool){
			"indexed": func(f *Frame) (Nearest, bool) { return f.NearestIndexed(ix, math.Inf(1)) },
			"naive":   func(f *Frame) (Nearest, bool) { return f.Nearest(polygon, math.Inf(1)) },
		} {
			b.Run(name+"/"+method, func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					f := NewFrame(from[i%len(from)])
					if _, ok := nearest(&f); !ok {
						b.Fatal("nothing")
					}
				}
			})
		}
	}
}

func BenchmarkBetween(b *testing.B) {
	r := rand.New(rand.NewPCG(4, 4))
	o := orb.Point{105.8, 21}
	ward := NewSegmentIndex(orb.Polygon{blob(r, o, 3000, 5000)})
	road := wiggle(r, direct(o, 1, 6000), 500, 100, 7)
	b.Run("searched", func(b *testing.B) {
		var ix SegmentIndex
		b.ReportAllocs()
		for b.Loop() {
			ix.Reset(road)
			if _, ok := Between(ward, &ix, math.Inf(1)); !ok {
				b.Fatal("nothing")
			}
		}
	})
	b.Run("naive", func(b *testing.B) {
		for b.Loop() {
			slowBetween(orb.Polygon{ward.parts[0].points}, road)
		}
	})
}

func BenchmarkNewSegmentIndex(b *testing.B) {
	g := wiggle(rand.New(rand.NewPCG(5, 5)), orb.Point{105.8, 21}, 3000, 30, 1000)
	b.ReportAllocs()
	for b.Loop() {
		NewSegmentIndex(g)
	}
}
