package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

const (
	// issuerTimeout bounds one question to the issuer, its answer included.
	issuerTimeout = 5 * time.Second
	// maxIssuerBytes bounds that answer.
	maxIssuerBytes = 1 << 20
	// maxUserName bounds the name of a user, as history records it.
	maxUserName = 200
)

// Issuer believes the tokens of one OpenID Connect issuer. It is safe for
// concurrent use.
type Issuer struct {
	config   IssuerConfig
	keys     *keySet
	client   *http.Client
	now      func() time.Time
	verifier oidc.Config
}

// NewIssuer returns an Issuer, without asking it anything: it may be down. It
// reports every mistake in config.
func NewIssuer(config IssuerConfig) (*Issuer, error) { return newIssuer(config, time.Now) }

// newIssuer is NewIssuer with a clock.
func newIssuer(config IssuerConfig, now func() time.Time) (*Issuer, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	i := &Issuer{config: config.withDefaults(), now: now}
	i.keys = newKeySet(i.fetch, now)
	i.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("the issuer redirects")
	}}
	i.verifier = oidc.Config{
		ClientID:        config.Audience,
		SkipExpiryCheck: true, // ours knows the skew
	}
	for _, a := range signatures() {
		i.verifier.SupportedSigningAlgs = append(i.verifier.SupportedSigningAlgs, string(a))
	}
	return i, nil
}

// signatures are the algorithms that a token may be signed with: asymmetric
// ones only. "none" proves nothing, and HS256 would let a public key, taken for
// a shared secret, prove anything (RFC 8725, section 3.1).
func signatures() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512,
		jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
	}
}

// signature verifies one token for go-oidc, and keeps the error, which go-oidc
// makes text of.
type signature struct {
	keys *keySet
	err  error
}

// VerifySignature implements oidc.KeySet.
func (s *signature) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, signatures())
	if err != nil {
		return nil, err
	}
	var payload []byte
	payload, s.err = s.keys.verify(ctx, signed)
	return payload, s.err
}

// verify returns whom the token names. The errors wrap those of Authenticate,
// or are those of ctx.
func (i *Issuer) verify(ctx context.Context, token string) (Principal, error) {
	s := signature{keys: i.keys}
	id, err := oidc.NewVerifier(i.config.URL, &s, &i.verifier).Verify(ctx, token)
	switch {
	case errors.Is(s.err, ErrUnavailable), errors.Is(s.err, context.Canceled), errors.Is(s.err, context.DeadlineExceeded):
		return Principal{}, s.err
	case err != nil:
		return Principal{}, fmt.Errorf("%w: %w", ErrBadCredentials, err)
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return Principal{}, fmt.Errorf("%w: %w", ErrBadCredentials, err)
	}
	if id.Expiry.IsZero() {
		return Principal{}, fmt.Errorf("the token never expires: %w", ErrBadCredentials)
	}
	now := i.now()
	if now.After(id.Expiry.Add(i.config.Skew)) {
		return Principal{}, fmt.Errorf("at %s: %w", id.Expiry.UTC().Format(time.RFC3339), ErrExpired)
	}
	if begins, has := claims["nbf"].(float64); has && float64(now.Add(i.config.Skew).Unix()) < begins {
		return Principal{}, fmt.Errorf("the token is not valid yet: %w", ErrBadCredentials)
	}
	return i.principal(claims)
}

// principal reads name and role from claims that have been verified.
func (i *Issuer) principal(claims map[string]any) (Principal, error) {
	name, _ := claims[i.config.NameClaim].(string)
	if name == "" {
		name, _ = claims["sub"].(string)
	}
	if name == "" || len(name) > maxUserName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return Principal{}, fmt.Errorf("the token names no user: %w", ErrBadCredentials)
	}
	p := Principal{Name: issuerPrefix + name}
	for _, value := range words(claim(claims, i.config.RoleClaim)) {
		if role := i.config.Roles[value]; !p.Role.AtLeast(role) {
			p.Role = role
		}
	}
	if p.Role == "" {
		return Principal{}, fmt.Errorf("%s: nothing in the claim %s is a role: %w", p.Name, i.config.RoleClaim, ErrNoRole)
	}
	return p, nil
}

// claim returns the claim of the name, which may have dots (as the URLs by which
// some issuers name claims do), or what lies at the path.
func claim(claims map[string]any, path string) any {
	if value, has := claims[path]; has {
		return value
	}
	name, rest, deeper := strings.Cut(path, ".")
	inner, isObject := claims[name].(map[string]any)
	if !deeper || !isObject {
		return nil
	}
	return claim(inner, rest)
}

// words returns the words of a text, or the texts of a list.
func words(value any) []string {
	switch v := value.(type) {
	case string:
		return strings.Fields(v)
	case []any:
		var texts []string
		for _, item := range v {
			if text, isText := item.(string); isText {
				texts = append(texts, text)
			}
		}
		return texts
	default:
		return nil
	}
}

// fetch asks the issuer where its keys are (OpenID Connect Discovery 1.0,
// section 4), and then for them.
func (i *Issuer) fetch(ctx context.Context) ([]jose.JSONWebKey, error) {
	body, err := i.get(ctx, strings.TrimSuffix(i.config.URL, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return nil, err
	}
	var about struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(body, &about); err != nil {
		return nil, fmt.Errorf("discovery document: %w", err)
	}
	if about.Issuer != i.config.URL {
		return nil, fmt.Errorf("the issuer calls itself %.200q, not %q", about.Issuer, i.config.URL)
	}
	if err := checkURL(about.Keys); err != nil {
		return nil, fmt.Errorf("jwks_uri: %w", err)
	}
	if body, err = i.get(ctx, about.Keys); err != nil {
		return nil, err
	}
	return parseKeys(body)
}

func (i *Issuer) get(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := i.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // read only
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", address, answer.Status)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxIssuerBytes+1))
	if err == nil && len(body) > maxIssuerBytes {
		err = fmt.Errorf("more than %d bytes", maxIssuerBytes)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	return body, nil
}

// follow keeps the keys fresh until ctx ends, so that requests need not wait
// for the issuer. It logs when that begins to fail and when it works again.
func (i *Issuer) follow(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(refetchAfter)
	defer tick.Stop()
	failing := false
	for {
		if i.keys.due() {
			_, err := i.keys.refetch(ctx, i.keys.fresh())
			switch {
			case ctx.Err() != nil:
				return
			case err != nil && !failing:
				log.Warn("the OpenID Connect issuer cannot be asked", "issuer", i.config.URL, "err", err)
			case err == nil && failing:
				log.Info("the OpenID Connect issuer answers again", "issuer", i.config.URL)
			}
			failing = err != nil
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
