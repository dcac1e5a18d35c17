// Package changes answers what changes something, features and definitions of layers,
// and tells what was changed.
//
//	body ─► steps ─► edit.Planner ──► Changer.Commit ──► the feature and its ETag,
//	                  │  ▲              │                as of the new version
//	     all mistakes ▼  └── again, when the store has moved on
//
// What a step holds for (an ETag, what a patch was merged onto) is compared once
// more inside the transaction. An answer that a change failed means that nothing
// was written; what is committed is answered so, whatever happens afterwards.
package changes
