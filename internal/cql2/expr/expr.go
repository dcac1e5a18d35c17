package expr

import (
	"strconv"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Place is where a node stands in what was parsed.
type Place struct {
	// Column counts the characters (Unicode code points) of CQL2 Text from 1. It
	// is 0 in CQL2 JSON.
	Column int
	// Pointer is the JSON pointer (RFC 6901) in CQL2 JSON; "" is the whole.
	Pointer string
}

// String returns "column 12", or the pointer in quotes.
func (p Place) String() string {
	if p.Column > 0 {
		return "column " + strconv.Itoa(p.Column)
	}
	return strconv.Quote(p.Pointer)
}

// Expr is a node of a filter expression. The set is closed.
type Expr interface {
	// Place returns where the node stands.
	Place() Place
	sealed()
}

type node struct{ place Place }

// Place implements Expr.
func (n node) Place() Place { return n.place }
func (n node) sealed()      {}

// Literal is a string, integer, number, boolean, date or instant. Strings are as
// written; the parser does not normalize them.
type Literal struct {
	node
	Value city.Value // never null
}

// Property is a reference to a queryable.
type Property struct {
	node
	Name string
	// Quoted tells that the text had it in double quotes. The examples of the
	// standard write texts so in arrays: A_CONTAINS(p, ("foo","bar")).
	Quoted bool
}

// Operation is an operator, or a function that the standard defines, with its
// operands. The operands of in are the value and then the members of the list.
type Operation struct {
	node
	Op   Op
	Args []Expr
}

// Function is a function that the standard does not define.
type Function struct {
	node
	Name string
	Args []Expr
}

// Array is a list of values; it has no order and may be empty.
type Array struct {
	node
	Elements []Expr
}

// Interval is the time from From to To, both included: each is a Literal (a date
// or an instant), a Property, a Function, or nil where the interval is open.
type Interval struct {
	node
	From, To Expr
}

// Geometry is a geometry literal in the coordinates and the axis order of the
// filter's CRS. Heights are left out. Rings are closed and have at least four
// positions, lines at least two, nothing is empty.
type Geometry struct {
	node
	Geometry orb.Geometry
}

// BBox is a box in the coordinates and the axis order of the filter's CRS.
// Heights are left out. In degrees, a west that is greater than the east means
// a box across the antimeridian.
type BBox struct {
	node
	Min, Max orb.Point
}

// Limits bound what a parser takes. The zero value of a field means its default.
type Limits struct {
	Bytes    int // length of the text or JSON; default 512 KiB: 10,000 positions with all their digits
	Depth    int // of the tree, the root being 1; default 32
	Nodes    int // default 5,000
	Vertices int // of all geometry literals together; default 10,000
	List     int // members of one list: IN, an array, the arguments of a function, of AND and OR; default 1,000
}

// Defaults returns l with the defaults in place of zeros.
func (l Limits) Defaults() Limits {
	for _, d := range [...]struct {
		field *int
		value int
	}{{&l.Bytes, 512 << 10}, {&l.Depth, 32}, {&l.Nodes, 5000}, {&l.Vertices, 10_000}, {&l.List, 1000}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return l
}

// Error is what is wrong with an expression, and where.
type Error struct {
	Place
	Detail string
	// Limit is the limit that was passed, and 0 where none was.
	Limit int
}

// Error implements error.
func (e *Error) Error() string {
	if e.Place == (Place{}) {
		return e.Detail
	}
	return e.Place.String() + ": " + e.Detail
}

// maxClip is how much of a client's text an error repeats, in bytes.
const maxClip = 60

// clip shortens text for a message.
func clip(text string) string {
	if len(text) <= maxClip {
		return text
	}
	cut := maxClip
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
