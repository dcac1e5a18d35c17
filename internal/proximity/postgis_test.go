package proximity

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// realCity loads real layers into a snapshot and into PostGIS, as geography.
func realCity(t *testing.T) (*snapshot.Snapshot, *pgtest.DB) {
	t.Helper()
	layers := map[city.LayerID][]orb.Geometry{
		"roads":         realdata.Geometries(t, "layers/hanoi_roads.geojsonl"),
		"intersections": realdata.Geometries(t, "layers/hanoi_intersections.geojsonl"),
		"wards":         realdata.Geometries(t, "layers/hanoi_wards.geojsonl"),
		"buildings":     realdata.Geometries(t, "layers/hanoi_buildings.geojsonl"),
		"holed":         holed(seeded(t)),
	}
	db := pgtest.Open(t)
	db.Exec(`CREATE TABLE it (layer text, id bigint, geog geography)`)
	for id, geometries := range layers {
		rows := make([][]any, len(geometries))
		for i, g := range geometries {
			rows[i] = []any{string(id), int64(i + 1), g}
		}
		db.Copy("it", []string{"layer", "id", "geog"}, rows)
	}
	db.Exec(`CREATE INDEX ON it USING gist (geog); ANALYZE it`)
	return build(t, layers), db
}

// holed returns polygons with holes: the real layers have few.
func holed(r *rand.Rand) []orb.Geometry {
	all := make([]orb.Geometry, 300)
	for i := range all {
		all[i] = ring(r, somewhere(r), 0.01*r.Float64(), 4+r.IntN(100))
	}
	return all
}

// excess is how much farther than the true distance PostGIS may say, as a share
// of it. ST_Distance(geography) chooses the nearest place of a geometry on a
// sphere on which one of the two directions is 0.6 % out, and measures on the
// ellipsoid only the way to that place.
const excess = 0.006

// key names a feature.
type key struct {
	layer string
	id    int64
}

// compare holds an answer against PostGIS: distances to 1 cm, where PostGIS
// does not say more for the reason above; there PostGIS itself must say that
// our nearest point is on the feature and at our distance.
func compare(t *testing.T, db *pgtest.DB, from orb.Geometry, hits []Hit, radius float64, self key, layers []string) (worst float64, witnessed int) {
	t.Helper()
	// The distance is computed once, and not by ST_DWithin first.
	rows := db.QueryRows(`SELECT layer, id, d FROM (SELECT layer, id, ST_Distance(geog, $1::geometry::geography) AS d FROM it
			WHERE geog && _ST_Expand($1::geometry::geography, $2) AND layer = ANY($3) OFFSET 0) AS near
		WHERE d <= $2`, from, radius*(1+excess)+1, layers)
	oracle := map[key]float64{}
	for _, row := range rows {
		oracle[key{row[0].(string), row[1].(int64)}] = row[2].(float64)
	}
	delete(oracle, self)
	farthest := radius
	if n := len(hits); n > 0 {
		farthest = hits[n-1].DistanceMetres
	}
	before := 0.0
	for _, h := range hits {
		k := key{string(h.Layer.ID()), h.Feature.ID()}
		d, found := oracle[k]
		if !found {
			t.Fatalf("%v is no answer of PostGIS", k)
		}
		delete(oracle, k)
		if d < before-0.01-excess*before {
			t.Errorf("%v is out of order: PostGIS says %v m after %v m", k, d, before)
		}
		before = max(before, h.DistanceMetres)
		diff := d - h.DistanceMetres
		worst = math.Max(worst, math.Abs(diff))
		if math.Abs(diff) <= 0.01 {
			continue
		}
		var off, there float64
		db.QueryRow(`SELECT ST_Distance(geog, $3::geometry::geography), ST_Distance($3::geometry::geography, $4::geometry::geography)
			FROM it WHERE layer = $1 AND id = $2`, k.layer, k.id, h.NearestPoint, from).Scan(&off, &there)
		tolerance := 1e-3
		if _, isPoint := from.(orb.Point); !isPoint {
			tolerance = excess * h.DistanceMetres // chosen on a sphere again
		}
		if diff < 0 || diff > excess*d || off > 0.01 || math.Abs(there-h.DistanceMetres) > tolerance {
			t.Errorf("%v: %v m, PostGIS says %v m; the nearest point is %v m off and %v m away", k, h.DistanceMetres, d, off, there)
		}
		witnessed++
	}
	for k, d := range oracle { // nothing nearer was left out
		if d < farthest-0.01 {
			t.Errorf("%v, %v m away, is missing before %v m", k, d, farthest)
		}
	}
	return worst, witnessed
}

func TestNearbyAgreesWithPostGIS(t *testing.T) {
	s, db := realCity(t)
	r := seeded(t)
	all := []string{"roads", "intersections", "wards", "buildings", "holed"}
	areas := []string{"wards", "holed", "buildings"}
	for _, c := range []struct {
		name   string
		from   string // layer; "" for points
		shift  float64
		radius float64
		k, n   int
		layers []string
	}{
		{"points, within 300 m", "", 0, 300, 0, 12, all},
		{"points, nearest 20 within 3 km", "", 0, 3000, 20, 6, all},
		{"points 20 km west of the city, nearest 100", "", 0.35, 40e3, 100, 2, all},
		{"points, areas within 20 km", "", 0, 20e3, 0, 3, areas},
		{"wards, areas within 200 m", "wards", 0, 200, 0, 3, areas},
		{"wards, nearest 50 within 1 km", "wards", 0, 1000, 50, 2, all},
		{"roads, within 500 m", "roads", 0, 500, 0, 3, all},
	} {
		worst, witnessed, seen := 0.0, 0, 0
		for range c.n {
			q := Query{Point: somewhere(r), RadiusMetres: c.radius, K: c.k}
			q.Point[0] -= c.shift
			for _, l := range c.layers {
				q.Layers = append(q.Layers, city.LayerID(l))
			}
			if l := s.Layer(city.LayerID(c.from)); l != nil {
				q.Feature = l.Feature(int64(1 + r.IntN(l.Len())))
			}
			w, n, hits := compareNearby(t, s, db, q, c.from, c.layers)
			worst, witnessed, seen = math.Max(worst, w), witnessed+n, seen+hits
		}
		t.Logf("%s: %d hits, largest difference %.4f m, %d over 1 cm and witnessed", c.name, seen, worst, witnessed)
		if seen < 20 {
			t.Errorf("%s: only %d hits: the test tests little", c.name, seen)
		}
	}
}

func compareNearby(t *testing.T, s *snapshot.Snapshot, db *pgtest.DB, q Query, fromLayer string, layers []string) (worst float64, witnessed, n int) {
	t.Helper()
	var searcher Searcher
	hits, err := searcher.Nearby(t.Context(), s, q, nil)
	if err != nil {
		t.Fatal(err)
	}
	var from orb.Geometry = q.Point
	self := key{}
	if q.Feature != nil {
		from, self = q.Feature.Geometry(), key{fromLayer, q.Feature.ID()}
	}
	worst, witnessed = compare(t, db, from, hits, q.RadiusMetres, self, layers)
	return worst, witnessed, len(hits)
}
