package access

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// signer is a private key of an issuer.
type signer struct {
	id   string
	alg  jose.SignatureAlgorithm
	key  crypto.Signer
	hide bool // not in the key set
}

// issuerServer is a small OpenID Connect issuer.
type issuerServer struct {
	*httptest.Server
	mu        sync.Mutex
	keys      []signer
	fetches   int            // of the key set
	discovery map[string]any // what to say instead of the truth
	keySet    string         // the same
	status    int            // the same
}

func newIssuerServer(t testing.TB, keys ...signer) *issuerServer {
	s := &issuerServer{keys: keys, status: http.StatusOK}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		about := map[string]any{"issuer": s.URL, "jwks_uri": s.URL + "/keys", "id_token_signing_alg_values_supported": []string{"none", "HS256", "RS256"}}
		for name, value := range s.discovery {
			about[name] = value
		}
		w.WriteHeader(s.status)
		_ = json.NewEncoder(w).Encode(about)
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.fetches++
		if s.keySet != "" {
			_, _ = w.Write([]byte(s.keySet))
			return
		}
		var set jose.JSONWebKeySet
		for _, k := range s.keys {
			if !k.hide {
				set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.key.Public(), KeyID: k.id, Algorithm: string(k.alg), Use: "sig"})
			}
		}
		_ = json.NewEncoder(w).Encode(set)
	})
	mux.HandleFunc("GET /moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/keys", http.StatusFound) })
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// set changes the server under its lock.
func (s *issuerServer) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *issuerServer) fetched() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetches
}

func newSigner(t testing.TB, id string, alg jose.SignatureAlgorithm) signer {
	t.Helper()
	var key crypto.Signer
	var err error
	switch alg {
	case jose.ES256:
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case jose.ES384:
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case jose.EdDSA:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		t.Fatal(err)
	}
	return signer{id: id, alg: alg, key: key}
}

// sign makes a token of the claims.
func (s signer) sign(t testing.TB, claims map[string]any) string {
	t.Helper()
	return signWith(t, jose.SigningKey{Algorithm: s.alg, Key: s.key}, s.id, claims)
}

func signWith(t testing.TB, key jose.SigningKey, id string, claims map[string]any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType("JWT")
	if id != "" {
		options = options.WithHeader("kid", id)
	}
	js, err := jose.NewSigner(key, options)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := js.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// claims are those of a sound token of an editor, changed by pairs of a name and
// a value; nil removes.
func (s *issuerServer) claims(c *clock, change ...any) map[string]any {
	claims := map[string]any{
		"iss": s.URL, "aud": "twin", "sub": "u-17", "preferred_username": "lan",
		"iat": c.now().Unix(), "exp": c.now().Unix() + 300, "roles": []string{"editor"},
	}
	for i := 0; i < len(change); i += 2 {
		name := fmt.Sprint(change[i])
		if claims[name] = change[i+1]; change[i+1] == nil {
			delete(claims, name)
		}
	}
	return claims
}

func (s *issuerServer) issuer(t testing.TB, c *clock, change ...func(*IssuerConfig)) *Issuer {
	t.Helper()
	config := IssuerConfig{URL: s.URL, Audience: "twin"}
	for _, f := range change {
		f(&config)
	}
	i, err := newIssuer(config, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return i
}
