package geojson

import (
	"encoding/json"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// fixed is what Decimals.AppendNumber should write.
func fixed(v float64, decimals int) string {
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if decimals > 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}

// holdFixed compares with strconv. v·10^d is itself rounded, so that a number
// that lies within that of the middle between two may go to either.
func holdFixed(t *testing.T, v float64, d Decimals) {
	t.Helper()
	got := string(d.AppendNumber([]byte("x"), v))[1:]
	want := fixed(v, int(d))
	if got == want {
		return
	}
	back, err := strconv.ParseFloat(got, 64)
	half := 0.5 / math.Pow10(int(d))
	if slack := math.Abs(v) * 1e-15; err != nil || math.Abs(back-v) > half+slack || fixed(back, int(d)) != got {
		t.Fatalf("%v to %d decimals = %s (%v), strconv writes %s", v, d, got, err, want)
	}
}

func TestAppendNumberFixed(t *testing.T) {
	for _, c := range []struct {
		v    float64
		d    Decimals
		want string
	}{
		{588394.3238547293, 3, "588394.324"}, {2326366.3991455804, 3, "2326366.399"}, {500000, 3, "500000"},
		{1.5, 3, "1.5"}, {0.001, 3, "0.001"}, {0.0004, 3, "0"}, {-0.0004, 3, "0"}, {-0.0006, 3, "-0.001"},
		{105.85041734, 9, "105.85041734"}, {-12.05, 1, "-12"}, {99.9996, 3, "100"}, {7, 0, "7"}, {1e15, 3, "1000000000000000"},
		{1e300, 0, strconv.FormatFloat(1e300, 'f', 0, 64)}, {-1e-300, 12, "0"}, {-1e-300, 15, "0"}, {0.1, 20, "0.10000000000000000555"},
		{math.NaN(), 3, "null"}, {math.Inf(-1), 3, "null"}, {105.8544411, Exact, "105.8544411"},
	} {
		if got := string(c.d.AppendNumber(nil, c.v)); got != c.want {
			t.Errorf("%v to %d decimals = %s, want %s", c.v, c.d, got, c.want)
		}
	}
	const seed = 8
	random := rand.New(rand.NewPCG(seed, seed))
	for range 50_000 {
		holdFixed(t, (random.Float64()-0.5)*math.Pow10(random.IntN(16)), Decimals(random.IntN(13)))
	}
}

func FuzzAppendNumberFixed(f *testing.F) {
	f.Add(588394.3238547293, uint8(3))
	f.Add(-0.5, uint8(0))
	f.Add(math.MaxFloat64, uint8(14))
	f.Fuzz(func(t *testing.T, v float64, d uint8) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		holdFixed(t, v, Decimals(d%16))
	})
}

// FuzzAppendNumber holds AppendNumber, and positions, against strconv.
func FuzzAppendNumber(f *testing.F) {
	for _, v := range []float64{0, 105.8544411, -0.1, 429.4967295, 429.4967296, 1e-7, 4.9999999, 99.9999999, 1e15, 0.1 + 0.2, math.NaN()} {
		f.Add(v, int64(v*1e7))
	}
	f.Fuzz(func(t *testing.T, v float64, n int64) {
		var line orb.LineString
		for _, v := range []float64{v, float64(n) / 1e7, math.Nextafter(float64(n)/1e7, 1000), float64(n%4e9) / 1e7, float64(n%4e9) / 1e3} {
			if abs := math.Abs(v); math.IsNaN(v) || math.IsInf(v, 0) || abs != 0 && (abs < 1e-6 || abs >= 1e21) {
				continue // see TestAppendNumber
			}
			want := strconv.FormatFloat(v+0, 'f', -1, 64) // + 0: no negative zero
			if got := string(AppendNumber([]byte("x"), v))[1:]; got != want {
				t.Errorf("AppendNumber(%v) = %s, want %s", v, got, want)
			}
			line = append(line, orb.Point{v, 21}, orb.Point{105.25, v}, // and beside eastings and northings:
				orb.Point{v, 2326366.3991}, orb.Point{588394.3238, v}, orb.Point{v, v + 7.0625}, orb.Point{v, 100 * v})
		}
		for _, d := range []Decimals{Exact, 3} {
			want := []byte("[")
			for i, p := range line {
				if i > 0 {
					want = append(want, ',')
				}
				want = append(d.AppendNumber(append(want, '['), p[0]), ',')
				want = append(d.AppendNumber(want, p[1]), ']')
			}
			want = append(want, ']')
			w := Writer{Decimals: d}
			if got, _ := w.appendPositions(nil, line); string(got) != string(want) {
				t.Errorf("%v to %d decimals: %s, want %s", line, d, got, want)
			}
		}
	})
}

func TestGeometryFixed(t *testing.T) {
	w := Writer{Decimals: 3}
	got, _ := w.AppendGeometry(nil, orb.Collection{
		orb.Polygon{{{588394.3238, 1}, {2, 3.00049}, {588394.3238, 1}}}, orb.MultiPoint{{-0.0001, 7}}})
	const want = `{"type":"GeometryCollection","geometries":[{"type":"Polygon","coordinates":[[[588394.324,1],[2,3],[588394.324,1]]]},{"type":"MultiPoint","coordinates":[[0,7]]}]}`
	if string(got) != want || !json.Valid(got) {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestConvert(t *testing.T) {
	g := orb.Collection{
		orb.Point{1, 2},
		orb.MultiLineString{{{3, 4}, {5, 6}}, {{7, 8}}},
		orb.MultiPolygon{{{{1, 0}, {2, 0}, {2, 1}, {1, 0}}}},
	}
	w := Writer{Decimals: Exact, Convert: func(positions []orb.Point) ([]orb.Point, error) {
		var swapped []orb.Point
		for _, p := range positions {
			if p[0] == 7 {
				return nil, io.ErrUnexpectedEOF
			}
			swapped = append(swapped, orb.Point{p[1], p[0]})
		}
		return swapped, nil
	}}
	const failure = "part 1: part 1: unexpected EOF"
	if _, err := w.AppendGeometry(nil, g); err == nil || err.Error() != failure {
		t.Errorf("%v, want %q", err, failure)
	}
	g[1] = orb.LineString{{3, 4}, {5, 6}}
	const want = `{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[2,1]},` +
		`{"type":"LineString","coordinates":[[4,3],[6,5]]},` +
		`{"type":"MultiPolygon","coordinates":[[[[0,1],[0,2],[1,2],[0,1]]]]}]}`
	got, err := w.AppendGeometry(nil, g)
	if err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}

func BenchmarkAppendNumberFixed(b *testing.B) {
	dst := make([]byte, 0, 32)
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Decimals(3).AppendNumber(dst, 588394.3238547293)
		}
	})
	b.Run("strconv", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			strconv.AppendFloat(dst, 588394.3238547293, 'f', 3, 64)
		}
	})
}
