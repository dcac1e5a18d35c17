// Package diff tells what differs between two states of the city: two versions
// of the record, two days in the world, or both at once.
//
//	From: snapshot v41, as recorded     To: snapshot v57, as recorded
//	From: snapshot v57 on 2026-11-23    To: snapshot v57 on 2030-01-01
//	          │                                  │
//	          └────────────► Comparison ◄────────┘
//	                             │ layer by layer, id by id
//	                             ▼
//	     added · removed · changed: which properties, and how far it moved
//
// A feature is added or removed when it is there on one side only: it was made
// or deleted, its layer was, or its life begins or ends between the days
// (package lifetime). It has changed when a property differs, its status on the
// days included, or the geometry does. A feature that was changed and changed
// back is not told.
//
// The order is by layer, then id, so that an answer can be read page by page:
// each page begins after the last feature of the one before.
//
// # Shift
//
// How far a geometry moved is its Hausdorff distance, taken at the vertices: the
// greatest distance, in metres on the ellipsoid, from a vertex of either
// geometry to the nearest place of the other. Polygons count as their outlines.
//
//	before  o───────────o───────────o        the end moved by 40 m: shift 40 m,
//	after   o───────────o──────o             from the old end to the new one
//
// A vertex more on a straight edge is a changed geometry with a shift of 0. The
// true Hausdorff distance may be greater where the farthest place lies within
// an edge; it is never less, and between two points the two are the same.
//
// # Cost
//
// Features that two versions share are the same in memory and are passed over
// without a look (snapshot.Pairs): two versions of a layer of 1,000,000 features
// take about 25 ms, whatever changed. Where the caller knows which features
// were touched between them (Touched), the others are not even passed over: it
// then takes 3 µs for each of those. Two days look at each feature of the layers
// that have dates: 60 ms for 100,000, up to a second for 1,000,000.
package diff
