package codec

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// ErrKind means a value or a geometry that has no place in a property or a layer.
var ErrKind = errors.New("does not fit the layer's schema")

// DecodeValue reads what a column holds as a value of the property's kind.
// SQLite lets any program store anything in any column: what cannot be read as
// the kind is null.
func DecodeValue(kind city.Kind, stored driver.Value) city.Value {
	if stored == nil {
		return city.Null
	}
	switch kind {
	case city.KindString:
		return city.String(textOf(stored))
	case city.KindInteger:
		switch v := stored.(type) {
		case int64:
			return city.Integer(v)
		case float64:
			if v == math.Trunc(v) && math.Abs(v) < 1<<63 {
				return city.Integer(int64(v))
			}
		case string:
			if i, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64); err == nil {
				return city.Integer(i)
			}
		}
	case city.KindNumber:
		switch v := stored.(type) {
		case float64:
			return city.Number(v)
		case int64:
			return city.Number(float64(v))
		case string:
			if f, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil {
				return city.Number(f)
			}
		}
	case city.KindBoolean:
		switch v := stored.(type) {
		case int64:
			return city.Boolean(v != 0)
		case string:
			if b, err := strconv.ParseBool(v); err == nil {
				return city.Boolean(b)
			}
		}
	case city.KindDate, city.KindInstant:
		if t, ok := parseTime(textOf(stored)); ok {
			if kind == city.KindDate {
				return city.Date(t)
			}
			return city.Instant(t)
		}
	case city.KindJSON:
		if v, err := city.JSON([]byte(textOf(stored))); err == nil {
			return v
		}
	}
	return city.Null
}

func textOf(stored driver.Value) string {
	switch v := stored.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	default:
		return ""
	}
}

// parseTime reads the forms of a date or an instant that GeoPackages in the
// wild hold: ISO 8601 with T or a space, with or without fraction and zone.
// Without a zone it is UTC.
func parseTime(text string) (time.Time, bool) {
	if len(text) == len(time.DateOnly) {
		t, err := time.Parse(time.DateOnly, text)
		return t, err == nil
	}
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// Coerce checks that v may stand in a property of the kind.
func Coerce(kind city.Kind, v city.Value) (city.Value, error) {
	if v.Kind() == kind || v.IsNull() {
		return v, checkForm(v)
	}
	if kind == city.KindNumber && v.Kind() == city.KindInteger {
		return city.Number(v.Float()), nil
	}
	return city.Null, fmt.Errorf("%s %.40q where a %s belongs: %w", v.Kind(), v, kind, ErrKind)
}

// checkForm refuses days that ISO 8601 cannot write with four digits, and text
// that other programs would cut short or not take for text.
func checkForm(v city.Value) error {
	switch v.Kind() {
	case city.KindDate, city.KindInstant:
		if year := v.Time().Year(); year < 0 || year > 9999 {
			return fmt.Errorf("%s in the year %d: %w", v.Kind(), year, ErrKind)
		}
	case city.KindString, city.KindJSON:
		if !utf8.ValidString(v.Text()) || strings.IndexByte(v.Text(), 0) >= 0 {
			return fmt.Errorf("%s %.40q is not UTF-8 or holds a NUL: %w", v.Kind(), v.Text(), ErrKind)
		}
	}
	return nil
}

// EncodeValue gives the form in which SQLite holds v. Instants are written to
// the millisecond, as the standard has it, and to the microsecond only where
// otherwise something would be lost.
func EncodeValue(v city.Value) driver.Value {
	switch v.Kind() {
	case city.KindString, city.KindJSON:
		return v.Text()
	case city.KindInteger, city.KindBoolean:
		return v.Int()
	case city.KindNumber:
		return v.Float()
	case city.KindDate:
		return v.Time().Format(time.DateOnly)
	case city.KindInstant:
		return EncodeTime(v.Time())
	default:
		return nil
	}
}

// EncodeTime writes an instant as EncodeValue does.
func EncodeTime(t time.Time) string {
	t = t.UTC()
	if t.Nanosecond()%int(time.Millisecond) != 0 {
		return t.Format("2006-01-02T15:04:05.000000Z")
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}
