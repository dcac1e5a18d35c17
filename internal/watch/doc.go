// Package watch tells who asked for it when features enter, leave or change
// inside a place, version by version, exactly.
//
//	twin.Since ──► engine ──events──► log of each watch ──┬─► Manager.Since
//	  prev, next     │                 (bounded)          │     (live readers)
//	                 ▼                                    └─► courier ──► webhooks
//	  index: which watches can an                               │  signed, retried,
//	  edit concern? R-tree over places,                         │  in order
//	  layers, followed features                                 ▼
//	                                           position, in the store's documents
//
// A feature meets a watch when its layer is among the watch's and may be seen by
// the owner, the filter holds, and its geodesic distance to the place is within
// the radius. Membership before and after a version decides: in and not before,
// enter; before and not after, leave; both and something differs, change. An edit
// is compared with those watches only whose places its old or its new bounds
// touch. Whole layers that were read anew are first reduced to the features that
// differ.
//
// Nobody waits for a reader. Each watch has a short log; whoever falls out of it,
// live or by webhook, is told one reset and goes on from there.
//
// Subpackages: spec (what a client asks for), webhook (sending, and to whom).
package watch
