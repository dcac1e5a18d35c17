package expr

import "strings"

// Op is an operator or a function of the standard, by its name in CQL2 JSON. In
// CQL2 Text letters are upper case.
type Op string

// Logical operators and comparisons.
const (
	And     Op = "and"
	Or      Op = "or"
	Not     Op = "not"
	Equal   Op = "="
	Unequal Op = "<>"
	Less    Op = "<"
	More    Op = ">"
	AtMost  Op = "<="
	AtLeast Op = ">="
	Like    Op = "like"
	Between Op = "between"
	In      Op = "in"
	IsNull  Op = "isNull"
)

// Functions of texts.
const (
	CaseI   Op = "casei"
	AccentI Op = "accenti"
)

// Arithmetic.
const (
	Plus   Op = "+"
	Minus  Op = "-"
	Times  Op = "*"
	Over   Op = "/"
	Modulo Op = "%"
	Div    Op = "div"
	Power  Op = "^"
)

// Spatial relations.
const (
	SContains   Op = "s_contains"
	SCrosses    Op = "s_crosses"
	SDisjoint   Op = "s_disjoint"
	SEquals     Op = "s_equals"
	SIntersects Op = "s_intersects"
	SOverlaps   Op = "s_overlaps"
	STouches    Op = "s_touches"
	SWithin     Op = "s_within"
)

// Temporal relations.
const (
	TAfter        Op = "t_after"
	TBefore       Op = "t_before"
	TContains     Op = "t_contains"
	TDisjoint     Op = "t_disjoint"
	TDuring       Op = "t_during"
	TEquals       Op = "t_equals"
	TFinishedBy   Op = "t_finishedBy"
	TFinishes     Op = "t_finishes"
	TIntersects   Op = "t_intersects"
	TMeets        Op = "t_meets"
	TMetBy        Op = "t_metBy"
	TOverlappedBy Op = "t_overlappedBy"
	TOverlaps     Op = "t_overlaps"
	TStartedBy    Op = "t_startedBy"
	TStarts       Op = "t_starts"
)

// Relations of arrays.
const (
	AContainedBy Op = "a_containedBy"
	AContains    Op = "a_contains"
	AEquals      Op = "a_equals"
	AOverlaps    Op = "a_overlaps"
)

// Family groups operators that are treated alike.
type Family uint8

// The families.
const (
	Logical    Family = iota + 1 // and, or, not
	Comparison                   // = <> < > <= >=
	Advanced                     // like, between, in, isNull
	Textual                      // casei, accenti
	Arithmetic                   // + - * / % div ^
	Spatial                      // s_…
	Temporal                     // t_…
	ArrayLike                    // a_…
)

// spec says how an operator is written.
type spec struct {
	family Family
	level  int // how tightly it binds in text; see the levels below
	args   int // number of operands; 0: two or more
}

// Levels of binding, from the loosest.
const (
	levelOr = iota + 1
	levelAnd
	levelNot
	levelPredicate
	levelSum
	levelProduct
	levelPower
	levelPrimary
)

// specOf returns how op is written; ok is false for what is no operator.
func specOf(op Op) (s spec, ok bool) {
	switch op {
	case And:
		return spec{Logical, levelAnd, 0}, true
	case Or:
		return spec{Logical, levelOr, 0}, true
	case Not:
		return spec{Logical, levelNot, 1}, true
	case Equal, Unequal, Less, More, AtMost, AtLeast:
		return spec{Comparison, levelPredicate, 2}, true
	case Like:
		return spec{Advanced, levelPredicate, 2}, true
	case Between:
		return spec{Advanced, levelPredicate, 3}, true
	case In:
		return spec{Advanced, levelPredicate, 0}, true
	case IsNull:
		return spec{Advanced, levelPredicate, 1}, true
	case CaseI, AccentI:
		return spec{Textual, levelPrimary, 1}, true
	case Plus, Minus:
		return spec{Arithmetic, levelSum, 2}, true
	case Times, Over, Modulo, Div:
		return spec{Arithmetic, levelProduct, 2}, true
	case Power:
		return spec{Arithmetic, levelPower, 2}, true
	}
	return functionSpec(op)
}

// functionSpec is specOf for the operators that are written as functions.
func functionSpec(op Op) (s spec, ok bool) {
	switch op {
	case SContains, SCrosses, SDisjoint, SEquals, SIntersects, SOverlaps, STouches, SWithin:
		return spec{Spatial, levelPrimary, 2}, true
	case TAfter, TBefore, TContains, TDisjoint, TDuring, TEquals, TFinishedBy, TFinishes, TIntersects,
		TMeets, TMetBy, TOverlappedBy, TOverlaps, TStartedBy, TStarts:
		return spec{Temporal, levelPrimary, 2}, true
	case AContainedBy, AContains, AEquals, AOverlaps:
		return spec{ArrayLike, levelPrimary, 2}, true
	default:
		return spec{}, false
	}
}

// Family returns the family of op, 0 for what is no operator.
func (op Op) Family() Family {
	s, _ := specOf(op)
	return s.family
}

// functionNamed returns the operator that text writes as a function of this
// name, whatever its case.
func functionNamed(name string) (Op, bool) {
	lower := strings.ToLower(name)
	op := Op(lower)
	switch lower { // the names with an upper-case letter in JSON
	case "t_finishedby":
		op = TFinishedBy
	case "t_metby":
		op = TMetBy
	case "t_overlappedby":
		op = TOverlappedBy
	case "t_startedby":
		op = TStartedBy
	case "a_containedby":
		op = AContainedBy
	case "casei", "accenti":
		return op, true
	}
	_, ok := functionSpec(op)
	return op, ok
}

// isReserved reports whether an unquoted name, whatever its case, is a word of
// the grammar between operands and never a property.
func isReserved(name string) bool {
	switch strings.ToUpper(name) {
	case "AND", "OR", "NOT", "IS", "NULL", "LIKE", "IN", "BETWEEN", "DIV", "TRUE", "FALSE":
		return true
	}
	return false
}

// isKeyword reports whether name is on the standard's list of keywords (clause
// 8.2), with INTERVAL, which it forgot. A property with such a name is written
// in quotes.
func isKeyword(name string) bool {
	if _, ok := functionNamed(name); ok || isReserved(name) {
		return true
	}
	switch strings.ToUpper(name) {
	case "BBOX", "DATE", "TIMESTAMP", "INTERVAL", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT",
		"MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION":
		return true
	}
	return false
}
