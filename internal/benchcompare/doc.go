// Package benchcompare measures the server against PostGIS and against bare
// net/http in one run, alternating, and prints one table of ratios. It is all
// tests behind a build tag, because it needs PostGIS, the real Hanoi layers and
// some minutes of an otherwise idle machine:
//
//	make bench-compare
//
//	           ┌── raw sockets, 4 clients ──┐
//	           ▼                            ▼
//	  handler: one SQL per tile      httpapi over a Snapshot
//	  ST_AsMVT, 4 layers, gzip       of the same features
//
// Both servers run in this process, so that they share its two cores alike; the
// clients are as lean as can be, because what the client costs is the same for
// both and hides the difference.
package benchcompare
