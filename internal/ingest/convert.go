package ingest

import (
	"math"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// convert returns v as a value of kind k; false when that would lose
// something, such as 1.5 as an integer.
func convert(v city.Value, k city.Kind) (city.Value, bool) {
	from := v.Kind()
	if from == k || from == city.KindNull {
		return v, true
	}
	switch k {
	case city.KindString:
		return city.String(v.String()), true
	case city.KindInteger:
		switch from {
		case city.KindNumber:
			f := v.Float()
			// 2^53 bounds the integers that a float64 holds without gaps.
			return city.Integer(int64(f)), f == math.Trunc(f) && math.Abs(f) <= 1<<53
		case city.KindString:
			return parseExactly(v.Text(), k, formInteger)
		}
	case city.KindNumber:
		switch from {
		case city.KindInteger:
			i := v.Int()
			return city.Number(float64(i)), i <= 1<<53 && i >= -(1<<53)
		case city.KindString:
			return parseExactly(v.Text(), k, formNumber)
		}
	case city.KindBoolean:
		switch from {
		case city.KindInteger:
			return city.Boolean(v.Int() == 1), v.Int() == 0 || v.Int() == 1
		case city.KindString:
			return parseExactly(strings.ToLower(v.Text()), k, formBoolean)
		}
	case city.KindDate:
		switch from {
		case city.KindInstant:
			midnight := v.Time().Truncate(24 * time.Hour)
			return city.Date(midnight), midnight.Equal(v.Time())
		case city.KindString:
			return parseExactly(v.Text(), k, formDate)
		}
	case city.KindInstant:
		switch from {
		case city.KindDate:
			return city.Instant(v.Time()), true
		case city.KindString:
			if formsOf(v.Text())&formDate != 0 {
				day, ok := parseExactly(v.Text(), city.KindDate, formDate)
				return city.Instant(day.Time()), ok
			}
			return parseExactly(v.Text(), k, formInstant)
		}
	case city.KindJSON:
		out, err := city.JSON(v.AppendJSON(nil))
		if from == city.KindString {
			// A text that holds JSON is what other formats make of JSON.
			if parsed, bad := city.JSON([]byte(v.Text())); bad == nil {
				out, err = parsed, nil
			}
		}
		return out, err == nil
	}
	return city.Null, false
}

func parseExactly(text string, k city.Kind, form forms) (city.Value, bool) {
	if formsOf(text)&form == 0 {
		return city.Null, false
	}
	v, err := city.ParseValue(k, text)
	return v, err == nil
}
