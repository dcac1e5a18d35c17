// Package edit turns what a client sends into changes that a store may be given,
// or says everything that is wrong with it.
//
//	POST   a Feature ───────┐
//	PUT    a Feature ───────┤                ┌─► Changes: each feature before and after
//	PATCH  a merge patch ───┼─► Steps ─ Plan ┤
//	DELETE ─────────────────┤      ▲         └─► Mistakes: all of them, each with a
//	POST /changesets ─ Read ┘      │               JSON Pointer to what is wrong
//	                     one Snapshot: the layers that
//	                     the writer may see
//
// What is accepted is right by the rules that the check command holds a store
// against, as far as they are about one feature. Only what a change changes is
// judged: a feature that came in from elsewhere with an old mistake can still be
// renamed.
//
// Text is brought into normal form C (ADR 0018). Polygons are wound as RFC 7946
// wants it. Nothing else is altered on the way in: what cannot be stored as it
// was sent, such as a height or a fraction of an integer, is a mistake.
package edit
