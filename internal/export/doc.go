// Package export writes a layer to a file of exchange: GeoJSON (RFC 7946) or
// newline-delimited GeoJSON, compressed when the name ends in .gz.
//
//	features ─► {"type":"Feature","id":17,…}  one line each ─► temporary file ─► rename
//
// Coordinates and numbers are written with as many digits as it takes to read
// back the same float64, every property is there, null ones too, and the id is
// the feature id: importing the file again changes nothing. For that reason
// rings are written in the direction in which they are stored. Layers that the
// importer made run as RFC 7946 wants; a database table of others may not.
//
// GeoPackage files are written by package geopackage.
package export
