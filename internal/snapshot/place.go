package snapshot

import "github.com/paulmach/orb"

// placeLevels is how many times the globe is quartered down to one Place.
const placeLevels = 16

// Between calls fn, in no particular order, with every feature whose Place lies
// from low to high, both included, until fn returns false.
//
// The places from low to high are at most 6 squares of each size along the
// curve: the R-tree is asked for each. A feature whose box meets a square but
// whose place is in another is not told there.
//
//	┌───────┬───┬───┐   low ● in the small square, then along the curve the
//	│       │ ● │   │   larger ones up to high: what a change of place passes
//	│       ├───┴───┤   over
//	└───────┴───────┘
func (l *Layer) Between(low, high uint32, fn func(*Feature) bool) {
	l.between(0, 0, uint64(low), uint64(high), fn)
}

// between visits the square that is number prefix of 4^level along the curve.
func (l *Layer) between(level uint, prefix, low, high uint64, fn func(*Feature) bool) bool {
	below := 2 * (placeLevels - level)
	first := prefix << below
	last := first + 1<<below - 1
	switch {
	case last < low || first > high:
		return true
	case first < low || last > high:
		for quarter := range uint64(4) {
			if !l.between(level+1, prefix<<2|quarter, low, high, fn) {
				return false
			}
		}
		return true
	}
	more := true
	l.Search(squareOf(level, prefix), func(f *Feature) bool {
		if p := uint64(f.place); first <= p && p <= last {
			more = fn(f)
		}
		return more
	})
	return more
}

// squareOf returns the lon/lat bounds of square d of 4^level along the curve: the
// inverse of curve.
func squareOf(level uint, d uint64) orb.Bound {
	x, y := uint64(0), uint64(0)
	for s := uint64(1); s < 1<<level; s *= 2 {
		right := d >> 1 & 1
		up := (d ^ right) & 1
		if up == 0 {
			if right == 1 {
				x, y = s-1-x, s-1-y
			}
			x, y = y, x
		}
		x, y = x+s*right, y+s*up
		d >>= 2
	}
	width, height := 360/float64(uint64(1)<<level), 180/float64(uint64(1)<<level)
	west, south := float64(x)*width-180, float64(y)*height-90
	return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{west + width, south + height}}
}
