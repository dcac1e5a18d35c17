package httpapi

import (
	"errors"
	"math"
	"net/netip"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

func TestParseBBox(t *testing.T) {
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
		{"", nil, errBoxNumber},
		{"1,2,3", nil, errBoxCount},
		{"1,2,3,4,5", nil, errBoxCount},
		{"1,2,3,4,5,6,7", nil, errBoxCount},
		{"1,2,3,", nil, errBoxNumber},
		{"1,2,3,x", nil, errBoxNumber},
		{"1,2,3,NaN", nil, errBoxNumber},
		{"1,2,3,Inf", nil, errBoxNumber},
		{"1,2,3,1e999", nil, errBoxNumber},
		{"1,2,3,0x1p2", nil, errBoxNumber},
		{"1,2,181,3", nil, errBoxRange},
		{"1,-91,2,3", nil, errBoxRange},
		{"1,3,2,2", nil, errBoxUpsides},
		{"1,2,9,3,4,8", nil, errBoxUpsides},
	} {
		got, err := parseBBox(c.text)
		if !errors.Is(err, c.err) || len(got.bounds()) != len(c.want) {
			t.Errorf("parseBBox(%q) = %v, %v, want %v, %v", c.text, got.bounds(), err, c.want, c.err)
			continue
		}
		for i, b := range got.bounds() {
			if b != c.want[i] {
				t.Errorf("parseBBox(%q) = %v, want %v", c.text, got.bounds(), c.want)
			}
		}
	}
}

func FuzzParseBBox(f *testing.F) {
	f.Add("105,20,106,21")
	f.Add("170,0,1,-170,1,2")
	f.Add("1e5,,--,+.e")
	f.Fuzz(func(t *testing.T, text string) {
		box, err := parseBBox(text)
		if err != nil {
			if len(box.bounds()) != 0 {
				t.Fatalf("%q: a box beside %v", text, err)
			}
			return
		}
		for _, b := range box.bounds() {
			if !(b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1] && b.Min[0] >= -180 && b.Max[0] <= 180 && b.Min[1] >= -90 && b.Max[1] <= 90) {
				t.Fatalf("%q: box %v", text, b)
			}
		}
	})
}

func FuzzTarget(f *testing.F) {
	for _, target := range gettable() {
		f.Add(target)
	}
	f.Add("/tiles/a,b/22/4194303/0.mvt")
	f.Add("/collections/places/items/%2F?bbox=1,2,3,4&limit=%zz")
	f.Add("/nearby?lon=1e400&lat=-0&k=+5&radius=.5&status=planned,planned&layers=,,")
	server := newTested(f, Config{WorkTimeout: 1 << 30})
	f.Fuzz(func(t *testing.T, target string) {
		// Anything that is no request target is refused by net/http already.
		r, err := requestOf("/" + strings.TrimLeft(target, "/"))
		if err != nil {
			t.Skip()
		}
		res := server.answer(r)
		switch res.StatusCode {
		case 200, 204, 400, 404, 414:
		default:
			t.Fatalf("%q: %d %s", target, res.StatusCode, body(t, res))
		}
	})
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{"1": 1, "-1.5": -1.5, "+2": 2, "1e3": 1000, ".5": .5, "5.": 5, "-0": 0} {
		if got, ok := parseNumber(text); !ok || got != want {
			t.Errorf("parseNumber(%q) = %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-", "e", "1e999", "nan", "inf", "0x10", "1_000", "1,5", " 1", "１", strings.Repeat("1", 65)} {
		if got, ok := parseNumber(text); ok || math.IsNaN(got) {
			t.Errorf("parseNumber(%q) = %v, %v, want refused", text, got, ok)
		}
	}
}

func TestQuery(t *testing.T) {
	var q query
	q.reset("a=1&b=x%20y+z&&c=&d=%e1%ba%bf&a=2&zz=3&%zz=1&n=99999999999999999999",
		parameter{name: "a"}, parameter{name: "b"}, parameter{name: "c"}, parameter{name: "d"},
		parameter{name: "n", kind: integerParameter, high: 10}, parameter{name: "m", required: true, syntax: "m"})
	if v, _ := q.get("b"); v != "x y z" {
		t.Errorf("b = %q", v)
	}
	if v, _ := q.get("d"); v != "ế" {
		t.Errorf("d = %q", v)
	}
	q.integer("n")
	var got []string
	for _, m := range q.mistakes {
		got = append(got, m.Parameter+" "+m.Detail)
	}
	want := "c is empty|a is given more than once|zz is not known here|%zz cannot be decoded|m is missing|n is outside 0 to 10"
	if joined := strings.Join(got, "|"); joined != want {
		t.Errorf("mistakes\n%s, want\n%s", joined, want)
	}
	q.reset(strings.Repeat("x=1&", 1000))
	if len(q.mistakes) != maxParameters {
		t.Errorf("%d mistakes of a thousand are named, want %d", len(q.mistakes), maxParameters)
	}
}

func TestConfigValidate(t *testing.T) {
	if err := (Config{}).Validate(); err != nil {
		t.Errorf("the zero Config: %v", err)
	}
	bad := Config{
		PublicURL: "ftp://x", TrustedProxies: []netip.Prefix{{}}, MaxRadiusMetres: math.NaN(),
		DefaultPage: 20, MaxPage: 10, CacheBytes: -1, WorkTimeout: -1,
	}
	err := bad.Validate()
	if !errors.Is(err, ErrConfig) {
		t.Fatalf("Validate = %v, want ErrConfig", err)
	}
	for _, field := range []string{"PublicURL", "TrustedProxies", "MaxRadiusMetres", "DefaultPage", "CacheBytes", "WorkTimeout"} {
		if !strings.Contains(err.Error(), field) {
			t.Errorf("Validate does not name %s: %v", field, err)
		}
	}
	for url, ok := range map[string]bool{
		"https://twin.vn": true, "http://[::1]:80/a/b/": true, "https://": false, "twin.vn": false,
		"https://u:p@twin.vn": false, "https://twin.vn?x=1": false, `https://twin.vn/"`: false, "https://twin.vn/ế": false,
	} {
		if got := (Config{PublicURL: url}).Validate() == nil; got != ok {
			t.Errorf("PublicURL %q valid: %v, want %v", url, got, ok)
		}
	}
}

func TestMatches(t *testing.T) {
	const etag = `"abc-gzip"`
	for field, want := range map[string]bool{
		etag: true, `W/"abc-gzip"`: true, `"x", "abc-gzip"`: true, `"x","abc-gzip"`: true, "*": true,
		`"abc"`: false, `abc-gzip`: false, ``: false, `"`: false, `"x" , W/"abc-gzip" ,`: true, `x, "abc-gzip"`: false,
	} {
		if got := matches([]string{field}, etag); got != want {
			t.Errorf("matches(%s) = %v, want %v", field, got, want)
		}
	}
}
