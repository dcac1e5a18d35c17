package city

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// Kind is the type of a Value. The set is closed.
type Kind uint8

// The kinds of a Value. A date is a calendar day without a zone, an instant is
// a point in time in UTC, JSON holds an array or an object as compact text.
const (
	KindNull Kind = iota
	KindString
	KindInteger
	KindNumber
	KindBoolean
	KindDate
	KindInstant
	KindJSON
)

var kindNames = [...]string{"null", "string", "integer", "number", "boolean", "date", "instant", "json"}

// String returns the name that layers.yaml uses for k.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind(" + strconv.Itoa(int(k)) + ")"
}

// ParseKind is the inverse of Kind.String, but that null is no type of a property. The
// error wraps ErrUnknownKind.
func ParseKind(name string) (Kind, error) {
	for k, n := range kindNames {
		if n == name && Kind(k) != KindNull {
			return Kind(k), nil
		}
	}
	return KindNull, fmt.Errorf("property type %q: %w", name, ErrUnknownKind)
}

// MarshalText lets a Kind stand in JSON and YAML by its name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *Kind) UnmarshalText(text []byte) error {
	parsed, err := ParseKind(string(text))
	if err != nil {
		return err
	}
	*k = parsed
	return nil
}

// Value is one attribute of one feature: a small immutable tagged union that
// needs no heap beyond its text. The zero Value is null. Values are comparable
// with == and usable as map keys; NaN and infinities never occur in a Value,
// because Number turns them into null.
type Value struct {
	kind Kind
	bits uint64 // integer, number (IEEE 754), boolean, days or microseconds since 1970
	text string // string, JSON
}

// Null is the absent value.
var Null = Value{}

// String makes a text value.
func String(s string) Value { return Value{kind: KindString, text: s} }

// Integer makes an integer value.
func Integer(i int64) Value { return Value{kind: KindInteger, bits: uint64(i)} }

// Number makes a floating-point value; NaN and infinities, which neither JSON
// nor MVT readers expect, become null. Negative zero becomes zero.
func Number(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Null
	}
	if f == 0 {
		f = 0
	}
	return Value{kind: KindNumber, bits: math.Float64bits(f)}
}

// Boolean makes a truth value.
func Boolean(b bool) Value {
	v := Value{kind: KindBoolean}
	if b {
		v.bits = 1
	}
	return v
}

// Date makes a calendar day from the UTC day of t.
func Date(t time.Time) Value {
	return Value{kind: KindDate, bits: uint64(floorDiv(t.Unix(), 86400))}
}

// Instant makes a point in time, to the microsecond (what PostgreSQL keeps).
func Instant(t time.Time) Value { return Value{kind: KindInstant, bits: uint64(t.UnixMicro())} }

// JSON makes a value from the text of a JSON array or object, compacted.
// The text must be valid JSON; otherwise an error is returned.
func JSON(text []byte) (Value, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return Null, fmt.Errorf("JSON value: %w", err)
	}
	return Value{kind: KindJSON, text: compact.String()}, nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Kind returns the type of v.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether v is absent.
func (v Value) IsNull() bool { return v.kind == KindNull }

// Text returns the characters of a string or JSON value, and "" for others.
func (v Value) Text() string { return v.text }

// Int returns the integer of an integer or the 0/1 of a boolean.
func (v Value) Int() int64 { return int64(v.bits) }

// Bits returns what tells the values of one kind apart that have no text: equal
// bits, equal values.
func (v Value) Bits() uint64 { return v.bits }

// Bool returns the truth of a boolean value.
func (v Value) Bool() bool { return v.kind == KindBoolean && v.bits == 1 }

// Float returns an integer or number value as a float64, and 0 for others.
func (v Value) Float() float64 {
	switch v.kind {
	case KindNumber:
		return math.Float64frombits(v.bits)
	case KindInteger:
		return float64(int64(v.bits))
	default:
		return 0
	}
}

// Time returns the instant of an instant or the first moment (UTC) of a date.
// It is the zero time for other kinds.
func (v Value) Time() time.Time {
	switch v.kind {
	case KindDate:
		return time.Unix(int64(v.bits)*86400, 0).UTC()
	case KindInstant:
		return time.UnixMicro(int64(v.bits)).UTC()
	default:
		return time.Time{}
	}
}

// AppendText appends v as plain text: ISO 8601 dates, RFC 3339 instants, JSON
// numbers; nothing for null.
func (v Value) AppendText(dst []byte) []byte {
	switch v.kind {
	case KindString, KindJSON:
		return append(dst, v.text...)
	case KindInteger:
		return strconv.AppendInt(dst, int64(v.bits), 10)
	case KindNumber:
		return appendFloat(dst, math.Float64frombits(v.bits))
	case KindBoolean:
		return strconv.AppendBool(dst, v.bits == 1)
	case KindDate:
		return v.Time().AppendFormat(dst, time.DateOnly)
	case KindInstant:
		return v.Time().AppendFormat(dst, time.RFC3339Nano)
	default:
		return dst
	}
}

// String returns v as AppendText does.
func (v Value) String() string { return string(v.AppendText(nil)) }

// AppendJSON appends v as a JSON value.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.kind {
	case KindNull:
		return append(dst, "null"...)
	case KindString:
		return AppendJSONString(dst, v.text)
	case KindDate, KindInstant:
		dst = append(dst, '"')
		dst = v.AppendText(dst)
		return append(dst, '"')
	default:
		return v.AppendText(dst)
	}
}

// MarshalJSON makes Value a json.Marshaler.
func (v Value) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

// appendFloat writes f as encoding/json does: the shortest text that reads back
// as the same number, with an exponent only outside [1e-6, 1e21).
func appendFloat(dst []byte, f float64) []byte {
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, f, format, -1, 64)
}

// letter returns how many bytes the rune at the beginning of s takes if it is, by
// its first byte, one of those that need no closer look: all of two bytes, and of
// three all but those that begin with E0, E2 and ED. All of Vietnamese is among
// them. It is 0 for others, and where bytes are missing.
func letter(s string) int {
	switch c := s[0]; {
	case c >= 0xC2 && c <= 0xDF && len(s) > 1 && s[1]&0xC0 == 0x80:
		return 2
	case c >= 0xE1 && c <= 0xEF && c != 0xE2 && c != 0xED && len(s) > 2 && s[1]&0xC0 == 0x80 && s[2]&0xC0 == 0x80:
		return 3
	default:
		return 0
	}
}

const hexDigits = "0123456789abcdef"

// AppendJSONString appends s as a JSON string (RFC 8259). Invalid UTF-8 becomes
// U+FFFD; '<', '>' and '&' are escaped so that the text is safe inside HTML.
func AppendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			start = i
			continue
		}
		if n := letter(s[i:]); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if (r == utf8.RuneError && size == 1) || r == '\u2028' || r == '\u2029' {
			dst = append(dst, s[start:i]...)
			dst = append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
			i += size
			start = i
			continue
		}
		i += size
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// ParseValue reads text as a value of kind k: what CSV cells and query
// parameters hold, in the form that AppendText writes; whole numbers, decimals and
// truth as package strconv reads them. Empty text is null. The error quotes the text.
func ParseValue(k Kind, text string) (Value, error) {
	if text == "" {
		return Null, nil
	}
	bad := func(err error) (Value, error) {
		return Null, fmt.Errorf("%q is no %s: %w", text, k, err)
	}
	switch k {
	case KindString:
		return String(text), nil
	case KindInteger:
		i, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return bad(err)
		}
		return Integer(i), nil
	case KindNumber:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return bad(err)
		}
		return Number(f), nil
	case KindBoolean:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return bad(err)
		}
		return Boolean(b), nil
	case KindDate:
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return bad(err)
		}
		return Date(t), nil
	case KindInstant:
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return bad(err)
		}
		return Instant(t), nil
	case KindJSON:
		v, err := JSON([]byte(text))
		if err != nil {
			return bad(err)
		}
		return v, nil
	default:
		return bad(ErrUnknownKind)
	}
}
