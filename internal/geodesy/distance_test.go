package geodesy

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// TestInverseAgreesWithPROJ holds the inverse problem against GeographicLib as
// it lives in PROJ 9.1.1 (geod -I +ellps=WGS84).
func TestInverseAgreesWithPROJ(t *testing.T) {
	for _, v := range []struct {
		a, b            orb.Point
		metres, bearing float64
	}{
		{orb.Point{105.8523, 21.0287}, orb.Point{106.3, 21.5}, 69871.3550145, 41.601975269694},
		{orb.Point{105.8, 21}, orb.Point{106.66, 10.76}, 1136882.8666738, 175.228834798137},
		{orb.Point{105.8, 21}, orb.Point{-74.3, -20.9}, 19992084.1665231, 8.573119961838},
		{orb.Point{0, 0}, orb.Point{179.7, 0.3}, 19965251.4085609, 19.067040077642},
		{orb.Point{0, 0}, orb.Point{179.9, 0}, 20003008.4215094, 9.545672694739},
		{orb.Point{0, -30}, orb.Point{179.8, 29.9}, 19989832.8276095, 161.890524736327},
		{orb.Point{0, 0}, orb.Point{179.5, 0.5}, 19936288.5789653, 25.671872868292},
		{orb.Point{10, 45}, orb.Point{-170, -45}, 20003931.4586254, 0},
		{orb.Point{105.8, 21}, orb.Point{-75, 21}, 15356973.7238705, 1.107637214302},
		{orb.Point{0, 89}, orb.Point{179, 89}, 223379.2230444, 0.500076160050},
		{orb.Point{0, 0}, orb.Point{179, 0}, 19926188.8519960, 90},
		{orb.Point{0, 0}, orb.Point{179.9, 1e-10}, 20003008.4214985, 9.545672693130},
		{orb.Point{0, 1e-9}, orb.Point{179.5, -2e-9}, 19980861.9088291, 124.033505109108},
	} {
		if got := Distance(v.a, v.b); math.Abs(got-v.metres) > 1e-3 {
			t.Errorf("Distance(%v, %v) = %.7f, PROJ says %.7f", v.a, v.b, got, v.metres)
		}
		if got := Bearing(v.a, v.b); math.Abs(WrapDegrees(got-v.bearing)) > 1e-6 {
			t.Errorf("Bearing(%v, %v) = %.9f, PROJ says %.9f", v.a, v.b, got, v.bearing)
		}
	}
}

// rigorous is the oracle for near distances: no series at all.
func rigorous(a, b orb.Point) (metres, bearing float64) {
	reduced := func(lat float64) float64 { return math.Atan((1 - Flattening) * math.Tan(lat*radian)) }
	metres, azimuth := searchAzimuth(reduced(a[1]), reduced(b[1]), WrapDegrees(b[0]-a[0])*radian)
	return metres, compass(math.Sincos(azimuth))
}

func seeded(t testing.TB) *rand.Rand {
	seed := uint64(20261123)
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// around returns a point at most so many metres from o, wrapped.
func around(r *rand.Rand, o orb.Point, metres float64) orb.Point {
	return direct(o, 2*math.Pi*r.Float64(), metres*math.Sqrt(r.Float64()))
}

func TestNearDistances(t *testing.T) {
	r := seeded(t)
	for _, c := range []struct{ reach, tolerance float64 }{
		{1, 2e-8}, {1000, 2e-8}, {20e3, 1e-6}, {50e3, 1e-5}, {100e3, 1e-3}, {130e3, 1e-3}, {1000e3, 1e-3},
	} {
		worstD, worstF, worstV := 0.0, 0.0, 0.0
		for range 2000 {
			a := orb.Point{360*r.Float64() - 180, 160*r.Float64() - 80}
			b := around(r, a, c.reach)
			want, _ := rigorous(a, b)
			f := NewFrame(a)
			v, _ := inverse(a, b)
			worstD = math.Max(worstD, math.Abs(Distance(a, b)-want))
			worstF = math.Max(worstF, math.Abs(f.Distance(b)-want))
			worstV = math.Max(worstV, math.Abs(v-want))
			if Distance(a, b) != Distance(b, a) {
				t.Fatalf("Distance(%v, %v) is not symmetric", a, b)
			}
		}
		t.Logf("to %v m: Distance errs by %.2g m, Frame by %.2g m, Vincenty by %.2g", c.reach, worstD, worstF, worstV)
		if worstD > c.tolerance || worstF > c.tolerance {
			t.Errorf("to %v m: more than %g m", c.reach, c.tolerance)
		}
	}
}
