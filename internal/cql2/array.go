package cql2

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
)

// set is the members of an array, each by a text that equal members share, in
// the order of the texts and each once.
type set []string

func newSet(members []string) set {
	slices.Sort(members)
	return slices.Compact(members)
}

// setOf is an operand that is an array; ok is false where it is unknown.
type setOf interface {
	set(*env) (s set, ok bool)
}

// knownSet is an array of literals.
type knownSet struct{ s set }

func (k knownSet) set(*env) (set, bool) { return k.s, true }

// valueSet is an array in a property; what is there but no array is unknown.
type valueSet struct{ v value }

func (a valueSet) set(e *env) (set, bool) {
	v := a.v.of(e)
	if v.Kind() != city.KindJSON {
		return nil, false
	}
	return setOfJSON([]byte(v.Text()))
}

func setOfJSON(text []byte) (set, bool) {
	var list []any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&list); err != nil || list == nil {
		return nil, false
	}
	members := make([]string, len(list))
	for i, m := range list {
		members[i] = keyOfJSON(m)
	}
	return newSet(members), true
}

// mixedSet is an array of which some members are properties. A null among them
// makes it unknown.
type mixedSet struct{ members []value }

func (m mixedSet) set(e *env) (set, bool) {
	keys := make([]string, len(m.members))
	for i, v := range m.members {
		at := v.of(e)
		if at.IsNull() {
			return nil, false
		}
		keys[i] = keyOf(at)
	}
	return newSet(keys), true
}

// keyOf returns the text that equal values share: 1 and 1.0 are one, and a date
// is the text that JSON has for it.
func keyOf(v city.Value) string {
	switch v.Kind() {
	case city.KindString:
		return string(city.AppendJSONString(nil, v.Text()))
	case city.KindInteger:
		return v.String()
	case city.KindNumber:
		if f := v.Float(); f == float64(int64(f)) && f >= -1<<53 && f <= 1<<53 {
			return city.Integer(int64(f)).String()
		}
		return v.String()
	case city.KindJSON:
		if s, ok := setOfJSON([]byte(v.Text())); ok {
			return keyOfSet(s)
		}
	}
	return string(v.AppendJSON(nil))
}

func keyOfSet(s set) string { return "[" + strings.Join(s, ",") + "]" }

// keyOfJSON is keyOf for a member of a JSON array.
func keyOfJSON(m any) string {
	switch m := m.(type) {
	case string:
		return keyOf(city.String(m))
	case json.Number:
		if i, err := m.Int64(); err == nil {
			return keyOf(city.Integer(i))
		}
		f, _ := m.Float64() // too large a number is null, as everywhere
		return keyOf(city.Number(f))
	case []any:
		keys := make([]string, len(m))
		for i := range m {
			keys[i] = keyOfJSON(m[i])
		}
		return keyOfSet(newSet(keys))
	}
	text, err := json.Marshal(m) // null, a boolean, an object with its names in order
	if err != nil {
		return "null"
	}
	return string(text)
}

// arrays is a relation of two arrays, which are taken for sets.
type arrays struct {
	op   expr.Op
	a, b setOf
}

func (r *arrays) test(e *env) truth {
	a, ok1 := r.a.set(e)
	b, ok2 := r.b.set(e)
	if !ok1 || !ok2 {
		return unknown
	}
	switch r.op {
	case expr.AEquals:
		return truthOf(slices.Equal(a, b))
	case expr.AContains:
		return truthOf(common(a, b) == len(b))
	case expr.AContainedBy:
		return truthOf(common(a, b) == len(a))
	default:
		return truthOf(common(a, b) > 0)
	}
}

// common counts the members of both.
func common(a, b set) (n int) {
	for len(a) > 0 && len(b) > 0 {
		switch order := strings.Compare(a[0], b[0]); {
		case order < 0:
			a = a[1:]
		case order > 0:
			b = b[1:]
		default:
			a, b, n = a[1:], b[1:], n+1
		}
	}
	return n
}

// arrays compiles a relation of arrays.
func (c *compiler) arrays(e *expr.Operation) condition {
	r := &arrays{op: e.Op, a: c.set(e.Args[0], e.Op), b: c.set(e.Args[1], e.Op)}
	return c.conditionOf(r, c.takeUsed())
}

func (c *compiler) set(e expr.Expr, op expr.Op) setOf {
	a, ok := e.(*expr.Array)
	if !ok {
		s := c.scalar(e)
		if s.kind != city.KindJSON && s.kind != city.KindNull {
			c.wrong(e, "%s compares arrays, and this is %s", op, named(s.kind))
		}
		return valueSet{s.v}
	}
	m, known := mixedSet{}, []string{}
	for _, element := range a.Elements {
		switch v := c.element(element).(type) {
		case literal:
			known = append(known, keyOf(v.v))
			m.members = append(m.members, v)
		default:
			m.members = append(m.members, v)
		}
	}
	if len(known) == len(m.members) {
		return knownSet{newSet(known)}
	}
	return m
}

// element compiles a member of an array. A name in double quotes that is no
// property is a text: so the examples and the abstract tests of the standard
// write arrays.
func (c *compiler) element(e expr.Expr) value {
	switch e := e.(type) {
	case *expr.Property:
		if e.Quoted && !c.isQueryable(e.Name) {
			return literal{city.String(e.Name)}
		}
	case *expr.Array:
		return c.nested(e)
	case *expr.Interval, *expr.Geometry, *expr.BBox:
		c.wrong(e, "no property is an array of geometries or intervals")
		return literal{}
	}
	return c.scalar(e).v
}

// nested compiles an array in an array, all of whose members must be known.
func (c *compiler) nested(a *expr.Array) value {
	known := []string{}
	for _, element := range a.Elements {
		v, ok := c.element(element).(literal)
		if !ok {
			c.wrong(element, "the members of an array in an array are literals")
			continue
		}
		known = append(known, keyOf(v.v))
	}
	v, err := city.JSON([]byte(keyOfSet(newSet(known))))
	if err != nil {
		c.wrong(a, "the array is no JSON")
	}
	return literal{v}
}
