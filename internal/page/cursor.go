package page

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// ErrCursor means that a cursor is broken, or of another question.
var ErrCursor = errors.New("not a cursor of this question")

// Cursor is the place behind a feature in the answer to a question. Clients keep
// it as text that they need not understand.
type Cursor struct {
	Question uint64 // its Fingerprint
	Matched  int    // features, in all
	Last     int64  // the id of the feature before the place
}

// Fingerprint tells questions apart: the version that they are about, and words
// that name everything that decides which features are in the answer and in which
// order.
func Fingerprint(version city.Version, words ...string) uint64 {
	text := binary.AppendVarint(nil, int64(version))
	for _, w := range words {
		text = binary.AppendUvarint(text, uint64(len(w)))
		text = append(text, w...)
	}
	return xxhash.Sum64(text)
}

// cursorForm is the first byte of a cursor, for the day when there is another.
const cursorForm = 1

// String returns the cursor as text that needs no escaping in a URL.
func (c Cursor) String() string {
	raw := binary.BigEndian.AppendUint64([]byte{cursorForm}, c.Question)
	raw = binary.AppendUvarint(raw, uint64(c.Matched))
	raw = binary.AppendVarint(raw, c.Last)
	raw = binary.BigEndian.AppendUint32(raw, uint32(xxhash.Sum64(raw)))
	return base64.RawURLEncoding.EncodeToString(raw)
}

// maxCursor is the length of the longest text of a cursor.
const maxCursor = (1 + 8 + 2*binary.MaxVarintLen64 + 4 + 2) / 3 * 4

// ParseCursor reads what String wrote. What is cut off, mistyped or made up is
// ErrCursor; the sum at the end is against accidents, not against forgery: a
// forged one reads nothing that its maker may not read.
func ParseCursor(text string) (Cursor, error) {
	if len(text) > maxCursor || strings.ContainsAny(text, "\r\n") { // which base64 would skip
		return Cursor{}, ErrCursor
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < 1+8+1+1+4 || raw[0] != cursorForm {
		return Cursor{}, ErrCursor
	}
	end := len(raw) - 4
	if binary.BigEndian.Uint32(raw[end:]) != uint32(xxhash.Sum64(raw[:end])) {
		return Cursor{}, ErrCursor
	}
	c := Cursor{Question: binary.BigEndian.Uint64(raw[1:])}
	rest := raw[1+8 : end]
	matched, n := binary.Uvarint(rest)
	if n <= 0 || matched > 1<<53 {
		return Cursor{}, ErrCursor
	}
	c.Matched, rest = int(matched), rest[n:]
	if c.Last, n = binary.Varint(rest); n <= 0 || n != len(rest) {
		return Cursor{}, ErrCursor
	}
	return c, nil
}
