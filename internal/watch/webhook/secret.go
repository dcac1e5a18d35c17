package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
)

// Secret is the key that signs the messages of one webhook. Whatever prints it
// prints [redacted]; Reveal returns it.
type Secret struct{ key []byte }

const (
	secretPrefix = "whsec_" // of Standard Webhooks
	redacted     = "[redacted]"
	// minKey and maxKey are the lengths that Standard Webhooks allows.
	minKey, maxKey = 24, 64
)

var errSecret = errors.New("not a secret")

// NewSecret draws a key.
func NewSecret() Secret {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: it ends the program when the system has no randomness
	return Secret{key}
}

// ParseSecret reads what Reveal writes.
func ParseSecret(text string) (Secret, error) {
	encoded, found := strings.CutPrefix(text, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !found || err != nil || len(key) < minKey || len(key) > maxKey {
		return Secret{}, errSecret // it must not show the text
	}
	return Secret{key}, nil
}

// Empty reports whether there is no key.
func (s Secret) Empty() bool { return len(s.key) == 0 }

// Reveal returns the secret as Standard Webhooks writes it.
func (s Secret) Reveal() string { return secretPrefix + base64.StdEncoding.EncodeToString(s.key) }

// sign returns the webhook-signature header of a message.
func (s Secret) sign(id string, unixSeconds int64, body []byte) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(id + "." + strconv.FormatInt(unixSeconds, 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// String makes Secret a fmt.Stringer that tells nothing.
func (Secret) String() string { return redacted }

// Format makes Secret a fmt.Formatter that tells nothing, %#v and %x included.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue makes Secret a slog.LogValuer that tells nothing.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText makes Secret tell nothing in JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
