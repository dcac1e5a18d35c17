// Package httpapi answers HTTP for the twin: tiles, collections, proximity and
// health, all of one request from one version. It is the only package that
// knows HTTP.
//
// The life of a request:
//
//	connection ── timeouts on each phase (Serve)
//	     │
//	     ▼
//	ServeHTTP: an exchange from the pool ── request id, common headers
//	     │     the view of the newest Snapshot, loaded once
//	     ▼
//	admit: URL, headers and body within limits, or 414, 431, 413
//	     │
//	     ▼
//	chi router ── no such path: 404 · no such method: 405
//	     │
//	     ▼
//	a handler: parameters (all mistakes at once, or 400)
//	     │                        │
//	     │ tile                   │ everything else
//	     ▼                        ▼
//	tileCache: hit ──┐         append JSON to the exchange's buffer
//	  miss: a free   │            │
//	  tileBuilder    │            ▼
//	  encodes and    │         send: Accept-Encoding, ETag of the content
//	  compresses     │            │
//	     └───────────┴──► deliver ◄──── 304 · 204 · HEAD · 200
//	                         │
//	     an error anywhere ──┤► fail: application/problem+json
//	                         ▼
//	end: a panic becomes 500 · counters · one line of log · back to the pool
//
// # Promises
//
// Every answer carries Twin-Version, X-Request-Id and the CORS headers, every
// error is an RFC 9457 problem, and everything that GET answers with 200 or 204
// has a strong ETag. ETags are made from the content: they survive versions and
// restarts that change nothing, and are the same on every server; only pages of
// items also tell when this server first saw the version, and lead on by it. Downloads,
// which nobody has seen whole when their header leaves, have one of the state and
// the words of the request; that of a GeoPackage is weak. The only answers that
// escape are those that net/http itself gives to what is no HTTP.
//
// The server makes no request of its own, and no page loads anything from another
// host: what names one are identifiers of the OGC and the link to the licence.
//
// # Speed
//
// What a request needs again and again is made beforehand: header values as
// ready slices, counters resolved for each route, tiles compressed once. A tile
// from the cache takes 6 allocations here, two of them chi's, beside those of
// net/http. BenchmarkHotTile and BenchmarkNearby compare with handlers that do
// nothing but write the same bytes.
//
// # Writing
//
// Over a Changer there are routes that change something. A request becomes steps,
// package edit checks them against the newest state, and the twin commits them:
//
//	body ─► steps ─► edit.Planner ──► twin.Commit ──► the feature and its ETag,
//	                  │  ▲              │              as of the new version
//	     all mistakes ▼  └── again, when the store has moved on
//
// What a step holds for (an ETag, what a patch was merged onto) is compared once
// more inside the transaction. An answer that a change failed means that nothing
// was written; what is committed is answered so, whatever happens afterwards.
//
// # Reading the code
//
// Start at Server.routes, then follow one handler (item is short, tile is hot)
// to send or deliver in reply.go. The log and its levels: accesslog.go. Package
// coding negotiates and compresses, package geojson writes geometry.
package httpapi
