package hilbert

import "testing"

// TestDistance walks the whole curve of some grids: every square comes once, each
// beside the last, from one corner of row 0 to the other.
func TestDistance(t *testing.T) {
	for bits := range uint8(6) {
		side := uint32(1) << bits
		at := make(map[uint64][2]uint32)
		for x := range side {
			for y := range side {
				at[Distance(x, y, bits)] = [2]uint32{x, y}
			}
		}
		n := uint64(side) * uint64(side)
		if uint64(len(at)) != n || at[0] != [2]uint32{} || at[n-1] != [2]uint32{side - 1, 0} {
			t.Errorf("%d bits: %d squares of %d, from %v to %v", bits, len(at), n, at[0], at[n-1])
		}
		for d := uint64(1); d < n; d++ {
			a, b := at[d-1], at[d]
			if dx, dy := int(a[0])-int(b[0]), int(a[1])-int(b[1]); dx*dx+dy*dy != 1 {
				t.Errorf("%d bits: from %v to %v at %d", bits, a, b, d)
			}
		}
	}
}

// TestWidest: the last square of row 0 of the largest grid ends the curve.
func TestWidest(t *testing.T) {
	if d := Distance(1<<32-1, 0, 32); d != 1<<64-1 {
		t.Errorf("%d", d)
	}
}
