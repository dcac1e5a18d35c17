// Package tiles makes Mapbox Vector Tiles from geometry that is prepared once
// and encoded many times. It imports orb for geometry types and nothing else
// beyond the standard library.
//
// # The grid
//
// Tiles are the squares of the Web Mercator quadtree, z from 0 to 22. Each is
// 4096 units wide and carries 64 units of its neighbours on each side.
//
//	z=0            z=1            z=2               one tile, in units
//	┌───────┐      ┌───┬───┐      ┌─┬─┬─┬─┐         -64  0          4096 4160
//	│       │      │0,0│1,0│      ├─┼─┼─┼─┤           ┌┄┄┄┄┄┄┄┄┄┄┄┄┄┄┐
//	│  0,0  │      ├───┼───┤      ├─┼─┼─┼─┤           ┊  ┌────────┐  ┊
//	│       │      │0,1│1,1│      ├─┼─┼─┼─┤           ┊  │  Bound │  ┊ Buffer
//	└───────┘      └───┴───┘      └─┴─┴─┴─┘           ┊  └────────┘  ┊
//	 x east, y south                                  └┄┄┄┄┄┄┄┄┄┄┄┄┄┄┘
//
// # The life of a vertex
//
//	lon/lat ──project──► uint32, world = 2^32 ──Douglas–Peucker──► + one byte: its rank
//	          Preparer.Prepare, once                               (significance)
//	                                                                      │
//	   ┌──────────────────────────────────────────────────────────────────┘
//	   ▼          Encoder.Add, per tile
//	rank ≥ least? ──► shift to tile units ──► clip to the buffer ──► drop repeats, ──► varint
//	a compare         (rounds to nearest)     whole runs outside     straight and
//	                                          are skipped            spiked vertices
//
// Simplification at any zoom and tolerance is that one compare, because the
// vertices which Douglas–Peucker keeps at a tolerance are those whose
// significance reaches it.
//
// Tiles of other grids than Web Mercator's are made of geometry that a Preparer
// with another Projection has placed; subpackage tms has such grids.
//
// # Polygons
//
// Snapping to the grid and clipping can make a valid ring touch or cross
// itself. Every polygon is checked exactly, in integers; those that fail, and
// invalid input, are repaired (see internal/polygon for how), so that what
// leaves is valid and wound by MVT 2.1: exteriors with positive area, each
// followed by its holes. What has no area left on the grid is not written.
//
// # Caveats
//
// World units are 9.3 mm at the equator, so tiles of z 21 and 22 are on a
// coarser grid than their 4096 units could hold. Features are not wrapped at
// the antimeridian. Outlines that two polygons share are simplified each from
// its own start, so that slivers up to the tolerance can open between them.
//
// How to read the code: tile.go and mercator.go (the grid), geometry.go and
// prepare.go (the packed form), encoder.go and feature.go (the way through),
// trace.go and clip.go (what a tile sees), internal/polygon (valid polygons), emit.go
// (bytes).
package tiles
