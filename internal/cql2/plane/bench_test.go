package plane

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
)

// circle has n corners.
func circle(c orb.Point, radius float64, n int) orb.Polygon {
	var ring orb.Ring
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		ring = append(ring, orb.Point{c[0] + radius*cos, c[1] + radius*sin})
	}
	return orb.Polygon{append(ring, ring[0])}
}

// BenchmarkRelate asks a road of 8 vertices, or a ward of 2,000, about a circle
// of 100 or 10,000 corners: apart, inside, and where boundaries meet.
func BenchmarkRelate(b *testing.B) {
	road := func(x float64) orb.LineString {
		var l orb.LineString
		for i := range 8 {
			l = append(l, orb.Point{x + float64(i)/100, 0.01 * float64(i%3)})
		}
		return l
	}
	for _, c := range []struct {
		name    string
		r       Relation
		g       orb.Geometry
		corners int
	}{
		{"road/apart", Intersects, road(5), 100},
		{"road/inside", Intersects, road(0), 100},
		{"road/across", Intersects, road(0.96), 100},
		{"road/inside/10000", Intersects, road(0), 10_000},
		{"ward/around/10000", Intersects, circle(orb.Point{0, 0}, 2, 2000), 10_000},
		{"road/within", Within, road(0), 100},
		{"road/crosses", Crosses, road(0.96), 100},
		{"road/crosses/10000", Crosses, road(0.96), 10_000},
		{"ward/overlaps", Overlaps, circle(orb.Point{1, 0}, 1, 2000), 100},
		{"ward/overlaps/10000", Overlaps, circle(orb.Point{1, 0}, 1, 2000), 10_000},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := Prepare(circle(orb.Point{0, 0}, 1, c.corners))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Relate(c.r, c.g); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
