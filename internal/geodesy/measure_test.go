package geodesy

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
)

func TestLength(t *testing.T) {
	line := orb.LineString{{105.8, 21}, {105.9, 21}, {105.9, 21.1}}
	want := Distance(line[0], line[1]) + Distance(line[1], line[2])
	for _, c := range []struct {
		g    orb.Geometry
		want float64
	}{
		{line, want}, {orb.MultiLineString{line, line}, 2 * want}, {orb.Ring(line), want},
		{orb.Collection{line, orb.Point{}, orb.MultiLineString{line}}, 2 * want},
		{orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}, 0}, {orb.LineString{}, 0}, {orb.LineString{{1, 1}}, 0}, {nil, 0},
	} {
		if got := Length(c.g); got != c.want {
			t.Errorf("Length(%v) = %v, want %v", c.g, got, c.want)
		}
	}
}

// TestAreaOfTheGlobe checks zones whose area is known in closed form.
func TestAreaOfTheGlobe(t *testing.T) {
	const globe = 510065621724089.0 // m², WGS 84
	var cap orb.Ring
	for lon := -180; lon <= 180; lon++ {
		cap = append(cap, orb.Point{float64(lon), 1e-9})
	}
	octant := orb.Ring{{0, 0}, {90, 0}, {90, 90}, {0, 90}, {0, 0}}
	for _, c := range []struct {
		g    orb.Geometry
		want float64
	}{
		{cap, globe / 2}, {octant, globe / 8}, {orb.Polygon{octant, octant}, 0},
		{orb.MultiPolygon{{octant}, {octant}}, globe / 4}, {orb.Collection{octant, orb.Point{}}, globe / 8},
		{orb.Polygon{}, 0}, {orb.Ring{{1, 1}, {2, 2}}, 0}, {orb.LineString{{0, 0}, {1, 1}}, 0}, {nil, 0},
	} {
		if got := Area(c.g); math.Abs(got-c.want) > 1e-9*globe {
			t.Errorf("Area(%.60v) = %v, want %v", c.g, got, c.want)
		}
	}
}

func TestAreaIgnoresDirectionAndPlace(t *testing.T) {
	r := seeded(t)
	for range 200 {
		lat := 120*r.Float64() - 60
		ring := blob(r, orb.Point{105, lat}, 1000, 20)
		want := Area(ring)
		reversed := ring.Clone()
		reversed.Reverse()
		moved := ring.Clone()
		for i := range moved {
			moved[i][0] = WrapDegrees(moved[i][0] + 75) // over the antimeridian
		}
		if got := Area(reversed); math.Abs(got-want) > 1e-9*want {
			t.Fatalf("reversed: %v, want %v", got, want)
		}
		if got := Area(moved); math.Abs(got-want) > 1e-7*want {
			t.Fatalf("over the antimeridian: %v, want %v", got, want)
		}
	}
}

// TestBound walks round the rim of discs.
func TestBound(t *testing.T) {
	r := seeded(t)
	for range 2000 {
		center := orb.Point{360*r.Float64() - 180, 180*r.Float64() - 90}
		if r.IntN(4) == 0 {
			center = places()[r.IntN(len(places()))]
		}
		radius := math.Pow(10, 7*r.Float64())
		b := Bound(center, radius)
		for range 50 {
			if p := direct(center, 2*math.Pi*r.Float64(), radius); !b.Contains(p) {
				t.Fatalf("Bound(%v, %v) = %v leaves out %v", center, radius, b, p)
			}
		}
		if width := Distance(orb.Point{b.Min[0], center[1]}, orb.Point{b.Max[0], center[1]}); radius < 50e3 &&
			math.Abs(center[1]) < 60 && b.Max[0]-b.Min[0] < 300 && width > 2.002*radius {
			t.Fatalf("Bound(%v, %v) is %v m wide", center, radius, width)
		}
	}
	if b := Bound(orb.Point{105, 21}, 0); !b.Contains(orb.Point{105, 21}) || b.Max[0]-b.Min[0] > 1e-10 {
		t.Errorf("Bound of no radius is %v", b)
	}
}
