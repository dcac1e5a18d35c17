package spec

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Filter is a condition on the properties of a feature: comparisons that must
// all hold. Its JSON is a part of CQL2 (OGC 21-065r2): the comparison operators,
// in, and one level of and.
//
//	{"op":"and","args":[
//	  {"op":"=", "args":[{"property":"status"},"under_construction"]},
//	  {"op":">=","args":[{"property":"lanes"},4]}]}
//
// A property that is null, missing, or of another type than the literal
// satisfies nothing, not even <>.
type Filter struct{ terms []term }

// term compares one property with literals: one, or with in, several.
type term struct {
	property string
	op       string
	values   []city.Value
}

const (
	opEqual    = "="
	opUnequal  = "<>"
	opLess     = "<"
	opAtMost   = "<="
	opMore     = ">"
	opAtLeast  = ">="
	opIn       = "in"
	opAnd      = "and"
	maxTerms   = 8
	maxInList  = 100
	maxLiteral = 1_000 // bytes
)

// operators lists what a term can be, as messages do.
const operators = "=, <>, <, <=, >, >=, in"

func isOperator(op string) bool {
	switch op {
	case opEqual, opUnequal, opLess, opAtMost, opMore, opAtLeast, opIn:
		return true
	}
	return false
}

func (t *term) orders() bool { return strings.ContainsAny(t.op, "<>") && t.op != opUnequal }

// Holds reports whether f, of layer l, satisfies the filter.
func (fl *Filter) Holds(l *snapshot.Layer, f *snapshot.Feature) bool {
	if fl == nil {
		return true
	}
	def := l.Definition()
	for i := range fl.terms {
		t := &fl.terms[i]
		at := def.PropertyIndex(t.property)
		if at < 0 || !t.holds(l.Value(f, at)) {
			return false
		}
	}
	return true
}

func (t *term) holds(v city.Value) bool {
	for i := range t.values {
		c, comparable := compare(v, t.values[i])
		if !comparable {
			continue
		}
		if t.accepts(c) {
			return true
		}
	}
	return false
}

// accepts reports whether an order of property and literal satisfies t.
func (t *term) accepts(c int) bool {
	switch t.op {
	case opEqual, opIn:
		return c == 0
	case opUnequal:
		return c != 0
	case opLess:
		return c < 0
	case opAtMost:
		return c <= 0
	case opMore:
		return c > 0
	default:
		return c >= 0
	}
}

// compare orders a property's value and a literal. Text is ordered by its bytes,
// which is the order of code points; numbers exactly, whole or not.
func compare(v, literal city.Value) (order int, comparable bool) {
	a, b := v.Kind(), literal.Kind()
	switch {
	case isNumber(a) && isNumber(b):
		return city.CompareNumbers(v, literal), true
	case a != b || a == city.KindNull || a == city.KindJSON:
		return 0, false
	case a == city.KindString:
		return strings.Compare(v.Text(), literal.Text()), true
	case a == city.KindBoolean:
		return cmp.Compare(v.Int(), literal.Int()), true
	default:
		return v.Time().Compare(literal.Time()), true
	}
}

func isNumber(k city.Kind) bool { return k == city.KindInteger || k == city.KindNumber }

// MarshalJSON writes the filter as Parse reads it.
func (fl *Filter) MarshalJSON() ([]byte, error) {
	if len(fl.terms) == 1 {
		return json.Marshal(fl.terms[0].document())
	}
	terms := make([]any, len(fl.terms))
	for i := range fl.terms {
		terms[i] = fl.terms[i].document()
	}
	return json.Marshal(operation{opAnd, terms})
}

type operation struct {
	Op   string `json:"op"`
	Args []any  `json:"args"`
}

func (t *term) document() operation {
	literals := make([]any, len(t.values))
	for i, v := range t.values {
		switch v.Kind() {
		case city.KindDate:
			literals[i] = map[string]city.Value{"date": v}
		case city.KindInstant:
			literals[i] = map[string]city.Value{"timestamp": v}
		default:
			literals[i] = v
		}
	}
	property := map[string]string{"property": t.property}
	if t.op == opIn {
		return operation{t.op, []any{property, literals}}
	}
	return operation{t.op, []any{property, literals[0]}}
}
