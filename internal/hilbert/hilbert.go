// Package hilbert numbers the squares of a grid along the curve of Hilbert (1891):
// places that are near on the curve are near on the ground.
//
//	row 1 │ 1 ─ 2      a grid of 2 × 2: the curve begins at column 0, row 0 and
//	row 0 │ 0   3      ends at the last column of row 0
package hilbert

// Distance returns how many squares lie on the curve before the one at column x and
// row y of a grid of 2^bits × 2^bits. x and y are less than 2^bits, and bits is 32 at
// most. Which way the rows count is the caller's affair.
//
// Two bits are found at a time, from the highest: the quadrant, in the order in which
// the curve passes it. A curve that enters a quadrant sideways is turned (x and y
// change places), or turned and mirrored, and so the coordinates are: without
// branches, which a processor would guess wrong every other time.
func Distance(x, y uint32, bits uint8) uint64 {
	d := uint64(0)
	for bit := int(bits) - 1; bit >= 0; bit-- {
		right, up := x>>bit&1, y>>bit&1
		d = d<<2 | uint64(3*right^up)
		turned := up - 1 // all ones in the lower quadrants, or none
		mirrored := turned & -right
		exchanged := turned & (x ^ y)
		x, y = x^exchanged^mirrored, y^exchanged^mirrored
	}
	return d
}
