package bbox

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

func system(tb testing.TB, name string) refsys.System {
	tb.Helper()
	s, err := refsys.Parse(name)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestParseIn(t *testing.T) {
	for _, c := range []struct {
		text, system string
		err          error
	}{
		{"105,20,106,21", "CRS84", nil},
		{"20,105,21,106", "EPSG:4326", nil},
		{"20,179,21,-179", "EPSG:4326", nil},
		{"105,20,106,21", "EPSG:4326", ErrRange},
		{"580000,2320000,590000,2330000", "EPSG:5897", nil},
		{"580000,2320000,0,590000,2330000,9", "EPSG:5897", nil},
		{"580000,2320000,9,590000,2330000,0", "EPSG:5897", ErrUpsides},
		{"590000,2320000,580000,2330000", "EPSG:5897", ErrOrder},
		{"580000,2330000,590000,2320000", "EPSG:5897", ErrOrder},
		{"580000,2320000,590000", "EPSG:5897", ErrCount},
		{"580000,2320000,590000,NaN", "EPSG:5897", ErrNumber},
		{"-1e300,-1e300,1e300,1e300", "EPSG:5897", nil},
	} {
		b, err := ParseIn(c.text, system(t, c.system))
		if !errors.Is(err, c.err) || (err == nil) != (len(b.Bounds()) > 0) {
			t.Errorf("ParseIn(%q, %s): %v, %v, want %v", c.text, c.system, b.Bounds(), err, c.err)
		}
	}
	swapped, _ := ParseIn("20,105,21,106", system(t, "EPSG:4326"))
	if plain, _ := Parse("105,20,106,21"); swapped.Bounds()[0] != plain.Bounds()[0] {
		t.Errorf("latitude first: %v", swapped.Bounds())
	}
}

// TestMeetsIn places points at random and asks of each whether it is in a box of
// another system; whatever is must be within the bounds.
func TestMeetsIn(t *testing.T) {
	const seed = 5
	r := rand.New(rand.NewPCG(seed, seed))
	for _, s := range refsys.All() {
		c := s.Converter()
		for range 12 {
			middle, err := c.OutPoint(orb.Point{104 + 4*r.Float64(), 9 + 14*r.Float64()})
			if err != nil {
				t.Fatal(err)
			}
			by := r.Float64() * 2
			if s.Metres() {
				by *= 100_000
			}
			text := ""
			for i, v := range []float64{middle[0] - by, middle[1] - by, middle[0] + by, middle[1] + by} {
				if i > 0 {
					text += ","
				}
				text += strconv.FormatFloat(v, 'f', -1, 64)
			}
			box, err := ParseIn(text, s)
			if err != nil {
				t.Fatalf("%s in %s: %v", text, s.URI(), err)
			}
			for range 100 {
				there := orb.Point{middle[0] + (r.Float64()*3-1.5)*by, middle[1] + (r.Float64()*3-1.5)*by}
				p, err := c.InPoint(there)
				if err != nil {
					continue
				}
				there, err = c.OutPoint(p) // as it is stored
				if err != nil {
					continue
				}
				inside := there[0] >= middle[0]-by && there[0] <= middle[0]+by && there[1] >= middle[1]-by && there[1] <= middle[1]+by
				if got := box.Meets(p); got != inside {
					t.Fatalf("seed %d: %v in %s of %s: %v, want %v", seed, there, text, s.URI(), got, inside)
				}
				if inside && !box.Bounds()[0].Contains(p) {
					t.Fatalf("seed %d: %v is in %s of %s, but not in %v", seed, p, text, s.URI(), box.Bounds())
				}
			}
		}
	}
}
