// Package schema knows what lies in a GeoPackage and how: the tables of the
// standard, one table a layer with its triggers, and the tables by which a store
// remembers what was.
//
//	gpkg_contents, gpkg_geometry_columns ─► FeatureTables ─► []*Table
//	twin_layers (definitions), triggers  ─► Load          ─► Catalogue
//
//	twin_was_7: seq │ version │ was │ fid │ geom │ code │ …   what features of the
//	                                                          7th layer were before
//	                                                          each version
package schema
