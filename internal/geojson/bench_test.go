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
		east, north := random.Float64(), random.Float64()
		degrees = append(degrees, orb.Point{math.Round((105.8+0.1*east)*1e7) / 1e7, math.Round((20.9+0.1*north)*1e7) / 1e7})
		metres = append(metres, orb.Point{5.8e5 + 1e4*east, 2.32e6 + 1e4*north})
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
