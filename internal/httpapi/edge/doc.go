// Package edge is what all requests have in common, whatever they ask for: the
// exchange of a request for an answer. It knows no resource and no router.
//
//	Core.Begin ── an Exchange from the pool ── request id, common headers
//	     │        the view of the newest Snapshot, loaded once
//	     ▼
//	Exchange.Admit: URL, headers and body within limits, or 414, 431, 413
//	     │
//	     ▼
//	Core.Handler(Operation): who asks, which format (f, Accept), which state
//	     │                   (version, as_of), which days (datetime)
//	     ▼
//	Operation.Answer: parameters (all mistakes at once, or 400), then the answer
//	     │ a payload that is kept      │ bytes appended to Exchange.Buf
//	     │                             ▼
//	     │                      Send: Accept-Encoding, ETag of the content
//	     └──────────────► Deliver ◄────┘ 304 · 204 · HEAD · 200
//	                         │
//	     an error anywhere ──┤► Fail: application/problem+json
//	                         ▼
//	Exchange.End: a panic becomes 500 · counters · one line of log · back to the pool
//
// An Operation is what the router serves and what the description of the API tells of
// it. Packages of resources declare theirs as values; nothing registers itself.
//
// What a request needs again and again is made beforehand: header values as ready
// slices (Fixed), counters resolved for each route.
package edge
