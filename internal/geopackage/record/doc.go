// Package record reads what a store remembers: who changed what, when and why,
// and what each feature and each definition was before.
//
//	version      5          6          7        now
//	feature 12   ├─ created ─┼─ edited ─┼─────────┤
//	twin_was_7   (5, 12, did not exist)  (6, 12, as it was at 5)
//	table                                          12, as it is
//
// What a feature was at version v is its first row in the record after v, else
// its row in the table. Rows of the record are in the order of versions, so that
// what happened after v is its tail: seq ≥ some number, which a few steps of a
// search from the end find.
//
// A layer that is removed keeps its record for ever; one that is made later under
// the same name has a record of its own. The life of a layer is from its making
// to its removal.
package record
