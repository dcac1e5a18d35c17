// Package osm reads OpenStreetMap files, PBF and XML, and maps their elements
// to layers by a profile.
//
//	pass 1  relations ─► those that the profile wants, and their member ways
//	pass 2  nodes     ─► positions (memory, then disk) ─► point features
//	pass 3  ways      ─► line and area features, edges of the road network
//	finally relations ─► rings ─► area features
//	        edges, sorted ─► nodes where three or more arms meet
//
// Three passes make the result independent of the order of the file, and they
// bound memory: positions go to disk above a limit, edges are sorted on disk.
// What stays in memory grows with what the profile asks for, not with the file:
// the relations that it wants, with their ways; the tags of the nodes that its
// junctions name; and each road name once.
//
// The decoders are written by hand: the library that the project measured
// panics, in a goroutine where nobody can recover, on a negative block size.
package osm
