package geojson

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/paulmach/orb"
)

func TestAppendGeometry(t *testing.T) {
	line := orb.LineString{{105.85, 21.02}, {105.8500001, 21}}
	ring := orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 0}}
	hole := orb.Ring{{0.2, 0.1}, {0.3, 0.2}, {0.3, 0.1}, {0.2, 0.1}}
	for _, c := range []struct {
		geometry orb.Geometry
		want     string
	}{
		{nil, `null`},
		{orb.Point{-105.5, 0}, `{"type":"Point","coordinates":[-105.5,0]}`},
		{orb.MultiPoint{{1, 2}, {3, 4}}, `{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`},
		{orb.MultiPoint{}, `{"type":"MultiPoint","coordinates":[]}`},
		{line, `{"type":"LineString","coordinates":[[105.85,21.02],[105.8500001,21]]}`},
		{orb.MultiLineString{line, line}, `{"type":"MultiLineString","coordinates":[[[105.85,21.02],[105.8500001,21]],[[105.85,21.02],[105.8500001,21]]]}`},
		{ring, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`},
		{orb.Polygon{ring, hole}, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]],[[0.2,0.1],[0.3,0.2],[0.3,0.1],[0.2,0.1]]]}`},
		{orb.MultiPolygon{{ring}, {hole}}, `{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[0.2,0.1],[0.3,0.2],[0.3,0.1],[0.2,0.1]]]]}`},
		{orb.Collection{orb.Point{1, 2}, orb.Collection{line[:1]}}, `{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"GeometryCollection","geometries":[{"type":"LineString","coordinates":[[105.85,21.02]]}]}]}`},
	} {
		if got := string(AppendGeometry(nil, c.geometry)); got != c.want {
			t.Errorf("AppendGeometry(%v) =\n%s, want\n%s", c.geometry, got, c.want)
		}
	}
}

// TestAppendNumber holds AppendNumber against strconv.
func TestAppendNumber(t *testing.T) {
	check := func(v float64) {
		t.Helper()
		if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
			// With or without an exponent, as long as it reads back.
			var viaJSON float64
			if err := json.Unmarshal(AppendNumber(nil, v), &viaJSON); err != nil || viaJSON != v {
				t.Errorf("AppendNumber(%v) = %s, which reads as %v, %v", v, AppendNumber(nil, v), viaJSON, err)
			}
			return
		}
		if got, want := string(AppendNumber(nil, v)), strconv.FormatFloat(v, 'f', -1, 64); got != want {
			t.Errorf("AppendNumber(%v) = %s, want %s", v, got, want)
		}
	}
	for _, v := range []float64{0, 1, -1, 180, -180, 105.8544411, 0.0000001, -0.0000001, 1e-7, 3e-8, 0.1 + 0.2, 1e15, 123456789.1234567, 1e22, 99999999.9999999, 105.85444115} {
		check(v)
	}
	if got := string(AppendNumber(nil, math.Copysign(0, -1))); got != "0" {
		t.Errorf("negative zero = %s, want 0", got)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := string(AppendNumber(nil, v)); got != "null" {
			t.Errorf("AppendNumber(%v) = %s, want null", v, got)
		}
	}
	const seed = 7
	random := rand.New(rand.NewPCG(seed, seed))
	for range 50_000 {
		v := random.Float64()*360 - 180
		check(v)
		digits := math.Pow10(random.IntN(10))
		check(math.Round(v*digits)/digits + 0) // + 0: no negative zero
	}
}

func BenchmarkAppendNumber(b *testing.B) {
	dst := make([]byte, 0, 32)
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			AppendNumber(dst, 105.8544411)
		}
	})
	b.Run("strconv", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			strconv.AppendFloat(dst, 105.8544411, 'f', -1, 64)
		}
	})
}
