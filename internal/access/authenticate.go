package access

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
)

// Errors of credentials that callers branch on. Their wrapped details are for
// the log, not for the client.
var (
	// ErrNoCredentials means that nobody said who they are, where one must.
	ErrNoCredentials = errors.New("credentials are needed")
	// ErrBadCredentials means credentials that prove nothing: unknown, revoked,
	// forged, meant for others, or malformed.
	ErrBadCredentials = errors.New("credentials are not valid")
	// ErrExpired means credentials that were valid once.
	ErrExpired = errors.New("credentials have expired")
	// ErrAmbiguous means more than one credential.
	ErrAmbiguous = errors.New("more than one credential")
	// ErrNoRole means somebody whom the issuer knows and who has no role here.
	ErrNoRole = errors.New("no role here")
	// ErrUnavailable means that credentials cannot be checked now.
	ErrUnavailable = errors.New("credentials cannot be checked now")
)

// maxTokenBytes bounds a token before anything parses it.
const maxTokenBytes = 16 << 10

// Credentials are what a request says about who sends it: the values of the
// headers Authorization and X-API-Key, as they came. They print as [redacted].
type Credentials struct {
	Authorization, APIKey []string
}

// String makes Credentials a fmt.Stringer that tells nothing.
func (Credentials) String() string { return redacted }

// Format makes Credentials a fmt.Formatter that tells nothing.
func (Credentials) Format(f fmt.State, verb rune) { Secret{}.Format(f, verb) }

// LogValue makes Credentials a slog.LogValuer that tells nothing.
func (Credentials) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText makes Credentials tell nothing in JSON.
func (Credentials) MarshalText() ([]byte, error) { return []byte(redacted), nil }

func (c *Credentials) none() bool { return len(c.Authorization) == 0 && len(c.APIKey) == 0 }

// token returns the one token that c holds.
func (c *Credentials) token() (string, error) {
	if len(c.Authorization)+len(c.APIKey) > 1 {
		return "", ErrAmbiguous
	}
	if len(c.APIKey) == 1 {
		return strings.TrimSpace(c.APIKey[0]), nil
	}
	// RFC 9110, section 11.4: the scheme is case-insensitive.
	scheme, token, _ := strings.Cut(strings.TrimSpace(c.Authorization[0]), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", fmt.Errorf("the scheme is not Bearer: %w", ErrBadCredentials)
	}
	return strings.TrimLeft(token, " "), nil
}

// Authenticator tells who holds credentials. It is safe for concurrent use.
type Authenticator struct {
	keys   *Keyring
	issuer *Issuer // nil: API keys only
}

// NewAuthenticator returns an Authenticator of API keys, and of the tokens of
// issuer when that is not nil.
func NewAuthenticator(keys *Keyring, issuer *Issuer) *Authenticator {
	return &Authenticator{keys, issuer}
}

// Follow keeps the API keys and the issuer's public keys fresh until ctx ends.
func (a *Authenticator) Follow(ctx context.Context, log *slog.Logger) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { a.keys.Follow(ctx, log) })
	if a.issuer != nil {
		wg.Go(func() { a.issuer.follow(ctx, log) })
	}
}

// Authenticate returns whom the credentials belong to. Without any it returns
// an anonymous Principal and ErrNoCredentials. An issuer may be asked for its
// public keys, at most once in refetchAfter, while ctx lasts.
func (a *Authenticator) Authenticate(ctx context.Context, c Credentials) (Principal, error) {
	if c.none() {
		return Principal{Anonymous: true}, ErrNoCredentials
	}
	token, err := c.token()
	switch {
	case err != nil:
		return Principal{}, err
	case len(token) > maxTokenBytes:
		return Principal{}, fmt.Errorf("a token of %d bytes: %w", len(token), ErrBadCredentials)
	case len(c.APIKey) == 0 && a.issuer != nil && !strings.HasPrefix(token, tokenPrefix):
		return a.issuer.verify(ctx, token)
	}
	key, err := a.keys.find(token)
	if err != nil {
		return Principal{}, err
	}
	return Principal{Name: key.Name, Role: key.Role, Layers: key.Layers}, nil
}
