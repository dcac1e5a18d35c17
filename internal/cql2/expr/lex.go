package expr

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind is the kind of a token. Punctuation is its own kind.
type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenQuoted // a name in double quotes
	tokenText   // a character literal
	tokenNumber // without its sign
	tokenPunct
)

// token is a piece of the text.
type token struct {
	kind   tokenKind
	text   string // without quotes, escapes resolved
	column int
	// match is, for an opening parenthesis, the index of the closing one, or 0.
	match int
}

// lexer cuts a text into tokens.
type lexer struct {
	text   string
	at     int // byte
	column int // of at, from 1
	tokens []token
	open   []int // opening parentheses not yet closed
}

// lex cuts the whole text. Parentheses know their partners.
func lex(text string) ([]token, error) {
	if bad := firstInvalid(text); bad >= 0 {
		return nil, &Error{Place: Place{Column: utf8.RuneCountInString(text[:bad]) + 1}, Detail: "the text is not valid UTF-8"}
	}
	l := lexer{text: text, column: 1}
	for {
		l.skipSpace()
		if l.at == len(text) {
			l.tokens = append(l.tokens, token{kind: tokenEnd, column: l.column})
			return l.tokens, nil
		}
		if err := l.next(); err != nil {
			return nil, err
		}
	}
}

func firstInvalid(text string) int {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

func (l *lexer) peek() rune {
	r, _ := utf8.DecodeRuneInString(l.text[l.at:])
	if l.at == len(l.text) {
		return -1
	}
	return r
}

// step moves over one character.
func (l *lexer) step() {
	_, size := utf8.DecodeRuneInString(l.text[l.at:])
	l.at += size
	l.column++
}

func (l *lexer) skipSpace() {
	for l.at < len(l.text) && unicode.IsSpace(l.peek()) {
		l.step()
	}
}

func (l *lexer) next() error {
	start, column := l.at, l.column
	add := func(kind tokenKind) {
		l.tokens = append(l.tokens, token{kind: kind, text: l.text[start:l.at], column: column})
	}
	switch r := l.peek(); {
	case r == '\'':
		return l.character()
	case r == '"':
		return l.quoted()
	case isDigit(r) || r == '.':
		if !l.number() {
			return &Error{Place: Place{Column: column}, Detail: "a number has no digits"}
		}
		add(tokenNumber)
	case isNameStart(r):
		for l.at < len(l.text) && isNamePart(l.peek()) {
			l.step()
		}
		add(tokenName)
	case strings.ContainsRune("(),=+-*/%^<>", r):
		l.step()
		if two := l.text[start:min(start+2, len(l.text))]; two == "<>" || two == "<=" || two == ">=" {
			l.step()
		}
		add(tokenPunct)
		l.pair()
	default:
		return &Error{Place: Place{Column: column}, Detail: fmt.Sprintf("the character %q has no meaning here", r)}
	}
	return nil
}

// pair notes which parentheses belong together.
func (l *lexer) pair() {
	last := len(l.tokens) - 1
	switch l.tokens[last].text {
	case "(":
		l.open = append(l.open, last)
	case ")":
		if n := len(l.open); n > 0 {
			l.tokens[l.open[n-1]].match = last
			l.open = l.open[:n-1]
		}
	}
}

func (l *lexer) digits() (n int) {
	for l.at < len(l.text) && isDigit(l.peek()) {
		l.step()
		n++
	}
	return n
}

// number reads 12, 12.5, 12., .5, each with an exponent or without.
func (l *lexer) number() bool {
	n := l.digits()
	if l.peek() == '.' {
		l.step()
		n += l.digits()
	}
	if n == 0 {
		return false
	}
	if r := l.peek(); r == 'e' || r == 'E' {
		at, column := l.at, l.column
		l.step()
		if r := l.peek(); r == '+' || r == '-' {
			l.step()
		}
		if l.digits() == 0 { // not an exponent after all
			l.at, l.column = at, column
		}
	}
	return true
}

// character reads a character literal. A quote inside is doubled or follows a
// backslash (requirement /req/cql2-text/escaping). A backslash before another
// character than those listed there stands for itself: patterns of LIKE need it.
func (l *lexer) character() error {
	column := l.column
	var b strings.Builder
	l.step()
	for l.at < len(l.text) {
		r := l.peek()
		l.step()
		switch {
		case r == '\'' && l.peek() == '\'':
			l.step()
			b.WriteRune('\'')
		case r == '\'':
			l.tokens = append(l.tokens, token{kind: tokenText, text: b.String(), column: column})
			return nil
		case r == '\\':
			if escaped, ok := escapes(l.peek()); ok {
				l.step()
				b.WriteRune(escaped)
			} else {
				b.WriteRune('\\')
			}
		default:
			b.WriteRune(r)
		}
	}
	return &Error{Place: Place{Column: column}, Detail: "the text that begins here has no closing quote"}
}

// escapes returns what a backslash and r stand for.
func escapes(r rune) (rune, bool) {
	switch r {
	case '\'', '\\':
		return r, true
	case 'a':
		return '\a', true
	case 'b':
		return '\b', true
	case 't':
		return '\t', true
	case 'n':
		return '\n', true
	case 'v':
		return '\v', true
	case 'f':
		return '\f', true
	case 'r':
		return '\r', true
	}
	return 0, false
}

// quoted reads a name in double quotes. Unlike the standard's, it may have any
// characters but quotes: names of columns do.
func (l *lexer) quoted() error {
	column := l.column
	l.step()
	start := l.at
	for l.at < len(l.text) && l.peek() != '"' {
		l.step()
	}
	if l.at == len(l.text) {
		return &Error{Place: Place{Column: column}, Detail: "the name that begins here has no closing quote"}
	}
	name := l.text[start:l.at]
	l.step()
	if name == "" {
		return &Error{Place: Place{Column: column}, Detail: "a name is empty"}
	}
	l.tokens = append(l.tokens, token{kind: tokenQuoted, text: name, column: column})
	return nil
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// isNameStart is the production identifierStart.
func isNameStart(r rune) bool {
	switch {
	case r < 0x80:
		return r == ':' || r == '_' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
	case r == 0xd7 || r == 0xf7 || r == 0x37e || r == 0x1fff:
		return false
	}
	for _, span := range [...][2]rune{
		{0xc0, 0x2ff}, {0x370, 0x1fff}, {0x200c, 0x200d}, {0x2070, 0x218f}, {0x2c00, 0x2fef},
		{0x3001, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff},
	} {
		if r >= span[0] && r <= span[1] {
			return !unicode.IsSpace(r)
		}
	}
	return false
}

// isNamePart is the production identifierPart.
func isNamePart(r rune) bool {
	return isNameStart(r) || r == '.' || isDigit(r) || r >= 0x300 && r <= 0x36f || r == 0x203f || r == 0x2040
}

// isName reports whether name needs no quotes for its characters.
func isName(name string) bool {
	for i, r := range name {
		if i == 0 && !isNameStart(r) || !isNamePart(r) {
			return false
		}
	}
	return name != ""
}
