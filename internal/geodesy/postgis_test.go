package geodesy_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// TestDistanceAgreesWithPostGIS compares points, to 1e-4 m everywhere.
func TestDistanceAgreesWithPostGIS(t *testing.T) {
	db := pgtest.Open(t)
	r := rand.New(rand.NewPCG(1, 1))
	var from, to orb.MultiPoint
	for range 3000 {
		a := orb.Point{360*r.Float64() - 180, 180*r.Float64() - 90}
		reach := math.Pow(10, -3+5*r.Float64()) // degrees
		from = append(from, a)
		to = append(to, orb.Point{math.Remainder(a[0]+reach*r.NormFloat64(), 360), math.Mod(a[1]+reach*r.NormFloat64(), 90)})
	}
	rows := db.QueryRows(`SELECT ST_Distance(a.geom::geography, b.geom::geography),
			degrees(ST_Azimuth(a.geom::geography, b.geom::geography))
		FROM ST_Dump($1::geometry) a JOIN ST_Dump($2::geometry) b USING (path) ORDER BY path`, from, to)
	if len(rows) != len(from) {
		t.Fatalf("%d rows", len(rows))
	}
	worst := 0.0
	for i, row := range rows {
		want, azimuth := row[0].(float64), row[1].(float64)
		got := geodesy.Distance(from[i], to[i])
		worst = math.Max(worst, math.Abs(got-want))
		if math.Abs(got-want) > 1e-4 {
			t.Errorf("Distance(%v, %v) = %v, PostGIS says %v", from[i], to[i], got, want)
		}
		if turn := math.Remainder(geodesy.Bearing(from[i], to[i])-azimuth, 360); math.Abs(turn)*radian*want > 1e-3 && math.Abs(turn) > 1e-8 {
			t.Errorf("Bearing(%v, %v) is %v° off PostGIS's %v", from[i], to[i], turn, azimuth)
		}
	}
	t.Logf("largest difference %.2g m", worst)
}

const radian = math.Pi / 180

// TestMeasuresAgreeWithPostGIS compares lengths and areas of real layers.
func TestMeasuresAgreeWithPostGIS(t *testing.T) {
	db := pgtest.Open(t)
	db.Exec(`CREATE TABLE it (id bigint, geom geometry(Geometry, 4326))`)
	var all []orb.Geometry
	for _, file := range []string{"hanoi_wards", "hanoi_landuse", "hanoi_railways", "hanoi_water"} {
		all = append(all, realdata.Geometries(t, "layers/"+file+".geojsonl")...)
	}
	for i, g := range realdata.Geometries(t, "layers/hanoi_buildings.geojsonl") {
		if i%9 == 0 {
			all = append(all, g)
		}
	}
	rows := make([][]any, len(all))
	for i, g := range all {
		rows[i] = []any{int64(i), g}
	}
	db.Copy("it", []string{"id", "geom"}, rows)
	areas, lengths := 0, 0
	for _, row := range db.QueryRows(`SELECT id, ST_Length(geom::geography), ST_Area(geom::geography),
			ST_Dimension(geom) = 2 FROM it WHERE ST_IsValid(geom)`) { // the area of an invalid ring means nothing
		g := all[row[0].(int64)]
		if row[3].(bool) {
			areas++
			if got, want := geodesy.Area(g), row[2].(float64); math.Abs(got-want) > 2e-7*want+1e-4 {
				t.Errorf("Area of a %s: %v, PostGIS says %v", g.GeoJSONType(), got, want)
			}
			continue
		}
		lengths++
		if got, want := geodesy.Length(g), row[1].(float64); math.Abs(got-want) > 1e-9*want+1e-6 {
			t.Errorf("Length of a %s: %v, PostGIS says %v", g.GeoJSONType(), got, want)
		}
	}
	if areas < 500 || lengths < 20 {
		t.Errorf("only %d areas and %d lengths compared", areas, lengths)
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
