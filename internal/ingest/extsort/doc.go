// Package extsort sorts more small records than memory should hold. Records
// gather in a buffer of fixed size; a full buffer is sorted and written to a
// temporary file as a run; reading merges the runs.
//
//	Add ──► [buffer] ──sort──► run 1 │ run 2 │ run 3      (one temporary file)
//	                              └──────┼──────┘
//	                                   merge ──► records in order
//
// Imports use it for whatever would otherwise grow with the file: keys that
// occur twice, junctions of roads, node positions of unsorted OSM files.
package extsort
