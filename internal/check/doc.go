// Package check looks for mistakes in a store: what `hanoitwin check` prints.
//
//	city_outline ─► outline ──┐         ┌─► Rows: check, severity, layer, feature, message
//	ring_roads ───► rings ────┤         │
//	                          ▼         │
//	every layer, one pass ─► inspectors ┴─► Summary: errors, warnings, notes by check
//
// An error is a mistake to mend, a warning something that a person should look
// at, an info something true that must not be hidden. A shape that departs from
// its neighbours and says why (gap_note, ring_note, provinces) is no error.
//
// The layers are read once, in the order of the store, after the outline and
// the rings. Time grows with the number of vertices, except for validating
// polygons (n log n); nothing compares each feature with each.
package check
