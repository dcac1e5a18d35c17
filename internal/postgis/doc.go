// Package postgis stores the twin in PostgreSQL with PostGIS. It implements
// twin.Store and is the only package that imports a PostgreSQL driver.
//
//	schema twin
//	┌─────────────────────┐  names   ┌──────────────────────────────┐
//	│ twin_layer          │─────────►│ roads  id geom code name …   │ tables of ours: real columns,
//	│  definition, source │─────┐    └──────────────┬───────────────┘ GiST index, unique key
//	└─────────────────────┘     │    ┌──────────────┴───────────────┐
//	                            └───►│ public.bus_stops (adopted)   │ tables of others: read in place,
//	                                 └──────────────┬───────────────┘ in WGS 84, never written
//	                                   triggers     │ any INSERT, UPDATE, DELETE, TRUNCATE,
//	                                                ▼ by us, QGIS or psql
//	┌─────────────────────┐          ┌──────────────────────────────┐
//	│ twin_changeset      │◄─────────│ twin_outbox                  │ in the same transaction
//	│ one row a version   │          │ layer, ids of features, xid  │
//	└─────────────────────┘          └──────────────────────────────┘
//
// The version of a state is the number of change sets that its snapshot sees.
// What two snapshots of one database see is nested, so equal numbers mean equal
// states; and nobody waits for a counter, so that an editor who keeps a
// transaction open for an hour stops no import. Reads are REPEATABLE READ
// transactions; Write takes turns with other Writes by an advisory lock of its
// session, which a pooler between us and the server must leave alone (PgBouncer:
// pool_mode = session).
//
// A write goes by binary COPY into a temporary table and from there, by set
// statements, into the layer (see stage and merge).
//
// What an adopted table cannot tell us: a TRUNCATE of one partition, and changes
// made while its triggers are disabled. The version then stays as it is.
//
// To read the code, start at Open, then Store.Read and Store.Write.
package postgis
