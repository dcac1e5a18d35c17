package access

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// memory is a store that holds documents only, and can be out of reach. That
// the real stores keep them is tested by theirs and by the command's tests.
type memory struct {
	mu   sync.Mutex
	docs map[string][]byte
	down error
}

func newMemory() *memory { return &memory{docs: map[string][]byte{}} }

func (m *memory) Documents(_ context.Context, kind string) (map[string][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if kind != "key" {
		return nil, fmt.Errorf("documents of kind %q", kind)
	}
	return maps.Clone(m.docs), m.down
}

func (m *memory) PutDocument(_ context.Context, kind, name string, body []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if kind != "key" {
		return fmt.Errorf("documents of kind %q", kind)
	}
	if m.down != nil {
		return m.down
	}
	if body == nil {
		delete(m.docs, name)
	} else {
		m.docs[name] = body
	}
	return nil
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = err
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// create makes a key and returns its token.
func create(t testing.TB, store Documents, name string, role city.Role, layers ...city.LayerID) string {
	t.Helper()
	_, secret, err := CreateKey(t.Context(), store, name, role, layers, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return secret.Reveal()
}

// keyringOf returns a Keyring that has read the store.
func keyringOf(t testing.TB, store Documents) *Keyring {
	t.Helper()
	k := NewKeyring(store)
	if err := k.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return k
}

func bearer(token string) Credentials { return Credentials{Authorization: []string{"Bearer " + token}} }

func apiKey(token string) Credentials { return Credentials{APIKey: []string{token}} }
