package edge

import (
	"math/rand/v2"
	"net/http"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
)

// maxRequestID is the longest X-Request-Id that is taken over from a client.
const maxRequestID = 64

// requestID takes over the id that a client or a proxy gave, when it is safe
// in logs and headers, or draws one of 64 random bits. Ids tie log lines and
// answers together; nothing relies on their being hard to guess.
func requestID(h http.Header) string {
	if given := h["X-Request-Id"]; len(given) == 1 && safeID(given[0]) {
		return given[0]
	}
	var room [16]byte
	return string(coding.AppendHex(room[:0], rand.Uint64()))
}

func safeID(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	for _, c := range []byte(id) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}
