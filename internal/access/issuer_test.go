package access

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

func TestIssuerSignatures(t *testing.T) {
	c := newClock()
	var keys []signer
	for _, alg := range []jose.SignatureAlgorithm{jose.RS256, jose.RS512, jose.PS256, jose.ES256, jose.ES384, jose.EdDSA} {
		keys = append(keys, newSigner(t, "key-"+string(alg), alg))
	}
	server := newIssuerServer(t, keys...)
	auth := NewAuthenticator(NewKeyring(newMemory()), server.issuer(t, c))
	for _, k := range keys {
		p, err := auth.Authenticate(t.Context(), bearer(k.sign(t, server.claims(c))))
		if err != nil || p.Name != "oidc:u-17" || p.Role != city.Editor || p.Anonymous || p.Layers != nil {
			t.Errorf("%s: %+v, %v", k.alg, p, err)
		}
		unnamed := k
		unnamed.id = ""
		if p, err := auth.Authenticate(t.Context(), bearer(unnamed.sign(t, server.claims(c)))); err != nil || p.Role != city.Editor {
			t.Errorf("%s without a key id: %+v, %v", k.alg, p, err)
		}
		if _, err := auth.Authenticate(t.Context(), apiKey(k.sign(t, server.claims(c)))); errors.Is(err, nil) {
			t.Errorf("%s in X-API-Key is accepted", k.alg)
		}
	}
	if n := server.fetched(); n != 1 {
		t.Errorf("the keys were fetched %d times", n)
	}
}

func TestIssuerRefuses(t *testing.T) {
	c := newClock()
	key, stranger := newSigner(t, "k1", jose.RS256), newSigner(t, "k1", jose.RS256)
	server, other := newIssuerServer(t, key), newIssuerServer(t, key)
	issuer := server.issuer(t, c)
	now := c.now().Unix()
	good := key.sign(t, server.claims(c))
	part := strings.Split(good, ".")
	b64 := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	payload, _ := json.Marshal(server.claims(c, "roles", "admin"))
	public, err := x509.MarshalPKIXPublicKey(key.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	embedded, err := json.Marshal(jose.JSONWebKey{Key: stranger.key.Public(), Algorithm: "RS256"})
	if err != nil {
		t.Fatal(err)
	}
	selfSigned, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: stranger.key}, (&jose.SignerOptions{EmbedJWK: true}).WithHeader("kid", "k1"))
	if err != nil {
		t.Fatal(err)
	}
	jws, err := selfSigned.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	bringsItsKey, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct {
		name, token string
		want        error
	}{
		{"alg none", b64(`{"alg":"none"}`) + "." + b64(string(payload)) + ".", ErrBadCredentials},
		{"alg None", b64(`{"alg":"None"}`) + "." + b64(string(payload)) + ".", ErrBadCredentials},
		{"alg none, with the signature", b64(`{"alg":"none"}`) + "." + part[1] + "." + part[2], ErrBadCredentials},
		{"no alg", b64(`{}`) + "." + part[1] + "." + part[2], ErrBadCredentials},
		{"HS256 with the public key as secret", signWith(t, jose.SigningKey{Algorithm: jose.HS256, Key: public}, "k1", server.claims(c)), ErrBadCredentials},
		{"HS512", signWith(t, jose.SigningKey{Algorithm: jose.HS512, Key: make([]byte, 64)}, "k1", server.claims(c)), ErrBadCredentials},
		{"other algorithm than the key's", signWith(t, jose.SigningKey{Algorithm: jose.PS256, Key: key.key}, "k1", server.claims(c)), ErrBadCredentials},
		{"a stranger's key", stranger.sign(t, server.claims(c)), ErrBadCredentials},
		{"it brings its own key", bringsItsKey, ErrBadCredentials},
		{"header with a jwk", b64(`{"alg":"RS256","kid":"k1","jwk":`+string(embedded)+`}`) + "." + part[1] + "." + part[2], ErrBadCredentials},
		{"critical header", b64(`{"alg":"RS256","kid":"k1","crit":["x"],"x":1}`) + "." + part[1] + "." + part[2], ErrBadCredentials},
		{"other payload", part[0] + "." + b64(string(payload)) + "." + part[2], ErrBadCredentials},
		{"no signature", part[0] + "." + part[1] + ".", ErrBadCredentials},
		{"two parts", part[0] + "." + part[1], ErrBadCredentials},
		{"five parts", good + "." + part[1] + "." + part[2], ErrBadCredentials},
		{"words", "not a token", ErrBadCredentials},
		{"JSON serialization", `{"payload":"` + part[1] + `","protected":"` + part[0] + `","signature":"` + part[2] + `"}`, ErrBadCredentials},

		{"other audience", key.sign(t, server.claims(c, "aud", "shop")), ErrBadCredentials},
		{"other audiences", key.sign(t, server.claims(c, "aud", []string{"shop", "Twin"})), ErrBadCredentials},
		{"no audience", key.sign(t, server.claims(c, "aud", nil)), ErrBadCredentials},
		{"other issuer", key.sign(t, server.claims(c, "iss", other.URL)), ErrBadCredentials},
		{"issuer with a slash", key.sign(t, server.claims(c, "iss", server.URL+"/")), ErrBadCredentials},
		{"no issuer", key.sign(t, server.claims(c, "iss", nil)), ErrBadCredentials},
		{"expired", key.sign(t, server.claims(c, "exp", now-61)), ErrExpired},
		{"never expires", key.sign(t, server.claims(c, "exp", nil)), ErrBadCredentials},
		{"not yet", key.sign(t, server.claims(c, "nbf", now+61)), ErrBadCredentials},
		{"nobody", key.sign(t, server.claims(c, "sub", nil)), ErrBadCredentials},
		{"line break in the name", key.sign(t, server.claims(c, "sub", "a\nb")), ErrBadCredentials},
		{"long name", key.sign(t, server.claims(c, "sub", strings.Repeat("a", maxUserName+1))), ErrBadCredentials},
		{"claims no object", signWith(t, jose.SigningKey{Algorithm: jose.RS256, Key: key.key}, "k1", nil), ErrBadCredentials},

		{"no role", key.sign(t, server.claims(c, "roles", nil)), ErrNoRole},
		{"no role of ours", key.sign(t, server.claims(c, "roles", []string{"Editor", "root"})), ErrNoRole},
		{"roles that are numbers", key.sign(t, server.claims(c, "roles", []any{1, nil, true, map[string]any{"a": "admin"}})), ErrNoRole},
		{"roles that are an object", key.sign(t, server.claims(c, "roles", map[string]any{"admin": true})), ErrNoRole},
	} {
		p, err := issuer.verify(t.Context(), bad.token)
		if !errors.Is(err, bad.want) || p.Role != "" {
			t.Errorf("%s: %+v, %v, want %v", bad.name, p, err, bad.want)
		}
		if err != nil && strings.Contains(err.Error(), part[2]) {
			t.Errorf("%s: the error tells the signature: %v", bad.name, err)
		}
	}
	for name, accepted := range map[string]string{
		"as it is":                 good,
		"one audience of two":      key.sign(t, server.claims(c, "aud", []string{"shop", "twin"})),
		"expired within the skew":  key.sign(t, server.claims(c, "exp", now-59)),
		"not yet, within the skew": key.sign(t, server.claims(c, "nbf", now+59)),
	} {
		if p, err := issuer.verify(t.Context(), accepted); err != nil || p.Role != city.Editor {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

func TestIssuerClaims(t *testing.T) {
	c := newClock()
	key := newSigner(t, "k1", jose.ES256)
	server := newIssuerServer(t, key)
	ours := map[string]city.Role{"gis-read": city.Viewer, "gis-edit": city.Editor, "gis-root": city.Admin}
	for _, x := range []struct {
		name, claim string
		roles       map[string]city.Role
		value       map[string]any
		want        city.Role
	}{
		{"a text", "", nil, map[string]any{"roles": "viewer"}, city.Viewer},
		{"a text of several", "scope", ours, map[string]any{"scope": "openid gis-edit gis-read"}, city.Editor},
		{"the highest of a list", "", nil, map[string]any{"roles": []string{"viewer", "admin", "editor"}}, city.Admin},
		{"a list item is not split", "", nil, map[string]any{"roles": []string{"viewer admin", "viewer"}}, city.Viewer},
		{"translated", "groups", ours, map[string]any{"groups": []string{"staff", "gis-root"}}, city.Admin},
		{"translated, so admin means nothing", "groups", ours, map[string]any{"groups": []string{"admin", "gis-read"}}, city.Viewer},
		{"a path", "realm_access.roles", nil, map[string]any{"realm_access": map[string]any{"roles": []string{"editor"}}}, city.Editor},
		{"a longer path", "resource_access.twin.roles", nil, map[string]any{"resource_access": map[string]any{"twin": map[string]any{"roles": "editor"}}}, city.Editor},
		{"a name with dots", "https://twin.example/roles", nil, map[string]any{"https://twin.example/roles": []string{"editor"}}, city.Editor},
		{"a name with dots in a path", "app.twin.vn/roles", nil, map[string]any{"app": map[string]any{"twin.vn/roles": "admin"}}, city.Admin},
		{"a path that ends early", "a.b.c", nil, map[string]any{"a": map[string]any{"b": "admin"}}, ""},
		{"a path through a list", "a.b", nil, map[string]any{"a": []any{map[string]any{"b": "admin"}}}, ""},
	} {
		issuer := server.issuer(t, c, func(config *IssuerConfig) { config.RoleClaim, config.Roles = x.claim, x.roles })
		claims := server.claims(c, "roles", nil)
		for name, value := range x.value {
			claims[name] = value
		}
		p, err := issuer.verify(t.Context(), key.sign(t, claims))
		if p.Role != x.want || (x.want == "") != errors.Is(err, ErrNoRole) {
			t.Errorf("%s: %q, %v, want %q", x.name, p.Role, err, x.want)
		}
	}
	for claim, want := range map[string]string{"": "oidc:u-17", "preferred_username": "oidc:lan", "nickname": "oidc:u-17"} {
		issuer := server.issuer(t, c, func(config *IssuerConfig) { config.NameClaim = claim })
		if p, err := issuer.verify(t.Context(), key.sign(t, server.claims(c))); err != nil || p.Name != want {
			t.Errorf("name from %q: %q, %v, want %q", claim, p.Name, err, want)
		}
	}
}

func TestIssuerConfig(t *testing.T) {
	for name, bad := range map[string]IssuerConfig{
		"nothing":       {},
		"no audience":   {URL: "https://id.example"},
		"not a URL":     {URL: "id.example", Audience: "twin"},
		"http":          {URL: "http://id.example", Audience: "twin"},
		"http by name":  {URL: "http://localhost.example", Audience: "twin"},
		"file":          {URL: "file:///etc/passwd", Audience: "twin"},
		"user":          {URL: "https://a:b@id.example", Audience: "twin"},
		"query":         {URL: "https://id.example?x=1", Audience: "twin"},
		"skew":          {URL: "https://id.example", Audience: "twin", Skew: time.Hour},
		"negative skew": {URL: "https://id.example", Audience: "twin", Skew: -1},
		"role":          {URL: "https://id.example", Audience: "twin", Roles: map[string]city.Role{"x": "root"}},
		"empty value":   {URL: "https://id.example", Audience: "twin", Roles: map[string]city.Role{"": city.Admin}},
	} {
		if _, err := NewIssuer(bad); !errors.Is(err, ErrBadIssuer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, good := range []string{"https://id.example", "https://id.example/realms/hanoi", "http://127.0.0.1:8081", "http://[::1]:8081", "http://localhost"} {
		if _, err := NewIssuer(IssuerConfig{URL: good, Audience: "twin"}); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

// TestIssuerAnswers: whatever the issuer says instead of its keys, tokens cannot
// be checked, and nobody is told that theirs is bad.
func TestIssuerAnswers(t *testing.T) {
	c := newClock()
	key := newSigner(t, "k1", jose.RS256)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	set := func(keys ...jose.JSONWebKey) string {
		text, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	many := make([]jose.JSONWebKey, maxIssuerKeys+1)
	for i := range many {
		many[i] = jose.JSONWebKey{Key: key.key.Public(), KeyID: "k1"}
	}
	for name, spoil := range map[string]func(*issuerServer){
		"500":                     func(s *issuerServer) { s.status = 500 },
		"another issuer's name":   func(s *issuerServer) { s.discovery = map[string]any{"issuer": "https://other.example"} },
		"keys at an http address": func(s *issuerServer) { s.discovery = map[string]any{"jwks_uri": "http://other.example/keys"} },
		"keys in a file":          func(s *issuerServer) { s.discovery = map[string]any{"jwks_uri": "file:///etc/passwd"} },
		"keys nowhere":            func(s *issuerServer) { s.discovery = map[string]any{"jwks_uri": nil} },
		"keys missing":            func(s *issuerServer) { s.discovery = map[string]any{"jwks_uri": s.URL + "/nothing"} },
		"a redirect":              func(s *issuerServer) { s.discovery = map[string]any{"jwks_uri": s.URL + "/moved"} },
		"a number":                func(s *issuerServer) { s.discovery = map[string]any{"jwks_uri": 7} },
		"huge":                    func(s *issuerServer) { s.keySet = `{"keys":[],"x":"` + strings.Repeat("x", maxIssuerBytes) + `"}` },
		"no JSON":                 func(s *issuerServer) { s.keySet = "<html>" },
		"no keys":                 func(s *issuerServer) { s.keySet = `{"keys":[]}` },
		"too many keys":           func(s *issuerServer) { s.keySet = set(many...) },
		"a shared secret":         func(s *issuerServer) { s.keySet = set(jose.JSONWebKey{Key: make([]byte, 32), KeyID: "k1"}) },
		"its private key":         func(s *issuerServer) { s.keySet = set(jose.JSONWebKey{Key: key.key, KeyID: "k1"}) },
		"a small key":             func(s *issuerServer) { s.keySet = set(jose.JSONWebKey{Key: &small.PublicKey, KeyID: "k1"}) },
		"a key for encryption":    func(s *issuerServer) { s.keySet = set(jose.JSONWebKey{Key: key.key.Public(), KeyID: "k1", Use: "enc"}) },
	} {
		server := newIssuerServer(t, key)
		token := key.sign(t, server.claims(c))
		server.set(func() { spoil(server) })
		if _, err := server.issuer(t, c).verify(t.Context(), token); !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrBadCredentials) || len(err.Error()) > 1000 {
			t.Errorf("%s: %v", name, err)
		}
		server.set(func() { server.status, server.discovery, server.keySet = 200, nil, "" })
		if _, err := server.issuer(t, c).verify(t.Context(), token); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
	// Keys that are of no use do not spoil the others.
	server := newIssuerServer(t, key)
	server.keySet = `{"keys":[{"kty":"OKP","crv":"Ed448","x":"AA","kid":"k0"},{"kty":"?"},7,` + strings.TrimPrefix(set(jose.JSONWebKey{Key: key.key.Public(), KeyID: "k1"}), `{"keys":[`)
	if _, err := server.issuer(t, c).verify(t.Context(), key.sign(t, server.claims(c))); err != nil {
		t.Errorf("beside keys of other kinds: %v", err)
	}
}

// TestIssuerContext: a client that goes away is no failed login.
func TestIssuerContext(t *testing.T) {
	c := newClock()
	key := newSigner(t, "k1", jose.RS256)
	server := newIssuerServer(t, key)
	issuer := server.issuer(t, c)
	gone, leave := context.WithCancel(t.Context())
	leave()
	issuer.keys.turn <- struct{}{} // somebody asks the issuer
	if _, err := issuer.verify(gone, key.sign(t, server.claims(c))); !errors.Is(err, context.Canceled) || errors.Is(err, ErrBadCredentials) {
		t.Errorf("gone while waiting: %v", err)
	}
	<-issuer.keys.turn
}

func FuzzIssuer(f *testing.F) {
	c := newClock()
	key := newSigner(f, "k1", jose.ES256)
	server := newIssuerServer(f, key)
	issuer := server.issuer(f, c)
	good := key.sign(f, server.claims(c))
	f.Add(good)
	f.Add(strings.ReplaceAll(good, ".", ".."))
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, token string) {
		p, err := issuer.verify(context.Background(), token)
		if token != good && err == nil {
			t.Fatalf("%q: %+v", token, p)
		}
		if err != nil && !errors.Is(err, ErrBadCredentials) {
			t.Fatalf("%q: %v", token, err)
		}
	})
}
