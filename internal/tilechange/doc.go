// Package tilechange tells which tiles a step of the city changed: exactly those
// whose bytes differ.
//
//	Edit {before, after}
//	   │
//	   ├─ attributes, zoom rules or existence differ ──► all of both shapes
//	   ├─ shapes differ ──► the stretches that are not in both ──┐
//	   └─ place in the drawing order differs ──► where others    │
//	                                             lie between     ▼
//	                         candidates, zoom by zoom: tiles that these meet
//	                                             │
//	                                             ▼
//	                            Differ.Differs: draw both, compare bytes
//
// # Why that is exact
//
// A layer in a tile is the sequence of what its features draw, in the order of
// Feature.Place, then id; names and values are numbered by first use, so that
// equal sequences give equal bytes and different ones different bytes. A feature
// draws nothing, or its id, its attributes and its geometry cut to the tile. So
// the bytes differ exactly when, for some edited feature, what it draws differs,
// or when it draws the same but has passed another that is drawn too.
//
// What a feature draws depends on the vertices that simplification keeps at the
// zoom, and of these on the segments that meet the buffered tile; of polygons,
// also on how often the rest goes round the tile (see tiles.Encoder, which
// starts each ring at its western corner for this). A tile that meets none of the
// segments which only one of the two shapes has, and round which their
// difference does not go, is therefore unchanged, and is never looked at.
//
// # Caveats
//
// Two values that differ in kind only, such as a date and the text of that date,
// count as different although tiles write them alike. Of layers that were read
// anew, nothing is known: all their tiles may differ.
//
// How to read the code: differ.go (one edit, one tile), order.go (places), then
// shape.go and stroke.go (what differs between two shapes), cover.go (tiles that
// strokes meet), find.go (the enumeration).
package tilechange
