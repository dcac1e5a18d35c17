// Package csvfile reads tables of text with a position in each row: lon/lat,
// x/y or easting/northing columns, or geometry as WKT.
//
//	ten;kinh_do;vi_do            delimiter, encoding and the meaning
//	Hồ Gươm;105,8522;21,0287     of columns are found by looking
//
// Values stay text here: the importer finds the type that all of a column fit.
package csvfile
