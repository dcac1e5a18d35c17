package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// factor is an operand and its sign. The sign of a number is part of it; -x is
// -1 * x, as CQL2 JSON has no negation.
func (p *parser) factor() (Expr, error) {
	if !p.is("-") && !p.is("+") {
		return p.primary()
	}
	n, err := p.here()
	if err != nil {
		return nil, err
	}
	sign := p.take().text
	if p.peek().kind == tokenNumber {
		v, err := p.number(sign)
		return &Literal{n, v}, err
	}
	if sign == "+" {
		return nil, p.unexpected("a number")
	}
	operand, err := p.primary()
	if err != nil {
		return nil, err
	}
	if err := p.node(n.place); err != nil {
		return nil, err
	}
	return &Operation{n, Times, []Expr{&Literal{n, city.Integer(-1)}, operand}}, nil
}

// number takes a number token.
func (p *parser) number(sign string) (city.Value, error) {
	t := p.take()
	v, ok := parseNumber(sign + t.text)
	if !ok {
		return v, &Error{Place: Place{Column: t.column}, Detail: "the number " + clip(t.text) + " is too large"}
	}
	return v, nil
}

// parseNumber reads a number: an integer if it is written as one and fits.
func parseNumber(text string) (v city.Value, ok bool) {
	text = strings.TrimPrefix(text, "+")
	if !strings.ContainsAny(text, ".eE") {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return city.Integer(i), true
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return city.Null, false
	}
	return city.Number(f), true
}

// primary is an operand without a sign.
func (p *parser) primary() (Expr, error) {
	switch t := p.peek(); {
	case p.is("("):
		return p.parenthesised()
	case t.kind == tokenName:
		return p.named()
	case t.kind == tokenQuoted, t.kind == tokenText, t.kind == tokenNumber:
		n, err := p.here()
		if err != nil {
			return nil, err
		}
		if t.kind == tokenNumber {
			v, err := p.number("")
			return &Literal{n, v}, err
		}
		p.at++
		if t.kind == tokenQuoted {
			return &Property{n, t.text, true}, nil
		}
		return &Literal{n, city.String(t.text)}, nil
	}
	return nil, p.unexpected("a property, a value or a predicate")
}

// parenthesised reads what stands in parentheses, where it cannot be an array.
func (p *parser) parenthesised() (Expr, error) {
	open := p.take()
	if p.is(")") {
		return nil, p.unexpected("an expression: an array can only be an argument")
	}
	e, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if p.is(",") {
		return nil, &Error{Place: Place{Column: open.column}, Detail: "an array can only be an argument of a function"}
	}
	return e, p.expect(")")
}

// argument reads an argument of a function or an element of an array. What
// stands whole in parentheses is an array.
func (p *parser) argument() (Expr, error) {
	t := p.peek()
	if !p.is("(") || t.match == 0 {
		return p.disjunction()
	}
	after := &p.tokens[t.match+1] // there is always the end
	if after.kind != tokenPunct || after.text != "," && after.text != ")" {
		return p.disjunction()
	}
	n, err := p.here()
	if err != nil {
		return nil, err
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	p.at++
	if p.accept(")") {
		return &Array{n, nil}, nil
	}
	elements, err := p.commaList(nil, p.argument)
	if err != nil {
		return nil, err
	}
	return &Array{n, elements}, nil
}

// named reads what begins with a name.
func (p *parser) named() (Expr, error) {
	t := p.peek()
	next := p.tokens[p.at+1] // there is always the end
	called := next.kind == tokenPunct && next.text == "("
	switch {
	case p.word("TRUE"), p.word("FALSE"):
		n, err := p.here()
		p.at++
		return &Literal{n, city.Boolean(strings.EqualFold(t.text, "TRUE"))}, err
	case isReserved(t.text):
		return nil, p.unexpected("a property, a value or a predicate")
	case isGeometry(t.text) && (called || next.kind == tokenName && strings.EqualFold(next.text, "Z")):
		return p.geometry()
	case !called:
		n, err := p.here()
		p.at++
		return &Property{n, t.text, false}, err
	case p.word("DATE"), p.word("TIMESTAMP"):
		return p.instant()
	case p.word("INTERVAL"):
		return p.interval()
	case p.word("BBOX"):
		return p.bbox()
	}
	return p.call()
}

// call reads a function and its arguments.
func (p *parser) call() (Expr, error) {
	n, err := p.here()
	if err != nil {
		return nil, err
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	name := p.take().text
	p.at++ // the parenthesis
	var args []Expr
	if !p.accept(")") {
		if args, err = p.commaList(nil, p.argument); err != nil {
			return nil, err
		}
	}
	op, ok := functionNamed(name)
	if !ok {
		return &Function{n, name, args}, nil
	}
	if s, _ := specOf(op); len(args) != s.args {
		return nil, wrongCount(n.place, op, s.args, len(args))
	}
	return &Operation{n, op, args}, nil
}

func wrongCount(place Place, op Op, want, got int) error {
	if want == 0 {
		return &Error{Place: place, Detail: fmt.Sprintf("%s has %d arguments; it takes two or more", op, got)}
	}
	return &Error{Place: place, Detail: fmt.Sprintf("%s has %d arguments; it takes %d", op, got, want)}
}
