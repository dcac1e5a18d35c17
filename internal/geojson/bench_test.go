package geojson

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// BenchmarkAppendLine writes positions with the digits of OSM, exact, and as
// eastings and northings.
func BenchmarkAppendLine(b *testing.B) {
	random := rand.New(rand.NewPCG(3, 3))
	var degrees, metres orb.LineString
	for range 800 {
		degrees = append(degrees, orb.Point{math.Round((105.8+random.Float64())*1e7) / 1e7, math.Round((20.9+random.Float64())*1e7) / 1e7})
		metres = append(metres, orb.Point{5e5 + 1e5*random.Float64(), 2.3e6 + 1e5*random.Float64()})
	}
	dst := make([]byte, 0, 1<<16)
	b.Run("degrees", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dst = AppendGeometry(dst[:0], degrees)
		}
		b.SetBytes(int64(len(dst)))
	})
	b.Run("millimetres", func(b *testing.B) {
		b.ReportAllocs()
		w := Writer{Decimals: 3}
		for b.Loop() {
			dst, _ = w.AppendGeometry(dst[:0], metres)
		}
		b.SetBytes(int64(len(dst)))
	})
}
