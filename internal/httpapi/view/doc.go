// Package view shows a state of the city as somebody may see it: without the layers
// that are hidden from their role, and on the days in the world that they ask for.
//
//	twin.State ──► Views.Load(role) ──► View ── Snapshot, without hidden layers
//	               one a role, kept      │       All, Layers: sets of layers by name
//	                                     └─ Lens: the same on other days
//
// A View is immutable; a request takes one and reads only from it.
package view
