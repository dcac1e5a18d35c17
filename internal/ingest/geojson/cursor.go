package geojson

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of one feature.
const maxDepth = 64

// cursor parses the JSON text of one feature, which is whole in memory.
type cursor struct {
	b []byte
	i int
}

func (c *cursor) errorf(format string, args ...any) error {
	return fmt.Errorf("at byte %d of the text: %s: %w", c.i, fmt.Sprintf(format, args...), ErrSyntax)
}

func (c *cursor) space() {
	for c.i < len(c.b) {
		switch c.b[c.i] {
		case ' ', '\t', '\r', '\n':
			c.i++
		default:
			return
		}
	}
}

// peek skips white space and returns the next byte, 0 at the end.
func (c *cursor) peek() byte {
	c.space()
	if c.i >= len(c.b) {
		return 0
	}
	return c.b[c.i]
}

func (c *cursor) expect(want byte) error {
	switch got := c.peek(); {
	case c.i >= len(c.b):
		return c.errorf("the text ends where %q belongs", want)
	case got != want:
		return c.errorf("%q where %q belongs", got, want)
	}
	c.i++
	return nil
}

// members calls yield with the name of each member of an object, the cursor
// standing before its value; yield must consume the value.
func (c *cursor) members(yield func(name []byte) error) error {
	if err := c.expect('{'); err != nil {
		return err
	}
	if c.peek() == '}' {
		c.i++
		return nil
	}
	for {
		name, err := c.text()
		if err != nil {
			return err
		}
		if err := c.expect(':'); err != nil {
			return err
		}
		if err := yield(name); err != nil {
			return err
		}
		switch c.peek() {
		case ',':
			c.i++
		case '}':
			c.i++
			return nil
		default:
			return c.errorf("%q where ',' or '}' belongs", c.peek())
		}
	}
}

// elements calls yield before each element of an array; yield must consume it.
func (c *cursor) elements(yield func() error) error {
	if err := c.expect('['); err != nil {
		return err
	}
	if c.peek() == ']' {
		c.i++
		return nil
	}
	for {
		if err := yield(); err != nil {
			return err
		}
		switch c.peek() {
		case ',':
			c.i++
		case ']':
			c.i++
			return nil
		default:
			return c.errorf("%q where ',' or ']' belongs", c.peek())
		}
	}
}

// raw returns the bytes of the next value, its syntax checked.
func (c *cursor) raw() ([]byte, error) {
	c.space()
	start := c.i
	if err := c.skipValue(0); err != nil {
		return nil, err
	}
	return c.b[start:c.i], nil
}

func (c *cursor) skipValue(depth int) error {
	if depth > maxDepth {
		return c.errorf("nested deeper than %d", maxDepth)
	}
	switch ch := c.peek(); {
	case ch == '{':
		return c.members(func([]byte) error { return c.skipValue(depth + 1) })
	case ch == '[':
		return c.elements(func() error { return c.skipValue(depth + 1) })
	case ch == '"':
		_, err := c.text()
		return err
	case ch == 't':
		return c.literal("true")
	case ch == 'f':
		return c.literal("false")
	case ch == 'n':
		return c.literal("null")
	default:
		_, _, err := c.number()
		return err
	}
}

func (c *cursor) literal(word string) error {
	if len(c.b)-c.i < len(word) || string(c.b[c.i:c.i+len(word)]) != word {
		return c.errorf("not a JSON value")
	}
	c.i += len(word)
	return nil
}

// number returns the text of a JSON number (RFC 8259 section 6) and whether it
// is written as an integer.
func (c *cursor) number() (text []byte, integer bool, err error) {
	c.space()
	start, b := c.i, c.b
	i := start
	if i < len(b) && b[i] == '-' {
		i++
	}
	first := i
	i = digits(b, i)
	if i == first || (b[first] == '0' && i > first+1) {
		return nil, false, c.errorf("not a JSON value")
	}
	integer = true
	if i < len(b) && b[i] == '.' {
		integer = false
		from := i + 1
		if i = digits(b, from); i == from {
			return nil, false, c.errorf("a number ends in a point")
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		integer = false
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		from := i
		if i = digits(b, from); i == from {
			return nil, false, c.errorf("a number has an empty exponent")
		}
	}
	c.i = i
	return b[start:i], integer, nil
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	return i
}

// float parses a number as float64. Out of range is an error.
func (c *cursor) float() (float64, error) {
	text, _, err := c.number()
	if err != nil {
		return 0, err
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return 0, c.errorf("number %s is out of range", text)
	}
	return f, nil
}

// text returns the characters of a JSON string. Without escapes it is a part
// of the feature's bytes; it must be copied to be kept.
func (c *cursor) text() ([]byte, error) {
	if err := c.expect('"'); err != nil {
		return nil, err
	}
	start := c.i
	for c.i < len(c.b) {
		switch ch := c.b[c.i]; {
		case ch == '"':
			c.i++
			return c.b[start : c.i-1], nil
		case ch == '\\':
			return c.unescape(append([]byte(nil), c.b[start:c.i]...))
		case ch < 0x20:
			return nil, c.errorf("a control character stands in a string")
		default:
			c.i++
		}
	}
	return nil, c.errorf("a string does not end")
}

// unescape continues text at the first backslash.
func (c *cursor) unescape(out []byte) ([]byte, error) {
	for c.i < len(c.b) {
		ch := c.b[c.i]
		c.i++
		switch {
		case ch == '"':
			return out, nil
		case ch < 0x20:
			return nil, c.errorf("a control character stands in a string")
		case ch != '\\':
			out = append(out, ch)
			continue
		}
		if c.i >= len(c.b) {
			break
		}
		ch = c.b[c.i]
		c.i++
		switch ch {
		case '"', '\\', '/':
			out = append(out, ch)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, err := c.unicode()
			if err != nil {
				return nil, err
			}
			out = utf8.AppendRune(out, r)
		default:
			return nil, c.errorf("unknown escape \\%c", ch)
		}
	}
	return nil, c.errorf("a string does not end")
}

// unicode reads the four digits after \u and, for a surrogate, its partner. A
// surrogate that stands alone becomes U+FFFD.
func (c *cursor) unicode() (rune, error) {
	r, err := c.hex4()
	if err != nil {
		return 0, err
	}
	if !utf16.IsSurrogate(r) {
		return r, nil
	}
	if len(c.b)-c.i >= 6 && c.b[c.i] == '\\' && c.b[c.i+1] == 'u' {
		back := c.i
		c.i += 2
		second, err := c.hex4()
		if err != nil {
			return 0, err
		}
		if both := utf16.DecodeRune(r, second); both != utf8.RuneError {
			return both, nil
		}
		c.i = back
	}
	return utf8.RuneError, nil
}

func (c *cursor) hex4() (rune, error) {
	if len(c.b)-c.i < 4 {
		return 0, c.errorf("a \\u escape is cut off")
	}
	n, err := strconv.ParseUint(string(c.b[c.i:c.i+4]), 16, 16)
	if err != nil {
		return 0, c.errorf("\\u%s is no escape", c.b[c.i:c.i+4])
	}
	c.i += 4
	return rune(n), nil
}
