package plane

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/rounds"
)

// TestCover: every place of a shape lies in a box of its cover.
func TestCover(t *testing.T) {
	const seed = 12
	random := rand.New(rand.NewPCG(seed, seed))
	closer := 0
	for range rounds.Of(2_000) {
		s := Prepare(randomStar(random))
		cover := s.Cover()
		if len(cover) > 1 {
			closer++
		}
		for range 200 {
			b := s.bound
			p := orb.Point{b.Min[0] + random.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + random.Float64()*(b.Max[1]-b.Min[1])}
			if random.IntN(4) == 0 { // on an edge
				e := s.lines.segments[random.IntN(len(s.lines.segments))]
				f := random.Float64()
				p = orb.Point{e[0][0] + f*(e[1][0]-e[0][0]), e[0][1] + f*(e[1][1]-e[0][1])}
			} else if !s.Intersects(p) {
				continue
			}
			if !inAny(cover, p) {
				t.Fatalf("seed %d: %v of %v is outside of %v", seed, p, s.geometry, cover)
			}
		}
	}
	if closer == 0 {
		t.Error("no cover is closer than the bounds")
	}
}

func inAny(boxes []orb.Bound, p orb.Point) bool {
	for _, b := range boxes {
		if b.Contains(p) {
			return true
		}
	}
	return false
}

// randomStar is a simple polygon, or several that lie apart, or a line.
func randomStar(random *rand.Rand) orb.Geometry {
	star := func(east float64) orb.Ring {
		n := 3 + random.IntN(20)
		var r orb.Ring
		for i := range n {
			angle, far := 2*math.Pi*float64(i)/float64(n), 0.01+random.Float64()
			r = append(r, orb.Point{east + far*math.Cos(angle), 21 + far*math.Sin(angle)})
		}
		return append(r, r[0])
	}
	switch random.IntN(4) {
	case 0:
		return orb.LineString(star(105))
	case 1:
		return orb.MultiPolygon{{star(105)}, {star(108)}}
	default:
		return orb.Polygon{star(105)}
	}
}

func TestCoverOfNothingWide(t *testing.T) {
	for _, g := range []orb.Geometry{
		orb.Point{105, 21}, orb.LineString{{105, 21}, {106, 21}}, orb.LineString{{105, 21}, {105, 22}},
		orb.Polygon{{{105, 21}, {106, 21}, {106, 22}, {105, 22}, {105, 21}}},
	} {
		if s := Prepare(g); len(s.Cover()) != 1 || s.Cover()[0] != s.Bound() {
			t.Errorf("%v: %v", g, s.Cover())
		}
	}
	triangle := Prepare(orb.Polygon{{{105, 21}, {106, 21}, {105.5, 22}, {105, 21}}})
	if cover := triangle.Cover(); len(cover) != coverBands {
		t.Errorf("a triangle: %v", cover)
	}
}
