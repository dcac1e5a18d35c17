package cql2

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
)

// sql translates expressions for PostGIS, literals into parameters.
type sql struct {
	tb   testing.TB
	def  *city.Layer
	args []any
}

// prelude is what the translation calls.
const prelude = `
CREATE FUNCTION casei(text) RETURNS text IMMUTABLE LANGUAGE sql AS
	$$ SELECT lower(normalize($1, NFC) COLLATE "und-x-icu") COLLATE "C" $$;
CREATE FUNCTION accenti(text) RETURNS text IMMUTABLE LANGUAGE sql AS
	$$ SELECT normalize(translate(regexp_replace(normalize($1, NFD), '[\u0300-\u036f]', '', 'g'), 'đĐøØłŁ', 'dDoOlL'), NFC) COLLATE "C" $$;
CREATE FUNCTION day(timestamptz) RETURNS date IMMUTABLE LANGUAGE sql AS
	$$ SELECT (($1 AT TIME ZONE 'UTC') + interval '7 hours')::date $$;
CREATE FUNCTION day(date) RETURNS date IMMUTABLE LANGUAGE sql AS $$ SELECT $1 $$;
`

func (s *sql) param(v any, cast string) string {
	s.args = append(s.args, v)
	return fmt.Sprintf("$%d::%s", len(s.args), cast)
}

func (s *sql) all(list []expr.Expr) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = s.expr(e)
	}
	return out
}

// kind returns the kind of an operand.
func (s *sql) kind(e expr.Expr) city.Kind {
	switch e := e.(type) {
	case *expr.Literal:
		return e.Value.Kind()
	case *expr.Property:
		if i := s.def.PropertyIndex(e.Name); i >= 0 {
			return s.def.Properties[i].Type
		}
		return city.KindInteger
	case *expr.Interval:
		for _, end := range []expr.Expr{e.From, e.To} {
			if end != nil {
				return s.kind(end)
			}
		}
	case *expr.Operation:
		if e.Op == expr.Over || e.Op == expr.Power || e.Op.Family() == expr.Arithmetic && (s.kind(e.Args[0]) == city.KindNumber || s.kind(e.Args[1]) == city.KindNumber) {
			return city.KindNumber
		}
		if e.Op.Family() == expr.Arithmetic {
			return city.KindInteger
		}
		if e.Op.Family() == expr.Textual {
			return city.KindString
		}
		return city.KindBoolean
	}
	return city.KindNull
}

func (s *sql) expr(e expr.Expr) string {
	switch e := e.(type) {
	case *expr.Literal:
		return s.literal(e.Value)
	case *expr.Property:
		return `"` + e.Name + `"`
	case *expr.Geometry:
		return s.param(e.Geometry, "geometry")
	case *expr.BBox:
		b := orb.Bound{Min: e.Min, Max: e.Max}
		return s.param(b.ToPolygon(), "geometry")
	case *expr.Operation:
		return "(" + s.operation(e) + ")"
	}
	s.tb.Fatalf("no SQL for %s", expr.Text(e))
	return ""
}

func (s *sql) literal(v city.Value) string {
	switch v.Kind() {
	case city.KindString:
		return s.param(v.Text(), "text")
	case city.KindInteger:
		return s.param(v.Int(), "bigint")
	case city.KindNumber:
		return s.param(v.Float(), "float8")
	case city.KindBoolean:
		return s.param(v.Bool(), "boolean")
	case city.KindDate:
		return s.param(v.Time(), "date")
	default:
		return s.param(v.Time(), "timestamptz")
	}
}

func (s *sql) operation(e *expr.Operation) string {
	switch e.Op.Family() {
	case expr.Logical:
		if e.Op == expr.Not {
			return "NOT " + s.expr(e.Args[0])
		}
		return strings.Join(s.all(e.Args), " "+string(e.Op)+" ")
	case expr.Comparison:
		return s.ordered(e.Args[0], e.Args[1], string(e.Op))
	case expr.Advanced:
		return s.advanced(e)
	case expr.Textual:
		return string(e.Op) + "(" + s.expr(e.Args[0]) + ")"
	case expr.Arithmetic:
		return s.arithmetic(e)
	case expr.Spatial:
		return s.spatial(e)
	case expr.Temporal:
		return s.temporal(e)
	default:
		return s.arrays(e)
	}
}

// spatial asks the members of a collection one by one: GEOS 3.11 refuses it.
func (s *sql) spatial(e *expr.Operation) string {
	call := func(op expr.Op, args ...string) string {
		return "ST_" + strings.TrimPrefix(string(op), "s_") + "(" + strings.Join(args, ", ") + ")"
	}
	for i, arg := range e.Args {
		literal, ok := arg.(*expr.Geometry)
		if !ok {
			continue
		}
		if c, ok := literal.Geometry.(orb.Collection); ok {
			var terms []string
			for _, member := range c {
				terms = append(terms, call(expr.SIntersects, s.param(member, "geometry"), s.expr(e.Args[1-i])))
			}
			any := "(" + strings.Join(terms, " OR ") + ")"
			if e.Op == expr.SDisjoint {
				return "NOT " + any
			}
			return any
		}
	}
	return call(e.Op, s.all(e.Args)...)
}

// ordered compares two operands, a date and an instant by days.
func (s *sql) ordered(a, b expr.Expr, op string) string {
	left, right := s.expr(a), s.expr(b)
	if ka, kb := s.kind(a), s.kind(b); isTime(ka) && isTime(kb) && ka != kb {
		left, right = "day("+left+")", "day("+right+")"
	}
	return left + " " + op + " " + right
}

func (s *sql) advanced(e *expr.Operation) string {
	switch e.Op {
	case expr.IsNull:
		return s.expr(e.Args[0]) + " IS NULL"
	case expr.Like:
		return s.expr(e.Args[0]) + " LIKE " + s.expr(e.Args[1])
	case expr.Between:
		return "(" + s.ordered(e.Args[0], e.Args[1], ">=") + ") AND (" + s.ordered(e.Args[0], e.Args[2], "<=") + ")"
	}
	terms := make([]string, len(e.Args)-1)
	for i, b := range e.Args[1:] {
		terms[i] = "(" + s.ordered(e.Args[0], b, "=") + ")"
	}
	return strings.Join(terms, " OR ")
}

// arithmetic computes as we do: / of real numbers, and no result is null.
func (s *sql) arithmetic(e *expr.Operation) string {
	a, b := s.expr(e.Args[0]), s.expr(e.Args[1])
	whole := s.kind(e.Args[0]) == city.KindInteger && s.kind(e.Args[1]) == city.KindInteger
	switch {
	case e.Op == expr.Power:
		return "power(" + a + "::float8, " + b + "::float8)"
	case e.Op == expr.Over:
		return a + "::float8 / NULLIF(" + b + "::float8, 0)"
	case e.Op == expr.Div && whole:
		return a + " / NULLIF(" + b + ", 0)"
	case e.Op == expr.Div:
		return "trunc(" + a + "::float8 / NULLIF(" + b + "::float8, 0))"
	case e.Op == expr.Modulo:
		return a + " % NULLIF(" + b + ", 0)"
	}
	return a + " " + string(e.Op) + " " + b
}

// temporal writes the relations with half of the comparisons of spansRelate: in
// terms of the ends.
func (s *sql) temporal(e *expr.Operation) string {
	days := s.kind(e.Args[0]) == city.KindDate || s.kind(e.Args[1]) == city.KindDate
	from1, to1 := s.ends(e.Args[0], days)
	from2, to2 := s.ends(e.Args[1], days)
	formula := map[expr.Op]string{
		expr.TAfter: "f1 > t2", expr.TBefore: "t1 < f2", expr.TDisjoint: "f1 > t2 OR t1 < f2", expr.TIntersects: "NOT (f1 > t2 OR t1 < f2)",
		expr.TEquals: "f1 = f2 AND t1 = t2", expr.TContains: "f1 < f2 AND t1 > t2", expr.TDuring: "f2 < f1 AND t2 > t1",
		expr.TFinishes: "f1 > f2 AND t1 = t2", expr.TFinishedBy: "f2 > f1 AND t2 = t1", expr.TStarts: "f1 = f2 AND t1 < t2", expr.TStartedBy: "f2 = f1 AND t2 < t1",
		expr.TMeets: "t1 = f2", expr.TMetBy: "t2 = f1", expr.TOverlaps: "f1 < f2 AND t1 > f2 AND t1 < t2", expr.TOverlappedBy: "f2 < f1 AND t2 > f1 AND t2 < t1",
	}[e.Op]
	return fmt.Sprintf("SELECT CASE WHEN f1 IS NOT NULL AND t1 IS NOT NULL AND f2 IS NOT NULL AND t2 IS NOT NULL THEN %s END FROM (SELECT %s AS f1, %s AS t1, %s AS f2, %s AS t2) ends", formula, from1, to1, from2, to2)
}

func (s *sql) ends(e expr.Expr, days bool) (from, to string) {
	kind, wrap := "timestamptz", "(%s)"
	if days {
		kind, wrap = "date", "day(%s)"
	}
	i, ok := e.(*expr.Interval)
	if !ok {
		at := fmt.Sprintf(wrap, s.expr(e))
		return at, at
	}
	from, to = "'-infinity'::"+kind, "'infinity'::"+kind
	if i.From != nil {
		from = fmt.Sprintf(wrap, s.expr(i.From))
	}
	if i.To != nil {
		to = fmt.Sprintf(wrap, s.expr(i.To))
	}
	return from, to
}

// arrays takes jsonb's containment, which is that of sets for scalars.
func (s *sql) arrays(e *expr.Operation) string {
	side := func(e expr.Expr) string {
		if a, ok := e.(*expr.Array); ok {
			return s.param(string(expr.AppendJSON(nil, a)), "jsonb")
		}
		x := s.expr(e)
		return "CASE WHEN jsonb_typeof(" + x + ") = 'array' THEN " + x + " END"
	}
	formula := map[expr.Op]string{
		expr.AContains: "a @> b", expr.AContainedBy: "a <@ b", expr.AEquals: "a @> b AND a <@ b",
		expr.AOverlaps: "EXISTS (SELECT 1 FROM jsonb_array_elements(a) x JOIN jsonb_array_elements(b) y ON x.value = y.value)",
	}[e.Op]
	return fmt.Sprintf("SELECT CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN %s END FROM (SELECT %s AS a, %s AS b) sets", formula, side(e.Args[0]), side(e.Args[1]))
}
