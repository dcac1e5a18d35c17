package tiles

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/paulmach/orb"
)

// The fixed measures of the grid and of the tiles that an Encoder makes.
const (
	// MaxZoom is the deepest zoom level of the grid.
	MaxZoom = 22
	// Extent is the side of a tile in tile units.
	Extent = 4096
	// Buffer is how far, in tile units, geometry reaches beyond each side of
	// its tile, so that strokes and labels on the edge meet their other half.
	Buffer = 64
)

// ErrTile is wrapped by every error that ParseTile returns.
var ErrTile = errors.New("not a tile of the grid")

// Tile addresses one square of the Web Mercator quadtree (EPSG:3857, the OGC
// tile matrix set WebMercatorQuad): X counts from 180° west eastward, Y from
// 85.0511° north southward, both from 0 to 2^Z - 1.
type Tile struct {
	Z    uint8
	X, Y uint32
}

// ParseTile reads a tile address from the three parts of a URL path. Numbers
// are plain decimal without sign, spaces or leading zeros, so that a tile has
// one address. The error names every part that is wrong and wraps ErrTile.
func ParseTile(z, x, y string) (Tile, error) {
	zoom, zErr := parsePart("z", z, MaxZoom)
	limit := uint32(1)<<MaxZoom - 1
	if zErr == nil {
		limit = uint32(1)<<zoom - 1
	}
	column, xErr := parsePart("x", x, limit)
	row, yErr := parsePart("y", y, limit)
	if err := errors.Join(zErr, xErr, yErr); err != nil {
		return Tile{}, err
	}
	return Tile{Z: uint8(zoom), X: column, Y: row}, nil
}

func parsePart(name, text string, limit uint32) (uint32, error) {
	value := uint64(0)
	plain := text != "" && len(text) <= 10 && (text[0] != '0' || len(text) == 1)
	for i := 0; plain && i < len(text); i++ {
		plain = '0' <= text[i] && text[i] <= '9'
		value = value*10 + uint64(text[i]-'0')
	}
	if !plain || value > uint64(limit) {
		return 0, fmt.Errorf("%w: %s is %s, want a whole number from 0 to %d", ErrTile, name, quoteShort(text), limit)
	}
	return uint32(value), nil
}

// quoteShort keeps error messages short whatever a client sends.
func quoteShort(text string) string {
	if len(text) > 24 {
		return strconv.Quote(text[:24]) + "…"
	}
	return strconv.Quote(text)
}

// Valid reports whether t lies in the grid.
func (t Tile) Valid() bool {
	return t.Z <= MaxZoom && t.X < 1<<t.Z && t.Y < 1<<t.Z
}

// String returns z/x/y.
func (t Tile) String() string {
	return fmt.Sprintf("%d/%d/%d", t.Z, t.X, t.Y)
}

// Parent returns the tile one zoom above that contains t; the world tile is
// its own parent.
func (t Tile) Parent() Tile {
	if t.Z == 0 {
		return t
	}
	return Tile{Z: t.Z - 1, X: t.X / 2, Y: t.Y / 2}
}

// Children returns the four tiles one zoom below: north-west, north-east,
// south-west, south-east. At MaxZoom the result is four times the zero Tile
// with Z = MaxZoom+1, which is not Valid.
func (t Tile) Children() [4]Tile {
	if t.Z >= MaxZoom {
		none := Tile{Z: MaxZoom + 1}
		return [4]Tile{none, none, none, none}
	}
	z, x, y := t.Z+1, 2*t.X, 2*t.Y
	return [4]Tile{{z, x, y}, {z, x + 1, y}, {z, x, y + 1}, {z, x + 1, y + 1}}
}

// Bound returns the tile's square as a lon/lat box in degrees, WGS 84.
func (t Tile) Bound() orb.Bound { return t.grown(0) }

// SearchBound returns the lon/lat box, in degrees, of everything that can leave
// a mark in the tile: the square, its Buffer, and the half unit from which
// coordinates are rounded into it. An index searched with it misses nothing;
// what it finds too much, the Encoder rejects.
func (t Tile) SearchBound() orb.Bound { return t.grown(Buffer + 1) }

func (t Tile) grown(units float64) orb.Bound {
	side := worldSize / float64(uint64(1)<<t.Z)
	grow := side * units / Extent
	left, top := float64(t.X)*side, float64(t.Y)*side
	return orb.Bound{
		Min: orb.Point{lonOf(left - grow), latOf(top + side + grow)},
		Max: orb.Point{lonOf(left + side + grow), latOf(top - grow)},
	}
}

// At returns the tile of zoom z that contains a lon/lat point. Positions beyond
// the square world count to its edge. A z above MaxZoom counts as MaxZoom.
func At(lonLat orb.Point, z uint8) Tile {
	z = min(z, MaxZoom)
	shift := 32 - uint(z)
	return Tile{
		Z: z,
		X: uint32(uint64(worldX(lonLat[0])) >> shift),
		Y: uint32(uint64(worldY(lonLat[1])) >> shift),
	}
}
