// Package lite is the little of SQLite that a store needs: connections,
// prepared statements, the spatial functions that the triggers of a GeoPackage
// call, and what SQLite's errors mean to somebody who runs a server.
package lite
