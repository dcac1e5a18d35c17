package access

import (
	"context"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

const (
	// refreshEvery is how soon a server notices that a key was made or revoked.
	refreshEvery = time.Second
	// refreshTimeout bounds one look into a store that does not answer.
	refreshTimeout = 5 * time.Second
)

// Keyring holds the API keys of a store in memory. Readers never wait: they use
// the keys as last read. It is safe for concurrent use.
type Keyring struct {
	store   Documents
	current atomic.Pointer[keySnapshot] // nil until the store has been read
}

// keySnapshot is the keys at one moment. It is immutable.
type keySnapshot struct {
	byID  map[string]*Key
	roles map[string]city.Role // by the name of the key
}

// NewKeyring returns a Keyring that holds nothing before its first Refresh.
func NewKeyring(store Documents) *Keyring { return &Keyring{store: store} }

// Refresh reads the keys anew. While the store cannot be read those that are
// known stay valid, and the error says why. A key whose record is wrong, or
// whose id an earlier key has, does not work; the others do, and the error
// wraps ErrBadKey.
func (k *Keyring) Refresh(ctx context.Context) error {
	keys, bad := ListKeys(ctx, k.store)
	if keys == nil {
		return bad
	}
	next := &keySnapshot{byID: make(map[string]*Key, len(keys)), roles: make(map[string]city.Role, len(keys))}
	for i := range keys {
		key := &keys[i]
		if other, taken := next.byID[key.ID]; taken {
			bad = fmt.Errorf("keys %q and %q have one id: %w", other.Name, key.Name, ErrBadKey)
			continue
		}
		next.byID[key.ID], next.roles[key.Name] = key, key.Role
	}
	k.current.Store(next)
	return bad
}

// Follow refreshes each second until ctx ends. It logs when that begins to fail
// and when it works again. One goroutine calls it.
func (k *Keyring) Follow(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	failing := false
	for {
		try, cancel := context.WithTimeout(ctx, refreshTimeout)
		err := k.Refresh(try)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			log.Warn("API keys stay as they were last read", "err", err)
		case err == nil && failing:
			log.Info("API keys are read again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// find returns the key that a token belongs to, or ErrBadCredentials, or
// ErrUnavailable before the keys have been read. It compares hashes, in constant
// time, also when no key has the token's id.
func (k *Keyring) find(token string) (*Key, error) {
	known := k.current.Load()
	if known == nil {
		return nil, fmt.Errorf("the API keys have not been read yet: %w", ErrUnavailable)
	}
	id, secret, ok := splitToken(token)
	if !ok {
		return nil, fmt.Errorf("not the form of an API key: %w", ErrBadCredentials)
	}
	given := digestOf(secret)
	key, found := known.byID[id]
	if !found {
		key = &Key{} // its hash is that of nothing
	}
	if subtle.ConstantTimeCompare(given[:], key.hash[:]) != 1 || !found {
		return nil, fmt.Errorf("API key %s: %w", id, ErrBadCredentials)
	}
	return key, nil
}
