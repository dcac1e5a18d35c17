// Package living holds the twin that changes while it is served, on a GeoPackage
// and on PostGIS: writers beside readers, listeners, keys and roles, a store that
// goes away and comes back. It has tests only. Store, twin and HTTP interface run
// in the process of the test, so that the race detector sees all three.
//
//	editors ──► httpapi ──► twin ──► store (file, database) ◄── edits of others
//	readers ◄──────╯  ╰──► events
//
// What needs the built program, GDAL or the real layers is in package integration,
// which is beside this one so that it can run without the race detector.
package living
