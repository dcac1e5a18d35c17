// Package geopackage keeps a twin in one GeoPackage 1.3 file (OGC 12-128r17)
// that QGIS and GDAL open and edit, and reads the GeoPackages of others. With its
// subpackages it is the only one that imports SQLite.
//
//	hanoi.gpkg
//	┌─ what the standard asks for ──────────────────────────────────────────┐
//	│ gpkg_spatial_ref_sys  gpkg_contents  gpkg_geometry_columns            │
//	│ gpkg_extensions       gpkg_data_columns (titles, units, JSON columns) │
//	├─ one table a layer ───────────────────────────────────────────────────┤
//	│ ring_roads: fid │ geom │ code │ name │ …                              │
//	│     ├── rtree_ring_roads_geom     spatial index, kept by the standard │
//	│     │                             triggers (Annex F.3) or by us       │
//	│     ├── twin_key_ring_roads_code  how features are found, told apart  │
//	│     └── twin_was_7_insert, …      triggers that record what was       │
//	├─ the record: what was before ─────────────────────────────────────────┤
//	│ twin_was_7: version │ id │ did it exist │ geometry │ code │ name │ …  │
//	│ twin_layers_was: definitions before they changed, layers before they  │
//	│                  went                                                 │
//	│ twin_versions: when, by whom and why each version came to be          │
//	├─ ours ────────────────────────────────────────────────────────────────┤
//	│ twin_state: version, edited, format, since                            │
//	│ twin_layers: the definition of each layer as JSON, and its number     │
//	│ twin_documents: small records of others, such as API keys             │
//	└───────────────────────────────────────────────────────────────────────┘
//
// Edits by other programs count. Plain-SQL triggers, which need nothing of
// ours, write the row of before into the record under the version that comes
// next, and set twin_state.edited; our own writes go through the same triggers.
// New columns, new tables and replaced tables are found by comparing the schema
// with twin_layers. Whoever opens, reads, writes or awaits the store next turns
// what others did into one new version (absorb.go). The record says nothing of
// the present, which costs what it cost without a record, and a new feature is a
// row of three numbers in it.
//
// While a store is open the file is in WAL mode, so that readers see one state
// and never wait; a clean Close folds everything back into the single file. A
// killed process leaves a journal beside it from which the next program that
// opens the file, ours or another, recovers the last commit.
//
// Caveats: WAL needs shared memory, so an open store must lie on a local disk,
// and nothing else in this process may open and close the file, which would end
// its locks. Geometries change only through programs that have the spatial
// functions (QGIS, GDAL, this one), not through the sqlite3 shell. Z and M are
// dropped when a feature is written back. What others write that is no value of a
// column's type reads as null; a geometry that cannot be read is nil.
//
// What the record cannot tell: the rows of a table that another program drops
// (ogr2ogr -overwrite does), because SQLite runs no triggers then, so that nobody
// can go back to before; the values of a column that another program drops; what
// a program does that switches triggers off.
//
// Subpackages: lite (connections), codec (geometries, values), schema (tables,
// triggers, what is in the file), record (what was), source (files of others).
// Reading guide: store.go, reader.go and write.go (life of a transaction),
// schema/catalogue.go (what is in the file), writer.go, layers.go, put.go and
// edit.go (features to rows), schema/record.go (triggers), record/reader.go (the
// past), await.go.
package geopackage
