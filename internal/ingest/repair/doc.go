// Package repair decides whether polygons are valid by the OGC rules and makes
// valid ones of those that are not, without losing a part.
//
//	a      d                  a      d
//	│╲    ╱│                  │╲    ╱│
//	│  ╲╱  │     node the     │  ╲ ╱ │     two simple loops, one
//	│  ╱╲  │  ─► crossings ─► │  x   │ ─►  counter-clockwise, one
//	│╱    ╲│     and walk     │╱    ╲│     clockwise: both are kept
//	b      c                  b      c
//
// A ring is cut at its crossings into simple loops. What lies inside is what
// the ring winds around at least once (the non-zero rule): the lobes of a
// bow-tie, not the hole of a ring that touches itself, and no hole where a
// ring overlaps itself. Buffer(0), the usual trick, drops the smaller lobe of
// a bow-tie (measured), so it is only the last resort here, and then an error
// when area is lost.
package repair
