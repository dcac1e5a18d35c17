package access

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

var errLimited = errors.New("limited") // stands for *LimitError in tables

func sameError(got, want error) bool {
	var limited *LimitError
	if want == errLimited {
		return errors.As(got, &limited)
	}
	return errors.Is(got, want)
}

func testGuard(t testing.TB, store Documents, limits Limits, readKeys bool, c *clock) *Guard {
	t.Helper()
	return NewGuard(NewAuthenticator(keyringOf(t, store), nil), testLimiter(t, limits, c), readKeys)
}

func TestAdmit(t *testing.T) {
	store := newMemory()
	token := create(t, store, "ops", city.Editor, "roads")
	unknown := "ht_0000000000000000_" + token[20:]
	open, closed := testGuard(t, store, Limits{}, false, newClock()), testGuard(t, store, Limits{}, true, newClock())
	for _, c := range []struct {
		name              string
		c                 Credentials
		author            string
		read, write, keys error // of the open server, of the one that wants keys to read
	}{
		{"nothing", Credentials{}, "", nil, ErrNoCredentials, ErrNoCredentials},
		{"bearer", bearer(token), "ops", nil, nil, nil},
		{"header", apiKey(token), "ops", nil, nil, nil},
		{"header with spaces", apiKey(" " + token + " "), "ops", nil, nil, nil},
		{"lower case scheme", Credentials{Authorization: []string{"bearer   " + token}}, "ops", nil, nil, nil},
		{"upper case scheme", Credentials{Authorization: []string{"BEARER " + token}}, "ops", nil, nil, nil},
		{"unknown", bearer(unknown), "", ErrBadCredentials, ErrBadCredentials, ErrBadCredentials},
		{"no scheme", Credentials{Authorization: []string{token}}, "", ErrBadCredentials, ErrBadCredentials, ErrBadCredentials},
		{"Basic", Credentials{Authorization: []string{"Basic " + token}}, "", ErrBadCredentials, ErrBadCredentials, ErrBadCredentials},
		{"empty", Credentials{Authorization: []string{""}}, "", ErrBadCredentials, ErrBadCredentials, ErrBadCredentials},
		{"scheme alone", Credentials{Authorization: []string{"Bearer"}}, "", ErrBadCredentials, ErrBadCredentials, ErrBadCredentials},
		{"empty header", apiKey(""), "", ErrBadCredentials, ErrBadCredentials, ErrBadCredentials},
		{"two tokens", bearer(token + " " + token), "", ErrBadCredentials, ErrBadCredentials, ErrBadCredentials},
		{"a JWT, of no issuer", bearer("eyJhbGciOiJub25lIn0.e30."), "", ErrBadCredentials, ErrBadCredentials, ErrBadCredentials},
		{"huge", bearer(string(make([]byte, maxTokenBytes+1))), "", ErrBadCredentials, ErrBadCredentials, ErrBadCredentials},
		{"twice", Credentials{Authorization: []string{"Bearer " + token, "Bearer " + token}}, "", ErrAmbiguous, ErrAmbiguous, ErrAmbiguous},
		{"both headers", Credentials{Authorization: []string{"Bearer " + token}, APIKey: []string{token}}, "", ErrAmbiguous, ErrAmbiguous, ErrAmbiguous},
	} {
		for _, try := range []struct {
			guard  *Guard
			action Action
			want   error
		}{{open, Read, c.read}, {open, Write, c.write}, {closed, Read, c.keys}} {
			p, err := try.guard.Admit(t.Context(), try.action, c.c, netip.Addr{})
			if !sameError(err, try.want) {
				t.Errorf("%s: %v, want %v", c.name, err, try.want)
			}
			switch {
			case err != nil && (p.Name != "" || p.Role != "" || p.Layers != nil):
				t.Errorf("%s: %+v beside %v", c.name, p, err)
			case err == nil && (p.Name != c.author || p.Anonymous != (c.author == "")):
				t.Errorf("%s: %+v", c.name, p)
			case err == nil && c.author != "" && (p.Role != city.Editor || len(p.Layers) != 1 || p.Layers[0] != "roads"):
				t.Errorf("%s: %+v", c.name, p)
			}
		}
	}
}

// TestFailedLogins: guessing is slowed down, for the one who guesses.
func TestFailedLogins(t *testing.T) {
	store, c := newMemory(), newClock()
	token := create(t, store, "ops", city.Admin)
	g := testGuard(t, store, Limits{Failures: Rate{0.5, 3}}, false, c)
	guesser, other := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("203.0.113.8")
	try := func(step string, cred Credentials, from netip.Addr, want error) {
		t.Helper()
		if _, err := g.Admit(t.Context(), Read, cred, from); !sameError(err, want) {
			t.Errorf("%s: %v, want %v", step, err, want)
		}
	}
	bad := bearer("ht_wrong")
	for range 20 {
		try("good ones do not count", bearer(token), guesser, nil)
		try("nor two at once", Credentials{Authorization: []string{"", ""}}, guesser, ErrAmbiguous)
		try("nor none", Credentials{}, guesser, nil)
	}
	for range 3 {
		try("guess", bad, guesser, ErrBadCredentials)
	}
	for range 5 {
		try("one guess too many", bad, guesser, errLimited)
		try("even a right one is not looked at", bearer(token), guesser, errLimited)
		try("without credentials it may read on", Credentials{}, guesser, nil)
		try("others are not concerned", bearer(token), other, nil)
	}
	c.pass(2 * time.Second)
	try("after two seconds", bearer(token), guesser, nil)
	try("one more guess", bad, guesser, ErrBadCredentials)
	try("and again", bad, guesser, errLimited)
}

func TestAdmitLimits(t *testing.T) {
	store := newMemory()
	token := create(t, store, "ops", city.Admin)
	g := testGuard(t, store, Limits{AddressReads: Rate{1, 1}, KeyReads: Rate{1, 2}, Writes: Rate{1, 3}}, true, newClock())
	for _, c := range []struct {
		who    string
		action Action
		c      Credentials
		most   int
		want   error
	}{
		{"strangers are counted before they are refused", Read, Credentials{}, 1, ErrNoCredentials},
		{"strangers that write", Write, Credentials{}, 3, ErrNoCredentials},
		{"a key that reads", Read, bearer(token), 2, nil},
		{"a key that writes", Write, apiKey(token), 3, nil},
	} {
		for i := range c.most + 2 {
			want := c.want
			if i >= c.most {
				want = errLimited
			}
			if _, err := g.Admit(t.Context(), c.action, c.c, netip.Addr{}); !sameError(err, want) {
				t.Errorf("%s, %d: %v, want %v", c.who, i, err, want)
			}
		}
	}
}

// TestStill: who was admitted is looked at again.
func TestStill(t *testing.T) {
	store := newMemory()
	token := create(t, store, "ops", city.Viewer)
	ring := keyringOf(t, store)
	g := NewGuard(NewAuthenticator(ring, nil), testLimiter(t, Limits{KeyReads: Rate{0.001, 1}}, newClock()), false)
	p, err := g.Admit(t.Context(), Read, apiKey(token), netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // it is no request
		if !g.Still(t.Context(), apiKey(token), &p) {
			t.Error("nothing has changed")
		}
	}
	if !g.Still(t.Context(), Credentials{}, &Principal{Anonymous: true}) || g.Still(t.Context(), Credentials{}, &p) {
		t.Error("without credentials one is anonymous")
	}
	store.fail(city.ErrUnavailable)
	if err := ring.Refresh(t.Context()); err == nil || !g.Still(t.Context(), apiKey(token), &p) {
		t.Error("the store is down:", err)
	}
	store.fail(nil)
	if err := RevokeKey(t.Context(), store, "ops"); err != nil {
		t.Fatal(err)
	}
	if err := ring.Refresh(t.Context()); err != nil || g.Still(t.Context(), apiKey(token), &p) {
		t.Error("revoked:", err)
	}
	if !NewGuard(NewAuthenticator(NewKeyring(store), nil), g.limiter, false).Still(t.Context(), apiKey(token), &p) {
		t.Error("keys that have not been read say nothing")
	}
}

// TestKeysUnread: a server that has not read its keys yet does not punish those
// who have one.
func TestKeysUnread(t *testing.T) {
	g := NewGuard(NewAuthenticator(NewKeyring(newMemory()), nil), testLimiter(t, Limits{Failures: Rate{0.001, 1}}, newClock()), false)
	for range 3 {
		if _, err := g.Admit(t.Context(), Write, bearer("ht_0"), netip.Addr{}); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%v", err)
		}
	}
}

func FuzzAuthenticate(f *testing.F) {
	store := newMemory()
	token := create(f, store, "ops", city.Admin)
	auth := NewAuthenticator(keyringOf(f, store), nil)
	f.Add("Bearer "+token, "")
	f.Add("", token)
	f.Add("bEARER  x", "ht_")
	f.Fuzz(func(t *testing.T, authorization, key string) {
		for _, c := range []Credentials{{Authorization: []string{authorization}}, {APIKey: []string{key}}, {[]string{authorization}, []string{key}}} {
			p, err := auth.Authenticate(context.Background(), c)
			if err == nil && p.Name != "ops" {
				t.Fatalf("%q, %q: %+v", authorization, key, p)
			}
			if err != nil && (p.Role != "" || !errors.Is(err, ErrBadCredentials) && !errors.Is(err, ErrAmbiguous)) {
				t.Fatalf("%q, %q: %+v, %v", authorization, key, p, err)
			}
		}
	})
}

// BenchmarkAdmit is what each request pays.
func BenchmarkAdmit(b *testing.B) {
	store := newMemory()
	token := create(b, store, "ops", city.Admin)
	limits := DefaultLimits()
	limits.AddressReads, limits.KeyReads = Rate{1e6, 1e6}, Rate{1e6, 1e6}
	limiter, err := NewLimiter(limits)
	if err != nil {
		b.Fatal(err)
	}
	defer limiter.Close()
	g := NewGuard(NewAuthenticator(keyringOf(b, store), nil), limiter, false)
	from := netip.MustParseAddr("203.0.113.7")
	for name, c := range map[string]Credentials{"anonymous": {}, "key": bearer(token), "wrong": bearer(token[:len(token)-1] + "x")} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = g.Admit(context.Background(), Read, c, from)
			}
		})
	}
}
