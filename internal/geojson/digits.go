package geojson

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Digits are found several at once, each in a byte of a register, the first in the
// lowest, as they stand in memory:
//
//	105_854_441 ─► 1234 5678 ─► 12 34 56 78 ─► 1 2 3 4 5 6 7 8
//	               32 bits each  16 bits each   8 bits each
//
// Zeros in front are shifted out, and those at the end are not counted: no loop and
// no branch that depends on the digits.

// zeros is the text of eight of them.
const zeros = 0x30_30_30_30_30_30_30_30

// eight returns the digits of n, which is below 100,000,000.
func eight(n uint32) uint64 {
	x := uint64(n/10_000) | uint64(n%10_000)<<32
	// x/100 of both halves: (x·10486)>>20 is right up to 43,698.
	high := x * 10_486 >> 20 & 0x7f_0000_007f
	x = high | (x-high*100)<<16
	// x/10 of all four: (x·103)>>10 is right up to 178.
	high = x * 103 >> 10 & 0x0f_000f_000f_000f
	return high | (x-high*10)<<8
}

// three returns the digits of n, which is below 1,000.
func three(n uint32) uint32 {
	ones, tens := n/10, n/100
	return tens | (ones-tens*10)<<8 | (n-ones*10)<<16
}

// room is how many bytes are written at once at most: a position with a comma before
// it has 30, and whole registers are stored.
const room = 40

// withRoom returns dst with room behind its end.
func withRoom(dst []byte) []byte {
	if cap(dst)-len(dst) < room {
		return slices.Grow(dst, room)
	}
	return dst
}

// putWhole writes n, below 100,000,000, and returns how many digits it has.
func putWhole(text []byte, n uint32) int {
	digits := eight(n)
	skip := min(bits.TrailingZeros64(digits)/8, 7)
	binary.LittleEndian.PutUint64(text, (digits|zeros)>>(8*skip))
	return 8 - skip
}

// behindPoint returns how long a point with these digits behind it is, zeros at the
// end left out, and the point where there are no others.
func behindPoint(digits uint64) int {
	if digits == 0 {
		return 0
	}
	return 1 + 8 - bits.LeadingZeros64(digits)/8
}
