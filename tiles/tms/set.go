package tms

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles"
)

// TileSize is the width and height of every tile in cells, from which cell sizes
// and scale denominators follow. Vector tiles have no cells of their own: their
// coordinates divide the side by tiles.Extent.
const TileSize = 256

// cellMetres is the size of a rendering pixel to which scale denominators refer:
// 0.28 mm (17-083r4, 6.2).
const cellMetres = 0.00028

// ErrTile is wrapped by errors about addresses that are no tile of a set.
var ErrTile = errors.New("not a tile of the tile matrix set")

// Tile addresses a tile of a Set, in the order of OGC API Tiles: rows count from
// the top, columns from the left, both from 0.
type Tile struct {
	Matrix   uint8
	Row, Col uint32
}

// String returns matrix/row/col.
func (t Tile) String() string { return fmt.Sprintf("%d/%d/%d", t.Matrix, t.Row, t.Col) }

// Set is a tile matrix set whose matrices have the ids 0, 1, 2 …, each with cells
// of half the size of the one before. It never changes and may be used by any
// number of goroutines.
type Set struct {
	id, title, description string
	uri                    string // of the registered definition; "" when there is none
	crs                    string
	axes                   [2]string
	scaleSet               string     // well-known scale set, "" for none
	origin                 [2]float64 // top left corner of tile 0/0/0 in CRS x, y
	cellSize               float64    // of matrix 0, in units of the CRS
	unitMetres             float64    // metres in a unit of the CRS
	width, height          uint32     // of matrix 0, in tiles
	defined                uint8      // how many matrices the definition has
	served                 uint8      // how many of them an Encoder can make

	// Matrix m lies in zoom m+zoom of the square world of its plane, its tile
	// 0/0 at column left·2^m and row top·2^m.
	zoom      uint8
	left, top uint32
	// scale is the zoom of Web Mercator that shows things about as large as
	// matrix 0 does.
	scale uint8
	plane plane
}

// plane is a CRS with the square world that it is laid into.
type plane interface {
	// project returns x, y in units of the CRS.
	project(lonLat orb.Point) (xy orb.Point, ok bool)
	// place is a tiles.Projection.
	place(lonLat orb.Point) (tiles.Vertex, bool)
	// lonLat returns a box in degrees that holds all that a box in the CRS does.
	lonLat(xy orb.Bound) orb.Bound
	// box returns a box in the CRS that holds all of a box in degrees, and every
	// straight edge between two of its places. ok is false where it has none.
	box(lonLat orb.Bound) (xy orb.Bound, ok bool)
	// bend is the factor of Search.
	bend() float64
}

// ID returns the name of the set in paths.
func (s *Set) ID() string { return s.id }

// Title returns the name of the set for people.
func (s *Set) Title() string { return s.title }

// URI returns the address under which the set is registered with the OGC, ""
// when it is not.
func (s *Set) URI() string { return s.uri }

// CRS returns the URI of the set's coordinate reference system.
func (s *Set) CRS() string { return s.crs }

// Served returns how many matrices tiles are made of, from 0 on.
func (s *Set) Served() uint8 { return s.served }

// Native tells whether the set is the one that geometry is prepared for at load:
// Web Mercator.
func (s *Set) Native() bool { return s.plane == mercator{} }

// Projection returns what geometry of the set's tiles is to be prepared with; nil
// where it is Web Mercator.
func (s *Set) Projection() tiles.Projection {
	if s.Native() {
		return nil
	}
	return s.plane.place
}

// Size returns how many columns and rows a matrix has.
func (s *Set) Size(matrix uint8) (columns, rows uint32) {
	return s.width << matrix, s.height << matrix
}

// CellSize returns the side of a cell of a matrix in units of the CRS.
func (s *Set) CellSize(matrix uint8) float64 { return s.cellSize / float64(uint64(1)<<matrix) }

// ScaleDenominator returns the scale of a matrix (17-083r4, 6.2).
func (s *Set) ScaleDenominator(matrix uint8) float64 {
	return s.CellSize(matrix) * s.unitMetres / cellMetres
}

// ParseTile reads the three parts of a path: tile matrix, row, column. Numbers
// are plain decimals without sign or leading zeros, so that a tile has one
// address. The error names every part that is wrong and wraps ErrTile.
func (s *Set) ParseTile(matrix, row, col string) (Tile, error) {
	m, err := s.parsePart("tileMatrix", matrix, uint32(s.served)-1)
	if err != nil {
		return Tile{}, err
	}
	columns, rows := s.Size(uint8(m))
	r, rowErr := s.parsePart("tileRow", row, rows-1)
	c, colErr := s.parsePart("tileCol", col, columns-1)
	return Tile{uint8(m), r, c}, errors.Join(rowErr, colErr)
}

func (s *Set) parsePart(name, text string, limit uint32) (uint32, error) {
	v, err := strconv.ParseUint(text, 10, 32) // takes no sign
	if err != nil || v > uint64(limit) || len(text) > 1 && text[0] == '0' {
		return 0, fmt.Errorf("%w %s: %s is %.24q, want a whole number from 0 to %d", ErrTile, s.id, name, text, limit)
	}
	return uint32(v), nil
}

// Valid tells whether t is a tile that can be made.
func (s *Set) Valid(t Tile) bool {
	if t.Matrix >= s.served {
		return false
	}
	columns, rows := s.Size(t.Matrix)
	return t.Col < columns && t.Row < rows
}

// Square returns the tile as the Encoder knows it: a tile of the square world
// that Projection places geometry on.
func (s *Set) Square(t Tile) tiles.Tile {
	return tiles.Tile{Z: t.Matrix + s.zoom, X: t.Col + s.left<<t.Matrix, Y: t.Row + s.top<<t.Matrix}
}

// OfSquare is the reverse of Square.
func (s *Set) OfSquare(t tiles.Tile) Tile {
	m := t.Z - s.zoom
	return Tile{Matrix: m, Row: t.Y - s.top<<m, Col: t.X - s.left<<m}
}

// Zoom returns the zoom of Web Mercator whose tiles show things about as large as
// those of a matrix: that by which rules on zooms go. It is at most tiles.MaxZoom.
func (s *Set) Zoom(matrix uint8) uint8 { return min(matrix+s.scale, tiles.MaxZoom) }

// At returns the tile of a matrix that a lon/lat position lies in; ok is false
// when none does.
func (s *Set) At(lonLat orb.Point, matrix uint8) (t Tile, ok bool) {
	xy, ok := s.plane.project(lonLat)
	if !ok || matrix >= s.served {
		return Tile{}, false
	}
	l, ok := s.cover(orb.Bound{Min: xy, Max: xy}, matrix)
	return Tile{matrix, l.MaxRow, l.MinCol}, ok
}

// Bound returns the square of a tile in the CRS, x before y: easting, northing
// or longitude, latitude.
func (s *Set) Bound(t Tile) orb.Bound { return s.grown(t, 0) }

// grown is Bound with some tile units (1/4096 of the side) on each side.
func (s *Set) grown(t Tile, units float64) orb.Bound {
	side := s.CellSize(t.Matrix) * TileSize
	grow := side * units / tiles.Extent
	west, north := s.origin[0]+float64(t.Col)*side, s.origin[1]-float64(t.Row)*side
	return orb.Bound{
		Min: orb.Point{west - grow, north - side - grow},
		Max: orb.Point{west + side + grow, north + grow},
	}
}

// Extent returns the box of all tiles in the CRS.
func (s *Set) Extent() orb.Bound {
	columns, rows := s.Size(0)
	return s.Bound(Tile{Row: rows - 1}).Union(s.Bound(Tile{Col: columns - 1}))
}
