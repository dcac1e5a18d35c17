// Package wkb turns the binary geometries of databases and files into orb
// geometries and back: OGC/ISO WKB (06-103r4, clause 8; ISO/IEC 13249-3) and
// the EWKB of PostGIS, in both byte orders.
//
//	byte order   type and flags          [SRID]    body
//	┌────┐┌─────────────────────────┐┌─────────┐┌──────────────────────┐
//	│ 01 ││ 02 00 00 20             ││ E6 10 … ││ count, x y [z] [m] … │
//	└────┘└─────────────────────────┘└─────────┘└──────────────────────┘
//	 1=LE   2 LineString              only in     members of a multi type
//	 0=BE   +1000 Z, +2000 M (ISO)    EWKB        repeat the whole header
//	        0x8000_0000 Z, 0x4000_0000 M, 0x2000_0000 SRID (EWKB)
//
// Z and M are read and dropped: the twin is flat. Coordinates keep the axis
// order of the bytes, which is x, y.
//
// A Decoder carves the coordinates of many small geometries out of a few large
// slabs, so that reading a hundred thousand points of interest or roads costs
// one small allocation each and not one a ring.
package wkb
