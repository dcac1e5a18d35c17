package cql2

import (
	"math"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
)

// span is an instant or an interval, both ends included.
type span struct {
	from, to value // nil: open
	instant  bool  // from and to are one
}

// ends returns the ends in days or microseconds, and whether they are known.
func (s *span) ends(e *env, days bool) (from, to int64, ok bool) {
	from, ok = end(e, s.from, days, math.MinInt64)
	if s.instant || !ok {
		return from, from, ok
	}
	to, ok = end(e, s.to, days, math.MaxInt64)
	return from, to, ok
}

// end returns a time, or what an open end stands for.
func end(e *env, v value, days bool, open int64) (int64, bool) {
	if v == nil {
		return open, true
	}
	at := v.of(e)
	if days {
		d, ok := at.Day()
		return int64(d), ok
	}
	return at.Int(), !at.IsNull()
}

// temporal is a relation of two spans; where an end is null it is unknown.
type temporal struct {
	op   expr.Op
	a, b span
	days bool // compare by days: one of them has dates
}

func (t *temporal) test(e *env) truth {
	from1, to1, ok1 := t.a.ends(e, t.days)
	from2, to2, ok2 := t.b.ends(e, t.days)
	if !ok1 || !ok2 {
		return unknown
	}
	return truthOf(spansRelate(t.op, from1, to1, from2, to2))
}

// spansRelate is the tables "Definitions of standardized temporal comparison
// functions" of clause 7.7 of 21-065r2, which refer to OWL-Time.
func spansRelate(op expr.Op, from1, to1, from2, to2 int64) bool {
	switch op {
	case expr.TAfter:
		return from1 > to2
	case expr.TBefore:
		return to1 < from2
	case expr.TDisjoint:
		return to1 < from2 || from1 > to2
	case expr.TIntersects:
		return to1 >= from2 && from1 <= to2
	case expr.TEquals:
		return from1 == from2 && to1 == to2
	case expr.TContains:
		return from1 < from2 && to1 > to2
	case expr.TDuring:
		return from1 > from2 && to1 < to2
	case expr.TFinishedBy:
		return from1 < from2 && to1 == to2
	case expr.TFinishes:
		return from1 > from2 && to1 == to2
	case expr.TMeets:
		return to1 == from2
	case expr.TMetBy:
		return from1 == to2
	case expr.TOverlappedBy:
		return from1 > from2 && from1 < to2 && to1 > to2
	case expr.TOverlaps:
		return from1 < from2 && to1 > from2 && to1 < to2
	case expr.TStartedBy:
		return from1 == from2 && to1 > to2
	default: // t_starts
		return from1 == from2 && to1 < to2
	}
}

// takesInstants reports whether a relation is defined for instants too.
func takesInstants(op expr.Op) bool {
	switch op {
	case expr.TAfter, expr.TBefore, expr.TDisjoint, expr.TEquals, expr.TIntersects:
		return true
	}
	return false
}

// temporal compiles a relation of times.
func (c *compiler) temporal(e *expr.Operation) condition {
	a, kindA := c.span(e.Args[0], e.Op)
	b, kindB := c.span(e.Args[1], e.Op)
	t := &temporal{op: e.Op, a: a, b: b, days: kindA == city.KindDate || kindB == city.KindDate}
	return c.conditionOf(t, c.takeUsed())
}

// span compiles an instant or an interval. The kind is that of its ends: date,
// instant, or null where both are open or a mistake was noted.
func (c *compiler) span(e expr.Expr, op expr.Op) (span, city.Kind) {
	i, ok := e.(*expr.Interval)
	if !ok {
		s := c.scalar(e)
		switch {
		case s.kind == city.KindNull:
		case !isTime(s.kind):
			c.wrong(e, "%s compares times, and this is %s", op, named(s.kind))
		case !takesInstants(op):
			c.wrong(e, "%s compares intervals only: write INTERVAL(from, to)", op)
		}
		return span{from: s.v, instant: true}, s.kind
	}
	var s span
	var kinds [2]city.Kind
	for n, at := range [...]expr.Expr{i.From, i.To} {
		if at == nil {
			continue
		}
		v := c.scalar(at)
		if v.kind != city.KindNull && !isTime(v.kind) {
			c.wrong(at, "an end of an interval is a time, and this is %s", named(v.kind))
		}
		kinds[n] = v.kind
		*[...]*value{&s.from, &s.to}[n] = v.v
	}
	switch {
	case kinds[0] == city.KindNull:
		return s, kinds[1]
	case kinds[1] != city.KindNull && kinds[0] != kinds[1]:
		c.wrong(e, "one end of the interval is %s, the other %s", named(kinds[0]), named(kinds[1]))
	}
	return s, kinds[0]
}
