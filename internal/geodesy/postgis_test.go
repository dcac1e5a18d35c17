package geodesy_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// TestDistanceAgreesWithPostGIS compares points, to 1e-4 m everywhere.
func TestDistanceAgreesWithPostGIS(t *testing.T) {
	db := pgtest.Open(t)
	r := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		a := orb.Point{360*r.Float64() - 180, 180*r.Float64() - 90}
		reach := math.Pow(10, -2+4*r.Float64()) // degrees
		b := orb.Point{a[0] + reach*r.NormFloat64(), math.Mod(a[1]+reach*r.NormFloat64(), 90)}
		b[0] = math.Remainder(b[0], 360)
		var want, azimuth float64
		db.QueryRow(`SELECT ST_Distance($1::geometry::geography, $2::geometry::geography),
			degrees(ST_Azimuth($1::geometry::geography, $2::geometry::geography))`, a, b).Scan(&want, &azimuth)
		if got := geodesy.Distance(a, b); math.Abs(got-want) > 1e-4 {
			t.Errorf("Distance(%v, %v) = %v, PostGIS says %v", a, b, got, want)
		}
		if got := geodesy.Bearing(a, b); math.Abs(math.Remainder(got-azimuth, 360)) > 1e-5 {
			t.Errorf("Bearing(%v, %v) = %v, PostGIS says %v", a, b, got, azimuth)
		}
	}
}

// TestNearestAgreesWithPostGIS compares lines and polygons with holes up to
// 20 km away, to 1 cm.
//
// One difference is PostGIS's own: ST_Distance(geography) looks for the nearest
// place on a sphere whose latitudes are the geodetic ones, and then measures the
// way there on the ellipsoid. In Hanoi that sphere has the ratio of a degree of
// longitude to one of latitude 0.6 % wrong. So the foot of its perpendicular
// lies up to 0.6 % of the distance beside the true one (0.36 m too far at 20 km),
// and of two edges in different directions it may take one that is up to 0.6 %
// farther (seen: 10 m at 27 km). PostGIS is never nearer than we are, and the
// witness is PostGIS itself: our place lies on its edge and at our distance.
func TestNearestAgreesWithPostGIS(t *testing.T) {
	db := pgtest.Open(t)
	r := rand.New(rand.NewPCG(2, 2))
	hanoi := orb.Point{105.85, 21.03}
	worst, witnessed := 0.0, 0
	for range 600 {
		g := randomGeometry(r, shifted(r, hanoi, 20e3), math.Pow(10, 1.5+2.8*r.Float64()))
		from := shifted(r, hanoi, 5e3)
		var want float64
		db.QueryRow(`SELECT ST_Distance($1::geometry::geography, $2::geometry::geography)`, from, g).Scan(&want)
		f := geodesy.NewFrame(from)
		n, ok := f.NearestIndexed(geodesy.NewSegmentIndex(g), math.Inf(1))
		if !ok {
			t.Fatalf("nothing nearest on %v", g)
		}
		worst = math.Max(worst, math.Abs(n.Metres-want))
		if math.Abs(n.Metres-want) <= 0.01 {
			continue
		}
		var onEdge, there float64
		db.QueryRow(`SELECT ST_Distance($1::geometry::geography, $2::geometry::geography),
			ST_Distance($1::geometry::geography, $3::geometry::geography)`, f.Point(n), g, from).Scan(&onEdge, &there)
		if n.Metres > want || want-n.Metres > 0.006*want || onEdge > 0.01 || math.Abs(there-n.Metres) > 1e-4 {
			t.Errorf("%v to a %s: %v, PostGIS says %v; the place is %v m from the edge and %v m away", from, g.GeoJSONType(), n.Metres, want, onEdge, there)
		}
		witnessed++
	}
	t.Logf("largest difference %.4f m; %d of 600 differ by more than 1 cm and are witnessed", worst, witnessed)
}

func shifted(r *rand.Rand, p orb.Point, metres float64) orb.Point {
	return orb.Point{p[0] + (2*r.Float64()-1)*metres/104e3, p[1] + (2*r.Float64()-1)*metres/111e3}
}

// randomGeometry returns a point, a line or a polygon with a hole about o.
func randomGeometry(r *rand.Rand, o orb.Point, size float64) orb.Geometry {
	switch r.IntN(3) {
	case 0:
		return o
	case 1:
		line := orb.LineString{shifted(r, o, size)}
		for range 1 + r.IntN(20) {
			line = append(line, shifted(r, line[len(line)-1], size))
		}
		return line
	default:
		return orb.Polygon{star(r, o, size, 4+r.IntN(30)), star(r, o, size/3, 5)}
	}
}

func star(r *rand.Rand, o orb.Point, radius float64, n int) orb.Ring {
	var ring orb.Ring
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		reach := radius * (0.5 + 0.5*r.Float64())
		ring = append(ring, orb.Point{o[0] + reach*cos/104e3, o[1] + reach*sin/111e3})
	}
	return append(ring, ring[0])
}
