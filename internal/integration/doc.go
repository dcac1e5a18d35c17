// Package integration holds the program as a whole against the world outside:
// the real layers of Hà Nội, PostGIS, GDAL, the command line as a shell sees
// it. It has tests only.
//
//	real files ──► hanoitwin import ──► city.gpkg ──► twin ──► httpapi ──► tiles
//	               (built as make does)    │  │                              │
//	                                       │  ╰─► PostGIS: the same bytes?   ├─► strict decoder
//	                                       ╰─► GDAL: same counts, edits      ├─► GDAL's MVT driver
//	                                                                         ╰─► ST_AsMVTGeom
//
// These are the tests of outcomes: what is in a file, a tile, an answer. They run
// without the race detector, which the program does not have either and which makes
// SQLite five times slower; the tests of what happens at the same time are in
// package living, and run with it.
//
// The program under test is built once by each test process, as `make build`
// does it. What a test only reads comes from one store that all tests share,
// filled by that program; what a test changes is a copy.
//
// Numbers that are measured and must not change unnoticed stand in testdata;
// `go test ./internal/integration -update` writes them anew, and the diff is to
// be read.
package integration
