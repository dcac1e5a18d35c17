// Package httpapi answers HTTP for the twin, all of one request from one version. It
// puts together the packages below it, which are the only ones that know HTTP, and
// routes requests to them:
//
//	httpapi ── Config, New, Serve, the router
//	   │
//	   ├── features  pages, items, nearby, search, downloads, schemas
//	   ├── tilesets  vector tiles, tilesets, TileJSON ──► tilecache
//	   ├── changes   writes, change sets, definitions of layers
//	   ├── events    what happens, and watches
//	   ├── past      histories and differences
//	   ├── describe  landing page, collections, API, catalogue, pages for people
//	   └── webmap    the files and styles of the map
//	          │ each declares its edge.Operations; none knows another
//	          ▼
//	        edge ── the exchange of a request for an answer; knows no resource
//	          │
//	          ├── view     a state as somebody may see it
//	          ├── filters  CQL2 in parameters
//	          ├── media    formats, and what Accept likes best
//	          ├── params   parameters, all mistakes at once
//	          ├── problem  errors as RFC 9457
//	          ├── joined   large answers in one write
//	          ├── coding   compression, payloads and their ETags
//	          └── forwarded  what trusted proxies tell
//
// The life of a request: timeouts on each phase of the connection (Serve), an exchange
// from the pool (edge.Core.Begin), what the chi router finds (404, 405), then the operation, as
// package edge draws it.
//
// # Promises
//
// Every answer carries Twin-Version, X-Request-Id and the CORS headers, every
// error is an RFC 9457 problem, and everything that GET answers with 200 or 204
// has a strong ETag. ETags are made from the content: they survive versions and
// restarts that change nothing, and are the same on every server; only pages of
// items also tell when this server first saw the version, and lead on by it. Downloads,
// which nobody has seen whole when their header leaves, have one of the state and
// the words of the request. The only answers that escape are those that net/http
// itself gives to what is no HTTP.
//
// The server makes no request of its own, and no page loads anything from another
// host: what names one are identifiers of the OGC and the link to the licence.
//
// # Speed
//
// What a request needs again and again is made beforehand: header values as
// ready slices, counters resolved for each route, tiles compressed once. A tile
// from the cache takes 6 allocations in these packages, two of them chi's, beside
// those of net/http. BenchmarkHotTile and BenchmarkNearby compare with handlers that do
// nothing but write the same bytes.
//
// # Reading the code
//
// Start at newServer and the Operations of a package, then follow one handler (item in
// features is short, tile in tilesets is hot) to Send or Deliver in edge. A handler is
// a method of the package's request: the exchange and what the package needs beside it.
// The log and its levels: logAccess in edge. Package geojson writes geometry.
package httpapi
