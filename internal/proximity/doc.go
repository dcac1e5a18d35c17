// Package proximity answers what is near a place, over all layers of one
// snapshot: the nearest k features, or those within a radius, or both.
//
//	                          ┌── lower bound by the box: no trigonometry
//	                          ▼
//	in a layer's midst: R-tree ─► all that meets a rectangle about the point,
//	                          │     then a larger one: the nearest box first
//	from afar, of a shape: R-tree ─► feature by feature, the nearest box first
//	                          │         │
//	   stop when the box      │         ▼ exact distance, only now
//	   is farther than        └──── the k best so far (a heap) ──► hits,
//	   the k-th best                                               nearest first
//
// Distances are geodesic metres on WGS 84, to the nearest place of a geometry
// and 0 inside a polygon (package geodesy, which says how exact they are).
// Answers are repeatable: equal distances are ordered by layer, then by id.
package proximity
