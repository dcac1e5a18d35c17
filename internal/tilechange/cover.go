package tilechange

import (
	"cmp"
	"math"
	"slices"

	"github.com/hanoitwin/hanoitwin/tiles"
)

// cover gathers the tiles of one zoom that strokes meet or go round, as far as
// they lie in a range of tiles, and up to a limit.
//
//	┌────┬────┬────┐
//	│    │ ╱──┼──╮ │     For each row of tiles that a segment meets, the
//	├────┼╱───┼──┼─┤     columns between its ends in that row. Inside of
//	│  ╱─╯    │  │ │     rings, for each row, the columns between the
//	├─╱──┼────┼──┼─┤     edges that cross the row's middle.
//	│ ╰──┼────┼──╯ │
//	└────┴────┴────┘
type cover struct {
	clip   tiles.Range
	side   float64 // of a tile, in world units
	margin float64 // by which tiles are grown
	limit  int
	found  []uint64 // y<<32 | x
	over   bool     // there are more than limit

	crossings []crossing
}

// crossing is where an edge passes the middle of a row of tiles.
type crossing struct {
	row  uint32
	way  int32 // +1 southward, -1 northward
	east float64
}

// marginUnits is the buffer of a tile, one unit by which snapping and cutting
// may move a segment, and one for rounding here.
const marginUnits = tiles.Buffer + 2

// begin starts anew in a range of tiles.
func (c *cover) begin(clip tiles.Range, limit int) {
	c.clip, c.limit, c.over = clip, limit, clip.Count() == 0
	c.side = float64(uint64(1) << (32 - clip.Z))
	c.margin = c.side / tiles.Extent * marginUnits
	c.found, c.crossings = c.found[:0], c.crossings[:0]
}

// segment adds the tiles that a–b comes near to.
func (c *cover) segment(a, b tiles.Vertex) {
	if a.Y > b.Y {
		a, b = b, a
	}
	ax, ay, bx, by := float64(a.X), float64(a.Y), float64(b.X), float64(b.Y)
	top, bottom, any := c.rows(ay-c.margin, by+c.margin)
	if !any || c.over {
		return
	}
	if west, east := min(ax, bx)-c.margin, max(ax, bx)+c.margin; top == bottom {
		c.columns(top, west, east)
		return
	} else if east < float64(c.clip.MinX)*c.side || west > float64(c.clip.MaxX+1)*c.side {
		return
	}
	slope := 0.0
	if by > ay {
		slope = (bx - ax) / (by - ay)
	}
	for row := top; ; row++ {
		from := max(ay, float64(row)*c.side-c.margin)
		to := min(by, float64(row+1)*c.side+c.margin)
		x, y := ax+(from-ay)*slope, ax+(to-ay)*slope
		c.columns(row, min(x, y)-c.margin, max(x, y)+c.margin)
		if row == bottom || c.over {
			return
		}
	}
}

// rows returns the rows of the range that [north, south] meets.
func (c *cover) rows(north, south float64) (top, bottom uint32, any bool) {
	first, last := math.Floor(north/c.side), math.Floor(south/c.side)
	if last < float64(c.clip.MinY) || first > float64(c.clip.MaxY) {
		return 0, 0, false
	}
	return uint32(max(first, float64(c.clip.MinY))), uint32(min(last, float64(c.clip.MaxY))), true
}

// columns adds the tiles of a row that [west, east] meets.
func (c *cover) columns(row uint32, west, east float64) {
	first := max(math.Floor(west/c.side), float64(c.clip.MinX))
	last := min(math.Floor(east/c.side), float64(c.clip.MaxX))
	if first <= last {
		c.add(row, uint32(first), uint32(last))
	}
}

func (c *cover) add(row, first, last uint32) {
	if c.over {
		return
	}
	if int64(last)-int64(first) >= int64(c.limit) {
		c.over = true
		return
	}
	for x := first; x <= last; x++ {
		t := uint64(row)<<32 | uint64(x)
		if n := len(c.found); n > 0 && c.found[n-1] == t {
			continue
		}
		c.found = append(c.found, t)
	}
	if len(c.found) > 2*c.limit+64 {
		c.compact()
		c.over = len(c.found) > c.limit
	}
}

func (c *cover) compact() {
	slices.Sort(c.found)
	c.found = slices.Compact(c.found)
}

// edge notes where an edge of a ring crosses the middles of rows.
func (c *cover) edge(a, b tiles.Vertex) {
	ay, by := float64(a.Y), float64(b.Y)
	way := int32(1)
	if ay > by {
		way = -1
	}
	top, bottom, any := c.rows(min(ay, by), max(ay, by))
	if !any || c.over || ay == by {
		return
	}
	slope := (float64(b.X) - float64(a.X)) / (by - ay)
	for row := top; ; row++ {
		if y := (float64(row) + 0.5) * c.side; (ay > y) != (by > y) {
			c.crossings = append(c.crossings, crossing{row, way, float64(a.X) + (y-ay)*slope})
		}
		if row == bottom {
			break
		}
	}
	c.over = len(c.crossings) > 16*c.limit
}

// inside adds the tiles that the edges so far go round, and forgets the edges.
// Tiles that an edge comes near to may be left out: segment has them.
func (c *cover) inside() {
	all := c.crossings
	c.crossings = c.crossings[:0]
	if len(all) < 2 || c.over {
		return
	}
	slices.SortFunc(all, func(p, q crossing) int {
		return cmp.Or(cmp.Compare(p.row, q.row), cmp.Compare(p.east, q.east))
	})
	round := int32(0)
	for i, p := range all[:len(all)-1] {
		if c.over {
			return
		}
		round += p.way
		if q := all[i+1]; round != 0 && q.row == p.row {
			first := max(math.Ceil(p.east/c.side-0.5), float64(c.clip.MinX))
			last := min(math.Floor(q.east/c.side-0.5), float64(c.clip.MaxX))
			if first <= last {
				c.add(p.row, uint32(first), uint32(last))
			}
		}
	}
}

// finish returns the tiles found, row by row; more tells that there are more
// than the limit.
func (c *cover) finish() (found []uint64, more bool) {
	c.compact()
	return c.found, c.over && c.clip.Count() > 0 || len(c.found) > c.limit
}
