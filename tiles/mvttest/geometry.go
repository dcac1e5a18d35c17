package mvttest

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// commands reads a geometry field.
type commands struct {
	rest []uint32
	at   XY
}

// command reads one command integer and checks its id.
func (c *commands) command(want uint32) (count int, err error) {
	if len(c.rest) == 0 {
		return 0, fmt.Errorf("geometry ends where command %d should be", want)
	}
	id, n := c.rest[0]&7, c.rest[0]>>3
	c.rest = c.rest[1:]
	if id != want {
		return 0, fmt.Errorf("command %d, want %d", id, want)
	}
	if id == closePath {
		if n != 1 {
			return 0, fmt.Errorf("ClosePath with count %d", n)
		}
		return 1, nil
	}
	if n == 0 {
		return 0, fmt.Errorf("command %d with count 0", id)
	}
	if uint64(n)*2 > uint64(len(c.rest)) {
		return 0, fmt.Errorf("command %d with count %d and %d parameters", id, n, len(c.rest))
	}
	return int(n), nil
}

// step reads one pair of parameters.
func (c *commands) step() XY {
	c.at.X += zigzag(c.rest[0])
	c.at.Y += zigzag(c.rest[1])
	c.rest = c.rest[2:]
	return c.at
}

func zigzag(v uint32) int64 { return int64(int32(v>>1) ^ -int32(v&1)) }

func (f *Feature) decodeGeometry(raw []uint32, version uint32) error {
	if len(raw) == 0 {
		return errors.New("empty geometry")
	}
	c := commands{rest: raw}
	switch f.Type {
	case Point:
		return f.points(&c)
	case LineString:
		return f.lines(&c, version)
	case Polygon:
		return f.rings(&c, version)
	}
	f.Raw = raw
	return nil
}

func (f *Feature) points(c *commands) error {
	n, err := c.command(moveTo)
	if err != nil {
		return err
	}
	for range n {
		f.Points = append(f.Points, c.step())
	}
	if len(c.rest) > 0 {
		return fmt.Errorf("%d integers behind the points", len(c.rest))
	}
	return nil
}

// stroke reads MoveTo 1 and LineTo of at least least.
func (c *commands) stroke(least int) ([]XY, error) {
	n, err := c.command(moveTo)
	if err != nil {
		return nil, err
	}
	if n != 1 {
		return nil, fmt.Errorf("MoveTo with count %d", n)
	}
	line := []XY{c.step()}
	if n, err = c.command(lineTo); err != nil {
		return nil, err
	}
	if n < least {
		return nil, fmt.Errorf("LineTo with count %d, want at least %d", n, least)
	}
	for range n {
		before := c.at
		if c.step() == before {
			return nil, fmt.Errorf("LineTo without a step at %v", before)
		}
		line = append(line, c.at)
	}
	return line, nil
}

func (f *Feature) lines(c *commands, version uint32) error {
	for len(c.rest) > 0 {
		line, err := c.stroke(1)
		if err != nil {
			return fmt.Errorf("line %d: %w", len(f.Lines), err)
		}
		f.Lines = append(f.Lines, line)
		if version == 1 && len(c.rest) > 0 && c.rest[0]&7 == closePath {
			c.rest = c.rest[1:] // version 1 did not forbid it
		}
	}
	return nil
}

func (f *Feature) rings(c *commands, version uint32) error {
	for n := 0; len(c.rest) > 0; n++ {
		ring, err := c.stroke(2)
		if err == nil {
			_, err = c.command(closePath)
		}
		if err != nil {
			return fmt.Errorf("ring %d: %w", n, err)
		}
		if ring[len(ring)-1] == ring[0] {
			return fmt.Errorf("ring %d repeats its first position %v before ClosePath", n, ring[0])
		}
		area := areaSign(ring)
		switch {
		case area == 0 && version >= 2:
			return fmt.Errorf("ring %d has no area", n)
		case area > 0 || version == 1:
			f.Polygons = append(f.Polygons, [][]XY{ring})
		case len(f.Polygons) == 0:
			return fmt.Errorf("ring %d is a hole without an exterior", n)
		default:
			last := len(f.Polygons) - 1
			f.Polygons[last] = append(f.Polygons[last], ring)
		}
	}
	return nil
}

// areaSign is the sign of the surveyor's formula. Positions of hostile tiles
// reach 2^60, so the sum is kept in 192 bits: high and low words of products.
func areaSign(ring []XY) int {
	var sum wide
	a := ring[len(ring)-1]
	for _, b := range ring {
		sum.addProduct(a.X, b.Y)
		sum.addProduct(-b.X, a.Y)
		a = b
	}
	return sum.sign()
}

// wide is a signed 192-bit sum in two's complement.
type wide [3]uint64

func (w *wide) addProduct(a, b int64) {
	negative := (a < 0) != (b < 0)
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	var carry uint64
	if negative {
		w[0], carry = bits.Sub64(w[0], low, 0)
		w[1], carry = bits.Sub64(w[1], high, carry)
		w[2], _ = bits.Sub64(w[2], 0, carry)
		return
	}
	w[0], carry = bits.Add64(w[0], low, 0)
	w[1], carry = bits.Add64(w[1], high, carry)
	w[2], _ = bits.Add64(w[2], 0, carry)
}

func (w *wide) sign() int {
	switch {
	case w[2] > math.MaxInt64:
		return -1
	case w[0]|w[1]|w[2] == 0:
		return 0
	}
	return 1
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return uint64(-v)
	}
	return uint64(v)
}
