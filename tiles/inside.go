package tiles

import (
	"encoding/binary"
	"slices"
)

// lineInside writes a short line in one pass when all of it lies inside the buffered
// tile, as most lines do that are drawn at all, and reports whether it does. When not,
// it has written nothing. What it writes is what follow, tidyLine and line write: of
// vertices on one straight line the first and the last, and of a line that comes to a
// single position nothing.
func (e *Encoder) lineInside(p path) bool {
	// Short paths have at most chunkSize vertices, so that a command takes at most
	// two bytes.
	b := slices.Grow(e.geometry, 4*len(p.ranks)+8)
	start := len(b)
	b = b[:cap(b)]
	f, least := e.frame, e.minRank // copies: the stores to b cannot change them
	xy := p.xy[:2*len(p.ranks)]
	at := e.cursor   // the last position
	var dx, dy int64 // the part of the way to it that is not written yet
	n, lines, steps := start, 0, 0
	for i, r := range p.ranks {
		if r < least {
			continue
		}
		to := f.snap(xy[2*i], xy[2*i+1])
		if outcode(to.X, to.Y) != 0 {
			return false
		}
		ux, uy := to.X-at.X, to.Y-at.Y
		at = to
		switch {
		case n == start:
			b[n] = 1<<3 | cmdMoveTo
			lines = putStep(b, n+1, ux, uy)
			n = lines + 1 // room for the command of the steps
		case ux|uy == 0:
		case dx*uy == dy*ux && dx*ux+dy*uy > 0:
			dx, dy = dx+ux, dy+uy // straight on
		default:
			if dx|dy != 0 {
				n = putStep(b, n, dx, dy)
				steps++
			}
			dx, dy = ux, uy
		}
	}
	if dx|dy == 0 {
		return true
	}
	n = putStep(b, n, dx, dy)
	e.cursor = at
	command := uint32(steps+1)<<3 | cmdLineTo
	if command >= 0x80 {
		b = slices.Insert(b[:n], lines, byte(command)|0x80)
		lines, command, n = lines+1, command>>7, n+1
	}
	b[lines] = byte(command)
	e.geometry = b[:n]
	return true
}

// putStep writes the parameters of a step at b[n:], which has room for four bytes, and
// returns the next n.
func putStep(b []byte, n int, dx, dy int64) int {
	x, nx := parameter(dx)
	y, ny := parameter(dy)
	binary.LittleEndian.PutUint32(b[n:], x|y<<(8*nx&31))
	return n + int(nx+ny)
}

// parameter returns the bytes of a step in x or y, the first in the lowest place, and
// their number, for steps between positions inside the buffered tile. Those are at most
// 4224, so that a zigzag parameter is below 2^14 and takes one or two bytes. It has no
// branch, because the mix of short and long steps is what a predictor cannot learn.
func parameter(step int64) (bytes, n uint32) {
	v := zigzag(step)
	long := (v + 1<<14 - 1<<7) >> 14 // 1 when v ≥ 128
	return v&0x7f | long<<7 | v>>7<<8, 1 + long
}

func zigzag(v int64) uint32 { return uint32(v<<1) ^ uint32(v>>63) }
