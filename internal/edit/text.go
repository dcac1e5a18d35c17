package edit

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/ingest/geojson"
)

// maxText is the longest text or JSON of one property, in bytes.
const maxText = 256 << 10

// maxMembers is the most members of one object.
const maxMembers = 10_000

var (
	errControl = errors.New("holds a control character")
	errLost    = errors.New("holds U+FFFD, which stands for a character that was lost on the way")
)

// Normal returns text in normal form C, in which each Vietnamese letter is one
// character. Control characters other than tabs and line breaks, and U+FFFD, are
// errors. Text must be UTF-8.
func Normal(text string) (string, error) {
	for _, r := range text {
		switch {
		case r == utf8.RuneError:
			return "", errLost
		case unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r':
			return "", errControl
		}
	}
	return norm.NFC.String(text), nil
}

// NormalJSON returns a JSON value with every text in it, names too, as Normal
// would have it. What has nothing to change is returned as it is.
func NormalJSON(text []byte) ([]byte, error) {
	if isPlain(text) {
		return text, nil
	}
	return appendNormal(make([]byte, 0, len(text)), text)
}

// isPlain reports that text has no letter beyond ASCII and no escape.
func isPlain(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf || c == '\\' {
			return false
		}
	}
	return true
}

func appendNormal(dst, text []byte) ([]byte, error) {
	switch first(text) {
	case '{':
		members, err := geojson.Members(text, maxMembers)
		if err != nil {
			return dst, err
		}
		dst = append(dst, '{')
		for i, m := range members {
			if i > 0 {
				dst = append(dst, ',')
			}
			name, err := Normal(m.Name)
			if err != nil {
				return dst, err
			}
			dst = append(appendString(dst, name), ':')
			if dst, err = appendNormal(dst, m.Value); err != nil {
				return dst, err
			}
		}
		return append(dst, '}'), nil
	case '[':
		elements, err := geojson.Elements(text, maxText)
		if err != nil {
			return dst, err
		}
		dst = append(dst, '[')
		for i, e := range elements {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = appendNormal(dst, e); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	case '"':
		characters, err := geojson.Text(text)
		if err == nil {
			characters, err = Normal(characters)
		}
		return appendString(dst, characters), err
	default:
		return append(dst, text...), nil
	}
}

// appendString appends s, which has no control characters but white space, as a
// JSON string.
func appendString(dst []byte, s string) []byte {
	escaped := strings.NewReplacer(`"`, `\"`, `\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(s)
	dst = append(dst, '"')
	dst = append(dst, escaped...)
	return append(dst, '"')
}

// first returns the first byte of a value, which tells what it is.
func first(value []byte) byte {
	for _, c := range value {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c
		}
	}
	return 0
}

// kindOf names the JSON type of a value.
func kindOf(value []byte) string {
	switch first(value) {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "text"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}
