// Package pgtest runs a real PostgreSQL with PostGIS for tests: as the store
// under test and as an oracle for geometry.
//
//	test process ──pipe──► guard (sh) ──► postgres, unix socket only, fsync off
//	     │                   │              ├─ template  (CREATE EXTENSION postgis)
//	     │ dies in any way   │ end of file  ├─ clone_1   TestA
//	     ╰───────────────────┴─► stop it,   └─ clone_2   TestB
//	                             remove the directory
//
// The first test of a process that asks starts the server (about 2 s); every
// test gets a database of its own, cloned from a template that has PostGIS
// (about 0.1 s) and dropped when the test ends. Nothing needs to be called at
// the end and no TestMain is needed: a guard process stops the server and
// removes its directory as soon as the test process is gone, also when it was
// killed.
//
// The store under test connects by itself:
//
//	store, err := postgis.Open(ctx, pgtest.DSN(t), postgis.Options{})
//
// Other packages ask PostGIS for the truth without importing a driver:
//
//	db := pgtest.Open(t)
//	db.Exec(`CREATE TABLE roads (id bigint, geom geometry(LineString, 4326))`)
//	db.Copy("roads", []string{"id", "geom"}, [][]any{{int64(1), line}})
//	var metres float64
//	db.QueryRow(`SELECT ST_Distance($1::geometry::geography, geom::geography) FROM roads`,
//		orb.Point{105.85, 21.03}).Scan(&metres)
//
// The functions, each of which fails the test at the first error:
//
//	DSN(tb) string                        a fresh database, as a connection string
//	Open(tb) *DB                          a fresh database, connected
//	Connect(tb, dsn) *DB                  a second connection to a database
//	(*DB).Exec(sql, args...) int64        rows affected
//	(*DB).QueryRow(sql, args...).Scan(…)  exactly one row
//	(*DB).QueryRows(sql, args...) [][]any every row, in Go types
//	(*DB).Copy(table, columns, rows)      bulk load
//	(*DB).DSN() string
//	Private(tb) *Server                   a server of its own, to stop and start
//
// An argument or a copied value that is an orb.Geometry goes over as EWKB with
// SRID 4326; one that is read comes as its EWKB, []byte, for package wkb.
// Placeholders are $1, $2 …, and a parameter whose type the statement leaves
// open wants a cast: $1::geometry.
//
// Where PostgreSQL with PostGIS is not installed, tests skip; with CI=true they
// fail. HANOITWIN_PGBIN names a directory of PostgreSQL programs to use instead
// of those in /usr/lib/postgresql and PATH. HANOITWIN_PGTEMPLATE names a directory that
// one run of many packages shares: its first server leaves its data there for the
// others to copy.
package pgtest
