// Package geojson writes GeoJSON geometries (RFC 7946) by appending to byte
// slices. Answers of the server and exported files share it.
//
//	orb.Point{105.85, 21.03} ──► {"type":"Point","coordinates":[105.85,21.03]}
//
// Coordinates are WGS 84 lon/lat in degrees and keep every digit that they have
// in the store: what is read is what is there. Nothing here allocates beyond
// growing the slice.
package geojson
