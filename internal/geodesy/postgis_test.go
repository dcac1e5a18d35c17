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
