package expr

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseText reads CQL2 Text (21-065r2, annex B). Its errors are *Error, with the
// column.
//
// It takes a little more than the grammar: NOT twice, a property as a predicate,
// nested geometry collections, any name in double quotes, times in double quotes
// in INTERVAL (as the examples of the standard have), and BETWEEN on any values.
// An argument or an array element that stands whole in parentheses is an array:
// ('a'), but (1+2)*3.
func ParseText(text string, limits Limits) (Expr, error) {
	limits = limits.Defaults()
	if len(text) > limits.Bytes {
		return nil, &Error{Detail: fmt.Sprintf("the filter has %d bytes; at most %d are taken", len(text), limits.Bytes), Limit: limits.Bytes}
	}
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, budget: newBudget(limits)}
	e, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if p.peek().kind != tokenEnd {
		return nil, p.unexpected("AND, OR or the end")
	}
	return e, p.root(e)
}

// parser is a recursive descent over tokens.
type parser struct {
	tokens []token
	at     int
	nested int // calls under way that can contain themselves
	budget
}

func (p *parser) peek() *token { return &p.tokens[p.at] }

// take returns the next token and moves over it; the end stays.
func (p *parser) take() *token {
	t := &p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// is reports whether the next token is this punctuation.
func (p *parser) is(punct string) bool {
	t := p.peek()
	return t.kind == tokenPunct && t.text == punct
}

// word reports whether the next token is this word, whatever its case.
func (p *parser) word(word string) bool {
	t := p.peek()
	return t.kind == tokenName && strings.EqualFold(t.text, word)
}

func (p *parser) accept(punct string) bool {
	if p.is(punct) {
		p.at++
		return true
	}
	return false
}

func (p *parser) acceptWord(word string) bool {
	if p.word(word) {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(punct string) error {
	if !p.accept(punct) {
		return p.unexpected(strconv.Quote(punct))
	}
	return nil
}

// unexpected says what was expected in place of the next token.
func (p *parser) unexpected(expected string) error {
	t, found := p.peek(), "the end"
	switch t.kind {
	case tokenEnd:
	case tokenText:
		found = "the text '" + clip(t.text) + "'"
	default:
		found = strconv.Quote(clip(t.text))
	}
	return &Error{Place: Place{Column: t.column}, Detail: fmt.Sprintf("expected %s, found %s", expected, found)}
}

// enter counts a level of nesting; leave must follow.
func (p *parser) enter() error {
	// A level of the tree takes at most the two of an argument in parentheses.
	if p.nested++; p.nested > 2*p.limits.Depth+2 {
		return p.tooDeep(Place{Column: p.peek().column})
	}
	return nil
}

func (p *parser) leave() { p.nested-- }

// here returns the place of the next token and counts a node.
func (p *parser) here() (node, error) {
	n := node{Place{Column: p.peek().column}}
	return n, p.node(n.place)
}

// disjunction is the production booleanExpression.
func (p *parser) disjunction() (Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	return p.joined(Or, "OR", func() (Expr, error) { return p.joined(And, "AND", p.negation) })
}

// joined reads operands with a word between them.
func (p *parser) joined(op Op, word string, operand func() (Expr, error)) (Expr, error) {
	place := p.peek().column
	first, err := operand()
	if err != nil || !p.word(word) {
		return first, err
	}
	args := []Expr{first}
	for p.acceptWord(word) {
		next, err := operand()
		if err != nil {
			return nil, err
		}
		args = append(args, next)
	}
	n := node{Place{Column: place}}
	if err := p.list(n.place, len(args)); err != nil {
		return nil, err
	}
	return &Operation{n, op, args}, p.node(n.place)
}

// negation is the production booleanFactor.
func (p *parser) negation() (Expr, error) {
	if !p.word("NOT") {
		return p.predicate()
	}
	n, err := p.here()
	if err != nil {
		return nil, err
	}
	p.at++
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	arg, err := p.negation()
	if err != nil {
		return nil, err
	}
	return &Operation{n, Not, []Expr{arg}}, nil
}

// predicate is the production booleanPrimary: a sum, and perhaps something that
// compares it.
func (p *parser) predicate() (Expr, error) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	t := p.peek()
	if t.kind == tokenPunct {
		switch op := Op(t.text); op {
		case Equal, Unequal, Less, More, AtMost, AtLeast:
			p.at++
			right, err := p.sum()
			if err != nil {
				return nil, err
			}
			return p.operation(left.Place(), op, left, right)
		}
		return left, nil
	}
	if p.acceptWord("IS") {
		return p.isNull(left)
	}
	if p.acceptWord("NOT") {
		e, err := p.advanced(left)
		if err != nil {
			return nil, err
		}
		return p.operation(left.Place(), Not, e)
	}
	if p.word("LIKE") || p.word("BETWEEN") || p.word("IN") {
		return p.advanced(left)
	}
	return left, nil
}

// operation makes an operator's node.
func (p *parser) operation(place Place, op Op, args ...Expr) (Expr, error) {
	return &Operation{node{place}, op, args}, p.node(place)
}

func (p *parser) isNull(left Expr) (Expr, error) {
	negated := p.acceptWord("NOT")
	if !p.acceptWord("NULL") {
		return nil, p.unexpected("NULL")
	}
	e, err := p.operation(left.Place(), IsNull, left)
	if err != nil || !negated {
		return e, err
	}
	return p.operation(left.Place(), Not, e)
}

// advanced reads LIKE, IN or BETWEEN.
func (p *parser) advanced(left Expr) (Expr, error) {
	switch {
	case p.acceptWord("LIKE"):
		pattern, err := p.sum()
		if err != nil {
			return nil, err
		}
		return p.operation(left.Place(), Like, left, pattern)
	case p.acceptWord("BETWEEN"):
		low, err := p.sum()
		if err != nil {
			return nil, err
		}
		if !p.acceptWord("AND") {
			return nil, p.unexpected("AND and the upper bound")
		}
		high, err := p.sum()
		if err != nil {
			return nil, err
		}
		return p.operation(left.Place(), Between, left, low, high)
	case p.acceptWord("IN"):
		if err := p.expect("("); err != nil {
			return nil, err
		}
		args, err := p.commaList([]Expr{left}, p.disjunction)
		if err != nil {
			return nil, err
		}
		return p.operation(left.Place(), In, args...)
	}
	return nil, p.unexpected("LIKE, IN or BETWEEN")
}

// commaList appends at least one member, up to and with the closing parenthesis.
func (p *parser) commaList(list []Expr, member func() (Expr, error)) ([]Expr, error) {
	for {
		e, err := member()
		if err != nil {
			return nil, err
		}
		list = append(list, e)
		if err := p.list(e.Place(), len(list)-1); err != nil {
			return nil, err
		}
		if p.accept(")") {
			return list, nil
		}
		if !p.accept(",") {
			return nil, p.unexpected(`"," or ")"`)
		}
	}
}

// sum is the production arithmeticExpression, and any operand that is none.
func (p *parser) sum() (Expr, error) {
	return p.chain(p.product, func(t *token) (Op, bool) {
		return Op(t.text), t.kind == tokenPunct && (t.text == "+" || t.text == "-")
	})
}

func (p *parser) product() (Expr, error) {
	return p.chain(p.power, func(t *token) (Op, bool) {
		if t.kind == tokenName && strings.EqualFold(t.text, "DIV") {
			return Div, true
		}
		return Op(t.text), t.kind == tokenPunct && (t.text == "*" || t.text == "/" || t.text == "%")
	})
}

// chain reads operands with operators between them that group from the left.
func (p *parser) chain(operand func() (Expr, error), operator func(*token) (Op, bool)) (Expr, error) {
	left, err := operand()
	for err == nil {
		op, ok := operator(p.peek())
		if !ok {
			break
		}
		p.at++
		var right Expr
		if right, err = operand(); err == nil {
			left, err = p.operation(left.Place(), op, left, right)
		}
	}
	return left, err
}

// power is the production powerTerm: of a^b^c the standard does not say what it is.
func (p *parser) power() (Expr, error) {
	base, err := p.factor()
	if err != nil || !p.accept("^") {
		return base, err
	}
	exponent, err := p.factor()
	if err != nil {
		return nil, err
	}
	if p.is("^") {
		return nil, p.unexpected("parentheses around one of the powers")
	}
	return p.operation(base.Place(), Power, base, exponent)
}
