package geojson

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/paulmach/orb"
)

// ErrTooMany means more members or elements than the caller takes.
var ErrTooMany = errors.New("too many")

// Member is one member of a JSON object, its value still text.
type Member struct {
	Name  string
	Value []byte // shares the memory of what it was cut from
}

// Members cuts a JSON object into its members, in their order, names that occur
// twice included. All of text is checked: the error wraps ErrSyntax when it is
// not one JSON object nested at most 64 deep, ErrEncoding when it is not UTF-8,
// and ErrTooMany when it has more members than most.
func Members(text []byte, most int) ([]Member, error) {
	c := &cursor{b: text}
	var all []Member
	err := c.document(func() error {
		return c.members(func(name []byte) error {
			if len(all) == most {
				return fmt.Errorf("%w: more than %d members", ErrTooMany, most)
			}
			m := Member{Name: string(name)}
			var err error
			m.Value, err = c.raw()
			all = append(all, m)
			return err
		})
	})
	return all, err
}

// Elements cuts a JSON array into its elements, under the same rules.
func Elements(text []byte, most int) ([][]byte, error) {
	c := &cursor{b: text}
	var all [][]byte
	err := c.document(func() error {
		return c.elements(func() error {
			if len(all) == most {
				return fmt.Errorf("%w: more than %d elements", ErrTooMany, most)
			}
			element, err := c.raw()
			all = append(all, element)
			return err
		})
	})
	return all, err
}

// Text returns the characters of a JSON string. A surrogate that stands alone
// becomes U+FFFD.
func Text(text []byte) (string, error) {
	c := &cursor{b: text}
	var out string
	err := c.document(func() error {
		characters, err := c.text()
		out = string(characters)
		return err
	})
	return out, err
}

// Geometry reads a GeoJSON geometry, or null as nil. Flat tells whether a
// position had more than two numbers; the others are left out. Rings, lengths
// and ranges are as the text has them. The error wraps ErrGeometry, ErrSyntax
// or ErrEncoding.
func Geometry(text []byte) (g orb.Geometry, flat bool, err error) {
	c := &cursor{b: text}
	err = c.document(func() error {
		if next := c.peek(); next != '{' && next != 'n' {
			return fmt.Errorf("no object: %w", ErrGeometry)
		}
		var err error
		g, err = c.geometry(&flat, 0)
		return err
	})
	return g, flat, err
}

// document reads all of c as one value.
func (c *cursor) document(read func() error) error {
	if !utf8.Valid(c.b) {
		return ErrEncoding
	}
	if err := read(); err != nil {
		return err
	}
	if c.space(); c.i < len(c.b) {
		return c.errorf("something follows the value")
	}
	return nil
}
