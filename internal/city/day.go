package city

import (
	"fmt"
	"time"
)

// Day is a calendar day of Hà Nội, counted from 1970-01-01. Dates in the world
// are such days.
type Day int32

// hanoiOffset is how far the clocks of Hà Nội are ahead of UTC, in seconds:
// seven hours all year round, since 1975.
const hanoiOffset = 7 * 60 * 60

// maxDay bounds days on both sides: the year 2.9 million. Anything may be
// subtracted from anything without overflow.
const maxDay = 1 << 30

// DayOf returns the day that it is in Hà Nội at an instant.
func DayOf(t time.Time) Day { return clampDay(floorDiv(t.Unix()+hanoiOffset, 86400)) }

// ParseDay reads an ISO 8601 calendar date, such as 2027-06-30, of the years 0 to 9999.
// The error quotes the text.
func ParseDay(text string) (Day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("%q is no date such as 2027-06-30: %w", text, err)
	}
	return clampDay(floorDiv(t.Unix(), 86400)), nil
}

// String returns the ISO 8601 date.
func (d Day) String() string { return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly) }

// Day returns the day of a date, or the day in Hà Nội of an instant; ok is false
// for other kinds.
func (v Value) Day() (d Day, ok bool) {
	switch v.kind {
	case KindDate:
		return clampDay(int64(v.bits)), true
	case KindInstant:
		return clampDay(floorDiv(int64(v.bits)/1e6+hanoiOffset, 86400)), true
	default:
		return 0, false
	}
}

func clampDay(days int64) Day { return Day(max(-maxDay, min(days, maxDay))) }
