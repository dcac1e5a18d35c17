// Package ingest turns files of others into features of layers: OSM PBF and
// XML, GeoJSON, shapefiles, GeoPackages and CSV.
//
//	file ─► source ─► survey ─► plan ─► PutLayer
//	                  types,     which      │
//	                  keys,      layer,     ▼
//	                  shapes     columns    records ─► clean ─► convert ─► Put
//	                                                     └──────────┴────► Report
//
// A file is read twice: once to learn the types of its properties, whether its
// keys are unique and which geometry it holds, once to store the features.
// Nothing but counts and, on disk, hashes of keys is kept between, so memory
// does not grow with the file.
//
// # Keys
//
// Importing the same file again changes nothing, because every feature has a
// key. In a new layer the key is, in this order:
//
//   - what Options.Key names, as external_key: a property, or where the file has
//     none of that name its own identifier, which is called id in GeoJSON and OSM
//     and as the primary key in a GeoPackage, whereas rows of a shapefile or of
//     CSV have none;
//   - the file's property external_key, then code, when every feature has one
//     and no two are the same: what an export of ours carries;
//   - external_key, made of the file's own identifier: the GeoJSON id, the OSM
//     id (way/123), the GeoPackage fid;
//   - external_key, made of a hash of geometry and properties (h:…), when the
//     file identifies nothing. Features that are the same to the last digit are
//     numbered (h:…#2).
//
// A layer that exists already keeps its key: the file must have that property or
// call its identifier so, or Options.Key must say what goes there, or the key must
// be external_key. A layer without a key is matched by feature id, which the file
// must give as an integer id. Where no property is called exactly as the key, one
// that differs by case only is it.
//
// # Geometry
//
// Geometry leaves as WGS 84 longitude, latitude, two-dimensional, with closed
// rings and valid polygons. Whatever had to be done for that is in the report.
// Outer rings of formats that do not say run counter-clockwise (RFC 7946); those
// of GeoJSON and GeoPackage files keep their direction.
package ingest
