package httpapi

import (
	"errors"
	"math"
	"net/netip"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
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

func TestConfigValidate(t *testing.T) {
	if err := (Config{}).Validate(); err != nil {
		t.Errorf("the zero Config: %v", err)
	}
	bad := Config{
		PublicURL: "ftp://x", TrustedProxies: []netip.Prefix{{}}, MaxRadiusMetres: math.NaN(),
		DefaultPage: 20, MaxPage: 10, CacheBytes: -1, WorkTimeout: -1,
	}
	err := bad.Validate()
	if !errors.Is(err, edge.ErrConfig) {
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
		if got := edge.Matches([]string{field}, etag); got != want {
			t.Errorf("matches(%s) = %v, want %v", field, got, want)
		}
	}
}
