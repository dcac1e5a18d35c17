package access

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

func TestKeyLife(t *testing.T) {
	store := newMemory()
	now := time.Date(2026, 11, 24, 15, 4, 5, 678, time.FixedZone("ICT", 7*3600))
	key, secret, err := CreateKey(t.Context(), store, "survey-team", city.Editor, []city.LayerID{"roads", "bridges", "roads"}, now)
	if err != nil {
		t.Fatal(err)
	}
	body := string(store.docs["survey-team"])
	if strings.Contains(body, secret.Reveal()) || strings.Contains(body, secret.Reveal()[20:]) {
		t.Errorf("the store holds the secret: %s", body)
	}
	if _, _, err := CreateKey(t.Context(), store, "survey-team", city.Viewer, nil, now); !errors.Is(err, ErrKeyExists) {
		t.Errorf("the name again: %v", err)
	}
	keys, err := ListKeys(t.Context(), store)
	if err != nil || len(keys) != 1 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	got := keys[0]
	if got.Name != "survey-team" || got.ID != key.ID || got.Role != city.Editor ||
		!slices.Equal(got.Layers, []city.LayerID{"bridges", "roads"}) || !got.Created.Equal(now.Truncate(time.Second)) || got.hash != key.hash {
		t.Errorf("listed %+v, created %+v", got, key)
	}
	ring := keyringOf(t, store)
	if found, err := ring.find(secret.Reveal()); err != nil || found.Name != "survey-team" {
		t.Errorf("found %v, %v", found, err)
	}

	if err := RevokeKey(t.Context(), store, "nobody"); !errors.Is(err, city.ErrNotFound) {
		t.Errorf("revoke nobody's: %v", err)
	}
	if err := RevokeKey(t.Context(), store, "survey-team"); err != nil {
		t.Fatal(err)
	}
	if _, err := ring.find(secret.Reveal()); err != nil {
		t.Errorf("before it is read again: %v", err)
	}
	if err := ring.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := ring.find(secret.Reveal()); !errors.Is(err, ErrBadCredentials) {
		t.Errorf("revoked: %v", err)
	}
	// A new key of the old name does not revive the old token.
	again := create(t, store, "survey-team", city.Viewer)
	if err := ring.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := ring.find(secret.Reveal()); !errors.Is(err, ErrBadCredentials) {
		t.Errorf("the old token of a name that is used again: %v", err)
	}
	if _, err := ring.find(again); err != nil {
		t.Error(err)
	}
}

func TestKeyValidate(t *testing.T) {
	many := make([]city.LayerID, maxKeyLayers+1)
	for i := range many {
		many[i] = "roads"
	}
	for name, k := range map[string]Key{
		"no name":         {Role: city.Viewer},
		"upper case":      {Name: "Ops", Role: city.Viewer},
		"colon":           {Name: "oidc:ops", Role: city.Viewer},
		"line break":      {Name: "ops\n", Role: city.Viewer},
		"not ASCII":       {Name: "hà-nội", Role: city.Viewer},
		"long":            {Name: strings.Repeat("a", 64), Role: city.Viewer},
		"no role":         {Name: "ops"},
		"unknown role":    {Name: "ops", Role: "root"},
		"viewer's layers": {Name: "ops", Role: city.Viewer, Layers: []city.LayerID{"roads"}},
		"admin's layers":  {Name: "ops", Role: city.Admin, Layers: []city.LayerID{"roads"}},
		"bad layer":       {Name: "ops", Role: city.Editor, Layers: []city.LayerID{"*"}},
		"many layers":     {Name: "ops", Role: city.Editor, Layers: many},
	} {
		if err := k.Validate(); !errors.Is(err, ErrBadKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	store := newMemory()
	if _, _, err := CreateKey(t.Context(), store, "Ops", "root", nil, time.Now()); !errors.Is(err, ErrBadKey) || len(store.docs) > 0 {
		t.Errorf("%v, %d documents", err, len(store.docs))
	}
}

func TestKeysAreBounded(t *testing.T) {
	store := newMemory()
	for i := range maxKeys {
		store.docs[strings.Repeat("k", 1+i%50)+string(rune('a'+i%26))+time.Duration(i).String()] = []byte("{}")
	}
	if _, _, err := CreateKey(t.Context(), store, "one-more", city.Viewer, nil, time.Now()); !errors.Is(err, ErrBadKey) {
		t.Error(err)
	}
}

// TestFindRefuses tries tokens that are nearly right.
func TestFindRefuses(t *testing.T) {
	store := newMemory()
	a, b := create(t, store, "a", city.Admin), create(t, store, "b", city.Viewer)
	ring := keyringOf(t, store)
	for name, token := range map[string]string{
		"a's id, b's secret":            a[:19] + b[19:],
		"last digit":                    a[:len(a)-1] + string("0123456789abcdef"[(strings.IndexByte("0123456789abcdef", a[len(a)-1])+1)%16]),
		"unknown id":                    "ht_" + strings.Repeat("0", 16) + a[19:],
		"unknown id, secret of nothing": "ht_" + strings.Repeat("0", 16) + "_" + strings.Repeat("0", 64),
		"empty":                         "",
		"half":                          a[:len(a)/2],
		"both":                          a + b,
	} {
		if key, err := ring.find(token); !errors.Is(err, ErrBadCredentials) {
			t.Errorf("%s: %v, %v", name, key, err)
		} else if strings.Contains(err.Error(), token[min(len(token), 20):]) && len(token) > 20 {
			t.Errorf("%s: the error tells the secret: %v", name, err)
		}
	}
}

// TestBadRecords: a record that is not understood opens nothing, and does not
// close the others.
func TestBadRecords(t *testing.T) {
	store := newMemory()
	good := create(t, store, "good", city.Editor)
	spoilt := create(t, store, "spoilt", city.Editor)
	sound := store.docs["spoilt"]
	change := func(field string, value any) []byte {
		var fields map[string]any
		if err := json.Unmarshal(sound, &fields); err != nil {
			t.Fatal(err)
		}
		if fields[field] = value; value == nil {
			delete(fields, field)
		}
		body, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	for name, body := range map[string][]byte{
		"no JSON":      []byte("key"),
		"empty":        {},
		"null":         []byte("null"),
		"other role":   change("role", "owner"),
		"no role":      change("role", nil),
		"bad layers":   change("layers", []string{"Roads"}),
		"short hash":   change("sha256", "abcd"),
		"no hash":      change("sha256", nil),
		"hash no hex":  change("sha256", strings.Repeat("x", 64)),
		"short id":     change("id", "abcd"),
		"role of kind": change("role", 3),
	} {
		store.docs["spoilt"] = body
		ring := NewKeyring(store)
		if err := ring.Refresh(t.Context()); !errors.Is(err, ErrBadKey) || !strings.Contains(err.Error(), `"spoilt"`) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := ring.find(spoilt); !errors.Is(err, ErrBadCredentials) {
			t.Errorf("%s: the spoilt key: %v", name, err)
		}
		if _, err := ring.find(good); err != nil {
			t.Errorf("%s: the good key: %v", name, err)
		}
	}
	store.docs["spoilt"] = sound
	store.docs["twin"] = sound
	ring := NewKeyring(store)
	if err := ring.Refresh(t.Context()); !errors.Is(err, ErrBadKey) {
		t.Errorf("one id twice: %v", err)
	}
	if key, err := ring.find(spoilt); err != nil || key.Name != "spoilt" {
		t.Errorf("one id twice: %v, %v", key, err)
	}
}

// TestStoreDown: before the store was read nobody is told that a key is bad;
// later the last known keys hold.
func TestStoreDown(t *testing.T) {
	store := newMemory()
	token := create(t, store, "ops", city.Admin)
	store.fail(city.ErrUnavailable)
	ring := NewKeyring(store)
	if err := ring.Refresh(t.Context()); !errors.Is(err, city.ErrUnavailable) {
		t.Errorf("refresh: %v", err)
	}
	if _, err := ring.find(token); !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrBadCredentials) {
		t.Errorf("never read: %v", err)
	}
	store.fail(nil)
	if err := ring.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	store.fail(city.ErrUnavailable)
	if err := ring.Refresh(t.Context()); !errors.Is(err, city.ErrUnavailable) {
		t.Errorf("refresh: %v", err)
	}
	if _, err := ring.find(token); err != nil {
		t.Errorf("last known: %v", err)
	}
}

// TestFollow runs a day of a keyring in a bubble of time.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		ring := NewKeyring(store)
		var said bytes.Buffer
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			ring.Follow(ctx, slog.New(slog.NewTextHandler(&said, nil)))
		}()
		await := func() { time.Sleep(refreshEvery + time.Millisecond); synctest.Wait() }

		synctest.Wait()
		token := create(t, store, "ops", city.Admin)
		await()
		if _, err := ring.find(token); err != nil {
			t.Errorf("a second after it was made: %v", err)
		}
		store.fail(city.ErrUnavailable)
		for range 100 {
			await()
		}
		if _, err := ring.find(token); err != nil {
			t.Errorf("while the store is down: %v", err)
		}
		store.fail(nil)
		if err := RevokeKey(ctx, store, "ops"); err != nil {
			t.Fatal(err)
		}
		await()
		if _, err := ring.find(token); !errors.Is(err, ErrBadCredentials) {
			t.Errorf("a second after it was revoked: %v", err)
		}
		stop()
		<-ended
		if log := said.String(); strings.Count(log, "\n") != 2 || !strings.Contains(log, "level=WARN") || !strings.Contains(log, "read again") {
			t.Errorf("log:\n%s", log)
		}
	})
}

// TestConcurrent reads while keys come and go.
func TestConcurrent(t *testing.T) {
	store := newMemory()
	steady := create(t, store, "steady", city.Admin)
	ring := keyringOf(t, store)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if key, err := ring.find(steady); err != nil || key.Role != city.Admin {
					t.Errorf("%v, %v", key, err)
					return
				}
			}
		})
	}
	for range 200 {
		token := create(t, store, "passing", city.Viewer)
		if err := ring.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := ring.find(token); err != nil {
			t.Error(err)
		}
		if err := RevokeKey(t.Context(), store, "passing"); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
}
