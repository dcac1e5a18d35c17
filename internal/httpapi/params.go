package httpapi

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
	"github.com/hanoitwin/hanoitwin/internal/city"
)

// maxParameters bounds a query string. No route knows as many.
const maxParameters = 24

// query reads the parameters of a request and gathers every mistake, so that a
// client learns of all at once. Its getters return zero values for what is
// absent or wrong; problem then says so.
type query struct {
	known    []parameter
	fixed    int         // how many of them the operation declares
	layer    *city.Layer // whose properties are parameters too, beside those; or nil
	also     []parameter // which are read before those, for people to know of
	names    [maxParameters]string
	values   [maxParameters]string
	n        int
	mistakes []Mistake
	carried  []Mistake // of parameters that are read before the others
}

// reset reads raw, the part of a URL after the question mark. Parameters that
// are not known, come twice, are empty, or are missing though required are
// mistakes.
func (q *query) reset(raw string, known ...parameter) {
	*q = query{known: known, fixed: len(known), layer: q.layer, also: q.also, mistakes: q.carried, carried: q.carried}
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair != "" {
			q.add(pair)
		}
	}
	for i := range known {
		if p := &known[i]; p.required && !q.has(p.name) {
			q.mistake(Mistake{Parameter: p.name, Expected: p.syntax, Detail: "is missing"})
		}
	}
}

// parameter returns the one of a name, nil when it is not known.
func (q *query) parameter(name string) *parameter {
	for i := range q.known {
		if q.known[i].name == name {
			return &q.known[i]
		}
	}
	return nil
}

func (q *query) knownNames() string {
	names := make([]string, 0, q.fixed+len(q.also))
	for _, p := range q.known[:q.fixed] {
		names = append(names, p.name)
	}
	for _, p := range q.also {
		names = append(names, p.name)
	}
	list := strings.Join(names, ", ")
	if q.layer != nil {
		list += ", or a property: " + strings.Join(propertyNames(q.layer), ", ")
	}
	return list
}

// learn makes a property of the layer a parameter that is known.
func (q *query) learn(name string) bool {
	if q.layer == nil {
		return false
	}
	for _, p := range q.also {
		if p.name == name {
			return false
		}
	}
	for _, p := range layerParameters(q.layer) {
		if p.name == name {
			q.known = append(q.known[:len(q.known):len(q.known)], p)
			return true
		}
	}
	return false
}

func (q *query) add(pair string) {
	name, value, _ := strings.Cut(pair, "=")
	name, okName := unescape(name)
	value, okValue := unescape(value)
	switch {
	case !okName || !okValue:
		q.mistake(Mistake{Parameter: clip(name), Value: clip(value), Expected: "percent-encoded UTF-8", Detail: "cannot be decoded"})
	case q.parameter(name) == nil && !q.learn(name):
		expected := "no parameters"
		if len(q.known)+len(q.also) > 0 {
			expected = "one of " + q.knownNames()
		}
		q.mistake(Mistake{Parameter: clip(name), Value: clip(value), Expected: expected, Detail: "is not known here"})
	case slices.Contains(q.names[:q.n], name):
		q.mistake(Mistake{Parameter: name, Value: clip(value), Expected: "once", Detail: "is given more than once"})
	case q.n == maxParameters:
		q.mistake(Mistake{Parameter: name, Limit: maxParameters, Detail: "is one parameter too many"})
	default:
		q.names[q.n], q.values[q.n] = name, value
		q.n++
		if value == "" {
			q.mistake(Mistake{Parameter: name, Detail: "is empty"})
		}
	}
}

func unescape(s string) (string, bool) {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s, utf8.ValidString(s)
	}
	plain, err := url.QueryUnescape(s)
	if err != nil || !utf8.ValidString(plain) {
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

// number reads a decimal number between the parameter's bounds.
func (q *query) number(name string) (v float64, ok bool) {
	text, ok := q.get(name)
	if !ok {
		return 0, false
	}
	v, ok = bbox.ParseNumber(text)
	if !ok {
		q.mistake(Mistake{Parameter: name, Value: clip(text), Expected: "a decimal number", Detail: "is not a number"})
		return 0, false
	}
	p := q.parameter(name)
	if v < p.low || v > p.high {
		q.outside(p, text)
		return 0, false
	}
	return v, true
}

// integer reads a whole number between the parameter's bounds.
func (q *query) integer(name string) (v int, ok bool) {
	text, ok := q.get(name)
	if !ok {
		return 0, false
	}
	v, err := strconv.Atoi(text)
	if err != nil && !strings.HasSuffix(err.Error(), strconv.ErrRange.Error()) {
		q.mistake(Mistake{Parameter: name, Value: clip(text), Expected: "a whole number", Detail: "is not a whole number"})
		return 0, false
	}
	p := q.parameter(name)
	low, high := int(p.low), int(p.high)
	if p.clamped && !(err == nil && v < low) && !strings.HasPrefix(text, "-") && (err != nil || v > high) {
		return high, true
	}
	if err != nil || v < low || v > high {
		q.outside(p, text)
		return 0, false
	}
	return v, true
}

func (q *query) outside(p *parameter, text string) {
	v, _ := bbox.ParseNumber(text)
	limit, bounds := p.high, plain(p.low)+" to "+plain(p.high)
	if v < p.low {
		limit = p.low
	}
	q.mistake(Mistake{Parameter: p.name, Value: clip(text), Limit: limit, Expected: bounds, Detail: "is outside " + bounds})
}

// truth reads true or false, which is what it is without.
func (q *query) truth(name string) bool {
	text, ok := q.get(name)
	if ok && text != "true" && text != "false" {
		q.mistake(Mistake{Parameter: name, Value: clip(text), Expected: "true or false", Detail: "is neither true nor false"})
	}
	return text == "true"
}

// choice returns one of the parameter's values.
func (q *query) choice(name string) (value string, ok bool) {
	text, ok := q.get(name)
	if !ok {
		return "", false
	}
	if all := q.parameter(name).oneOf; !slices.Contains(all, text) {
		q.mistake(Mistake{Parameter: name, Value: clip(text), Expected: "one of " + strings.Join(all, ", "), Detail: "is none of " + strings.Join(all, ", ")})
		return "", false
	}
	return text, true
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// read reads the parameters of the operation, those aside that were read before.
func (x *exchange) read() *query {
	x.query.reset(x.raw, x.op.query...)
	return &x.query
}

// problem returns what is wrong with the parameters, or nil.
func (q *query) problem() error {
	if len(q.mistakes) == 0 {
		return nil
	}
	return badParameters(q.mistakes)
}

// splitList calls yield with each part of a comma list.
func splitList(text string, yield func(part string)) {
	for more := true; more; {
		var part string
		part, text, more = strings.Cut(text, ",")
		yield(part)
	}
}
