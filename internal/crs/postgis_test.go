package crs_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// TestTransformAgreesWithPostGIS compares with ST_Transform over the north of
// Vietnam, where PROJ chooses EPSG:6960 (in the Mekong delta it may choose
// EPSG:5194), both ways, to 1e-6 m.
func TestTransformAgreesWithPostGIS(t *testing.T) {
	db := pgtest.Open(t)
	r := rand.New(rand.NewPCG(3, 3))
	hanoi := orb.Point{105.85, 21.03}
	for _, id := range crs.SRIDs() {
		there, err := crs.NewTransform(crs.WGS84, id)
		if err != nil {
			t.Fatal(err)
		}
		back, err := crs.NewTransform(id, crs.WGS84)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			p := orb.Point{hanoi[0] + 2*(r.Float64()-0.5), hanoi[1] + 2*(r.Float64()-0.5)}
			var x, y, lon, lat float64
			db.QueryRow(`SELECT ST_X(q), ST_Y(q), ST_X(b), ST_Y(b) FROM ST_Transform($1::geometry, $2::int) q, ST_Transform(q, 4326) b`,
				p, int(id)).Scan(&x, &y, &lon, &lat)
			metre := 1.0
			if id.Geographic() {
				metre = 1 / 111e3
			}
			got, err := there.Point(p)
			if err != nil || math.Hypot(got[0]-x, got[1]-y) > 1e-6*metre {
				t.Errorf("%v to %v = %v, %v; PostGIS says %v, %v", p, id, got, err, x, y)
			}
			got, err = back.Point(orb.Point{x, y})
			if err != nil || math.Hypot(got[0]-lon, got[1]-lat) > 1e-6/111e3 {
				t.Errorf("%v %v, %v to WGS 84 = %v, %v; PostGIS says %v, %v", id, x, y, got, err, lon, lat)
			}
		}
	}
}
