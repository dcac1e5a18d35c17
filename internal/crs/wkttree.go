package crs

import (
	"fmt"
	"strings"
)

// Limits of a well-known text. The longest in the EPSG registry is about 5 kB,
// ten levels deep.
const (
	maxWKTBytes = 64 << 10
	maxWKTDepth = 32
)

// wktParser reads the bracket grammar that WKT 1 and WKT 2 share:
//
//	node  = KEYWORD ( "[" | "(" ) item { "," item } ( "]" | ")" )
//	item  = node | "text" | number | word
type wktParser struct {
	text  string
	at    int
	depth int
}

func parseWKTTree(text string) (*wktNode, error) {
	if len(text) > maxWKTBytes {
		return nil, fmt.Errorf("WKT of %d bytes, at most %d: %w", len(text), maxWKTBytes, ErrUnknownCRS)
	}
	p := &wktParser{text: strings.TrimPrefix(text, "\ufeff")}
	word := p.word()
	p.space()
	if word == "" || !p.open() {
		return nil, p.fail()
	}
	root, err := p.node(word)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at != len(p.text) {
		return nil, p.fail()
	}
	return root, nil
}

func (p *wktParser) fail() error {
	return fmt.Errorf("WKT %.40q, byte %d: not well-known text: %w", p.text, p.at, ErrUnknownCRS)
}

// node reads the items of a node whose opening bracket is behind us.
func (p *wktParser) node(keyword string) (*wktNode, error) {
	if p.depth++; p.depth > maxWKTDepth {
		return nil, p.fail()
	}
	defer func() { p.depth-- }()
	n := &wktNode{keyword: strings.ToUpper(keyword)}
	for {
		if err := p.item(n); err != nil {
			return nil, err
		}
		p.space()
		switch p.next() {
		case ',':
		case ']', ')':
			return n, nil
		default:
			return nil, p.fail()
		}
	}
}

func (p *wktParser) item(n *wktNode) error {
	p.space()
	if p.peek() == '"' {
		text, ok := p.quoted()
		if !ok {
			return p.fail()
		}
		n.values = append(n.values, text)
		return nil
	}
	word := p.word()
	if word == "" {
		return p.fail()
	}
	p.space()
	if !p.open() {
		n.values = append(n.values, word)
		return nil
	}
	child, err := p.node(word)
	if err != nil {
		return err
	}
	n.children = append(n.children, child)
	return nil
}

// quoted reads a text in double quotes; a doubled quote inside is one.
func (p *wktParser) quoted() (string, bool) {
	var b strings.Builder
	p.at++
	for {
		end := strings.IndexByte(p.text[p.at:], '"')
		if end < 0 {
			return "", false
		}
		b.WriteString(p.text[p.at : p.at+end])
		p.at += end + 1
		if p.peek() != '"' {
			return b.String(), true
		}
		b.WriteByte('"')
		p.at++
	}
}

// word reads a keyword, a bare word or a number.
func (p *wktParser) word() string {
	p.space()
	start := p.at
	for p.at < len(p.text) && !strings.ContainsRune("[]()\", \t\r\n", rune(p.text[p.at])) {
		p.at++
	}
	return p.text[start:p.at]
}

func (p *wktParser) open() bool {
	if c := p.peek(); c != '[' && c != '(' {
		return false
	}
	p.at++
	return true
}

func (p *wktParser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n\x00", p.text[p.at]) >= 0 {
		p.at++
	}
}

func (p *wktParser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *wktParser) next() byte {
	c := p.peek()
	if p.at < len(p.text) {
		p.at++
	}
	return c
}
