package access

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// TestRotation: the issuer begins to use a new key, then withdraws the old one.
func TestRotation(t *testing.T) {
	c := newClock()
	old, next := newSigner(t, "2026-10", jose.RS256), newSigner(t, "2026-11", jose.ES256)
	next.hide = true
	server := newIssuerServer(t, old, next)
	issuer := server.issuer(t, c)
	try := func(step string, s signer, want error) {
		t.Helper()
		if _, err := issuer.verify(t.Context(), s.sign(t, server.claims(c))); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", step, err, want)
		}
	}
	fetched := func(step string, want int) {
		t.Helper()
		if n := server.fetched(); n != want {
			t.Errorf("%s: fetched %d times, want %d", step, n, want)
		}
	}
	try("first", old, nil)
	try("not published yet", next, ErrBadCredentials)
	fetched("right after the first", 1)
	server.set(func() { server.keys[1].hide = false })
	try("published, asked a moment ago", next, ErrBadCredentials)
	c.pass(refetchAfter)
	try("published", next, nil)
	try("the old one too", old, nil)
	fetched("after the new one", 2)
	for range 20 {
		try("made up", newSigner(t, "made-up", jose.ES256), ErrBadCredentials)
		c.pass(refetchAfter / 10)
	}
	fetched("after 20 made-up key ids in 20 s", 3)
	for range 20 {
		try("forged under a known id", newSigner(t, "2026-11", jose.ES256), ErrBadCredentials)
		c.pass(refetchAfter)
	}
	fetched("forgeries under known ids ask nobody", 3)

	server.set(func() { server.keys = server.keys[1:] })
	try("withdrawn, not noticed yet", old, nil)
	c.pass(refetchEvery)
	if !issuer.keys.due() {
		t.Error("it is not time to look at the keys again")
	}
	if _, err := issuer.keys.refetch(t.Context(), issuer.keys.fresh()); err != nil {
		t.Fatal(err)
	}
	try("withdrawn", old, ErrBadCredentials)
	try("the new one stays", next, nil)
}

// TestIssuerDown: it is down at first, then up, then down for long.
func TestIssuerDown(t *testing.T) {
	c := newClock()
	key := newSigner(t, "k1", jose.ES256)
	server := newIssuerServer(t, key)
	issuer := server.issuer(t, c)
	verify := func() error {
		_, err := issuer.verify(t.Context(), key.sign(t, server.claims(c)))
		return err
	}
	up := func(up bool) {
		server.set(func() {
			if server.status = 503; up {
				server.status = 200
			}
		})
	}
	up(false)
	if err := verify(); !errors.Is(err, ErrUnavailable) {
		t.Errorf("down at first: %v", err)
	}
	up(true)
	if err := verify(); !errors.Is(err, ErrUnavailable) {
		t.Errorf("asked a moment ago: %v", err)
	}
	c.pass(refetchAfter)
	if err := verify(); err != nil {
		t.Errorf("up: %v", err)
	}
	up(false)
	c.pass(keysDieAfter)
	if err := verify(); err != nil {
		t.Errorf("down for a day: %v", err)
	}
	c.pass(time.Second)
	if err := verify(); !errors.Is(err, ErrUnavailable) {
		t.Errorf("down for longer: %v", err)
	}
	up(true)
	c.pass(refetchAfter)
	if err := verify(); err != nil {
		t.Errorf("up again: %v", err)
	}
	// Nobody answers at all.
	server.Close()
	if _, err := server.issuer(t, c).verify(t.Context(), key.sign(t, server.claims(c))); !errors.Is(err, ErrUnavailable) {
		t.Errorf("gone: %v", err)
	}
}

// TestOneAsks: however many come while the keys are not known, one asks.
func TestOneAsks(t *testing.T) {
	c := newClock()
	key := newSigner(t, "k1", jose.ES256)
	server := newIssuerServer(t, key)
	issuer := server.issuer(t, c)
	token := key.sign(t, server.claims(c))
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := issuer.verify(t.Context(), token); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := server.fetched(); n != 1 {
		t.Errorf("fetched %d times", n)
	}
}

// TestIssuerFollow: keys are refreshed without anybody asking. The fetch stands
// in for the network, which a bubble of time cannot wait for.
func TestIssuerFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fetches atomic.Int64
		var down atomic.Bool
		issuer, err := NewIssuer(IssuerConfig{URL: "https://id.example", Audience: "twin"})
		if err != nil {
			t.Fatal(err)
		}
		issuer.keys = newKeySet(func(context.Context) ([]jose.JSONWebKey, error) {
			fetches.Add(1)
			if down.Load() {
				return nil, errors.New("no route")
			}
			return nil, nil
		}, time.Now)
		var said bytes.Buffer
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			issuer.follow(ctx, slog.New(slog.NewTextHandler(&said, nil)))
		}()
		time.Sleep(time.Hour + time.Second)
		synctest.Wait()
		if n := fetches.Load(); n != 7 {
			t.Errorf("fetched %d times in an hour, want 7", n)
		}
		down.Store(true)
		time.Sleep(time.Hour)
		down.Store(false)
		time.Sleep(time.Minute)
		stop()
		<-ended
		if log := said.String(); strings.Count(log, "\n") != 2 || !strings.Contains(log, "no route") || !strings.Contains(log, "answers again") {
			t.Errorf("log:\n%s", log)
		}
	})
}
