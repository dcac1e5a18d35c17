// Package twin is the living city: it loads a store into a snapshot and
// publishes it to readers with one atomic pointer.
//
//	Store (GeoPackage or PostGIS)
//	   │ Read: one consistent state, layer by layer
//	   ▼
//	snapshot.Builder ──► Snapshot v41 ──atomic──► Twin.Snapshot() ──► tiles,
//	                                                                  features,
//	                                                                  proximity
//
// A request calls Snapshot once and answers from what it got, so that all parts
// of one answer are of one version.
package twin
