// Package snapshot holds one immutable, indexed state of all layers at one
// version. Readers share it without locks; Apply makes the next one and shares
// with it everything that did not change.
//
//	Snapshot v41                          Snapshot v42 = v41.Apply(changes)
//	┌──────────────┐                      ┌──────────────┐
//	│ ring_roads ──┼──► Layer ◄───────────┼── ring_roads │   unchanged: the same Layer
//	│ projects   ──┼──► Layer   Layer ◄───┼── projects   │   changed: copy-on-write trees
//	└──────────────┘      │       │       └──────────────┘
//	                      ▼       ▼
//	                R-tree, id tree, code tree: they share all nodes but the
//	                few on the path of a changed feature
//
// A Layer keeps, for each feature, the geometry as stored (lon/lat), the same
// prepared for tiles (Web Mercator integers), and one interned row of
// properties. Equal rows exist once; equal values exist once.
//
// # Memory
//
// Properties aside, a point costs about 112 bytes and a line of 6 vertices
// about 276; BenchmarkMemory measures both.
//
// # Reading the code
//
// Start at Snapshot, then Layer (the questions it answers), then Builder (how
// one is loaded) and Apply (how the next one is made).
package snapshot
