// Package tms has the tile matrix sets in which tiles are served: their
// definitions by OGC Two Dimensional Tile Matrix Set 2.0 (OGC 17-083r4), where
// their tiles lie on the ground, and how lon/lat geometry gets into them.
//
//	Set              CRS                    matrix 0
//	WebMercatorQuad  EPSG:3857              1 × 1 tiles, the square world
//	WorldCRS84Quad   OGC:CRS84, lon lat     2 × 1 tiles of 180°
//	VN2000TM3-105    EPSG:5897, E N metres  1 × 1 tile of 4194.304 km
//
// # One grid for all
//
// Package tiles knows a single grid: a square world of 2^32 units, which zoom z
// divides into 2^z by 2^z tiles. Each set is laid into a square world of its
// own, so that its tiles are tiles of that grid, and the Encoder makes them
// without knowing. What differs is the tiles.Projection with which geometry is
// prepared, and which rows and columns there are:
//
//	WorldCRS84Quad: 360° × 360°,      VN2000TM3-105: 2^24 m × 2^24 m,
//	the lower half is empty           the set is one block of sixteen
//	z+1 ┌───────┬───────┐ 90° N       z+2 ┌────┬────┬────┬────┐ 8388.608 km N
//	    │  0,0  │  1,0  │                 ├────┼────┼────┼────┤
//	    ├───────┼───────┤ 90° S           ├────┤0,0 ├────┼────┤
//	    │       ┊       │                 ├────┼────┼────┼────┤ equator
//	    └───────┴───────┘                 └────┴────┴────┴────┘
//
// The margin of VN2000TM3-105 gives vertices far outside of its tiles a place, so
// that lines which leave the tiles keep their direction.
//
// # Rows and columns
//
// OGC API Tiles writes tileMatrix/tileRow/tileCol, row before column; a Tile has
// its fields in that order.
//
// # Caveats
//
// Edges are straight in the CRS of the set between vertices that were projected
// one by one, as PostGIS's ST_Transform has it. A feature that has a vertex
// without a place in the CRS (for VN-2000, more than 29° from 105° E or beyond
// 75° of latitude) is in no tile of that set.
package tms
