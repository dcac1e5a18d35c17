package expr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// ParseJSON reads CQL2 JSON (21-065r2, schema cql2.json). Its errors are *Error,
// with the JSON pointer. Members that the schema does not name are passed over.
func ParseJSON(data []byte, limits Limits) (Expr, error) {
	limits = limits.Defaults()
	if len(data) > limits.Bytes {
		return nil, &Error{Detail: fmt.Sprintf("the filter has %d bytes; at most %d are taken", len(data), limits.Bytes), Limit: limits.Bytes}
	}
	if !utf8.Valid(data) {
		return nil, &Error{Detail: "the filter is not valid UTF-8"}
	}
	if !json.Valid(data) {
		return nil, &Error{Detail: "the filter is not valid JSON"}
	}
	r := &reader{budget: newBudget(limits)}
	e, err := r.expr("", data, 1)
	if err != nil {
		return nil, err
	}
	return e, r.root(e)
}

// reader reads nodes of JSON that is known to be valid.
type reader struct{ budget }

// wrong makes an error.
func (r *reader) wrong(pointer, format string, args ...any) error {
	return &Error{Place: Place{Pointer: pointer}, Detail: fmt.Sprintf(format, args...)}
}

// decode reads a value whose type is known.
func (r *reader) decode(pointer string, raw json.RawMessage, into any, what string) error {
	if err := json.Unmarshal(raw, into); err != nil || string(bytes.TrimSpace(raw)) == "null" {
		return r.wrong(pointer, "expected %s, found %s", what, clip(string(raw)))
	}
	return nil
}

// expr reads any node.
func (r *reader) expr(pointer string, raw json.RawMessage, level int) (Expr, error) {
	n := node{Place{Pointer: pointer}}
	if level > r.limits.Depth {
		return nil, r.tooDeep(n.place)
	}
	if err := r.node(n.place); err != nil {
		return nil, err
	}
	switch raw = bytes.TrimSpace(raw); raw[0] {
	case '{':
		return r.object(n, raw, level)
	case '[':
		elements, err := r.elements(pointer, raw, level+1)
		if err != nil {
			return nil, err
		}
		return &Array{n, elements}, nil
	case '"':
		var text string
		if err := r.decode(pointer, raw, &text, "a text"); err != nil {
			return nil, err
		}
		return &Literal{n, city.String(text)}, nil
	case 't', 'f':
		return &Literal{n, city.Boolean(raw[0] == 't')}, nil
	case 'n':
		return nil, r.wrong(pointer, "null is no value; ask with isNull")
	default:
		v, ok := parseNumber(string(raw))
		if !ok {
			return nil, r.wrong(pointer, "the number %s is too large", clip(string(raw)))
		}
		return &Literal{n, v}, nil
	}
}

// elements reads a list of nodes.
func (r *reader) elements(pointer string, raw json.RawMessage, level int) ([]Expr, error) {
	var list []json.RawMessage
	if err := r.decode(pointer, raw, &list, "a list"); err != nil {
		return nil, err
	}
	if err := r.list(Place{Pointer: pointer}, len(list)); err != nil {
		return nil, err
	}
	var all []Expr
	for i, member := range list {
		e, err := r.expr(pointer+"/"+strconv.Itoa(i), member, level)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// object tells by its members what an object is.
func (r *reader) object(n node, raw json.RawMessage, level int) (Expr, error) {
	var members map[string]json.RawMessage
	if err := r.decode(n.place.Pointer, raw, &members, "an object"); err != nil {
		return nil, err
	}
	switch {
	case members["op"] != nil:
		return r.operation(n, members, level)
	case members["property"] != nil:
		pointer := n.place.Pointer + "/property"
		p := &Property{node: n}
		if err := r.decode(pointer, members["property"], &p.Name, "the name of a property"); err != nil {
			return nil, err
		}
		if p.Name == "" || strings.ContainsAny(p.Name, `"`) {
			return nil, r.wrong(pointer, "%q is no name of a property", clip(p.Name))
		}
		return p, nil
	case members["date"] != nil:
		return r.instant(n, "date", members["date"], parseDate, dateForm)
	case members["timestamp"] != nil:
		return r.instant(n, "timestamp", members["timestamp"], parseTimestamp, timestampForm)
	case members["interval"] != nil:
		return r.interval(n, members["interval"], level)
	case members["type"] != nil:
		g, err := r.geometry(n.place.Pointer, members, level)
		if err != nil {
			return nil, err
		}
		return &Geometry{n, g}, checkGeometry(n.place, g)
	case members["bbox"] != nil:
		var numbers []float64
		if err := r.decode(n.place.Pointer+"/bbox", members["bbox"], &numbers, "four or six numbers"); err != nil {
			return nil, err
		}
		return newBBox(n, numbers)
	}
	return nil, r.wrong(n.place.Pointer, "the object has none of op, property, date, timestamp, interval, type and bbox")
}

func (r *reader) instant(n node, member string, raw json.RawMessage, parse func(string) (city.Value, bool), form string) (Expr, error) {
	var text string
	pointer := n.place.Pointer + "/" + member
	if err := r.decode(pointer, raw, &text, form); err != nil {
		return nil, err
	}
	v, ok := parse(text)
	if !ok {
		return nil, r.wrong(pointer, "expected %s, found %q", form, clip(text))
	}
	return &Literal{n, v}, nil
}

func (r *reader) interval(n node, raw json.RawMessage, level int) (Expr, error) {
	pointer := n.place.Pointer + "/interval"
	var ends []json.RawMessage
	if err := r.decode(pointer, raw, &ends, "a list of two times"); err != nil {
		return nil, err
	}
	if len(ends) != 2 {
		return nil, r.wrong(pointer, "an interval has two ends, not %d", len(ends))
	}
	i := &Interval{node: n}
	for end, into := range [...]*Expr{&i.From, &i.To} {
		var err error
		if *into, err = r.intervalEnd(pointer+"/"+strconv.Itoa(end), ends[end], level+1); err != nil {
			return nil, err
		}
	}
	return i, nil
}

func (r *reader) intervalEnd(pointer string, raw json.RawMessage, level int) (Expr, error) {
	e, err := r.expr(pointer, raw, level)
	if err != nil {
		return nil, err
	}
	if l, ok := e.(*Literal); ok && l.Value.Kind() == city.KindString {
		if l.Value.Text() == open {
			return nil, nil
		}
		if v, ok := ParseInstant(l.Value.Text()); ok {
			return &Literal{l.node, v}, nil
		}
	}
	return e, checkIntervalEnd(e)
}

// operation reads op and args.
func (r *reader) operation(n node, members map[string]json.RawMessage, level int) (Expr, error) {
	pointer := n.place.Pointer
	var name string
	if err := r.decode(pointer+"/op", members["op"], &name, "the name of an operator"); err != nil {
		return nil, err
	}
	if members["args"] == nil {
		return nil, r.wrong(pointer, "%s has no args", clip(name))
	}
	op := Op(name)
	if op == In {
		return r.in(n, members["args"], level)
	}
	args, err := r.elements(pointer+"/args", members["args"], level+1)
	if err != nil {
		return nil, err
	}
	s, ok := specOf(op)
	if !ok {
		if !isName(name) || isKeyword(name) {
			return nil, r.wrong(pointer+"/op", "%q is no operator and no name of a function", clip(name))
		}
		return &Function{n, name, args}, nil
	}
	if s.args == 0 && len(args) < 2 || s.args > 0 && len(args) != s.args {
		return nil, wrongCount(Place{Pointer: pointer + "/args"}, op, s.args, len(args))
	}
	return &Operation{n, op, args}, r.operands(op, args)
}

// in reads the value and the list, which are flattened.
func (r *reader) in(n node, raw json.RawMessage, level int) (Expr, error) {
	pointer := n.place.Pointer + "/args"
	var parts []json.RawMessage
	if err := r.decode(pointer, raw, &parts, "a value and a list"); err != nil {
		return nil, err
	}
	if len(parts) != 2 {
		return nil, r.wrong(pointer, "in has %d arguments; it takes a value and a list", len(parts))
	}
	value, err := r.expr(pointer+"/0", parts[0], level+1)
	if err != nil {
		return nil, err
	}
	list, err := r.elements(pointer+"/1", parts[1], level+1)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, r.wrong(pointer+"/1", "the list is empty")
	}
	args := append([]Expr{value}, list...)
	return &Operation{n, In, args}, r.operands(In, args)
}

// operands refuses arrays where text could not write them.
func (r *reader) operands(op Op, args []Expr) error {
	switch op.Family() {
	case Textual, Spatial, Temporal, ArrayLike:
		return nil
	}
	for _, arg := range args {
		if _, ok := arg.(*Array); ok {
			return r.wrong(arg.Place().Pointer, "an array can only be an argument of a function")
		}
	}
	return nil
}
