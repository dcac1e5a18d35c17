package expr

import "fmt"

// budget counts what a parser has taken against its limits.
type budget struct {
	limits          Limits
	nodes, vertices int
}

func newBudget(l Limits) budget { return budget{limits: l} }

// node counts a node.
func (b *budget) node(at Place) error {
	if b.nodes++; b.nodes > b.limits.Nodes {
		return &Error{Place: at, Detail: fmt.Sprintf("the filter has more than %d operators, properties and values", b.limits.Nodes), Limit: b.limits.Nodes}
	}
	return nil
}

// vertex counts n positions of a geometry.
func (b *budget) vertex(at Place, n int) error {
	if b.vertices += n; b.vertices > b.limits.Vertices {
		return &Error{Place: at, Detail: fmt.Sprintf("the geometries have more than %d positions", b.limits.Vertices), Limit: b.limits.Vertices}
	}
	return nil
}

// list holds the length of a list against its limit.
func (b *budget) list(at Place, n int) error {
	if n > b.limits.List {
		return &Error{Place: at, Detail: fmt.Sprintf("the list has more than %d members", b.limits.List), Limit: b.limits.List}
	}
	return nil
}

func (b *budget) tooDeep(at Place) error {
	return &Error{Place: at, Detail: fmt.Sprintf("the filter is nested more than %d deep", b.limits.Depth), Limit: b.limits.Depth}
}

// root refuses what can be no predicate, and holds the depth of the tree against
// its limit: in text a long sum is deep without any parentheses, for 1+2+3+…
// groups from the left.
func (b *budget) root(e Expr) error {
	switch e.(type) {
	case *Array, *Interval, *Geometry, *BBox:
		return &Error{Place: e.Place(), Detail: "the filter is not a predicate"}
	}
	return b.deeper(e, 1)
}

func (b *budget) deeper(e Expr, level int) error {
	if level > b.limits.Depth {
		return b.tooDeep(e.Place())
	}
	for _, child := range Children(e) {
		if err := b.deeper(child, level+1); err != nil {
			return err
		}
	}
	return nil
}

// Children returns the nodes under e, without the open ends of an interval. The
// slice must not be changed.
func Children(e Expr) []Expr {
	switch e := e.(type) {
	case *Operation:
		return e.Args
	case *Function:
		return e.Args
	case *Array:
		return e.Elements
	case *Interval:
		var ends []Expr
		for _, end := range [...]Expr{e.From, e.To} {
			if end != nil {
				ends = append(ends, end)
			}
		}
		return ends
	default:
		return nil
	}
}
