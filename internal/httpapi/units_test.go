package httpapi

import (
	"errors"
	"math"
	"net/netip"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
)

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

func TestQuery(t *testing.T) {
	var q params.Query
	q.Reset("a=1&b=x%20y+z&&c=&d=%e1%ba%bf&a=2&zz=3&%zz=1&n=99999999999999999999",
		params.Parameter{Name: "a"}, params.Parameter{Name: "b"}, params.Parameter{Name: "c"}, params.Parameter{Name: "d"},
		params.Parameter{Name: "n", Kind: params.Integer, High: 10}, params.Parameter{Name: "m", Required: true, Syntax: "m"})
	if v, _ := q.Get("b"); v != "x y z" {
		t.Errorf("b = %q", v)
	}
	if v, _ := q.Get("d"); v != "ế" {
		t.Errorf("d = %q", v)
	}
	q.Integer("n")
	var got []string
	for _, m := range q.Mistakes {
		got = append(got, m.Parameter+" "+m.Detail)
	}
	want := "c is empty|a is given more than once|zz is not known here|%zz cannot be decoded|m is missing|n is outside 0 to 10"
	if joined := strings.Join(got, "|"); joined != want {
		t.Errorf("mistakes\n%s, want\n%s", joined, want)
	}
	q.Reset(strings.Repeat("x=1&", 1000))
	if len(q.Mistakes) != params.Max {
		t.Errorf("%d mistakes of a thousand are named, want %d", len(q.Mistakes), params.Max)
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
