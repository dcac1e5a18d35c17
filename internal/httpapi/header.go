package httpapi

import (
	"net/http"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

// fixedHeaders are header values that never change, made once: they are set
// straight into header maps and must not be appended to.
type fixedHeaders struct {
	any, expose, nosniff, vary, varyAccept []string
	allowHeaders, day                      []string
	noCache, noStore                       []string
	json, geoJSON, problem, html, mvt      []string
	vectorTileJSON                         []string
	coding                                 [3][]string // by coding.Coding
	zero, retry                            []string
	mapPolicy, embedPolicy, pagePolicy     []string
	noReferrer                             []string
	events, no, none, text                 []string
	crs                                    map[refsys.System][]string // Content-Crs of each
	format                                 [media.Count][]string      // the Content-Type of each
}

func newFixedHeaders(cors *CORS) *fixedHeaders {
	origin := ""
	if len(cors.Origins) > 0 {
		origin = ", Origin" // see CORS.setOrigin
	}
	one := func(v string) []string { return []string{v} }
	fixed := &fixedHeaders{
		any:          one("*"),
		expose:       one("Content-Crs, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Twin-Stale, Twin-Version, WWW-Authenticate, X-Request-Id"),
		nosniff:      one("nosniff"),
		vary:         one("Accept-Encoding" + origin),
		varyAccept:   one("Accept, Accept-Encoding" + origin),
		allowHeaders: one("Accept, Accept-Encoding, Authorization, Content-Crs, Content-Type, If-Match, If-None-Match, Last-Event-ID, Twin-Message, X-API-Key, X-Request-Id"),
		day:          one("86400"),
		// The state can change at any moment and every answer has an ETag:
		// caches may keep it and must ask whether it is still true.
		noCache:        one("public, no-cache"),
		noStore:        one("no-store"),
		json:           one("application/json"),
		geoJSON:        one("application/geo+json"),
		problem:        one("application/problem+json"),
		html:           one("text/html; charset=utf-8"),
		mvt:            one("application/vnd.mapbox-vector-tile"),
		coding:         [3][]string{nil, one("gzip"), one("zstd")},
		zero:           one("0"),
		events:         one("text/event-stream; charset=utf-8"),
		no:             one("no"),
		none:           one("none"),
		retry:          one("1"),
		vectorTileJSON: one(media.TypeTileJSON),
		mapPolicy:      one(mapPolicy + "'self'"),
		embedPolicy:    one(mapPolicy + "*"),
		pagePolicy:     one(pagePolicy),
		text:           one("text/plain; charset=utf-8"),
		noReferrer:     one("no-referrer"),
	}
	fixed.crs = crsHeaders()
	for f := range media.Count {
		fixed.format[f] = one(f.ContentType())
	}
	return fixed
}

// setCommon sets what stands on every answer, also on errors and 304.
func (x *exchange) setCommon() {
	fixed := x.server.fixed
	h := x.header
	if cors := &x.server.config.CORS; len(cors.Origins) > 0 {
		cors.setOrigin(h, x.r.Header.Get("Origin"))
	} else {
		h["Access-Control-Allow-Origin"] = fixed.any
	}
	h["Access-Control-Expose-Headers"] = fixed.expose
	h["X-Content-Type-Options"] = fixed.nosniff
	h["Twin-Version"] = x.view.Version
	x.values = &headerValues{id: [1]string{x.id}}
	h["X-Request-Id"] = x.values.id[:]
	x.setStale()
}

// preflight answers OPTIONS, which browsers send before a request of another
// origin that has unusual headers.
func (x *exchange) preflight(methods string) {
	fixed := x.server.fixed
	h := x.header
	h["Allow"] = []string{methods}
	h["Access-Control-Allow-Methods"] = h["Allow"]
	h["Access-Control-Allow-Headers"] = fixed.allowHeaders
	h["Access-Control-Max-Age"] = fixed.day
	h["Cache-Control"] = fixed.noStore
	h["Content-Length"] = fixed.zero
	x.WriteHeader(http.StatusOK) // and not 204: OGC API Features, part 4, /req/create-replace-delete/options-response
}

// matches reports whether an If-None-Match header names the entity tag, which
// includes its quotes (RFC 9110, section 13.1.2: weak comparison).
func matches(fields []string, etag string) bool {
	for _, field := range fields {
		for field != "" {
			field = strings.TrimLeft(field, " \t,")
			if strings.HasPrefix(field, "*") {
				return true
			}
			tag := strings.TrimPrefix(field, "W/")
			if len(tag) == 0 || tag[0] != '"' {
				break // not a list of entity tags: read no further
			}
			end := strings.IndexByte(tag[1:], '"')
			if end < 0 {
				break
			}
			if tag[:end+2] == etag {
				return true
			}
			field = tag[end+2:]
		}
	}
	return false
}
