// Package fgb writes FlatGeobuf 3 (https://flatgeobuf.org): a header and features
// that are flatbuffers, and a packed Hilbert R-tree between them.
//
//	f g b 3 f g b 0 │ size header │ root … leaves │ size feature │ size feature …
//	                     8 bytes       40 B a node
//
// The flatbuffers are written from front to back by buffer, so that nothing is
// allocated for a feature; the two schemas are short and do not change. Numbers
// are little-endian. Coordinates are x, y: longitude, latitude or easting,
// northing, whatever axis order the registry gives the system.
package fgb
