package cql2

import (
	"cmp"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
)

// ordering is how two values of certain kinds are compared; neither is null.
type ordering func(a, b city.Value) int

// orderingOf returns how values of two kinds are compared; nil where they are not.
func orderingOf(a, b city.Kind) ordering {
	switch {
	case isNumber(a) && isNumber(b):
		return city.CompareNumbers
	case a == city.KindString && b == a:
		return func(a, b city.Value) int { return strings.Compare(a.Text(), b.Text()) }
	case a == city.KindBoolean && b == a, a == city.KindDate && b == a, a == city.KindInstant && b == a:
		return func(a, b city.Value) int { return cmp.Compare(a.Int(), b.Int()) }
	case isTime(a) && isTime(b):
		return compareDays
	}
	return nil
}

func isNumber(k city.Kind) bool { return k == city.KindInteger || k == city.KindNumber }
func isTime(k city.Kind) bool   { return k == city.KindDate || k == city.KindInstant }

// compareDays compares a date and an instant, by the day in Hà Nội.
func compareDays(a, b city.Value) int {
	dayA, _ := a.Day()
	dayB, _ := b.Day()
	return cmp.Compare(dayA, dayB)
}

// comparison is = <> < > <= >=.
type comparison struct {
	op    expr.Op
	a, b  value
	order ordering
}

func (c *comparison) test(e *env) truth {
	a, b := c.a.of(e), c.b.of(e)
	if a.IsNull() || b.IsNull() {
		return unknown
	}
	return truthOf(accepts(c.op, c.order(a, b)))
}

// accepts reports whether an order satisfies a comparison.
func accepts(op expr.Op, order int) bool {
	switch op {
	case expr.Equal:
		return order == 0
	case expr.Unequal:
		return order != 0
	case expr.Less:
		return order < 0
	case expr.AtMost:
		return order <= 0
	case expr.More:
		return order > 0
	default:
		return order >= 0
	}
}

// member is IN: = with any of a list.
type member struct {
	a      value
	list   []value
	orders []ordering
}

func (m *member) test(e *env) truth {
	a := m.a.of(e)
	if a.IsNull() {
		return unknown
	}
	most := no
	for i, v := range m.list {
		b := v.of(e)
		switch {
		case b.IsNull():
			most = unknown
		case m.orders[i](a, b) == 0:
			return yes
		}
	}
	return most
}

// between is BETWEEN, both ends included.
type between struct {
	low, high comparison
}

func (b *between) test(e *env) truth { return min(b.low.test(e), b.high.test(e)) }
