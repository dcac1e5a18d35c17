package access

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Errors of keys that callers branch on.
var (
	// ErrBadKey means a key that cannot be as it is described, or a record of
	// one that cannot be read.
	ErrBadKey = errors.New("invalid API key")
	// ErrKeyExists means that another key has the name.
	ErrKeyExists = errors.New("there is an API key of this name already; revoke it first")
)

// Documents is what this package needs of a store: small records by name,
// written durably, a nil body removing one.
type Documents interface {
	Documents(ctx context.Context, kind string) (map[string][]byte, error)
	PutDocument(ctx context.Context, kind, name string, body []byte) error
}

// keyKind is the kind of document that keys are.
const keyKind = "key"

const (
	// maxKeys is the most keys that a store may hold. All of them are read each
	// second: 1,000 are 250 kB.
	maxKeys = 1_000
	// maxKeyLayers is the most layers that a key can name.
	maxKeyLayers = 1_000
)

// Key is an API key without its secret.
type Key struct {
	Name string    `json:"name"` // for people and for history, unique in the store
	ID   string    `json:"id"`   // the part of the token before its secret
	Role city.Role `json:"role"`
	// Layers are those that an editor's key may write; empty means all.
	Layers  []city.LayerID `json:"layers,omitempty"`
	Created time.Time      `json:"created"`

	hash digest
}

// keyName keeps names apart from those of an issuer's users, which have a
// colon, and of database users in most places.
var keyName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// Validate reports everything that is wrong with name, role and layers. The
// errors wrap ErrBadKey.
func (k *Key) Validate() error {
	var errs []error
	if !keyName.MatchString(k.Name) {
		errs = append(errs, fmt.Errorf("name %q: want a lower-case letter or digit, then letters, digits, '.', '_' or '-', 63 at most: %w", k.Name, ErrBadKey))
	}
	if _, err := city.ParseRole(string(k.Role)); err != nil {
		errs = append(errs, fmt.Errorf("%w: %w", err, ErrBadKey))
	}
	if len(k.Layers) > 0 && k.Role != city.Editor {
		errs = append(errs, fmt.Errorf("layers restrict what an editor writes; a key of role %q has none: %w", k.Role, ErrBadKey))
	}
	if len(k.Layers) > maxKeyLayers {
		errs = append(errs, fmt.Errorf("%d layers; a key can name %d: %w", len(k.Layers), maxKeyLayers, ErrBadKey))
	}
	for _, l := range k.Layers {
		if _, err := city.ParseLayerID(string(l)); err != nil {
			errs = append(errs, fmt.Errorf("%w: %w", err, ErrBadKey))
		}
	}
	return errors.Join(errs...)
}

// CreateKey stores a new key and returns its secret, which nobody can find out
// later. Layers need not exist yet. Of two that create the same name at the
// same moment, the later one's key is stored and the other's does not work.
func CreateKey(ctx context.Context, store Documents, name string, role city.Role, layers []city.LayerID, now time.Time) (Key, Secret, error) {
	sorted := slices.Clone(layers)
	slices.Sort(sorted)
	k := Key{Name: name, Role: role, Layers: slices.Compact(sorted), Created: now.UTC().Truncate(time.Second)}
	if err := k.Validate(); err != nil {
		return Key{}, Secret{}, err
	}
	present, err := store.Documents(ctx, keyKind)
	if err != nil {
		return Key{}, Secret{}, fmt.Errorf("read the API keys: %w", err)
	}
	if _, taken := present[name]; taken {
		return Key{}, Secret{}, fmt.Errorf("key %q: %w", name, ErrKeyExists)
	}
	if len(present) >= maxKeys {
		return Key{}, Secret{}, fmt.Errorf("there are %d keys, the most that a store holds: %w", len(present), ErrBadKey)
	}
	var secret Secret
	k.ID, k.hash, secret = newToken()
	body, err := k.encode()
	if err != nil {
		return Key{}, Secret{}, err
	}
	if err := store.PutDocument(ctx, keyKind, name, body); err != nil {
		return Key{}, Secret{}, fmt.Errorf("store key %q: %w", name, err)
	}
	return k, secret, nil
}

// RevokeKey removes a key. Servers refuse it within a second or two. The error
// wraps city.ErrNotFound when there is none of the name.
func RevokeKey(ctx context.Context, store Documents, name string) error {
	present, err := store.Documents(ctx, keyKind)
	if err != nil {
		return fmt.Errorf("read the API keys: %w", err)
	}
	if _, exists := present[name]; !exists {
		return fmt.Errorf("key %q: %w", name, city.ErrNotFound)
	}
	if err := store.PutDocument(ctx, keyKind, name, nil); err != nil {
		return fmt.Errorf("revoke key %q: %w", name, err)
	}
	return nil
}

// ListKeys returns the keys by name. Records that cannot be read are left out
// and named by the error, beside which the rest is returned.
func ListKeys(ctx context.Context, store Documents) ([]Key, error) {
	present, err := store.Documents(ctx, keyKind)
	if err != nil {
		return nil, fmt.Errorf("read the API keys: %w", err)
	}
	keys := make([]Key, 0, len(present))
	var errs []error
	for name, body := range present {
		k, err := decodeKey(name, body)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b Key) int { return cmp.Compare(a.Name, b.Name) })
	return keys, errors.Join(errs...)
}

// keyRecord is a key as the store has it; its name is the document's.
type keyRecord struct {
	ID      string         `json:"id"`
	SHA256  string         `json:"sha256"` // of the secret, hexadecimal
	Role    city.Role      `json:"role"`
	Layers  []city.LayerID `json:"layers,omitempty"`
	Created time.Time      `json:"created"`
}

func (k *Key) encode() ([]byte, error) {
	return json.Marshal(keyRecord{k.ID, hex.EncodeToString(k.hash[:]), k.Role, k.Layers, k.Created})
}

// decodeKey is the inverse of encode. What it does not understand it refuses:
// half a key must not open more than a whole one.
func decodeKey(name string, body []byte) (Key, error) {
	var r keyRecord
	if err := json.Unmarshal(body, &r); err != nil {
		return Key{}, fmt.Errorf("record of key %q: %w: %w", name, err, ErrBadKey)
	}
	k := Key{Name: name, ID: r.ID, Role: r.Role, Layers: r.Layers, Created: r.Created}
	if err := k.Validate(); err != nil {
		return Key{}, fmt.Errorf("record of key %q: %w", name, err)
	}
	hash, err := hex.DecodeString(r.SHA256)
	if err != nil || len(hash) != len(k.hash) || len(k.ID) != idDigits || !isHex(k.ID) {
		return Key{}, fmt.Errorf("record of key %q has no proper id or hash: %w", name, ErrBadKey)
	}
	copy(k.hash[:], hash)
	return k, nil
}
