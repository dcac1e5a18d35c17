package cql2

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
)

// Options say how a filter is meant.
type Options struct {
	// ToLonLat converts the coordinates of literals, in the axis order of the
	// filter's CRS, to longitude and latitude on WGS 84. A result off the globe
	// (NaN for one) refuses the literal. nil: they are longitude and latitude.
	ToLonLat func(orb.Point) orb.Point
	// Projected tells that the coordinates are not degrees. The sides of a BBOX
	// are then followed, and no BBOX crosses the antimeridian.
	Projected bool
	// Check is asked now and then, before work that may take a millisecond or more
	// on one feature. Once it has returned an error nothing matches any more, and
	// Filter.Err returns the error. nil: it is never asked. A context's Err is what
	// it is for.
	Check func() error
}

// Compile makes a Filter of an expression for a layer's features. The error
// joins everything that is wrong, each an *expr.Error: unknown properties and
// functions, types that do not fit, geometries that are not valid or off the
// globe.
func Compile(e expr.Expr, l *city.Layer, options Options) (*Filter, error) {
	c := &compiler{layer: l, options: options}
	root := c.condition(e)
	if len(c.mistakes) > 0 {
		return nil, errors.Join(c.mistakes...)
	}
	f := &Filter{root: root.remembered(), env: newEnv(options.Check)}
	for _, i := range root.uses.properties {
		f.properties = append(f.properties, l.Properties[i].Name)
	}
	return f, nil
}

// compiler collects mistakes, so that all are told at once.
type compiler struct {
	layer    *city.Layer
	options  Options
	used     uses // by the operands since takeUsed
	mistakes []error
}

// uses is what a condition hangs on.
type uses struct {
	properties []int // in order, each once
	geometry   bool
	id         bool
	folding    bool // of texts
}

func (u *uses) add(o uses) {
	u.geometry, u.id, u.folding = u.geometry || o.geometry, u.id || o.id, u.folding || o.folding
	for _, p := range o.properties {
		if i, found := slices.BinarySearch(u.properties, p); !found {
			u.properties = slices.Insert(u.properties, i, p)
		}
	}
}

// single returns the property that a condition hangs on, if that is all.
func (u *uses) single() (property int, ok bool) {
	if u.geometry || u.id || len(u.properties) != 1 {
		return 0, false
	}
	return u.properties[0], true
}

// Costs of asking, roughly in nanoseconds: of two conditions the cheaper one
// comes first.
const (
	costMemo       = 5 // and a share of what it remembers
	costScalar     = 50
	costFolding    = 1000
	costIntersects = 200
	costRelation   = 2000
)

// condition is a predicate with what it hangs on.
type condition struct {
	p    predicate
	uses uses
	cost int
}

// remembered returns the predicate, with a memory if it hangs on one property.
func (c condition) remembered() predicate {
	if property, ok := c.uses.single(); ok {
		return &memo{property: property, of: c.p}
	}
	return c.p
}

// conditionOf makes a condition of values.
func (c *compiler) conditionOf(p predicate, u uses) condition {
	cost := costScalar
	if u.folding {
		cost = costFolding
	}
	return condition{p: p, uses: u, cost: cost}
}

func (c *compiler) takeUsed() uses {
	u := c.used
	c.used = uses{}
	return u
}

// wrong notes a mistake.
func (c *compiler) wrong(e expr.Expr, format string, args ...any) { c.limited(e, 0, format, args...) }

func (c *compiler) limited(e expr.Expr, limit int, format string, args ...any) {
	c.mistakes = append(c.mistakes, &expr.Error{Place: e.Place(), Detail: fmt.Sprintf(format, args...), Limit: limit})
}

// condition compiles what must be true or false.
func (c *compiler) condition(e expr.Expr) condition {
	switch e := e.(type) {
	case *expr.Operation:
		return c.operation(e)
	case *expr.Function:
		return c.function(e)
	case *expr.Literal, *expr.Property:
		if s := c.scalar(e); s.kind != city.KindBoolean && s.kind != city.KindNull {
			c.wrong(e, "this is %s where a condition is expected", named(s.kind))
		} else {
			return c.conditionOf(asTruth{s.v}, c.takeUsed())
		}
	default:
		c.wrong(e, "this is no condition")
	}
	return condition{p: constant(unknown)}
}

func (c *compiler) operation(e *expr.Operation) condition {
	switch e.Op.Family() {
	case expr.Logical:
		return c.logical(e)
	case expr.Comparison:
		return c.comparison(e)
	case expr.Advanced:
		return c.advanced(e)
	case expr.Spatial:
		return c.spatial(e)
	case expr.Temporal:
		return c.temporal(e)
	case expr.ArrayLike:
		return c.arrays(e)
	default:
		c.scalar(e)
		c.wrong(e, "%s gives no condition", e.Op)
		return condition{p: constant(unknown)}
	}
}

// logical compiles AND, OR and NOT. Operands that hang on one property together
// are remembered together; of others, each for itself.
func (c *compiler) logical(e *expr.Operation) condition {
	parts := make([]condition, len(e.Args))
	var whole condition
	for i, arg := range e.Args {
		parts[i] = c.condition(arg)
		whole.uses.add(parts[i].uses)
	}
	_, together := whole.uses.single()
	for i := range parts {
		if _, alone := parts[i].uses.single(); alone && !together {
			parts[i].p, parts[i].cost = parts[i].remembered(), costMemo+parts[i].cost/50
		}
	}
	// SQL leaves the order to the database, too.
	slices.SortStableFunc(parts, func(a, b condition) int { return a.cost - b.cost })
	list := make([]predicate, len(parts))
	for i := range parts {
		list[i] = parts[i].p
		whole.cost = min(whole.cost+parts[i].cost, 1<<20)
	}
	switch e.Op {
	case expr.And:
		whole.p = all(list)
	case expr.Or:
		whole.p = some(list)
	default:
		whole.p = not{list[0]}
	}
	return whole
}

func (c *compiler) comparison(e *expr.Operation) condition {
	cmp := c.pair(e.Op, e.Args[1], c.scalar(e.Args[0]), c.scalar(e.Args[1]))
	return c.conditionOf(cmp, c.takeUsed())
}

// pair compiles a comparison, or notes at e that there is none.
func (c *compiler) pair(op expr.Op, e expr.Expr, a, b scalar) *comparison {
	a, b = asTime(a, b), asTime(b, a)
	return &comparison{op, a.v, b.v, c.ordering(e, a, b)}
}

// asTime returns a as a time if it is the text of one and b is a time: the
// abstract tests of the standard write so (advanced-comparison-operators, in).
func asTime(a, b scalar) scalar {
	if l, ok := a.v.(literal); ok && a.kind == city.KindString && isTime(b.kind) {
		if v, ok := expr.ParseInstant(l.v.Text()); ok {
			return scalar{literal{v}, v.Kind()}
		}
	}
	return a
}

// ordering returns how two operands are compared, or notes at e that they are not.
func (c *compiler) ordering(e expr.Expr, a, b scalar) ordering {
	if a.kind == city.KindNull || b.kind == city.KindNull {
		return nil // a mistake was noted
	}
	order := orderingOf(a.kind, b.kind)
	if order == nil {
		hint := ""
		if a.kind == city.KindDate || b.kind == city.KindDate {
			hint = "; a date is written DATE('2026-11-28')"
		} else if a.kind == city.KindInstant || b.kind == city.KindInstant {
			hint = "; a time is written TIMESTAMP('2026-11-28T07:30:00Z')"
		}
		c.wrong(e, "%s cannot be compared with %s%s", named(b.kind), named(a.kind), hint)
	}
	return order
}

func (c *compiler) advanced(e *expr.Operation) condition {
	switch e.Op {
	case expr.IsNull:
		return c.isNull(e)
	case expr.Like:
		return c.like(e)
	case expr.Between:
		v, low, high := c.scalar(e.Args[0]), c.scalar(e.Args[1]), c.scalar(e.Args[2])
		return c.conditionOf(&between{*c.pair(expr.AtLeast, e.Args[1], v, low), *c.pair(expr.AtMost, e.Args[2], v, high)}, c.takeUsed())
	}
	a := c.scalar(e.Args[0])
	m := &member{a: a.v}
	for _, arg := range e.Args[1:] {
		b := asTime(c.scalar(arg), a)
		m.list, m.orders = append(m.list, b.v), append(m.orders, c.ordering(arg, a, b))
	}
	return c.conditionOf(m, c.takeUsed())
}

func (c *compiler) isNull(e *expr.Operation) condition {
	switch arg := e.Args[0].(type) {
	case *expr.Property:
		if arg.Name == Geometry {
			return condition{p: constant(no)} // every feature has one
		}
	case *expr.Geometry, *expr.BBox:
		return condition{p: constant(no)}
	case *expr.Interval, *expr.Array:
		c.wrong(arg, "IS NULL asks for a property or a value")
		return condition{p: constant(unknown)}
	case *expr.Function:
		inner := c.condition(arg)
		return condition{isUnknown{inner.p}, inner.uses, inner.cost}
	case *expr.Operation:
		if f := arg.Op.Family(); f != expr.Arithmetic && f != expr.Textual {
			inner := c.condition(arg)
			return condition{isUnknown{inner.p}, inner.uses, inner.cost}
		}
	}
	s := c.scalar(e.Args[0])
	return c.conditionOf(isNull{s.v}, c.takeUsed())
}

func (c *compiler) like(e *expr.Operation) condition {
	a, b := c.scalar(e.Args[0]), c.scalar(e.Args[1])
	u := c.takeUsed()
	texts := true
	for i, s := range [...]scalar{a, b} {
		if s.kind != city.KindString {
			texts = false
			if s.kind != city.KindNull {
				c.wrong(e.Args[i], "LIKE compares texts, and this is %s", named(s.kind))
			}
		}
	}
	pattern, known := b.v.(literal)
	if texts && !known {
		c.wrong(e.Args[1], "the pattern of LIKE is a text")
	}
	if !texts || !known {
		return condition{p: constant(unknown)}
	}
	return c.conditionOf(&like{a.v, newPattern(pattern.v.Text())}, u)
}

// scalar is a compiled operand; its kind is null where a mistake was noted.
type scalar struct {
	v    value
	kind city.Kind
}

// nothing stands for an operand with a mistake.
func nothing() scalar { return scalar{literal{}, city.KindNull} }

// scalar compiles an operand and notes what it uses.
func (c *compiler) scalar(e expr.Expr) scalar {
	switch e := e.(type) {
	case *expr.Literal:
		v := e.Value
		if v.Kind() == city.KindString {
			v = city.String(norm.NFC.String(v.Text()))
		}
		return scalar{literal{v}, v.Kind()}
	case *expr.Property:
		return c.property(e)
	case *expr.Operation:
		switch e.Op.Family() {
		case expr.Textual:
			return c.folded(e)
		case expr.Arithmetic:
			return c.arithmetic(e)
		}
		return c.truthAsScalar(e)
	case *expr.Function:
		return c.truthAsScalar(e)
	}
	c.wrong(e, "a text, a number, a boolean, a date or a time is expected here")
	return nothing()
}

// truthAsScalar compiles a condition that is an operand.
func (c *compiler) truthAsScalar(e expr.Expr) scalar {
	before := len(c.mistakes)
	inner := c.condition(e)
	if len(c.mistakes) > before {
		return nothing()
	}
	c.used.add(inner.uses)
	return scalar{asValue{inner.p}, city.KindBoolean}
}

func (c *compiler) property(e *expr.Property) scalar {
	if i := c.index(e.Name); i >= 0 && e.Name != Geometry {
		c.used.add(uses{properties: []int{i}})
		return scalar{property(i), c.layer.Properties[i].Type}
	}
	switch e.Name {
	case ID:
		c.used.id = true
		return scalar{identity{}, city.KindInteger}
	case Geometry:
		c.wrong(e, "%s is compared by the spatial functions only", Geometry)
	default:
		c.unknownProperty(e)
	}
	return nothing()
}

// index returns the position of a property, or -1. Names are in NFC in layers,
// and perhaps not in filters.
func (c *compiler) index(name string) int {
	if i := c.layer.PropertyIndex(name); i >= 0 {
		return i
	}
	return c.layer.PropertyIndex(norm.NFC.String(name))
}

func (c *compiler) isQueryable(name string) bool {
	return name == Geometry || name == ID || c.index(name) >= 0
}

// maxNamed is how many queryables a message lists.
const maxNamed = 40

func (c *compiler) unknownProperty(e *expr.Property) {
	var names []string
	for _, q := range Queryables(c.layer) {
		names = append(names, q.Name)
	}
	if len(names) > maxNamed {
		names = append(names[:maxNamed], "…")
	}
	c.wrong(e, "layer %s has no property %q; there are %s", c.layer.ID, clip(e.Name), strings.Join(names, ", "))
}

func (c *compiler) unknownFunction(e *expr.Function) {
	c.wrong(e, "there is no function %q here; besides those of the standard there is %s(%s, geometry, metres)", clip(e.Name), DWithin, Geometry)
}

// maxClip is how much of a client's name a message repeats, in characters.
const maxClip = 60

func clip(name string) string {
	if runes := []rune(name); len(runes) > maxClip {
		return string(runes[:maxClip]) + "…"
	}
	return name
}

// known computes what hangs on no feature.
func (c *compiler) known(v value, operands ...scalar) value {
	for _, o := range operands {
		if _, ok := o.v.(literal); !ok {
			return v
		}
	}
	nowhere := newEnv(nil)
	return literal{v.of(&nowhere)}
}

func (c *compiler) folded(e *expr.Operation) scalar {
	s := c.scalar(e.Args[0])
	if s.kind != city.KindString {
		if s.kind != city.KindNull {
			c.wrong(e.Args[0], "%s folds texts, and this is %s", e.Op, named(s.kind))
		}
		return nothing()
	}
	c.used.folding = true
	return scalar{c.known(folded{e.Op, s.v}, s), city.KindString}
}

func (c *compiler) arithmetic(e *expr.Operation) scalar {
	a, b := c.scalar(e.Args[0]), c.scalar(e.Args[1])
	ok := true
	for i, s := range [...]scalar{a, b} {
		if !isNumber(s.kind) {
			ok = false
			if s.kind != city.KindNull {
				c.wrong(e.Args[i], "%s computes with numbers, and this is %s", e.Op, named(s.kind))
			}
		}
	}
	if !ok {
		return nothing()
	}
	// Of one of the two kinds; all that is done with numbers takes both.
	return scalar{c.known(arithmetic{e.Op, a.v, b.v}, a, b), city.KindNumber}
}

// named names a kind in messages.
func named(k city.Kind) string {
	switch k {
	case city.KindString:
		return "a text"
	case city.KindInteger:
		return "an integer"
	case city.KindNumber:
		return "a number"
	case city.KindBoolean:
		return "a boolean"
	case city.KindDate:
		return "a date"
	case city.KindInstant:
		return "a time"
	case city.KindJSON:
		return "an array or an object"
	default:
		return "nothing"
	}
}
