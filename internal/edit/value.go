package edit

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/geojson"
)

// maxKey is the longest code or other key, in bytes: they are indexed.
const maxKey = 255

// wrong says why a value cannot be stored: what would be right, the limit that
// was passed if any, and what is the matter.
type wrong struct {
	expected string
	limit    any
	detail   string
}

// expected describes the values that a property takes.
func expected(k city.Kind) string {
	switch k {
	case city.KindString:
		return "text"
	case city.KindInteger:
		return "a whole number from -9223372036854775808 to 9223372036854775807"
	case city.KindNumber:
		return "a number"
	case city.KindBoolean:
		return "true or false"
	case city.KindDate:
		return "a date such as 2027-06-30"
	case city.KindInstant:
		return "a time with its zone, such as 2027-06-30T08:00:00+07:00"
	default:
		return "an object or an array"
	}
}

// valueOf reads a JSON value, which is not null, as one of a property's type. Old
// is what a merge patch applies to, null for nothing.
func valueOf(k city.Kind, text []byte, old city.Value, merge bool) (city.Value, *wrong) {
	is := first(text)
	var v city.Value
	var err error
	switch {
	case k == city.KindString && is == '"':
		return textOf(text)
	case k == city.KindInteger && isNumber(is):
		v, err = integerOf(string(text))
	case k == city.KindNumber && isNumber(is):
		v, err = numberOf(string(text))
	case k == city.KindBoolean && (is == 't' || is == 'f'):
		return city.Boolean(is == 't'), nil
	case k == city.KindDate && is == '"':
		v, err = timeOf(text, time.DateOnly, city.Date)
	case k == city.KindInstant && is == '"':
		v, err = timeOf(text, time.RFC3339Nano, city.Instant)
	case k == city.KindJSON && (is == '{' || is == '['):
		return jsonOf(text, old, merge)
	default:
		return city.Null, &wrong{expected: expected(k), detail: "is " + kindOf(text) + ", not " + article(k)}
	}
	if err != nil {
		return city.Null, &wrong{expected: expected(k), detail: err.Error()}
	}
	return v, nil
}

func article(k city.Kind) string {
	switch k {
	case city.KindString:
		return "text"
	case city.KindInteger, city.KindInstant:
		return "an " + k.String()
	case city.KindJSON:
		return "an object or an array"
	default:
		return "a " + k.String()
	}
}

func isNumber(c byte) bool { return c == '-' || c >= '0' && c <= '9' }

func textOf(text []byte) (city.Value, *wrong) {
	characters, err := geojson.Text(text)
	if err == nil {
		characters, err = Normal(characters)
	}
	if err != nil {
		return city.Null, &wrong{expected: "text of printable characters, tabs and line breaks", detail: err.Error()}
	}
	if len(characters) > maxText {
		return city.Null, tooLong("text", len(characters), maxText)
	}
	return city.String(characters), nil
}

func tooLong(what string, is, most int) *wrong {
	return &wrong{expected: fmt.Sprintf("at most %d bytes", most), limit: most, detail: fmt.Sprintf("is %s of %d bytes; the limit is %d", what, is, most)}
}

// jsonOf reads an object or an array, merged into old when that is wanted.
func jsonOf(text []byte, old city.Value, merge bool) (city.Value, *wrong) {
	if len(text) > maxText {
		return city.Null, tooLong("JSON", len(text), maxText)
	}
	var err error
	if merge {
		var target []byte
		if old.Kind() == city.KindJSON {
			target = []byte(old.Text())
		}
		if text, err = mergePatch(target, text); err != nil {
			return city.Null, &wrong{expected: expected(city.KindJSON), detail: "cannot be merged: " + err.Error()}
		}
	}
	if text, err = NormalJSON(text); err != nil {
		return city.Null, &wrong{expected: "JSON whose texts are of printable characters, tabs and line breaks", detail: err.Error()}
	}
	if len(text) > maxText {
		return city.Null, tooLong("JSON", len(text), maxText)
	}
	v, err := city.JSON(text)
	if err != nil {
		return city.Null, &wrong{expected: expected(city.KindJSON), detail: err.Error()}
	}
	return v, nil
}

var (
	errNotWhole = errors.New("is not a whole number")
	errRange    = errors.New("is out of range")
	errTime     = errors.New("is no such date or time")
)

// integerOf reads a whole number, also written as 5.0 or 5e3.
func integerOf(text string) (city.Value, error) {
	i, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		return city.Integer(i), nil
	}
	if errors.Is(err, strconv.ErrRange) {
		return city.Null, errRange
	}
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case err == nil && f != math.Trunc(f):
		return city.Null, errNotWhole
	case err != nil || math.Abs(f) > 1<<53: // beyond it a float64 is no exact integer
		return city.Null, errRange
	}
	return city.Integer(int64(f)), nil
}

func numberOf(text string) (city.Value, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return city.Null, errRange
	}
	return city.Number(f), nil
}

// timeOf reads a date or an instant of the years 1 to 9999, which both stores
// can hold.
func timeOf(text []byte, layout string, make func(time.Time) city.Value) (city.Value, error) {
	characters, err := geojson.Text(text)
	if err != nil {
		return city.Null, err
	}
	t, err := time.Parse(layout, characters)
	if err != nil || t.Year() < 1 || t.UTC().Year() < 1 || t.UTC().Year() > 9999 || strings.Contains(characters, ",") {
		return city.Null, errTime
	}
	return make(t), nil
}
