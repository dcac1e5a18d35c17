// Package codec writes geometries and property values as a GeoPackage holds them
// (OGC 12-128r17), and reads what other programs have written there.
//
//	orb.Geometry ◄──► blob: 'G' 'P' version flags srs_id envelope WKB
//	city.Value   ◄──► SQLite's null, integer, real, text, by the column's type
//
// SQLite lets anybody store anything in any column: what cannot be read as the
// kind of its property is null, and a geometry that cannot be read is an error.
package codec
