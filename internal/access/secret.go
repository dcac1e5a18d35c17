package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
)

// The form of a token: ht_ID_SECRET. All of it is ASCII that a double click
// selects as one word.
const (
	tokenPrefix  = "ht_"
	idDigits     = 16 // hexadecimal: 64 bits, so that ids do not meet by chance
	secretDigits = 64 // hexadecimal: 256 bits
	tokenLength  = len(tokenPrefix) + idDigits + 1 + secretDigits
)

const redacted = "[redacted]"

// Secret is a token that must not be seen. Whatever prints it, in a log, in JSON
// or by any verb of fmt, prints [redacted]; Reveal returns it.
type Secret struct{ token string }

// Reveal returns the token. Its callers are few: they show it to its owner.
func (s Secret) Reveal() string { return s.token }

// String makes Secret a fmt.Stringer that tells nothing.
func (Secret) String() string { return redacted }

// Format makes Secret a fmt.Formatter that tells nothing, %#v and %x included.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue makes Secret a slog.LogValuer that tells nothing.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText makes Secret tell nothing in JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// digest is what is stored of a secret; see the package comment for why a fast
// hash is right.
type digest [sha256.Size]byte

func digestOf(secret string) digest { return sha256.Sum256([]byte(secret)) }

// newToken draws the id and the secret of a new key.
func newToken() (id string, hash digest, whole Secret) {
	var bits [(idDigits + secretDigits) / 2]byte
	_, _ = rand.Read(bits[:]) // never fails: it ends the program when the system has no randomness
	text := hex.EncodeToString(bits[:])
	id, secret := text[:idDigits], text[idDigits:]
	return id, digestOf(secret), Secret{tokenPrefix + id + "_" + secret}
}

// splitToken returns the parts of a token. Whether it has the form of one is
// all that it checks, and nothing that is secret.
func splitToken(token string) (id, secret string, ok bool) {
	if len(token) != tokenLength || !strings.HasPrefix(token, tokenPrefix) {
		return "", "", false
	}
	id, secret, ok = strings.Cut(token[len(tokenPrefix):], "_")
	return id, secret, ok && len(id) == idDigits && isHex(id) && isHex(secret)
}

// isHex reports whether s consists of lower-case hexadecimal digits. It looks
// at all of s.
func isHex(s string) bool {
	good := true
	for _, c := range []byte(s) {
		good = good && ('0' <= c && c <= '9' || 'a' <= c && c <= 'f')
	}
	return good
}
