// Package cql2 filters the features of a snapshot by CQL2 (OGC 21-065r2). It
// knows no HTTP.
//
//	text, JSON ──expr.ParseText──► tree ──Compile──► Filter
//	             expr.ParseJSON      ▲                 │
//	                     schema ─────┘    ┌────────────┤
//	                  filter's CRS        ▼            ▼
//	                                   Bounds        Match
//	                     R-tree ──► candidates ──► and ──┬── memo: highway = 'primary'
//	                                                     │     one byte for each distinct value
//	                                                     └── S_INTERSECTS: exact, in degrees
//
// What a filter says is settled once, by Compile: which property, which types,
// which literals, in which order predicates are asked (the cheap ones first).
// Match then does neither allocate nor compare a text twice: whatever hangs on
// one property alone is remembered by the number that the layer's dictionary
// has for the value (snapshot.Table).
//
// # Meaning
//
// Truth has three values, as in SQL; a feature matches where the whole is true.
// A null makes a comparison unknown.
//
// Texts are compared by code points, in NFC. CASEI folds case by Unicode's full
// folding; ACCENTI drops marks and turns đ into d, ø into o, ł into l, ħ into h,
// ı into i. A date is a day of Hà Nội; against an instant, the instant counts as
// the day that it is in Hà Nội. Intervals include both ends. Division is of real
// numbers, div and % round toward zero, and what has no result, such as 1/0, is
// null.
//
// Spatial relations are those of the plane of longitude and latitude, as in
// PostGIS on geometry. S_DWITHIN(geometry, literal, metres) measures geodesics
// on WGS 84, as package proximity does.
//
// Subpackages: expr is the language, plane the relations of geometries.
package cql2
