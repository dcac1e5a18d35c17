// Package shapefile reads ESRI shapefiles: geometry from .shp, attributes from
// .dbf, the CRS from .prj, the encoding from .cpg or from the bytes.
//
//	roads.shp ─ record 1, 2, 3 …  ─┐
//	roads.dbf ─ row    1, 2, 3 …  ─┴─► Record
//	roads.prj ─ WKT               ───► Schema.CRS
//	roads.cpg ─ UTF-8             ───► textenc.Decide
//
// Written by hand: the library that the project measured panics on a negative
// count and allocates whatever a damaged file asks for. Here every count is
// held against the bytes that are there before anything is allocated.
package shapefile
