// Package polygon tells valid polygons from others on the grid of a tile, and makes
// valid ones of those, in integers, exactly.
//
//	RingList ──Checker.Sound?──┬─ yes, nearly always ──► as it is
//	 tidied,                   │
//	 clipped                   └─ no ──Arrangement.Clean──► RingList of valid
//	                                                        polygons
//
// Every position lies in the buffered tile, LowEdge to HighEdge.
package polygon
