package spec

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

const termForm = `{"op":"=","args":[{"property":"status"},"planned"]}`

func (r *Reader) filter(raw json.RawMessage) *Filter {
	op, args, ok := r.operation("/filter", raw)
	if !ok {
		return nil
	}
	if op != opAnd {
		if t, ok := r.term("/filter", op, args); ok {
			return &Filter{terms: []term{t}}
		}
		return nil
	}
	if len(args) == 0 {
		r.wrong("/filter/args", raw, "at least one comparison", "is empty")
	}
	if len(args) > maxTerms {
		r.tooMany("/filter/args", len(args), maxTerms)
		return nil
	}
	f := &Filter{}
	for i, arg := range args {
		field := "/filter/args/" + strconv.Itoa(i)
		op, args, ok := r.operation(field, arg)
		if !ok {
			continue
		}
		if t, ok := r.term(field, op, args); ok {
			f.terms = append(f.terms, t)
		}
	}
	return f
}

func (r *Reader) operation(field string, raw json.RawMessage) (op string, args []json.RawMessage, ok bool) {
	members, ok := r.object(field, raw, "op", "args")
	if !ok {
		return "", nil, false
	}
	if members["op"] == nil || members["args"] == nil {
		r.wrong(field, raw, termForm, "has not both op and args")
		return "", nil, false
	}
	op, okOp := r.text(field+"/op", members["op"])
	args, okArgs := r.list(field+"/args", members["args"], maxInList)
	return op, args, okOp && okArgs
}

func (r *Reader) term(field, op string, args []json.RawMessage) (t term, ok bool) {
	if !isOperator(op) {
		r.mistake(Mistake{Pointer: field + "/op", Value: clip(op), Expected: operators + "; or and, outermost", Detail: "is not an operator that is known here"})
		return t, false
	}
	if len(args) != 2 {
		r.mistake(Mistake{Pointer: field + "/args", Expected: "a property and a value: " + termForm, Detail: fmt.Sprintf("has %d members", len(args))})
		return t, false
	}
	members, ok := r.object(field+"/args/0", args[0], "property")
	if !ok || members["property"] == nil {
		r.wrong(field+"/args/0", args[0], `{"property":"name"}`, "names no property")
		return t, false
	}
	t.op = op
	if t.property, ok = r.text(field+"/args/0/property", members["property"]); !ok {
		return t, false
	}
	second := field + "/args/1"
	if op != opIn {
		v, ok := r.literal(second, args[1])
		t.values = []city.Value{v}
		return t, ok
	}
	list, ok := r.list(second, args[1], maxInList)
	if ok && len(list) == 0 {
		r.wrong(second, args[1], "at least one value", "is empty")
		return t, false
	}
	for i, raw := range list {
		v, okLiteral := r.literal(second+"/"+strconv.Itoa(i), raw)
		ok = ok && okLiteral
		t.values = append(t.values, v)
	}
	return t, ok
}

const literalForm = `a string, a number, true, false, {"date":"2027-06-30"} or {"timestamp":"2027-06-30T00:00:00Z"}`

// literal reads one value. A number without fraction and exponent is whole.
func (r *Reader) literal(field string, raw json.RawMessage) (city.Value, bool) {
	if len(raw) > maxLiteral {
		r.mistake(Mistake{Pointer: field, Limit: maxLiteral, Expected: fmt.Sprintf("at most %d bytes", maxLiteral), Detail: fmt.Sprintf("has %d bytes", len(raw))})
		return city.Null, false
	}
	var v any
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	if decoder.Decode(&v) == nil {
		switch v := v.(type) {
		case string:
			return city.String(norm.NFC.String(v)), true
		case bool:
			return city.Boolean(v), true
		case json.Number:
			if i, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
				return city.Integer(i), true
			}
			if f, err := v.Float64(); err == nil {
				return city.Number(f), true
			}
		case map[string]any:
			if t, ok := moment(v); ok {
				return t, true
			}
		}
	}
	r.wrong(field, raw, literalForm, "is not a value")
	return city.Null, false
}

func moment(v map[string]any) (city.Value, bool) {
	if len(v) != 1 {
		return city.Null, false
	}
	if text, ok := v["date"].(string); ok {
		t, err := time.Parse(time.DateOnly, text)
		return city.Date(t), err == nil
	}
	if text, ok := v["timestamp"].(string); ok {
		t, err := time.Parse(time.RFC3339Nano, text)
		return city.Instant(t), err == nil
	}
	return city.Null, false
}
