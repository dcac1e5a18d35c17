package repair

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/simplegeom"
)

func ring(xy ...float64) orb.Ring {
	var r orb.Ring
	for i := 0; i < len(xy); i += 2 {
		r = append(r, orb.Point{xy[i], xy[i+1]})
	}
	return append(r, r[0])
}

func area(g orb.Geometry) float64 { return simplegeom.MultiPolygon(parts(g)).AsGeometry().Area() }

func TestShapes(t *testing.T) {
	for _, c := range []struct {
		name  string
		g     orb.Geometry
		valid bool
		area  float64
		parts int
	}{
		{"square", orb.Polygon{ring(0, 0, 2, 0, 2, 2, 0, 2)}, true, 4, 1},
		{"clockwise square", orb.Polygon{ring(0, 0, 0, 2, 2, 2, 2, 0)}, true, 4, 1},
		{"bow-tie with equal lobes", orb.Polygon{ring(0, 0, 2, 2, 2, 0, 0, 2)}, false, 2, 2},
		{"bow-tie with a small lobe", orb.Polygon{ring(0, 0, 3, 3, 3, 2, 0, 3)}, false, 0, 2},
		{"overlap of itself", orb.Polygon{ring(0, 0, 4, 0, 4, 3, 1, 3, 1, 1, 3, 1, 3, 4, 0, 4)}, false, 0, 1},
		{"hole by touching itself", orb.Polygon{ring(0, 0, 4, 0, 4, 4, 2, 4, 3, 2, 1, 2, 2, 4, 0, 4)}, false, 14, 1},
		{"spike", orb.Polygon{ring(0, 0, 2, 0, 5, 0, 2, 0, 2, 2, 0, 2)}, false, 4, 1},
		{"hole outside", orb.Polygon{ring(0, 0, 2, 0, 2, 2, 0, 2), ring(5, 5, 6, 5, 6, 6, 5, 6)}, false, 4, 1},
		{"hole across the border", orb.Polygon{ring(0, 0, 2, 0, 2, 2, 0, 2), ring(1, 1, 3, 1, 3, 1.5, 1, 1.5)}, false, 3.5, 1},
		{"overlapping parts", orb.MultiPolygon{{ring(0, 0, 2, 0, 2, 2, 0, 2)}, {ring(1, 1, 3, 1, 3, 3, 1, 3)}}, false, 7, 1},
		{"parts sharing an edge", orb.MultiPolygon{{ring(0, 0, 2, 0, 2, 2, 0, 2)}, {ring(2, 0, 4, 0, 4, 2, 2, 2)}}, false, 8, 1},
		{"the same ring twice", orb.Polygon{append(ring(0, 0, 2, 0, 2, 2, 0, 2), ring(0, 0, 2, 0, 2, 2, 0, 2)[1:]...)}, false, 4, 1},
	} {
		fixed, why, err := Polygon(c.g)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if (why == "") != c.valid {
			t.Errorf("%s: why %q, want valid %v", c.name, why, c.valid)
		}
		if err := simplegeom.MultiPolygon(parts(fixed)).AsGeometry().Validate(); err != nil {
			t.Errorf("%s: repaired is invalid: %v", c.name, err)
		}
		if got := len(parts(fixed)); got != c.parts {
			t.Errorf("%s: %d parts, want %d", c.name, got, c.parts)
		}
		if got := area(fixed); c.area != 0 && math.Abs(got-c.area) > 1e-12 {
			t.Errorf("%s: area %v, want %v", c.name, got, c.area)
		}
	}
}

// TestLobesKept holds the repaired area against the definition, point by
// point: inside is where the winding number is not 0.
func TestLobesKept(t *testing.T) {
	const seed = 3
	random := rand.New(rand.NewPCG(seed, seed))
	for round := range 300 {
		var r orb.Ring
		for range 4 + random.IntN(5) {
			r = append(r, orb.Point{math.Round(random.Float64()*8) / 2, math.Round(random.Float64()*8) / 2})
		}
		r = append(r, r[0])
		fixed, why, err := Polygon(orb.Polygon{r})
		if err != nil {
			if !errors.Is(err, ErrNoArea) {
				t.Errorf("seed %d, round %d: %v: %v", seed, round, r, err)
			}
			continue
		}
		if why == "" {
			continue
		}
		g := simplegeom.MultiPolygon(parts(fixed)).AsGeometry()
		if err := g.Validate(); err != nil {
			t.Fatalf("seed %d, round %d: %v became invalid: %v", seed, round, r, err)
		}
		for range 200 {
			p := orb.Point{random.Float64() * 4, random.Float64() * 4}
			in, err := geom.Intersects(g, geom.NewPointXY(p[0], p[1]).AsGeometry()), error(nil)
			w, twice := winding(r, p)
			if err == nil && !twice && in != (w != 0) {
				t.Fatalf("seed %d, round %d: %v at %v: inside %v, winding %d", seed, round, r, p, in, w)
			}
		}
	}
}

// winding counts how often a ring goes around p; twice says that it does so in
// both directions or more than once, where the package only approximates.
func winding(r orb.Ring, p orb.Point) (n int, twice bool) {
	up, down := 0, 0
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if a[1] <= p[1] && b[1] > p[1] && turn(a, b, p) > 0 {
			up++
		}
		if a[1] > p[1] && b[1] <= p[1] && turn(a, b, p) < 0 {
			down++
		}
	}
	return up - down, up+down > 1
}

func TestBuildingsOfHanoi(t *testing.T) {
	read, repaired, empty := 0, 0, 0
	for _, g := range realdata.Geometries(t, "layers/hanoi_buildings.geojsonl") {
		read++
		fixed, why, err := Polygon(g)
		if errors.Is(err, ErrNoArea) {
			empty++
			continue
		}
		if err != nil {
			t.Errorf("line %d: %v", read, err)
			continue
		}
		if why != "" {
			repaired++
			if err := simplegeom.MultiPolygon(parts(fixed)).AsGeometry().Validate(); err != nil {
				t.Errorf("line %d: %v", read, err)
			}
		}
	}
	// 69 are invalid; 28 of these have no area at all.
	if read != 5299 || repaired != 41 || empty != 28 {
		t.Errorf("%d read, %d repaired, %d without area; want 5299, 41, 28", read, repaired, empty)
	}
}

func BenchmarkValid(b *testing.B) {
	g := orb.Polygon{ring(0, 0, 2, 0, 2.1, 1, 2, 2, 0, 2)}
	b.ReportAllocs()
	for b.Loop() {
		if _, why, err := Polygon(g); why != "" || err != nil {
			b.Fatal(why, err)
		}
	}
}

func BenchmarkBowTie(b *testing.B) {
	g := orb.Polygon{ring(0, 0, 2, 2, 2, 0, 0, 2)}
	b.ReportAllocs()
	for b.Loop() {
		if _, why, err := Polygon(g); why == "" || err != nil {
			b.Fatal(why, err)
		}
	}
}
