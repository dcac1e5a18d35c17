package tms

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles"
)

// Limits are the rows and columns of a matrix outside of which a tileset has no
// tiles, corners included (17-083r4, 6.3). It is written as JSON by the standard.
type Limits struct {
	Matrix         uint8
	MinRow, MaxRow uint32
	MinCol, MaxCol uint32
}

// Contains tells whether t is within the limits.
func (l Limits) Contains(t Tile) bool {
	return t.Matrix == l.Matrix && l.MinRow <= t.Row && t.Row <= l.MaxRow && l.MinCol <= t.Col && t.Col <= l.MaxCol
}

// Limits returns the rows and columns of a matrix in which features can leave a
// mark that lie within a lon/lat box, buffers included. ok is false when there
// are none.
func (s *Set) Limits(extent orb.Bound, matrix uint8) (l Limits, ok bool) {
	if matrix >= s.served {
		return Limits{}, false
	}
	box, ok := s.plane.box(extent)
	if !ok {
		return Limits{}, false
	}
	return s.cover(box.Pad(s.CellSize(matrix)*TileSize*(tiles.Buffer+1)/tiles.Extent), matrix)
}

// cover returns the tiles that touch a box in the CRS.
func (s *Set) cover(box orb.Bound, matrix uint8) (Limits, bool) {
	side := s.CellSize(matrix) * TileSize
	columns, rows := s.Size(matrix)
	first := func(v float64) float64 { return math.Floor(v / side) }
	west, east := first(box.Min[0]-s.origin[0]), first(box.Max[0]-s.origin[0])
	north, south := first(s.origin[1]-box.Max[1]), first(s.origin[1]-box.Min[1])
	if !(west < float64(columns) && east >= 0 && north < float64(rows) && south >= 0) {
		return Limits{}, false
	}
	index := func(v float64, count uint32) uint32 { return uint32(min(max(v, 0), float64(count-1))) }
	return Limits{
		Matrix: matrix,
		MinRow: index(north, rows), MaxRow: index(south, rows),
		MinCol: index(west, columns), MaxCol: index(east, columns),
	}, true
}
