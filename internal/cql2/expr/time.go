package expr

import (
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// open is how an end of an interval is written that has none.
const open = ".."

// forms of times, for messages.
const (
	dateForm      = "a date such as '2026-11-28'"
	timestampForm = "a time in UTC such as '2026-11-28T07:30:00Z'"
)

// parseDate reads the production fullDate.
func parseDate(text string) (city.Value, bool) {
	t, err := time.Parse(time.DateOnly, text)
	return city.Date(t), err == nil
}

// parseTimestamp reads fullDate "T" utcTime. Digits after the microseconds are
// dropped.
func parseTimestamp(text string) (city.Value, bool) {
	if strings.Contains(text, ",") { // which package time takes for a point
		return city.Null, false
	}
	t, err := time.Parse("2006-01-02T15:04:05Z", text)
	return city.Instant(t), err == nil
}

// ParseInstant reads a date or a time in UTC as CQL2 writes them: 2026-11-28,
// 2026-11-28T07:30:00Z. ok is false for any other text.
func ParseInstant(text string) (v city.Value, ok bool) {
	if v, ok := parseDate(text); ok {
		return v, true
	}
	return parseTimestamp(text)
}

// instant reads DATE('…') or TIMESTAMP('…').
func (p *parser) instant() (Expr, error) {
	n, err := p.here()
	if err != nil {
		return nil, err
	}
	parse, form := parseTimestamp, timestampForm
	if p.word("DATE") {
		parse, form = parseDate, dateForm
	}
	p.at += 2 // the word and the parenthesis
	if k := p.peek().kind; k != tokenText && k != tokenQuoted {
		return nil, p.unexpected(form)
	}
	v, ok := parse(p.peek().text)
	if !ok {
		return nil, p.unexpected(form)
	}
	p.at++
	return &Literal{n, v}, p.expect(")")
}

// interval reads INTERVAL(from, to).
func (p *parser) interval() (Expr, error) {
	n, err := p.here()
	if err != nil {
		return nil, err
	}
	p.at += 2
	i := &Interval{node: n}
	if i.From, err = p.intervalEnd(); err != nil {
		return nil, err
	}
	if err := p.expect(","); err != nil {
		return nil, err
	}
	if i.To, err = p.intervalEnd(); err != nil {
		return nil, err
	}
	return i, p.expect(")")
}

// intervalEnd is the production instantParameter.
func (p *parser) intervalEnd() (Expr, error) {
	t := p.peek()
	if t.kind == tokenText || t.kind == tokenQuoted {
		if t.text == open {
			p.at++
			return nil, nil
		}
		if v, ok := ParseInstant(t.text); ok {
			n, err := p.here()
			p.at++
			return &Literal{n, v}, err
		}
		if t.kind == tokenText {
			return nil, p.unexpected("'..', a property, " + dateForm + " or " + timestampForm)
		}
	}
	e, err := p.primary()
	if err != nil {
		return nil, err
	}
	return e, checkIntervalEnd(e)
}

// checkIntervalEnd refuses what cannot be a time.
func checkIntervalEnd(e Expr) error {
	switch e := e.(type) {
	case *Property, *Function:
		return nil
	case *Literal:
		if k := e.Value.Kind(); k == city.KindDate || k == city.KindInstant {
			return nil
		}
	}
	return &Error{Place: e.Place(), Detail: "an end of an interval is '..', a property, " + dateForm + " or " + timestampForm}
}
