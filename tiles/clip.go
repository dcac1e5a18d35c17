package tiles

import (
	"math"

	"github.com/hanoitwin/hanoitwin/tiles/internal/polygon"
)

// clipLine calls emit with each stretch of the line inside the buffered tile.
// The stretch lies in scratch, which is returned for reuse.
func (e *Encoder) clipLine(pts []polygon.Vec) {
	e.part = e.part[:0]
	a := pts[0]
	codeA := outcode(a.X, a.Y)
	if codeA == 0 {
		e.part = append(e.part, a)
	}
	for _, b := range pts[1:] {
		codeB := outcode(b.X, b.Y)
		switch {
		case codeA|codeB == 0:
			e.part = append(e.part, b)
		case codeA&codeB == 0:
			e.clipSegment(a, b, codeA, codeB)
		}
		a, codeA = b, codeB
	}
	e.endPart()
}

// clipSegment continues or starts a stretch with the visible piece of a–b, of
// which at least one end is outside.
func (e *Encoder) clipSegment(a, b polygon.Vec, codeA, codeB uint8) {
	from, to, ok := visible(a, b)
	if !ok {
		return
	}
	if codeA != 0 {
		e.endPart()
		e.part = append(e.part, from)
	}
	e.part = append(e.part, to)
	if codeB != 0 {
		e.endPart()
	}
}

// endPart writes the stretch under way, if it is one.
func (e *Encoder) endPart() {
	if part := tidyLine(e.part); len(part) > 1 {
		e.line(part)
	}
	e.part = e.part[:0]
}

// visible returns the piece of a–b inside the buffered tile (Liang and Barsky
// 1984), its ends rounded to units. Differences reach 2^35 and their products
// would overflow int64; float64 errs by 2^-17 of a unit here.
func visible(a, b polygon.Vec) (from, to polygon.Vec, ok bool) {
	dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
	enter, leave := 0.0, 1.0
	narrow := func(d, toLow, toHigh float64) bool {
		if d == 0 {
			return toLow <= 0 && toHigh >= 0
		}
		t0, t1 := toLow/d, toHigh/d
		if t0 > t1 {
			t0, t1 = t1, t0
		}
		enter, leave = max(enter, t0), min(leave, t1)
		return enter <= leave
	}
	if !narrow(dx, float64(polygon.LowEdge-a.X), float64(polygon.HighEdge-a.X)) ||
		!narrow(dy, float64(polygon.LowEdge-a.Y), float64(polygon.HighEdge-a.Y)) {
		return a, b, false
	}
	at := func(t float64, end polygon.Vec, whole float64) polygon.Vec {
		if t == whole {
			return end
		}
		return polygon.Vec{
			X: clampUnit(math.Floor(float64(a.X) + t*dx + 0.5)),
			Y: clampUnit(math.Floor(float64(a.Y) + t*dy + 0.5)),
		}
	}
	return at(enter, a, 0), at(leave, b, 1), true
}

func clampUnit(v float64) int64 {
	return min(max(int64(v), polygon.LowEdge), polygon.HighEdge)
}

// tidyLine drops, in place, repeats and vertices on the straight line between
// their neighbours; the drawn line is the same. A line that turns back on
// itself keeps its turning point.
func tidyLine(pts []polygon.Vec) []polygon.Vec {
	n := 0
	for _, p := range pts {
		if n > 0 && pts[n-1] == p {
			continue
		}
		if n > 1 {
			a, b := pts[n-2], pts[n-1]
			ux, uy, vx, vy := b.X-a.X, b.Y-a.Y, p.X-b.X, p.Y-b.Y
			if ux*vy == uy*vx && ux*vx+uy*vy > 0 {
				n--
			}
		}
		pts[n] = p
		n++
	}
	return pts[:n]
}

// clipRing cuts a ring to the buffered tile, one side after the other
// (Sutherland and Hodgman 1974), for the sides that some has. The result lies
// in the encoder's scratch. Where a ring leaves and enters again it runs along
// the border of the buffer, possibly back and forth: polygon.TidyRing and the
// repair undo that.
func (e *Encoder) clipRing(pts []polygon.Vec, some uint8) []polygon.Vec {
	which := 0
	for _, side := range [...]struct {
		code     uint8
		vertical bool
		edge     int64
		sign     int64 // +1: inside is above edge
	}{
		{outLeft, true, polygon.LowEdge, 1},
		{outRight, true, polygon.HighEdge, -1},
		{outTop, false, polygon.LowEdge, 1},
		{outBottom, false, polygon.HighEdge, -1},
	} {
		if some&side.code == 0 || len(pts) == 0 {
			continue
		}
		out := e.clipped[which][:0]
		if side.vertical {
			out = cutX(out, pts, side.edge, side.sign)
		} else {
			out = cutY(out, pts, side.edge, side.sign)
		}
		e.clipped[which] = out
		pts = out
		which = 1 - which
	}
	return pts
}

func cutX(out, pts []polygon.Vec, edge, sign int64) []polygon.Vec {
	a := pts[len(pts)-1]
	for _, b := range pts {
		insideA, insideB := (a.X-edge)*sign >= 0, (b.X-edge)*sign >= 0
		if insideA != insideB {
			out = append(out, polygon.Vec{X: edge, Y: crossing(a.Y, b.Y, a.X, b.X, edge)})
		}
		if insideB {
			out = append(out, b)
		}
		a = b
	}
	return out
}

func cutY(out, pts []polygon.Vec, edge, sign int64) []polygon.Vec {
	a := pts[len(pts)-1]
	for _, b := range pts {
		insideA, insideB := (a.Y-edge)*sign >= 0, (b.Y-edge)*sign >= 0
		if insideA != insideB {
			out = append(out, polygon.Vec{X: crossing(a.X, b.X, a.Y, b.Y, edge), Y: edge})
		}
		if insideB {
			out = append(out, b)
		}
		a = b
	}
	return out
}

// crossing interpolates the other coordinate, v, where u passes edge. The ends
// are put in order first, so that a segment is cut at the same place whichever
// way it runs: neighbours that share it stay neighbours.
func crossing(v0, v1, u0, u1, edge int64) int64 {
	if u0 > u1 {
		u0, u1, v0, v1 = u1, u0, v1, v0
	}
	t := float64(edge-u0) / float64(u1-u0)
	return int64(math.Floor(float64(v0) + t*float64(v1-v0) + 0.5))
}
