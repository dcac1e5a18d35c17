package ingest

import (
	"math"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// gapless bounds the integers that a float64 holds without gaps.
const gapless = 1 << 53

// convert returns v as a value of kind k; false when that would lose
// something, such as 1.5 as an integer.
func convert(v city.Value, k city.Kind) (city.Value, bool) {
	if v.Kind() == k || v.IsNull() {
		return v, true
	}
	switch k {
	case city.KindString:
		return city.String(v.String()), true
	case city.KindInteger:
		return toInteger(v)
	case city.KindNumber:
		return toNumber(v)
	case city.KindBoolean:
		return toBoolean(v)
	case city.KindDate:
		return toDate(v)
	case city.KindInstant:
		return toInstant(v)
	case city.KindJSON:
		return toJSON(v)
	}
	return city.Null, false
}

func toInteger(v city.Value) (city.Value, bool) {
	switch v.Kind() {
	case city.KindNumber:
		f := v.Float()
		return city.Integer(int64(f)), f == math.Trunc(f) && math.Abs(f) <= gapless
	case city.KindString:
		return parseExactly(v.Text(), city.KindInteger, formInteger)
	}
	return city.Null, false
}

func toNumber(v city.Value) (city.Value, bool) {
	switch v.Kind() {
	case city.KindInteger:
		i := v.Int()
		return city.Number(float64(i)), i <= gapless && i >= -gapless
	case city.KindString:
		return parseExactly(v.Text(), city.KindNumber, formNumber)
	}
	return city.Null, false
}

func toBoolean(v city.Value) (city.Value, bool) {
	switch v.Kind() {
	case city.KindInteger:
		return city.Boolean(v.Int() == 1), v.Int() == 0 || v.Int() == 1
	case city.KindString:
		return parseExactly(strings.ToLower(v.Text()), city.KindBoolean, formBoolean)
	}
	return city.Null, false
}

func toDate(v city.Value) (city.Value, bool) {
	switch v.Kind() {
	case city.KindInstant:
		midnight := v.Time().Truncate(24 * time.Hour)
		return city.Date(midnight), midnight.Equal(v.Time())
	case city.KindString:
		return parseExactly(v.Text(), city.KindDate, formDate)
	}
	return city.Null, false
}

func toInstant(v city.Value) (city.Value, bool) {
	switch v.Kind() {
	case city.KindDate:
		return city.Instant(v.Time()), true
	case city.KindString:
		if formsOf(v.Text())&formDate != 0 {
			day, ok := parseExactly(v.Text(), city.KindDate, formDate)
			return city.Instant(day.Time()), ok
		}
		return parseExactly(v.Text(), city.KindInstant, formInstant)
	}
	return city.Null, false
}

// toJSON takes a text that holds JSON as that: it is what other formats make of JSON.
func toJSON(v city.Value) (city.Value, bool) {
	if v.Kind() == city.KindString {
		if parsed, err := city.JSON([]byte(v.Text())); err == nil {
			return parsed, true
		}
	}
	out, err := city.JSON(v.AppendJSON(nil))
	return out, err == nil
}

func parseExactly(text string, k city.Kind, form forms) (city.Value, bool) {
	if formsOf(text)&form == 0 {
		return city.Null, false
	}
	v, err := city.ParseValue(k, text)
	return v, err == nil
}
