package lifetime

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Window is the days that are asked for, First and Last included. First is not
// after Last.
type Window struct{ First, Last city.Day }

// Beginning and End are the First and the Last of a Window without one.
const (
	Beginning city.Day = math.MinInt32 + 1
	End       city.Day = math.MaxInt32 - 1
)

// On returns the Window of one day.
func On(d city.Day) Window { return Window{d, d} }

// ErrDatetime marks text that is not what Syntax says.
var ErrDatetime = errors.New("not a date, an instant or an interval of them")

// Syntax says what ParseDatetime reads, for messages.
const Syntax = "a date such as 2027-06-30, an RFC 3339 instant, or an interval a/b, ../b, a/.. or a/P1M, for a month"

// ParseDatetime reads a datetime parameter of OGC API Features (17-069r4, clause
// 7.15.4): an instant, or an interval of which one end may be open. An instant
// is of RFC 3339; it means the day that it falls on in Hà Nội. A date stands
// for itself, and a duration in whole days may stand for the end of an interval (RFC
// 3339, appendix A, as drafts of the standard and its executable tests have it): more
// than the standard asks for.
func ParseDatetime(text string) (Window, error) {
	first, last, interval := strings.Cut(text, "/")
	if !interval {
		d, err := parseDay(text)
		return On(d), err
	}
	w := Window{Beginning, End}
	openStart, openEnd := first == "" || first == "..", last == "" || last == ".."
	if openStart && openEnd {
		return Window{}, fmt.Errorf("with both ends open it is %w", ErrDatetime)
	}
	var err error
	if !openStart {
		if w.First, err = parseDay(first); err != nil {
			return Window{}, err
		}
	}
	switch {
	case openEnd:
	case strings.HasPrefix(last, "P") && !openStart:
		w.Last, err = after(w.First, last)
	default:
		w.Last, err = parseDay(last)
	}
	if err != nil {
		return Window{}, err
	}
	if w.First > w.Last {
		return Window{}, fmt.Errorf("as it ends before it begins, it is %w", ErrDatetime)
	}
	return w, nil
}

// after returns the day that a duration in years, months, weeks or days ends on.
func after(first city.Day, text string) (city.Day, error) {
	wrong := fmt.Errorf("%.40q is no duration in days such as P1M or P2W3D: %w", text, ErrDatetime)
	var counts [4]int // of years, months, weeks, days
	rest, at := text[1:], 0
	for rest != "" {
		i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if i < 1 || i > 5 { // up to 99999
			return 0, wrong
		}
		n, _ := strconv.Atoi(rest[:i])
		unit := strings.IndexByte("YMWD"[at:], rest[i])
		if unit < 0 {
			return 0, wrong
		}
		counts[at+unit], rest = n, rest[i+1:]
		at += unit + 1
	}
	if at == 0 {
		return 0, wrong
	}
	return city.DayOf(time.Unix(int64(first)*86400, 0).UTC().AddDate(counts[0], counts[1], 7*counts[2]+counts[3])), nil
}

// parseDay reads a date or an instant. RFC 3339 lets t and z be small and has
// leap seconds; package time has neither.
func parseDay(text string) (city.Day, error) {
	const dateLength, secondAt = len("2006-01-02"), len("2006-01-02T15:04:")
	if len(text) == dateLength {
		d, err := city.ParseDay(text)
		if err != nil {
			return 0, fmt.Errorf("%.40q is %w", text, ErrDatetime)
		}
		return d, nil
	}
	upper := strings.ToUpper(text)
	if len(upper) > secondAt+2 && strings.HasPrefix(upper[secondAt:], "60") {
		upper = upper[:secondAt] + "59" + upper[secondAt+2:]
	}
	t, err := time.Parse(time.RFC3339, upper)
	if err != nil || len(upper) <= dateLength || upper[dateLength] != 'T' {
		return 0, fmt.Errorf("%.40q is %w", text, ErrDatetime)
	}
	return city.DayOf(t), nil
}

// String returns w as ParseDatetime reads it: the canonical spelling.
func (w Window) String() string {
	switch {
	case w.First == w.Last:
		return w.First.String()
	case w.First == Beginning:
		return "../" + w.Last.String()
	case w.Last == End:
		return w.First.String() + "/.."
	default:
		return w.First.String() + "/" + w.Last.String()
	}
}
