package crs

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

func mustProjector(tb testing.TB, to SRID) *Projector {
	tb.Helper()
	p, err := NewProjector(to)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// TestProjectorAgreesWithTransform holds it against the exact conversion near
// Hà Nội, in Việt Nam and all over the globe.
func TestProjectorAgreesWithTransform(t *testing.T) {
	const seed = 3
	random := rand.New(rand.NewPCG(seed, seed))
	for _, to := range SRIDs() {
		p, exact := mustProjector(t, to), mustTransform(t, WGS84, to)
		for _, area := range []struct {
			name                     string
			west, south, east, north float64
			metres                   float64
		}{
			{"Hà Nội", 105, 20.4, 106.2, 21.6, 2e-6},
			{"Việt Nam", 102, 8, 110, 24, 1e-5},
			{"globe", -180, -90, 180, 90, 1e-3},
		} {
			worst := 0.0
			for range 5_000 {
				at := orb.Point{
					area.west + random.Float64()*(area.east-area.west), area.south + random.Float64()*(area.north-area.south)}
				want, err := exact.Point(at)
				got, gotErr := p.Point(at)
				if (err == nil) != (gotErr == nil) {
					t.Fatalf("%v %v: %v, the Transform says %v", to, at, gotErr, err)
				}
				if err != nil {
					continue
				}
				far := math.Hypot(got[0]-want[0], got[1]-want[1])
				if to.Geographic() {
					far *= 111e3
				}
				worst = max(worst, far)
			}
			if worst > area.metres {
				t.Errorf("seed %d: %v in %s: %.2g m from the Transform, want at most %.2g", seed, to, area.name, worst, area.metres)
			}
		}
	}
}

func TestProjectorAgreesWithPROJ(t *testing.T) {
	for _, v := range projVectors() {
		got, err := mustProjector(t, v.to).Point(v.lonLat)
		tol := 1e-4 // the vectors reach to 60° south
		if v.to.Geographic() {
			tol = 1e-10
		}
		if err != nil || !near(got, v.want, tol) {
			t.Errorf("WGS 84 %v to %v = %v, %v; PROJ says %v", v.lonLat, v.to, got, err, v.want)
		}
	}
}

// TestProjectorForgetsNothing asks for places in an order in which cells drive
// each other out: what was asked before must not matter.
func TestProjectorForgetsNothing(t *testing.T) {
	p := mustProjector(t, VN2000TM3482)
	for _, at := range []orb.Point{{105.8, 21}, {107.8, 21}, {105.8, 23}, {105.8, 21}, {103.8, 19}, {-254.2 + 360, 21}} {
		fresh, err := mustProjector(t, VN2000TM3482).Point(at)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Point(at); err != nil || got != fresh {
			t.Errorf("%v = %v, %v; alone it is %v", at, got, err, fresh)
		}
	}
}

func TestProjectorGeometry(t *testing.T) {
	ring := orb.Ring{{105, 20}, {106, 20}, {106, 21}, {105, 20}}
	p, exact := mustProjector(t, VN2000TM3482), mustTransform(t, WGS84, VN2000TM3482)
	all := orb.Collection{
		orb.Point{105, 21}, orb.MultiPoint{{105, 21}, {105.1, 21}}, orb.LineString{{105, 21}, {106, 21}},
		orb.MultiLineString{{{105, 21}, {106, 21}}, {{105, 20}, {106, 20}}}, ring, orb.Polygon{ring, ring},
		orb.MultiPolygon{{ring}, {ring, ring}}, orb.Collection{}, orb.LineString{},
	}
	for range 2 { // the second time in memory that was used
		got, err := p.Geometry(all)
		if err != nil {
			t.Fatal(err)
		}
		want, err := exact.Geometry(all)
		if err != nil {
			t.Fatal(err)
		}
		sameShape(t, got, want)
	}
	for _, bad := range []orb.Geometry{nil, orb.Bound{}, orb.Collection{nil}} {
		if _, err := p.Geometry(bad); !errors.Is(err, ErrGeometry) {
			t.Errorf("Geometry(%v): %v, want ErrGeometry", bad, err)
		}
	}
	for _, outside := range []orb.Point{{105, 95}, {math.NaN(), 0}, {0, math.Inf(1)}, {-75, 20}} {
		if _, err := p.Geometry(orb.LineString{{105, 20}, outside}); !errors.Is(err, ErrOutside) {
			t.Errorf("%v: %v, want ErrOutside", outside, err)
		}
	}
}

// sameShape compares two geometries vertex by vertex, to 1e-5.
func sameShape(t *testing.T, got, want orb.Geometry) {
	t.Helper()
	if got.GeoJSONType() != want.GeoJSONType() {
		t.Fatalf("%v, want %v", got, want)
	}
	parts := func(g orb.Geometry) []orb.Geometry {
		var out []orb.Geometry
		switch g := g.(type) {
		case orb.Collection:
			out = g
		case orb.MultiPolygon:
			for _, p := range g {
				out = append(out, p)
			}
		case orb.Polygon:
			for _, r := range g {
				out = append(out, orb.LineString(r))
			}
		case orb.MultiLineString:
			for _, l := range g {
				out = append(out, l)
			}
		case orb.Ring:
			out = []orb.Geometry{orb.LineString(g)}
		case orb.LineString:
			for _, q := range g {
				out = append(out, q)
			}
		case orb.MultiPoint:
			for _, q := range g {
				out = append(out, q)
			}
		}
		return out
	}
	if p, ok := got.(orb.Point); ok {
		if !near(p, want.(orb.Point), 1e-5) {
			t.Fatalf("%v, want %v", got, want)
		}
		return
	}
	a, b := parts(got), parts(want)
	if len(a) != len(b) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range a {
		sameShape(t, a[i], b[i])
	}
}

// BenchmarkProjector converts lines of seven positions all over the city, beside the
// Transform, its naive twin.
func BenchmarkProjector(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	lines := make([]orb.LineString, 256)
	for i := range lines {
		at := orb.Point{105.3 + 0.7*random.Float64(), 20.6 + 0.7*random.Float64()}
		for range 7 {
			lines[i] = append(lines[i], at)
			at[0] += 5e-4 * random.NormFloat64()
			at[1] += 5e-4 * random.NormFloat64()
		}
	}
	p, exact := mustProjector(b, VN2000TM3482), mustTransform(b, WGS84, VN2000TM3482)
	for name, convert := range map[string]func(orb.Geometry) (orb.Geometry, error){"cells": p.Geometry, "naive": exact.Geometry} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := convert(lines[i%len(lines)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
