// Package postgis stores the twin in PostgreSQL with PostGIS. It implements
// twin.Store and with its subpackages is the only one that imports a PostgreSQL driver.
//
//	schema twin
//	┌─────────────────────┐  names   ┌──────────────────────────────┐
//	│ twin_layer          │─────────►│ roads  id geom code name …   │ tables of ours: real columns,
//	│  definition, source │─────┐    └──────────────┬───────────────┘ GiST index, unique key
//	└──────────┬──────────┘     │    ┌──────────────┴───────────────┐
//	           │                └───►│ public.bus_stops (adopted)   │ tables of others: read in place,
//	           │ before images       └──────────────┬───────────────┘ in WGS 84, never written
//	           │                       triggers     │ any INSERT, UPDATE, DELETE, TRUNCATE,
//	           ▼                                    ▼ by us, QGIS or psql
//	┌─────────────────────┐          ┌──────────────────────────────┐
//	│ twin_layer_was      │          │ twin_was_17  one a layer     │ what was before, in the
//	│                     │          │  id changeset existed geom … │ same transaction
//	└──────────┬──────────┘          └──────────────┬───────────────┘
//	           └────────────────┬──────────────────┘
//	                            ▼
//	┌────────────────────────────────────────────────────────────────┐ one row a version: who, when, why;
//	│ twin_changeset   seq, taken in COMMIT: the order of commits    │ its commit also notifies Await
//	└────────────────────────────────────────────────────────────────┘
//
// A change set gets its place in the order when it commits, under a lock that is
// held until the commit can be seen. So every snapshot sees all change sets up to
// some place and none above; the version of a state is how many it sees; and an
// editor who keeps a transaction open for an hour stops nobody. Reads are
// REPEATABLE READ transactions. See ADR 0012 for what else was thought of.
//
// What a feature was at version v is the before image of its first change set
// after v, else what it is now (see catalogue/keep.go). So the present costs nothing more,
// and a table that was full when it was adopted needs no history made up.
//
// An import goes by binary COPY into a temporary table and from there, by set
// statements, into the layer (see stage and merge); a single feature by one
// statement with parameters (see Save).
//
// What we cannot know: a TRUNCATE of one partition of a table of others, and
// changes made while its triggers are disabled or by a replica's apply process.
// The version then stays as it is. Only rows that have no number for that reason
// are found by the next Open (see ADR 0037).
//
// # Outages
//
// Errors that may pass by themselves wrap city.ErrUnavailable. A commit whose
// answer was lost is looked up by a token in its change set, after waiting for
// the end of its transaction; only when the server cannot be asked within ten
// seconds the error wraps ErrUnknownOutcome. Contexts that end send a cancel
// request. Await listens on a connection of its own and tests that notifications
// arrive; on a standby or behind a pooler of transactions it asks five times a
// second.
//
// To read the code, start at Open, then Store.Read and Store.Write, then the
// migrations. Subpackages: catalogue (a layer as tables, rows to features and
// back, the history's tables and triggers), reader (what is and what was).
package postgis
