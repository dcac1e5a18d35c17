package tms_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// noTable is the dictionary of features without properties.
type noTable struct{}

func (noTable) NumKeys() int                            { return 0 }
func (noTable) NumValues() int                          { return 0 }
func (noTable) Key(uint32) string                       { return "" }
func (noTable) AppendValue(dst []byte, _ uint32) []byte { return dst }

// encode makes a tile of geometries, one feature each, with ids from 1.
func encode(t testing.TB, s *tms.Set, tile tms.Tile, geometries []orb.Geometry, opt tiles.LayerOptions) *mvttest.Layer {
	t.Helper()
	var e tiles.Encoder
	p := tiles.Preparer{Projection: s.Projection()}
	e.Begin(s.Square(tile))
	e.BeginLayer("it", noTable{}, opt)
	search := s.Search(tile)
	for i, g := range geometries {
		if !search.Meets(g.Bound()) {
			continue
		}
		p.Reset()
		shape, err := p.Prepare(g)
		if err != nil {
			t.Fatal(err)
		}
		e.Add(uint64(i+1), shape, nil)
	}
	e.EndLayer()
	decoded, err := mvttest.Decode(e.Bytes())
	if err != nil {
		t.Fatalf("%s %v: %v", s.ID(), tile, err)
	}
	layer := decoded.Layer("it")
	if layer == nil {
		return &mvttest.Layer{}
	}
	for i := range layer.Features {
		if err := layer.Features[i].Check(); err != nil {
			t.Fatalf("%s %v: feature %d: %v", s.ID(), tile, layer.Features[i].ID, err)
		}
	}
	return layer
}

func hanoi(t testing.TB, name string) []orb.Geometry {
	t.Helper()
	return realdata.Geometries(t, "layers/hanoi_"+name+".geojsonl")
}

// TestPointsAgreeWithPostGIS compares the coordinates of points in tiles with
// those of ST_AsMVTGeom, after ST_Transform by PROJ, to one unit of rounding.
func TestPointsAgreeWithPostGIS(t *testing.T) {
	db := pgtest.Open(t)
	for id, srid := range map[string]int{tms.VN2000: 5897, tms.WorldCRS84Quad: 4326, tms.WebMercatorQuad: 3857} {
		s := find(t, id)
		r := rand.New(rand.NewPCG(9, 10))
		shown, exact := 0, 0
		for m := uint8(0); m < s.Served(); m += 3 {
			tile, ok := s.At(orb.Point{105.8523, 21.0287}, m)
			if !ok {
				t.Fatal(id, m)
			}
			points := pointsAbout(t, r, s, tile)
			want := pointsOfPostGIS(db, points, srid, s.Bound(tile))
			if len(want) < len(points)/2 {
				t.Fatalf("%s %v: PostGIS shows %d of %d", id, tile, len(want), len(points))
			}
			both, equal := comparePoints(t, s, tile, points, want)
			shown, exact = shown+both, exact+equal
		}
		if shown < 200 || exact < shown/2 {
			t.Errorf("%s: %d points compared, %d equal", id, shown, exact)
		}
	}
}

// pointsAbout draws places, lon and lat, in a tile and a little beside it.
func pointsAbout(t *testing.T, r *rand.Rand, s *tms.Set, tile tms.Tile) orb.MultiPoint {
	t.Helper()
	inv, bound := inverse(t, s), s.Bound(tile)
	var points orb.MultiPoint
	for range 60 {
		at := inv(clampTo(within(r, bound.Pad((bound.Max[0]-bound.Min[0])*0.01)), s))
		if inDomain(s, at) {
			points = append(points, at)
		}
	}
	return points
}

// pointsOfPostGIS returns where the points lie in a tile, by their number from 1,
// those that show.
func pointsOfPostGIS(db *pgtest.DB, points orb.MultiPoint, srid int, bound orb.Bound) map[int]mvttest.XY {
	rows := db.QueryRows(`SELECT path[1], ST_X(g), ST_Y(g) FROM (SELECT path, ST_AsMVTGeom(ST_Transform(ST_SetSRID(geom, 4326), $2::int),
		ST_MakeBox2D(ST_MakePoint($3, $4), ST_MakePoint($5, $6)), 4096, 64, true) g FROM ST_Dump($1::geometry)) x WHERE g IS NOT NULL`,
		points, srid, bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1])
	at := map[int]mvttest.XY{}
	for _, row := range rows {
		at[int(row[0].(int32))] = mvttest.XY{X: int64(row[1].(float64)), Y: int64(row[2].(float64))}
	}
	return at
}

// comparePoints encodes points and holds them against where they should lie. A point
// may show in one of both only on the rim of what is shown. It returns how many show
// in both, and how many of those at the same place.
func comparePoints(t *testing.T, s *tms.Set, tile tms.Tile, points orb.MultiPoint, want map[int]mvttest.XY) (shown, exact int) {
	t.Helper()
	all := make([]orb.Geometry, len(points))
	for i := range points {
		all[i] = points[i]
	}
	got := map[int]mvttest.XY{}
	for _, f := range encode(t, s, tile, all, tiles.LayerOptions{}).Features {
		got[int(f.ID)] = f.Points[0]
	}
	// One unit of rounding; below a world unit, as much as that is.
	limit := max(1.01, float64(uint64(1)<<s.Square(tile).Z)/float64(1<<20))
	for i := 1; i <= len(points); i++ {
		a, here := got[i]
		b, there := want[i]
		switch {
		case here && there:
			shown++
			if a == b {
				exact++
			}
			if math.Abs(float64(a.X-b.X)) > limit || math.Abs(float64(a.Y-b.Y)) > limit {
				t.Errorf("%s %v point %d: %v, PostGIS %v", s.ID(), tile, i, a, b)
			}
		case there && !onRim(b, limit):
			t.Errorf("%s %v point %d: only in PostGIS, at %v", s.ID(), tile, i, b)
		case here && !onRim(a, limit):
			t.Errorf("%s %v point %d: only here, at %v", s.ID(), tile, i, a)
		}
	}
	return shown, exact
}

// onRim tells whether a position is where rounding decides whether it shows.
func onRim(p mvttest.XY, limit float64) bool {
	near := func(v int64) bool {
		return math.Abs(float64(v+tiles.Buffer)) <= limit+1 || math.Abs(float64(v-tiles.Extent-tiles.Buffer)) <= limit+1
	}
	return near(p.X) || near(p.Y)
}

// TestWardsAgreeWithPostGIS draws the wards of Hà Nội in VN-2000 and compares
// areas with what PostGIS clips, and everything with the strict decoder.
func TestWardsAgreeWithPostGIS(t *testing.T) {
	db := pgtest.Open(t)
	wards := hanoi(t, "wards")
	db.Exec(`CREATE TABLE ward (id int, geom geometry(Geometry, 5897))`)
	for i, g := range wards {
		db.Exec(`INSERT INTO ward SELECT $1, ST_Transform(ST_SetSRID($2::geometry, 4326), 5897)`, i+1, g)
	}
	s := find(t, tms.VN2000)
	for _, m := range []uint8{7, 13} {
		tile, _ := s.At(orb.Point{105.83, 21.01}, m)
		bound := s.Bound(tile)
		side := bound.Max[0] - bound.Min[0]
		unit := side / tiles.Extent
		grown := bound.Pad(unit * tiles.Buffer)
		want := map[uint64]float64{}
		for _, row := range db.QueryRows(`SELECT id, ST_Area(ST_Intersection(ST_MakeValid(geom), b)), ST_Perimeter(ST_Intersection(ST_MakeValid(geom), b))
			FROM ward, ST_MakeEnvelope($1, $2, $3, $4, 5897) b WHERE ST_Intersects(geom, b)`, grown.Min[0], grown.Min[1], grown.Max[0], grown.Max[1]) {
			want[uint64(row[0].(int32))] = row[1].(float64) / unit / unit
			want[1<<32|uint64(row[0].(int32))] = row[2].(float64) / unit
		}
		got := map[uint64]float64{}
		for _, f := range encode(t, s, tile, wards, tiles.LayerOptions{}).Features {
			for _, polygon := range f.Polygons {
				got[f.ID] += polygonArea(polygon)
			}
		}
		if len(got) == 0 {
			t.Fatalf("%v shows no ward", tile)
		}
		for id, area := range want {
			if id>>32 != 0 {
				continue
			}
			// Snapping moves each edge by at most 0.71 units.
			if limit := want[1<<32|id] + 4; math.Abs(area-got[id]) > limit {
				t.Errorf("%v ward %d: area %.0f, PostGIS %.0f units², limit %.0f", tile, id, got[id], area, limit)
			}
		}
	}
}

func polygonArea(rings [][]mvttest.XY) float64 {
	var all []geom.LineString
	for _, ring := range rings {
		var xy []float64
		for _, p := range append(ring[:len(ring):len(ring)], ring[0]) {
			xy = append(xy, float64(p.X), float64(p.Y))
		}
		all = append(all, geom.NewLineString(geom.NewSequence(xy, geom.DimXY)))
	}
	return geom.NewPolygon(all).Area()
}

// TestLayersDecode draws real layers in every set, simplified and not, around the
// middle of the city.
func TestLayersDecode(t *testing.T) {
	for _, name := range []string{"wards", "railways"} {
		all := hanoi(t, name)
		for _, id := range []string{tms.VN2000, tms.WorldCRS84Quad} {
			s := find(t, id)
			for _, m := range []uint8{6, 13} {
				tile, _ := s.At(orb.Point{105.83, 21.01}, m)
				whole := encode(t, s, tile, all, tiles.LayerOptions{})
				simple := encode(t, s, tile, all, tiles.LayerOptions{Simplify: 4, MinSize: 8})
				if m == 6 && (len(whole.Features) == 0 || count(simple) >= count(whole)) {
					t.Errorf("%s %s: %d features, %d vertices; simplified %d", name, id, len(whole.Features), count(whole), count(simple))
				}
			}
		}
	}
}

func count(l *mvttest.Layer) (n int) {
	for _, f := range l.Features {
		for _, line := range f.Lines {
			n += len(line)
		}
		for _, polygon := range f.Polygons {
			for _, ring := range polygon {
				n += len(ring)
			}
		}
	}
	return n
}

// TestLineLeavesTheTiles: a line far beyond the square world of the set keeps its
// direction inside.
func TestLineLeavesTheTiles(t *testing.T) {
	s := find(t, tms.VN2000)
	fwd, inv := forward(t, s), inverse(t, s)
	from, to := orb.Point{105.8, 21}, orb.Point{133, 55}
	a, z := fwd(from), fwd(to)
	middle := inv(orb.Point{a[0] + 0.02*(z[0]-a[0]), a[1] + 0.02*(z[1]-a[1])})
	for _, m := range []uint8{0, 3, 6, 12} {
		tile, _ := s.At(middle, m)
		bound := s.Bound(tile)
		unit := (bound.Max[0] - bound.Min[0]) / tiles.Extent
		l := encode(t, s, tile, []orb.Geometry{orb.LineString{from, to}}, tiles.LayerOptions{})
		if len(l.Features) != 1 {
			t.Fatalf("%v: %d features", tile, len(l.Features))
		}
		for _, p := range l.Features[0].Lines[0] {
			x, y := bound.Min[0]+float64(p.X)*unit, bound.Max[1]-float64(p.Y)*unit
			off := ((x-a[0])*(z[1]-a[1]) - (y-a[1])*(z[0]-a[0])) / math.Hypot(z[0]-a[0], z[1]-a[1])
			if math.Abs(off) > unit {
				t.Errorf("%v: %v is %v m beside the line", tile, p, off)
			}
		}
	}
}

func ExampleSet_Search() {
	set := tms.Find(tms.Sets(), tms.VN2000)
	tile, _ := set.At(orb.Point{105.8523, 21.0287}, 14)
	search := set.Search(tile)
	fmt.Println(tile, set.Bound(tile).Min, search.Meets(orb.Point{105.8523, 21.0287}.Bound()))
	// Output: 14/7296/8537 [588320 2.326272e+06] true
}
