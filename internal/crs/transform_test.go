package crs

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// projVectors were made by PROJ 9.1.1: gdaltransform for 3857 and 32648, cct
// with the pipeline that projinfo prints for EPSG:6960 for the others.
func projVectors() []struct {
	to     SRID
	lonLat orb.Point
	want   orb.Point
} {
	return []struct {
		to     SRID
		lonLat orb.Point
		want   orb.Point
	}{
		{WebMercator, orb.Point{105.8523, 21.0287}, orb.Point{11783424.1352968, 2395301.08548674}},
		{WebMercator, orb.Point{80, -60}, orb.Point{8905559.26346189, -8399737.88981836}},
		{WebMercator, orb.Point{125, 70}, orb.Point{13914936.3491592, 11068715.6593795}},
		{UTM48N, orb.Point{105.8523, 21.0287}, orb.Point{588564.025567637, 2325560.33364134}},
		{UTM48N, orb.Point{102.2, 8.6}, orb.Point{191792.215503939, 951756.578659219}},
		{UTM48N, orb.Point{109.4, 23.3}, orb.Point{950222.185690033, 2583577.37667761}},
		{UTM48N, orb.Point{80, -60}, orb.Point{-871284.89119951, -6916800.69468487}},
		{UTM48N, orb.Point{125, 70}, orb.Point{1251457.21571484, 7890679.92824784}},
		{VN2000, orb.Point{105.8523, 21.0287}, orb.Point{105.8504173396, 21.0296859668}},
		{VN2000, orb.Point{102.2, 8.6}, orb.Point{102.1982184631, 8.6009978946}},
		{VN2000, orb.Point{109.4, 23.3}, orb.Point{109.3980991179, 23.3010189352}},
		{VN2000UTM48N, orb.Point{105.8523, 21.0287}, orb.Point{588367.8029054780, 2325668.4194278647}},
		{VN2000UTM48N, orb.Point{106.355141230, 14.431202977}, orb.Point{645881.6462547623, 1595957.3808880849}},
		{VN2000UTM49N, orb.Point{105.8523, 21.0287}, orb.Point{-35623.1915835901, 2334086.8770529809}},
		{VN2000UTM49N, orb.Point{109.4, 23.3}, orb.Point{336186.2700239808, 2577749.1006052420}},
		{VN2000TM3481, orb.Point{105.8523, 21.0287}, orb.Point{900435.5194789758, 2330964.4296415704}},
		{VN2000TM3481, orb.Point{102.2, 8.6}, orb.Point{521816.9174085383, 951031.0665770406}},
		{VN2000TM3482, orb.Point{105.8523, 21.0287}, orb.Point{588394.3238547293, 2326366.3991455804}},
		{VN2000TM3482, orb.Point{104.461859627, 17.207759394}, orb.Point{442568.5704466304, 1903298.9561816289}},
		{VN2000TM3491, orb.Point{105.8523, 21.0287}, orb.Point{276534.4037897056, 2327635.7453892431}},
		{VN2000TM3491, orb.Point{107.919532267, 18.875218176}, orb.Point{491326.9835517415, 2087761.4497328463}},
		{VN2000DN, orb.Point{105.8523, 21.0287}, orb.Point{302531.4083258463, 2327305.9565950837}},
		{VN2000DN, orb.Point{109.257258902, 10.335566940}, orb.Point{664889.0048660772, 1143360.2477997676}},
	}
}

func mustTransform(tb testing.TB, from, to SRID) *Transform {
	tb.Helper()
	t, err := NewTransform(from, to)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// tolerance is 1e-6 m, in the units of the system.
func tolerance(id SRID) float64 {
	if id.Geographic() {
		return 1e-6 / 111e3 * 10 // the vectors have ten decimals of a degree
	}
	return 1e-6
}

func near(a, b orb.Point, tol float64) bool {
	return math.Abs(a[0]-b[0]) <= tol && math.Abs(a[1]-b[1]) <= tol
}

func TestTransformAgreesWithPROJ(t *testing.T) {
	for _, v := range projVectors() {
		got, err := mustTransform(t, WGS84, v.to).Point(v.lonLat)
		if err != nil || !near(got, v.want, tolerance(v.to)) {
			t.Errorf("WGS 84 %v to %v = %v, %v; PROJ says %v", v.lonLat, v.to, got, err, v.want)
		}
		if d, _ := define(v.to); d.datum == datumVN2000 {
			continue // the shift drops a height: see TestInverseTransformAgreesWithPROJ
		}
		back, err := mustTransform(t, v.to, WGS84).Point(v.want)
		if err != nil || !near(back, v.lonLat, 1e-11) {
			t.Errorf("%v %v to WGS 84 = %v, %v; PROJ says %v", v.to, v.want, back, err, v.lonLat)
		}
	}
}

func TestInverseTransformAgreesWithPROJ(t *testing.T) {
	for _, v := range []struct {
		from, to SRID
		p, want  orb.Point
	}{
		{VN2000TM3482, WGS84, orb.Point{588394.324, 2326366.399}, orb.Point{105.852300008677, 21.028699994829}},
		{VN2000TM3482, WGS84, orb.Point{554387.01, 2321957.352}, orb.Point{105.525000005509, 20.990199994871}},
		{VN2000TM3482, WGS84, orb.Point{440000, 1100000}, orb.Point{104.454578199646, 9.946606968669}},
		{VN2000, WGS84, orb.Point{105.85041734, 21.029685967}, orb.Point{105.852300007689, 21.028699996307}},
		{VN2000, WGS84, orb.Point{109.0, 11.5}, orb.Point{109.001782841543, 11.498967711706}},
		{VN2000TM3482, VN2000UTM48N, orb.Point{588394.324, 2326366.399}, orb.Point{588367.803050702, 2325668.41928233}},
	} {
		got, err := mustTransform(t, v.from, v.to).Point(v.p)
		tol := 2e-12 // 2e-7 m, in degrees
		if !v.to.Geographic() {
			tol = 1e-6
		}
		if err != nil || !near(got, v.want, tol) {
			t.Errorf("%v %v to %v = %v, %v; PROJ says %v", v.from, v.p, v.to, got, err, v.want)
		}
	}
}

// TestTransformAgreesWithFacts holds the sign of the rotations against the
// collected facts, which quote the wrong answer too.
func TestTransformAgreesWithFacts(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(realdata.Shared(t), "facts", "crs.json"))
	if err != nil {
		realdata.Missing(t, "%v", err)
	}
	var facts struct {
		Vectors []struct {
			WGS84 orb.Point `json:"wgs84"`
			TM3   orb.Point `json:"epsg5897"`
			UTM   orb.Point `json:"epsg3405"`
			Wrong orb.Point `json:"epsg5897_if_signs_not_flipped"`
		} `json:"test_vectors_proj_9_1_1"`
	}
	if err := json.Unmarshal(text, &facts); err != nil {
		t.Fatal(err)
	}
	if len(facts.Vectors) == 0 {
		t.Fatal("no vectors in crs.json")
	}
	for _, v := range facts.Vectors {
		tm3, err := mustTransform(t, WGS84, VN2000TM3482).Point(v.WGS84)
		if err != nil || !near(tm3, v.TM3, 0.00051) {
			t.Errorf("%v in 5897 = %v, %v; want %v", v.WGS84, tm3, err, v.TM3)
		}
		utm, err := mustTransform(t, WGS84, VN2000UTM48N).Point(v.WGS84)
		if err != nil || !near(utm, v.UTM, 0.00051) {
			t.Errorf("%v in 3405 = %v, %v; want %v", v.WGS84, utm, err, v.UTM)
		}
		if v.Wrong != (orb.Point{}) && near(tm3, v.Wrong, 0.5) {
			t.Errorf("%v in 5897 = %v: the rotations have the wrong sign", v.WGS84, tm3)
		}
	}
}

// roundTripTolerance in metres: rounding within a datum, a dropped height
// across datums.
func roundTripTolerance(from, to SRID) float64 {
	a, _ := define(from)
	b, _ := define(to)
	if a.datum != b.datum {
		return 2e-3
	}
	return 1e-6
}

func TestTransformRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, from := range SRIDs() {
		for _, to := range SRIDs() {
			there, back := mustTransform(t, from, to), mustTransform(t, to, from)
			first := mustTransform(t, WGS84, from)
			for range 50 {
				lonLat := orb.Point{100 + 12*random.Float64(), -5 + 35*random.Float64()}
				p, err := first.Point(lonLat)
				if err != nil {
					t.Fatal(err)
				}
				q, err := there.Point(p)
				if err != nil {
					t.Fatalf("%v %v to %v: %v", from, p, to, err)
				}
				r, err := back.Point(q)
				tol := roundTripTolerance(from, to)
				if from.Geographic() {
					tol /= 100e3
				}
				if err != nil || !near(r, p, tol) {
					t.Fatalf("%v %v to %v and back = %v, %v", from, p, to, r, err)
				}
			}
		}
	}
}

func TestTransformOutside(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		from, to SRID
		p        orb.Point
	}{
		{WGS84, WebMercator, orb.Point{nan, 0}},
		{WGS84, WGS84, orb.Point{0, inf}},
		{WGS84, WGS84, orb.Point{181, 0}},
		{WGS84, VN2000, orb.Point{105, 91}},
		{WGS84, WebMercator, orb.Point{105, 85.06}},
		{WGS84, VN2000TM3482, orb.Point{136, 20}},
		{WGS84, VN2000TM3482, orb.Point{-75, 20}},
		{WebMercator, WGS84, orb.Point{2.1e7, 0}},
		{WebMercator, WGS84, orb.Point{0, -2.1e7}},
		{VN2000TM3482, WGS84, orb.Point{5e6, 2e6}},
		{VN2000TM3482, WGS84, orb.Point{5e5, 1.1e7}},
		{UTM48N, WGS84, orb.Point{nan, nan}},
		{UTM48N, WGS84, orb.Point{1e300, -1e300}},
	} {
		got, err := mustTransform(t, c.from, c.to).Point(c.p)
		if !errors.Is(err, ErrOutside) {
			t.Errorf("%v %v to %v = %v, %v; want ErrOutside", c.from, c.p, c.to, got, err)
		}
	}
	if _, err := NewTransform(WGS84, 27700); !errors.Is(err, ErrUnknownCRS) {
		t.Errorf("NewTransform to 27700: %v", err)
	}
	if _, err := NewTransform(0, WGS84); !errors.Is(err, ErrUnknownCRS) {
		t.Errorf("NewTransform from 0: %v", err)
	}
}

func TestTransformPoles(t *testing.T) {
	for _, lat := range []float64{90, -90} {
		for _, to := range []SRID{VN2000, VN2000TM3482, UTM48N} {
			p, err := mustTransform(t, WGS84, to).Point(orb.Point{105, lat})
			if err != nil || !finite(p[0], p[1]) {
				if errors.Is(err, ErrOutside) && to == VN2000TM3482 {
					continue // the shift moves a pole to a far meridian
				}
				t.Errorf("pole %v to %v = %v, %v", lat, to, p, err)
			}
		}
	}
}

func TestTransformGeometry(t *testing.T) {
	ring := orb.Ring{{105, 20}, {106, 20}, {106, 21}, {105, 20}}
	collection := orb.Collection{
		orb.Point{105, 21}, orb.MultiPoint{{105, 21}}, orb.LineString{{105, 21}, {106, 21}},
		orb.MultiLineString{{{105, 21}, {106, 21}}}, ring, orb.Polygon{ring}, orb.MultiPolygon{{ring}},
		orb.Collection{}, orb.LineString{},
	}
	there, back := mustTransform(t, WGS84, VN2000TM3482), mustTransform(t, VN2000TM3482, WGS84)
	planar, err := there.Geometry(collection)
	if err != nil {
		t.Fatal(err)
	}
	again, err := back.Geometry(planar)
	if err != nil {
		t.Fatal(err)
	}
	got := again.(orb.Collection)
	for i := range collection {
		if got[i].GeoJSONType() != collection[i].GeoJSONType() || !near(got[i].Bound().Min, collection[i].Bound().Min, 2e-8) {
			t.Errorf("member %d: %v came back as %v", i, collection[i], got[i])
		}
	}
	if ring[0] != (orb.Point{105, 20}) {
		t.Error("Geometry changed its argument")
	}
	for _, bad := range []orb.Geometry{nil, orb.Bound{}, orb.Collection{nil}} {
		if _, err := there.Geometry(bad); !errors.Is(err, ErrGeometry) {
			t.Errorf("Geometry(%v): %v, want ErrGeometry", bad, err)
		}
	}
	if _, err := there.Geometry(orb.Polygon{{{105, 20}, {105, 95}}}); !errors.Is(err, ErrOutside) {
		t.Errorf("latitude 95: %v, want ErrOutside", err)
	}
}

func FuzzTransform(f *testing.F) {
	f.Add(105.8, 21.0, uint8(0), uint8(7))
	f.Add(588394.0, 2326366.0, uint8(7), uint8(0))
	f.Add(math.MaxFloat64, math.Inf(-1), uint8(1), uint8(2))
	all := SRIDs()
	f.Fuzz(func(t *testing.T, x, y float64, from, to uint8) {
		a, b := all[int(from)%len(all)], all[int(to)%len(all)]
		p, err := mustTransform(t, a, b).Point(orb.Point{x, y})
		if err == nil && !finite(p[0], p[1]) {
			t.Fatalf("%v, %v from %v to %v = %v without an error", x, y, a, b, p)
		}
	})
}
