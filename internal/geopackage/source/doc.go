// Package source reads any GeoPackage, ours or another program's, for an import.
//
//	file ──Open──► one read transaction ──► Layers: feature tables and views,
//	                                        │       in whatever reference system
//	                                        └► Features, row by row
package source
