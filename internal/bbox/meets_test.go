package bbox

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

func TestMeets(t *testing.T) {
	box := orb.Bound{Min: orb.Point{2, 2}, Max: orb.Point{4, 4}}
	around := orb.Ring{{0, 0}, {6, 0}, {6, 6}, {0, 6}, {0, 0}}
	hole := orb.Ring{{1, 1}, {1, 5}, {5, 5}, {5, 1}, {1, 1}}
	for name, c := range map[string]struct {
		geometry orb.Geometry
		want     bool
	}{
		"nil":                         {nil, false},
		"point on corner":             {orb.Point{2, 4}, true},
		"point outside":               {orb.Point{2, 4.1}, false},
		"multipoint":                  {orb.MultiPoint{{0, 0}, {3, 3}}, true},
		"line through":                {orb.LineString{{0, 3}, {6, 3}}, true},
		"line past a corner":          {orb.LineString{{0, 3}, {3, 6}}, false},
		"line touches a corner":       {orb.LineString{{0, 6}, {6, 0}}, true},
		"line along a side":           {orb.LineString{{0, 2}, {6, 2}}, true},
		"line of one vertex":          {orb.LineString{{3, 3}}, true},
		"line of length zero":         {orb.LineString{{3, 3}, {3, 3}}, true},
		"line of length zero outside": {orb.LineString{{5, 3}, {5, 3}}, false},
		"lines":                       {orb.MultiLineString{{{0, 0}, {1, 1}}, {{3, 0}, {3, 9}}}, true},
		"box inside polygon":          {orb.Polygon{around}, true},
		"box inside hole":             {orb.Polygon{around, hole}, false},
		"polygon inside box":          {orb.Polygon{{{2.5, 2.5}, {3, 2.5}, {3, 3}, {2.5, 2.5}}}, true},
		"multipolygon":                {orb.MultiPolygon{{around, hole}, {around}}, true},
		"ring":                        {around, true},
		"collection":                  {orb.Collection{orb.Point{0, 0}, orb.Point{3, 3}}, true},
		"empty collection":            {orb.Collection{}, false},
	} {
		if got := meets(c.geometry, box); got != c.want {
			t.Errorf("%s: meets = %v, want %v", name, got, c.want)
		}
	}
}

// TestMeetsEqualsOracle compares with simplefeatures on a coarse grid, where
// touching and collinear cases are common.
func TestMeetsEqualsOracle(t *testing.T) {
	const seed = 11
	random := rand.New(rand.NewPCG(seed, seed))
	coordinate := func() float64 { return float64(random.IntN(9)) }
	for i := range 20_000 {
		x, y := coordinate(), coordinate()
		b := orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + 1 + coordinate(), y + 1 + coordinate()}}
		boxXY := geom.NewEnvelope(geom.XY{X: b.Min[0], Y: b.Min[1]}, geom.XY{X: b.Max[0], Y: b.Max[1]}).AsGeometry()
		g, other, ok := randomPair(random, coordinate)
		if !ok {
			continue
		}
		if got, want := meets(g, b), geom.Intersects(other, boxXY); got != want {
			t.Fatalf("seed %d, case %d: meets(%v, %v) = %v, want %v", seed, i, g, b, got, want)
		}
	}
}

// randomPair makes the same random shape for both libraries: a line or a
// triangle; ok is false when it is degenerate and the oracle refuses it.
func randomPair(random *rand.Rand, coordinate func() float64) (orb.Geometry, geom.Geometry, bool) {
	n := 2 + random.IntN(3)
	var line orb.LineString
	var flat []float64
	for range n {
		p := orb.Point{coordinate(), coordinate()}
		line = append(line, p)
		flat = append(flat, p[0], p[1])
	}
	if random.IntN(2) == 0 || n != 3 {
		other := geom.NewLineString(geom.NewSequence(flat, geom.DimXY))
		return line, other.AsGeometry(), other.Validate() == nil
	}
	ring := append(orb.Ring(line), line[0])
	flat = append(flat, flat[0], flat[1])
	other := geom.NewPolygon([]geom.LineString{geom.NewLineString(geom.NewSequence(flat, geom.DimXY))})
	return orb.Polygon{ring}, other.AsGeometry(), other.Validate() == nil
}
