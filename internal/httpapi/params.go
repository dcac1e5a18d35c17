package httpapi

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxParameters bounds a query string. No route knows as many.
const maxParameters = 16

// query reads the parameters of a request and gathers every mistake, so that a
// client learns of all at once. Its getters return zero values for what is
// absent or wrong; problem then says so.
type query struct {
	known    []string
	names    [maxParameters]string
	values   [maxParameters]string
	n        int
	mistakes []Mistake
	carried  []Mistake // of version and as_of, which are read before the others
}

// reset reads raw, the part of a URL after the question mark. Parameters that
// are not known, come twice, or are empty are mistakes.
func (q *query) reset(raw string, known ...string) {
	*q = query{known: known, mistakes: q.carried, carried: q.carried}
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair != "" {
			q.add(pair)
		}
	}
}

func (q *query) add(pair string) {
	name, value, _ := strings.Cut(pair, "=")
	name, okName := unescape(name)
	value, okValue := unescape(value)
	switch {
	case !okName || !okValue:
		q.mistake(Mistake{Parameter: clip(name), Value: clip(value), Expected: "percent-encoded UTF-8", Detail: "cannot be decoded"})
	case !slices.Contains(q.known, name):
		expected := "no parameters"
		if len(q.known) > 0 {
			expected = "one of " + strings.Join(q.known, ", ")
		}
		q.mistake(Mistake{Parameter: clip(name), Value: clip(value), Expected: expected, Detail: "is not known here"})
	case slices.Contains(q.names[:q.n], name):
		q.mistake(Mistake{Parameter: name, Value: clip(value), Expected: "once", Detail: "is given more than once"})
	default:
		// Known names that are not repeated never exceed the arrays.
		q.names[q.n], q.values[q.n] = name, value
		q.n++
		if value == "" {
			q.mistake(Mistake{Parameter: name, Detail: "is empty"})
		}
	}
}

func unescape(s string) (string, bool) {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s, true
	}
	plain, err := url.QueryUnescape(s)
	if err != nil {
		return s, false
	}
	return plain, true
}

// mistake notes one, but no more than a page of them.
func (q *query) mistake(m Mistake) {
	if len(q.mistakes) < maxParameters {
		q.mistakes = append(q.mistakes, m)
	}
}

// get returns the value of a parameter; ok is false when it is absent or
// empty, which has been noted already.
func (q *query) get(name string) (value string, ok bool) {
	for i := range q.n {
		if q.names[i] == name {
			return q.values[i], q.values[i] != ""
		}
	}
	return "", false
}

// has tells whether the parameter was named, even wrongly.
func (q *query) has(name string) bool { return slices.Contains(q.names[:q.n], name) }

// number reads a decimal number from low to high, both included.
func (q *query) number(name string, low, high float64) (v float64, ok bool) {
	text, ok := q.get(name)
	if !ok {
		return 0, false
	}
	v, ok = parseNumber(text)
	if !ok {
		q.mistake(Mistake{Parameter: name, Value: clip(text), Expected: "a decimal number", Detail: "is not a number"})
		return 0, false
	}
	if v < low || v > high {
		q.outside(name, text, low, high)
		return 0, false
	}
	return v, true
}

// required notes a parameter that must be there and is not.
func (q *query) required(name, expected string) {
	if !q.has(name) {
		q.mistake(Mistake{Parameter: name, Expected: expected, Detail: "is missing"})
	}
}

// integer reads a whole number from low to high, both included.
func (q *query) integer(name string, low, high int) (v int, ok bool) {
	text, ok := q.get(name)
	if !ok {
		return 0, false
	}
	v, err := strconv.Atoi(text)
	if err != nil && !strings.HasSuffix(err.Error(), strconv.ErrRange.Error()) {
		q.mistake(Mistake{Parameter: name, Value: clip(text), Expected: "a whole number", Detail: "is not a whole number"})
		return 0, false
	}
	if err != nil || v < low || v > high {
		q.outside(name, text, float64(low), float64(high))
		return 0, false
	}
	return v, true
}

func (q *query) outside(name, text string, low, high float64) {
	v, _ := parseNumber(text)
	limit := high
	if v < low {
		limit = low
	}
	q.mistake(Mistake{
		Parameter: name, Value: clip(text), Limit: limit,
		Expected: fmt.Sprintf("%s to %s", plain(low), plain(high)),
		Detail:   fmt.Sprintf("is outside %s to %s", plain(low), plain(high)),
	})
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// problem returns what is wrong with the parameters, or nil.
func (q *query) problem() error {
	if len(q.mistakes) == 0 {
		return nil
	}
	return badParameters(q.mistakes)
}

// parseNumber reads a finite decimal number; unlike strconv it knows no
// hexadecimal, no underscores and no words.
func parseNumber(text string) (float64, bool) {
	if len(text) > 64 {
		return 0, false
	}
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// splitList calls yield with each part of a comma list.
func splitList(text string, yield func(part string)) {
	for more := true; more; {
		var part string
		part, text, more = strings.Cut(text, ",")
		yield(part)
	}
}
