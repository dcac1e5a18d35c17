// Package plane tells how geometries lie to each other in the plane of longitude
// and latitude: the relations of OGC Simple Features, as S_INTERSECTS and its
// kin in CQL2 and as PostGIS on geometry have them. Edges are straight in
// degrees there; metres and geodesics are for package geodesy.
//
//	Prepare(literal) ─► Shape          one literal, many features
//	                      │
//	   bounds apart? ─────┤ no relation but disjoint: 5 ns
//	   edges touch?  ─────┤ an index over the literal's edges, exact signs
//	   one inside the other? ── a ray through the index
//	   which relation?  ──┴ where edges touch: the DE-9IM of simplefeatures
//
// Intersects, and all that does not hang on how boundaries touch, is answered
// here, without allocating; the rest by the port of JTS in simplefeatures (ADR
// 0024).
//
// Signs of areas are exact (Shewchuk 1997: a filter, and rational numbers where
// it cannot tell), so that a point on a line is on it as far as its coordinates
// say so.
package plane
