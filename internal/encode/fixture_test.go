package encode

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

func jsonValue(tb testing.TB, text string) city.Value {
	tb.Helper()
	v, err := city.JSON([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// everything is a layer with all kinds of properties, names that need care and
// all kinds of geometries.
func everything(tb testing.TB, geometry city.GeometryType, geometries ...orb.Geometry) *snapshot.Layer {
	tb.Helper()
	def := city.Layer{
		ID: "everything", Title: "Mọi thứ", TitleEN: "Everything", Geometry: geometry,
		Properties: []city.Property{
			{Name: "name", Type: city.KindString, Title: "Tên"}, {Name: "ghi chú, thêm", Type: city.KindString},
			{Name: "lanes", Type: city.KindInteger}, {Name: "length_m", Type: city.KindNumber},
			{Name: "toll", Type: city.KindBoolean}, {Name: "valid_from", Type: city.KindDate},
			{Name: "valid_to", Type: city.KindDate}, {Name: "seen", Type: city.KindInstant}, {Name: "tags", Type: city.KindJSON},
		},
		Tiles: city.TileRules{Attributes: []string{"lanes"}},
	}
	day := func(y int) city.Value { return city.Date(time.Date(y, 7, 1, 0, 0, 0, 0, time.UTC)) }
	rows := [][]city.Value{
		{city.String("Cầu Thê Húc"), city.String("dòng một\ndòng \"hai\", hết "), city.Integer(-9007199254740991), city.Number(0.1 + 0.2),
			city.Boolean(true), day(2025), day(2027), city.Instant(time.Date(2026, 11, 23, 8, 30, 0, 500e6, time.UTC)), jsonValue(tb, `{"cầu":["Nhật Tân",1]}`)},
		{},
		{city.String(""), city.Null, city.Integer(0), city.Number(0), city.Boolean(false), city.Null, day(2030)},
		{city.String(`=1+"1"`), city.String(" \t"), city.Integer(7), city.Number(-1e-300), city.Null, day(1010)},
	}
	var features []city.Feature
	for i, g := range geometries {
		features = append(features, city.Feature{ID: int64(3*i + 5), Geometry: g, Values: rows[i%len(rows)]})
	}
	return snapshottest.Layer(tb, def, features)
}

func allGeometries() []orb.Geometry {
	ring := func(x, y, size float64) orb.Ring {
		return orb.Ring{{x, y}, {x + size, y}, {x + size, y + size}, {x, y}}
	}
	hole := orb.Ring{{105.806, 21.002}, {105.808, 21.002}, {105.808, 21.004}, {105.806, 21.002}}
	return []orb.Geometry{
		orb.Point{105.8529998, 21.0307572},
		orb.LineString{{105.8529998, 21.0307572}, {105.85256731234567, 21.0308055}},
		orb.Polygon{ring(105.8, 21, 0.01)},
		orb.Polygon{ring(105.8, 21, 0.01), hole},
		orb.MultiPoint{{105.1, 21.1}, {105.2, 21.2}},
		orb.MultiPoint{{105.1, 21.1}},
		orb.MultiLineString{{{105.1, 21.1}, {105.2, 21.2}}, {{105.3, 21.1}, {105.4, 21.2}, {105.5, 21.2}}},
		orb.MultiPolygon{{ring(105.8, 21, 0.01), hole}, {ring(105.9, 21, 0.01)}},
		orb.MultiPolygon{{ring(105.8, 20.5, 0.01)}},
		orb.Collection{orb.Point{105.5, 21.5}, orb.LineString{{105.1, 21.1}, {105.2, 21.3}}, orb.MultiPolygon{{ring(105.7, 21, 0.01)}}},
	}
}

// scattered is n features near Hà Nội, points or lines.
func scattered(tb testing.TB, n int, line bool) *snapshot.Layer {
	tb.Helper()
	random := rand.New(rand.NewPCG(4, 4))
	def := city.Layer{ID: "scattered", Geometry: city.GeometryPoint, Properties: []city.Property{
		{Name: "name", Type: city.KindString}, {Name: "n", Type: city.KindInteger}}}
	if line {
		def.Geometry = city.GeometryLineString
	}
	features := make([]city.Feature, n)
	for i := range features {
		p := orb.Point{105.3 + random.Float64()*0.7, 20.6 + random.Float64()*0.7}
		features[i] = city.Feature{ID: int64(i + 1), Geometry: p,
			Values: []city.Value{city.String(fmt.Sprintf("Phố số %d", i%100)), city.Integer(int64(i))}}
		if line {
			g := make(orb.LineString, 7)
			for j := range g {
				g[j] = orb.Point{p[0] + random.Float64()*0.001, p[1] + random.Float64()*0.001}
			}
			features[i].Geometry = g
		}
	}
	return snapshottest.Layer(tb, def, features)
}

func mustFind(tb testing.TB, name Name) Format {
	tb.Helper()
	f, err := Find(name)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func written(tb testing.TB, name Name, s *Selection) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := mustFind(tb, name).Write(context.Background(), &out, s); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// file writes a selection into a file of its format.
func file(tb testing.TB, name Name, s *Selection) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), mustFind(tb, name).FileName(s.Layer.ID(), 1))
	if err := os.WriteFile(path, written(tb, name, s), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// failing is a writer whose n-th write fails.
type failing struct{ left int }

var errFull = errors.New("the disk is full")

func (f *failing) Write(p []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func validJSON(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %.2000s", err, text)
	}
	return v
}
