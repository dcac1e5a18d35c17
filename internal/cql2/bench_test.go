package cql2

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// roads is the real layer of 42,292 roads with a name and a class, here and in
// PostGIS, with indexes.
func roads(tb testing.TB) (*snapshot.Layer, *pgtest.DB) {
	tb.Helper()
	def := city.Layer{
		ID: "roads", Geometry: city.GeometryLineString,
		Properties: []city.Property{{Name: "name", Type: city.KindString}, {Name: "highway", Type: city.KindString}},
	}
	all := realThings(tb, "hanoi_roads.geojsonl", 1)
	db := intoPostGIS(tb, def, all)
	db.Exec(`CREATE INDEX ON it USING gist (geometry); CREATE INDEX ON it (highway); ANALYZE it`)
	return build(tb, def, all), db
}

// BenchmarkRoads measures filters over all roads: compiled anew for each
// question, as a request does, with the R-tree; without it; and without memory
// of values either, as naive. PostGIS answers the same, with the ids of what
// matches; S_DWITHIN is not translated.
func BenchmarkRoads(b *testing.B) {
	l, db := roads(b)
	for _, c := range []struct {
		name, filter string
	}{
		{"attribute+bbox", `highway IN ('primary','secondary','tertiary') AND S_INTERSECTS(geometry, BBOX(105.84,21.02,105.855,21.035))`},
		{"attribute+polygon", `highway = 'residential' AND S_INTERSECTS(geometry, POLYGON((105.84 21.02,105.852 21.018,105.856 21.03,105.842 21.034,105.84 21.02)))`},
		{"attribute+dwithin", `highway <> 'service' AND S_DWITHIN(geometry, POINT(105.852 21.03), 400)`},
		{"attribute", `ACCENTI(CASEI(name)) LIKE ACCENTI(CASEI('phố h%')) AND highway <> 'residential'`},
		{"within", `S_WITHIN(geometry, BBOX(105.84,21.02,105.855,21.035))`},
	} {
		e, err := expr.ParseText(c.filter, expr.Limits{})
		if err != nil {
			b.Fatal(err)
		}
		count := func(f *Filter, walk func(func(*snapshot.Feature) bool)) (n int) {
			walk(func(feature *snapshot.Feature) bool {
				if f.Match(l, feature, feature.Tags()) {
					n++
				}
				return true
			})
			return n
		}
		want := count(compile(b, l, c.filter, Options{}), l.All)
		check := func(b *testing.B, f *Filter, walk func(func(*snapshot.Feature) bool)) {
			if n := count(f, walk); n != want || n == 0 {
				b.Fatal(n, want)
			}
		}
		b.Run(c.name+"/request", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e, err := expr.ParseText(c.filter, expr.Limits{})
				if err != nil {
					b.Fatal(err)
				}
				f, err := Compile(e, l.Definition(), Options{})
				if err != nil {
					b.Fatal(err)
				}
				check(b, f, func(fn func(*snapshot.Feature) bool) { f.Candidates(l, fn) })
			}
			b.ReportMetric(float64(want), "hits")
		})
		b.Run(c.name+"/scan", func(b *testing.B) {
			b.ReportAllocs()
			f := compile(b, l, c.filter, Options{})
			for b.Loop() {
				check(b, f, l.All)
			}
		})
		if !strings.Contains(c.filter, DWithin) {
			b.Run(c.name+"/postgis", func(b *testing.B) {
				translated := sql{tb: b, def: l.Definition()}
				where := translated.expr(e)
				for b.Loop() {
					if n := len(db.QueryRows("SELECT id FROM it WHERE "+where, translated.args...)); n != want {
						b.Fatal(n, want)
					}
				}
			})
		}
		b.Run(c.name+"/naive", func(b *testing.B) {
			b.ReportAllocs()
			f, err := Compile(e, l.Definition(), Options{})
			if err != nil {
				b.Fatal(err)
			}
			forget(&f.root)
			for b.Loop() {
				check(b, f, l.All)
			}
		})
	}
}

// forget takes the memories out of a predicate.
func forget(p *predicate) {
	switch of := (*p).(type) {
	case *memo:
		*p = of.of
	case all:
		for i := range of {
			forget(&of[i])
		}
	case some:
		for i := range of {
			forget(&of[i])
		}
	case not:
		forget(&of.of)
		*p = of
	}
}

// hostile returns literals of about 10,000 vertices, in degrees about the middle
// of Hà Nội, made to be slow: scattered, zigzagging, touching themselves nowhere.
func hostile() map[string]string {
	r := rand.New(rand.NewPCG(seed, 2))
	at := func() (x, y float64) { return 105.7 + r.Float64()/4, 20.9 + r.Float64()*0.3 }
	var points, squares, star []string
	for range 9900 {
		x, y := at()
		points = append(points, fmt.Sprintf("%v %v", x, y))
	}
	for range 1980 {
		x, y := at()
		squares = append(squares, fmt.Sprintf("((%v %v,%v %v,%v %v,%v %v,%v %v))", x, y, x+1e-6, y, x+1e-6, y+1e-6, x, y+1e-6, x, y))
	}
	for i := range 9900 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 9900)
		radius := 0.05 + 0.1*float64(i%2)
		star = append(star, fmt.Sprintf("%v %v", 105.82+radius*cos, 21.02+radius*sin))
	}
	return map[string]string{
		"points": "MULTIPOINT(" + strings.Join(points, ",") + ")", "line": "LINESTRING(" + strings.Join(points, ",") + ")",
		"squares": "MULTIPOLYGON(" + strings.Join(squares, ",") + ")", "star": "POLYGON((" + strings.Join(append(star, star[0]), ",") + "))",
	}
}

// BenchmarkHostile asks all wards about each of the hostile literals.
func BenchmarkHostile(b *testing.B) {
	def := city.Layer{ID: "wards", Geometry: city.GeometryMultiPolygon, Properties: []city.Property{{Name: "name", Type: city.KindString}, {Name: "highway", Type: city.KindString}}}
	l := build(b, def, realThings(b, "hanoi_wards.geojsonl", 1))
	for name, literal := range hostile() {
		for _, op := range []string{"S_INTERSECTS", "S_WITHIN", "S_CONTAINS", "S_TOUCHES", "S_OVERLAPS", "S_CROSSES"} {
			b.Run(name+"/"+op, func(b *testing.B) {
				for b.Loop() {
					f := compile(b, l, op+"(geometry,"+literal+")", Options{})
					l.All(func(feature *snapshot.Feature) bool { f.Match(l, feature, feature.Tags()); return true })
				}
			})
		}
	}
}

// BenchmarkFold folds the name of a street letter by letter, and as a whole.
func BenchmarkFold(b *testing.B) {
	for _, op := range []expr.Op{expr.CaseI, expr.AccentI} {
		f := newFolding(op)
		for name, fold := range map[string]func(string) string{"letters": f.text, "whole": f.whole} {
			b.Run(string(op)+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					fold("Đường Nguyễn Chí Thanh")
				}
			})
		}
	}
}
