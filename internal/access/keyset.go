package access

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// refetchAfter is the least time between two questions to an issuer. In it
	// tokens of a key that the issuer has just begun to use are refused; without
	// it whoever makes up key ids could let this server flood the issuer.
	refetchAfter = 10 * time.Second
	// refetchEvery is how soon a key that the issuer has withdrawn is no longer
	// believed.
	refetchEvery = 10 * time.Minute
	// keysDieAfter is how long keys are believed while the issuer cannot be
	// asked.
	keysDieAfter = 24 * time.Hour
	// maxIssuerKeys bounds how many keys are tried on a token that names none.
	maxIssuerKeys = 32
	// minRSABits is the smallest RSA key that RFC 7518, section 3.3, allows.
	minRSABits = 2048
)

// publicKeys is an issuer's keys at one moment. It is immutable.
type publicKeys struct {
	keys    []jose.JSONWebKey
	fetched time.Time
}

// keySet caches an issuer's public keys. It is safe for concurrent use; only
// those whose token is signed by a key that is not known wait.
//
// go-oidc's own RemoteKeySet asks the issuer anew for each token that does not
// verify, believes withdrawn keys for ever, and reads answers without a limit.
type keySet struct {
	fetch func(context.Context) ([]jose.JSONWebKey, error)
	now   func() time.Time

	current atomic.Pointer[publicKeys] // nil before the first answer

	turn    chan struct{} // held by the one who asks the issuer
	asked   time.Time     // when the last question was answered, or failed
	lastErr error         // how it failed
}

func newKeySet(fetch func(context.Context) ([]jose.JSONWebKey, error), now func() time.Time) *keySet {
	return &keySet{fetch: fetch, now: now, turn: make(chan struct{}, 1)}
}

// verify returns the payload of a signed token. The error wraps ErrUnavailable
// when the issuer had to be asked and could not.
func (k *keySet) verify(ctx context.Context, signed *jose.JSONWebSignature) ([]byte, error) {
	known := k.fresh()
	if payload, named := known.verify(signed); payload != nil {
		return payload, nil
	} else if named {
		return nil, errors.New("the signature is wrong")
	}
	asked, err := k.refetch(ctx, known)
	if err != nil {
		return nil, err
	}
	if payload, _ := asked.verify(signed); payload != nil {
		return payload, nil
	}
	return nil, errors.New("the issuer has no key that made the signature")
}

// fresh returns the keys that can still be believed, or nil.
func (k *keySet) fresh() *publicKeys {
	known := k.current.Load()
	if known != nil && k.now().Sub(known.fetched) > keysDieAfter {
		return nil
	}
	return known
}

// due reports whether it is time to see whether the issuer has other keys.
func (k *keySet) due() bool {
	known := k.current.Load()
	return known == nil || k.now().Sub(known.fetched) >= refetchEvery
}

// refetch asks the issuer, unless somebody else has since known was current, or
// has just tried. Those who come meanwhile wait for the answer while ctx lasts.
func (k *keySet) refetch(ctx context.Context, known *publicKeys) (*publicKeys, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case k.turn <- struct{}{}:
	}
	defer func() { <-k.turn }()
	if newest := k.fresh(); newest != known {
		return newest, nil
	}
	if !k.asked.IsZero() && k.now().Sub(k.asked) < refetchAfter {
		if k.lastErr != nil {
			return nil, k.lastErr
		}
		return known, nil
	}
	// The others wait for this answer, so it does not end with one's client.
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), issuerTimeout)
	defer cancel()
	keys, err := k.fetch(limited)
	k.asked, k.lastErr = k.now(), nil
	if err != nil {
		k.lastErr = fmt.Errorf("ask the issuer for its keys: %w: %w", err, ErrUnavailable)
		return nil, k.lastErr
	}
	next := &publicKeys{keys, k.asked}
	k.current.Store(next)
	return next, nil
}

// verify returns the payload if a key made the signature. Named tells that the
// token names a key that is there, so that no other can have made it. A nil
// *publicKeys has no keys.
func (p *publicKeys) verify(signed *jose.JSONWebSignature) (payload []byte, named bool) {
	if p == nil {
		return nil, false
	}
	header := signed.Signatures[0].Header
	for i := range p.keys {
		key := &p.keys[i]
		if header.KeyID != "" && key.KeyID != header.KeyID || key.Algorithm != "" && key.Algorithm != header.Algorithm {
			continue
		}
		if payload, err := signed.Verify(key); err == nil {
			return payload, true
		}
		named = named || header.KeyID != ""
	}
	return nil, named
}

// parseKeys reads a JSON Web Key Set (RFC 7517). Keys of kinds that are not
// used here are skipped, as section 5 says.
func parseKeys(body []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, fmt.Errorf("key set: %w", err)
	}
	var keys []jose.JSONWebKey
	for _, text := range set.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(text, &key) == nil && usable(&key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 || len(keys) > maxIssuerKeys {
		return nil, fmt.Errorf("key set: %d keys of use, want 1 to %d", len(keys), maxIssuerKeys)
	}
	return slices.Clip(keys), nil
}

// usable reports whether the key can verify a signature that proves something.
func usable(key *jose.JSONWebKey) bool {
	if !key.Valid() || key.Use != "" && key.Use != "sig" {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return public.N.BitLen() >= minRSABits
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	default: // symmetric, private
		return false
	}
}
