// Package events tells clients what happens, as it happens: Server-Sent Events of all
// versions or of one watch, and the watches themselves.
//
//	versions of the twin ──► news: one text a version and topic, made once
//	                                   │
//	      subscribers, each at a place in the versions ──► stream
//
// There is no queue a subscriber: whoever falls behind what is kept gets a reset.
package events
