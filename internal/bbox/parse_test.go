package bbox

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

func TestParse(t *testing.T) {
	box := func(w, s, e, n float64) orb.Bound {
		return orb.Bound{Min: orb.Point{w, s}, Max: orb.Point{e, n}}
	}
	for _, c := range []struct {
		text string
		want []orb.Bound
		err  error
	}{
		{"105,20,106,21", []orb.Bound{box(105, 20, 106, 21)}, nil},
		{" 105 , 20,106, 2.1e1 ", []orb.Bound{box(105, 20, 106, 21)}, nil},
		{"105,20,-5,106,21,30", []orb.Bound{box(105, 20, 106, 21)}, nil},
		{"5,5,5,5", []orb.Bound{box(5, 5, 5, 5)}, nil},
		{"-180,-90,180,90", []orb.Bound{box(-180, -90, 180, 90)}, nil},
		{"170,0,-170,1", []orb.Bound{box(170, 0, 180, 1), box(-180, 0, -170, 1)}, nil},
		{"", nil, ErrNumber},
		{"1,2,3", nil, ErrCount},
		{"1,2,3,4,5", nil, ErrCount},
		{"1,2,3,4,5,6,7", nil, ErrCount},
		{"1,2,3,", nil, ErrNumber},
		{"1,2,3,x", nil, ErrNumber},
		{"1,2,3,NaN", nil, ErrNumber},
		{"1,2,3,Inf", nil, ErrNumber},
		{"1,2,3,1e999", nil, ErrNumber},
		{"1,2,3,0x1p2", nil, ErrNumber},
		{"1,2,181,3", nil, ErrRange},
		{"1,-91,2,3", nil, ErrRange},
		{"1,3,2,2", nil, ErrUpsides},
		{"1,2,9,3,4,8", nil, ErrUpsides},
	} {
		got, err := Parse(c.text)
		if !errors.Is(err, c.err) || len(got.Bounds()) != len(c.want) {
			t.Errorf("Parse(%q) = %v, %v, want %v, %v", c.text, got.Bounds(), err, c.want, c.err)
			continue
		}
		for i, b := range got.Bounds() {
			if b != c.want[i] {
				t.Errorf("Parse(%q) = %v, want %v", c.text, got.Bounds(), c.want)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("105,20,106,21")
	f.Add("170,0,1,-170,1,2")
	f.Add("1e5,,--,+.e")
	f.Fuzz(func(t *testing.T, text string) {
		box, err := Parse(text)
		if err != nil {
			if len(box.Bounds()) != 0 {
				t.Fatalf("%q: a box beside %v", text, err)
			}
			return
		}
		for _, b := range box.Bounds() {
			if !(b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1] && b.Min[0] >= -180 && b.Max[0] <= 180 && b.Min[1] >= -90 && b.Max[1] <= 90) {
				t.Fatalf("%q: box %v", text, b)
			}
		}
	})
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{"1": 1, "-1.5": -1.5, "+2": 2, "1e3": 1000, ".5": .5, "5.": 5, "-0": 0} {
		if got, ok := ParseNumber(text); !ok || got != want {
			t.Errorf("ParseNumber(%q) = %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-", "e", "1e999", "nan", "inf", "0x10", "1_000", "1,5", " 1", "１", strings.Repeat("1", 65)} {
		if got, ok := ParseNumber(text); ok || math.IsNaN(got) {
			t.Errorf("ParseNumber(%q) = %v, %v, want refused", text, got, ok)
		}
	}
}
