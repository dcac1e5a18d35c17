package cql2

import (
	"math"
	"math/bits"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
)

// arithmetic is an operator of two numbers. Sums, differences, products, div and
// % of integers are exact integers where they fit; everything else is float64.
type arithmetic struct {
	op   expr.Op
	a, b value
}

func (n arithmetic) of(e *env) city.Value {
	a, b := n.a.of(e), n.b.of(e)
	if a.IsNull() || b.IsNull() {
		return city.Null
	}
	if a.Kind() == city.KindInteger && b.Kind() == city.KindInteger {
		if i, ok := ofIntegers(n.op, a.Int(), b.Int()); ok {
			return city.Integer(i)
		}
	}
	return city.Number(ofNumbers(n.op, a.Float(), b.Float())) // null where there is none
}

// ofIntegers computes exactly; ok is false where the result is no int64.
func ofIntegers(op expr.Op, a, b int64) (result int64, ok bool) {
	switch op {
	case expr.Plus:
		return a + b, (a+b > a) == (b > 0)
	case expr.Minus:
		return a - b, (a-b < a) == (b > 0)
	case expr.Times:
		high, low := bits.Mul64(magnitude(a), magnitude(b))
		return a * b, high == 0 && low < 1<<63
	case expr.Div:
		return quotient(a, b)
	case expr.Modulo:
		if b == 0 || b == -1 { // MinInt64 % -1 is 0, but not on every processor
			return 0, b == -1
		}
		return a % b, true
	}
	return 0, false
}

func magnitude(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

func quotient(a, b int64) (int64, bool) {
	if b == 0 || a == math.MinInt64 && b == -1 {
		return 0, false
	}
	return a / b, true
}

func ofNumbers(op expr.Op, a, b float64) float64 {
	switch op {
	case expr.Plus:
		return a + b
	case expr.Minus:
		return a - b
	case expr.Times:
		return a * b
	case expr.Over:
		return a / b
	case expr.Div:
		return math.Trunc(a / b)
	case expr.Modulo:
		return math.Mod(a, b)
	default:
		return math.Pow(a, b)
	}
}
