package cql2

import (
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
	"github.com/hanoitwin/hanoitwin/internal/geodesy"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// env is the feature that is being tested, and memory to work with.
type env struct {
	table   *snapshot.Table
	feature *snapshot.Feature
	tags    []tiles.Tag

	caseI, accentI folding
	index          geodesy.SegmentIndex // of a feature that has none
	check          func() error         // may be nil
	err            error                // what it returned
}

func newEnv(check func() error) env {
	return env{caseI: newFolding(expr.CaseI), accentI: newFolding(expr.AccentI), check: check}
}

// stopped is asked before slow work.
func (e *env) stopped() bool {
	if e.err == nil && e.check != nil {
		e.err = e.check()
	}
	return e.err != nil
}

// number returns which of the table's values a property has; ok is false where
// it is null.
func (e *env) number(property int) (number uint32, ok bool) {
	for i := range e.tags {
		if int(e.tags[i].Key) == property {
			return e.tags[i].Value, true
		}
	}
	return 0, false
}

// value is an operand.
type value interface {
	of(*env) city.Value
}

// literal is a value that is known.
type literal struct{ v city.Value }

func (l literal) of(*env) city.Value { return l.v }

// property is the value of a property.
type property int

func (p property) of(e *env) city.Value {
	if number, ok := e.number(int(p)); ok {
		return e.table.Value(number)
	}
	return city.Null
}

// identity is the feature's id.
type identity struct{}

func (identity) of(e *env) city.Value { return city.Integer(e.feature.ID()) }

// asValue is a condition taken for a boolean.
type asValue struct{ p predicate }

func (a asValue) of(e *env) city.Value {
	switch a.p.test(e) {
	case yes:
		return city.Boolean(true)
	case no:
		return city.Boolean(false)
	default:
		return city.Null
	}
}

// asTruth is a boolean taken for a condition.
type asTruth struct{ v value }

func (a asTruth) test(e *env) truth {
	v := a.v.of(e)
	if v.IsNull() {
		return unknown
	}
	return truthOf(v.Bool())
}

// isNull is IS NULL of a value.
type isNull struct{ v value }

func (n isNull) test(e *env) truth { return truthOf(n.v.of(e).IsNull()) }
