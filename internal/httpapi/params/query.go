package params

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

// Max bounds a query string. No route knows as many.
const Max = 24

// Query reads the parameters of a request and gathers every mistake, so that a
// client learns of all at once. Its getters return zero values for what is
// absent or wrong; problem then says so.
type Query struct {
	known    []Parameter
	fixed    int         // how many of them the operation declares
	Layer    *city.Layer // whose properties are parameters too, beside those; or nil
	Also     []Parameter // which are read before those, for people to know of
	names    [Max]string
	values   [Max]string
	n        int
	Mistakes []problem.Mistake
	Carried  []problem.Mistake // of parameters that are read before the others
}

// Reset reads raw, the part of a URL after the question mark. Parameters that
// are not known, come twice, are empty, or are missing though required are
// mistakes.
func (q *Query) Reset(raw string, known ...Parameter) {
	*q = Query{known: known, fixed: len(known), Layer: q.Layer, Also: q.Also, Mistakes: q.Carried, Carried: q.Carried}
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair != "" {
			q.add(pair)
		}
	}
	for i := range known {
		if p := &known[i]; p.Required && !q.Has(p.Name) {
			q.Mistake(problem.Mistake{Parameter: p.Name, Expected: p.Syntax, Detail: "is missing"})
		}
	}
}

// parameter returns the one of a name, nil when it is not known.
func (q *Query) parameter(name string) *Parameter {
	for i := range q.known {
		if q.known[i].Name == name {
			return &q.known[i]
		}
	}
	return nil
}

func (q *Query) knownNames() string {
	names := make([]string, 0, q.fixed+len(q.Also))
	for _, p := range q.known[:q.fixed] {
		names = append(names, p.Name)
	}
	for _, p := range q.Also {
		names = append(names, p.Name)
	}
	list := strings.Join(names, ", ")
	if q.Layer != nil {
		list += ", or a property: " + strings.Join(PropertyNames(q.Layer), ", ")
	}
	return list
}

// learn makes a property of the layer a parameter that is known.
func (q *Query) learn(name string) bool {
	if q.Layer == nil {
		return false
	}
	for _, p := range q.Also {
		if p.Name == name {
			return false
		}
	}
	for _, p := range OfLayer(q.Layer) {
		if p.Name == name {
			q.known = append(q.known[:len(q.known):len(q.known)], p)
			return true
		}
	}
	return false
}

func (q *Query) add(pair string) {
	name, value, _ := strings.Cut(pair, "=")
	name, okName := unescape(name)
	value, okValue := unescape(value)
	switch {
	case !okName || !okValue:
		q.Mistake(problem.Mistake{Parameter: problem.Clip(name), Value: problem.Clip(value), Expected: "percent-encoded UTF-8", Detail: "cannot be decoded"})
	case q.parameter(name) == nil && !q.learn(name):
		expected := "no parameters"
		if len(q.known)+len(q.Also) > 0 {
			expected = "one of " + q.knownNames()
		}
		q.Mistake(problem.Mistake{Parameter: problem.Clip(name), Value: problem.Clip(value), Expected: expected, Detail: "is not known here"})
	case slices.Contains(q.names[:q.n], name):
		q.Mistake(problem.Mistake{Parameter: name, Value: problem.Clip(value), Expected: "once", Detail: "is given more than once"})
	case q.n == Max:
		q.Mistake(problem.Mistake{Parameter: name, Limit: Max, Detail: "is one parameter too many"})
	default:
		q.names[q.n], q.values[q.n] = name, value
		q.n++
		if value == "" {
			q.Mistake(problem.Mistake{Parameter: name, Detail: "is empty"})
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

// Mistake notes one, but no more than a page of them.
func (q *Query) Mistake(m problem.Mistake) {
	if len(q.Mistakes) < Max {
		q.Mistakes = append(q.Mistakes, m)
	}
}

// Get returns the value of a parameter; ok is false when it is absent or
// empty, which has been noted already.
func (q *Query) Get(name string) (value string, ok bool) {
	for i := range q.n {
		if q.names[i] == name {
			return q.values[i], q.values[i] != ""
		}
	}
	return "", false
}

// Has tells whether the parameter was named, even wrongly.
func (q *Query) Has(name string) bool { return slices.Contains(q.names[:q.n], name) }

// Number reads a decimal number between the parameter's bounds.
func (q *Query) Number(name string) (v float64, ok bool) {
	text, ok := q.Get(name)
	if !ok {
		return 0, false
	}
	v, ok = bbox.ParseNumber(text)
	if !ok {
		q.Mistake(problem.Mistake{Parameter: name, Value: problem.Clip(text), Expected: "a decimal number", Detail: "is not a number"})
		return 0, false
	}
	p := q.parameter(name)
	if v < p.Low || v > p.High {
		q.outside(p, text)
		return 0, false
	}
	return v, true
}

// IntegerOr is Integer with a value for when none is given, or a wrong one, which
// is a mistake by itself.
func (q *Query) IntegerOr(name string, otherwise int) int {
	if v, ok := q.Integer(name); ok {
		return v
	}
	return otherwise
}

// Integer reads a whole number between the parameter's bounds.
func (q *Query) Integer(name string) (v int, ok bool) {
	text, ok := q.Get(name)
	if !ok {
		return 0, false
	}
	v, err := strconv.Atoi(text)
	if err != nil && !strings.HasSuffix(err.Error(), strconv.ErrRange.Error()) {
		q.Mistake(problem.Mistake{Parameter: name, Value: problem.Clip(text), Expected: "a whole number", Detail: "is not a whole number"})
		return 0, false
	}
	p := q.parameter(name)
	low, high := int(p.Low), int(p.High)
	if p.Clamped && !(err == nil && v < low) && !strings.HasPrefix(text, "-") && (err != nil || v > high) {
		return high, true
	}
	if err != nil || v < low || v > high {
		q.outside(p, text)
		return 0, false
	}
	return v, true
}

func (q *Query) outside(p *Parameter, text string) {
	v, _ := bbox.ParseNumber(text)
	limit, bounds := p.High, Plain(p.Low)+" to "+Plain(p.High)
	if v < p.Low {
		limit = p.Low
	}
	q.Mistake(problem.Mistake{Parameter: p.Name, Value: problem.Clip(text), Limit: limit, Expected: bounds, Detail: "is outside " + bounds})
}

// Truth reads true or false, which is what it is without.
func (q *Query) Truth(name string) bool {
	text, ok := q.Get(name)
	if ok && text != "true" && text != "false" {
		q.Mistake(problem.Mistake{Parameter: name, Value: problem.Clip(text), Expected: "true or false", Detail: "is neither true nor false"})
	}
	return text == "true"
}

// Choice returns one of the parameter's values.
func (q *Query) Choice(name string) (value string, ok bool) {
	text, ok := q.Get(name)
	if !ok {
		return "", false
	}
	if all := q.parameter(name).OneOf; !slices.Contains(all, text) {
		q.Mistake(problem.Mistake{Parameter: name, Value: problem.Clip(text), Expected: "one of " + strings.Join(all, ", "), Detail: "is none of " + strings.Join(all, ", ")})
		return "", false
	}
	return text, true
}

// Learned returns the properties of the layer that the query names.
func (q *Query) Learned() []Parameter { return q.known[q.fixed:] }

// Used tells whether there is anything to forget.
func (q *Query) Used() bool {
	return q.known != nil || q.Layer != nil || q.Mistakes != nil || q.Carried != nil
}

// Words returns the parameters of some names, each with its value.
func (q *Query) Words(some func(name string) bool) (all []string) {
	for i := range q.n {
		if some(q.names[i]) {
			all = append(all, q.names[i]+"="+q.values[i])
		}
	}
	return all
}

// Text writes some of the parameters as a query, each with & behind it.
func (q *Query) Text(some func(name string) bool) string {
	var out strings.Builder
	for i := range q.n {
		name, value := q.names[i], q.values[i]
		if !some(name) {
			continue
		}
		if name == NameCRS {
			if system, err := refsys.Parse(value); err == nil {
				if system == refsys.CRS84() {
					continue // the default
				}
				value = system.URI() // one spelling, one ETag
			}
		}
		out.WriteString(url.QueryEscape(name) + "=" + url.QueryEscape(value) + "&")
	}
	return out.String()
}

// Plain writes a number in as few digits as tell it.
func Plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Problem returns what is wrong with the parameters, or nil.
func (q *Query) Problem() error {
	if len(q.Mistakes) == 0 {
		return nil
	}
	return problem.BadParameters(q.Mistakes)
}

// Split calls yield with each part of a comma list.
func Split(text string, yield func(part string)) {
	for more := true; more; {
		var part string
		part, text, more = strings.Cut(text, ",")
		yield(part)
	}
}
