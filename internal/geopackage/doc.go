// Package geopackage keeps a twin in one GeoPackage 1.3 file (OGC 12-128r17)
// that QGIS and GDAL open and edit, and reads the GeoPackages of others. It is
// the only package that imports SQLite.
//
//	hanoi.gpkg
//	┌─ what the standard asks for ──────────────────────────────────────────┐
//	│ gpkg_spatial_ref_sys  gpkg_contents  gpkg_geometry_columns            │
//	│ gpkg_extensions       gpkg_data_columns (titles, units, JSON columns) │
//	├─ one table a layer ───────────────────────────────────────────────────┤
//	│ ring_roads: fid │ geom (blob.go) │ code │ name │ …                    │
//	│     ├── rtree_ring_roads_geom     spatial index, kept by the standard │
//	│     │                             triggers (Annex F.3) or by us       │
//	│     ├── twin_key_ring_roads_code  how Put finds a feature             │
//	│     └── twin_edit_…_ring_roads    notes that somebody else edited     │
//	├─ ours ────────────────────────────────────────────────────────────────┤
//	│ twin_state: version, edited                                           │
//	│ twin_layers: the definition of each layer as JSON                     │
//	│ twin_versions: when and why each version came to be                   │
//	└───────────────────────────────────────────────────────────────────────┘
//
// Edits by other programs count. Plain-SQL triggers, which need nothing of
// ours, set twin_state.edited; new columns, new tables and replaced tables are
// found by comparing the schema with twin_layers. Whoever opens, reads or
// writes the store next turns that into one new version (absorb.go).
//
// While a store is open the file is in WAL mode, so that readers see one state
// and never wait; a clean Close folds everything back into the single file. A
// killed process leaves a journal beside it from which the next program that
// opens the file, ours or another, recovers the last commit.
//
// Caveats: WAL needs shared memory, so an open store must lie on a local disk.
// Geometries change only through programs that have the spatial functions (QGIS,
// GDAL, this one), not through the sqlite3 shell. Z and M are dropped when a
// feature is written back. What others write that is no value of a column's type
// reads as null; a geometry that cannot be read is nil.
//
// Reading guide: store.go (life of a transaction), catalogue.go (what is in the
// file), reader.go and value.go (rows to features), writer.go and put.go
// (features to rows), schema.go (tables and triggers).
package geopackage
