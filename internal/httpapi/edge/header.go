package edge

import (
	"net/http"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
)

// Fixed are header values that never change, made once: they are set
// straight into header maps and must not be appended to.
type Fixed struct {
	any, expose, nosniff, Vary, VaryAccept []string
	varyLanguage                           []string
	language                               [media.Languages][]string // Content-Language
	allowHeaders, day                      []string
	NoCache, NoStore, Immutable            []string
	JSON, GeoJSON, problem, HTML, MVT      []string
	VectorTileJSON                         []string
	Coding                                 [3][]string // by coding.Coding
	zero, retry                            []string
	NoReferrer                             []string
	Events, No, None, Text                 []string
	crs                                    map[refsys.System][]string // Content-Crs of each
	Format                                 [media.Count][]string      // the Content-Type of each
	profile                                [media.Count][]string      // the Link to the profile of each; nil: it has none
}

func newFixed(cors *CORS) *Fixed {
	origin := ""
	if len(cors.Origins) > 0 {
		origin = ", Origin" // see CORS.setOrigin
	}
	one := func(v string) []string { return []string{v} }
	fixed := &Fixed{
		any:          one("*"),
		expose:       one("Content-Crs, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Twin-Stale, Twin-Version, WWW-Authenticate, X-Request-Id"),
		nosniff:      one("nosniff"),
		Vary:         one("Accept-Encoding" + origin),
		VaryAccept:   one("Accept, Accept-Encoding" + origin),
		varyLanguage: one("Accept, Accept-Encoding, Accept-Language" + origin),
		allowHeaders: one("Accept, Accept-Encoding, Authorization, Content-Crs, Content-Type, If-Match, If-None-Match, Last-Event-ID, Twin-Message, X-API-Key, X-Request-Id"),
		day:          one("86400"),
		// The state can change at any moment and every answer has an ETag:
		// caches may keep it and must ask whether it is still true.
		NoCache:        one("public, no-cache"),
		Immutable:      one("public, max-age=31536000, immutable"),
		NoStore:        one("no-store"),
		JSON:           one("application/json"),
		GeoJSON:        one("application/geo+json"),
		problem:        one("application/problem+json"),
		HTML:           one("text/html; charset=utf-8"),
		MVT:            one("application/vnd.mapbox-vector-tile"),
		Coding:         [3][]string{nil, one("gzip"), one("zstd")},
		zero:           one("0"),
		Events:         one("text/event-stream; charset=utf-8"),
		No:             one("no"),
		None:           one("none"),
		retry:          one("1"),
		VectorTileJSON: one(media.TypeTileJSON),
		Text:           one("text/plain; charset=utf-8"),
		NoReferrer:     one("no-referrer"),
	}
	fixed.crs = crsHeaders()
	for l := range media.Languages {
		fixed.language[l] = one(l.Tag())
	}
	for f := range media.Count {
		fixed.Format[f] = one(f.ContentType())
		if name := profileOf(f); name != "" {
			fixed.profile[f] = one("<" + profileRegister + name + `>; rel="` + relProfile + `"`)
		}
	}
	return fixed
}

// setCommon sets what stands on every answer, also on errors and 304.
func (x *Exchange) setCommon() {
	fixed := x.Fixed
	h := x.Headers
	if cors := &x.server.config.CORS; len(cors.Origins) > 0 {
		cors.setOrigin(h, x.Request.Header.Get("Origin"))
	} else {
		h["Access-Control-Allow-Origin"] = fixed.any
	}
	h["Access-Control-Expose-Headers"] = fixed.expose
	h["X-Content-Type-Options"] = fixed.nosniff
	h["Date"] = x.server.dateOf(x.start)
	h["Twin-Version"] = x.View.Version
	x.values = &headerValues{id: [1]string{x.ID}}
	h["X-Request-Id"] = x.values.id[:]
	x.setStale()
}

// date is a Date header, which is the same for a second.
type date struct {
	unix  int64
	value []string
}

// dateOf returns the Date header of an answer: "a sender can generate the date value at
// any time during message origination" (RFC 9110, section 6.6.1). net/http would write
// a new one each time, which took 1 µs.
func (c *Core) dateOf(now time.Time) []string {
	unix := now.Unix()
	if d := c.date.Load(); d != nil && d.unix == unix {
		return d.value
	}
	d := &date{unix, []string{now.UTC().Format(http.TimeFormat)}}
	c.date.Store(d)
	return d.value
}

// Preflight answers OPTIONS, which browsers send before a request of another
// origin that has unusual headers.
func (x *Exchange) Preflight(methods string) {
	fixed := x.Fixed
	h := x.Headers
	h["Allow"] = []string{methods}
	h["Access-Control-Allow-Methods"] = h["Allow"]
	h["Access-Control-Allow-Headers"] = fixed.allowHeaders
	h["Access-Control-Max-Age"] = fixed.day
	h["Cache-Control"] = fixed.NoStore
	h["Content-Length"] = fixed.zero
	x.WriteHeader(http.StatusOK) // and not 204: OGC API Features, part 4, /req/create-replace-delete/options-response
}

// Matches reports whether an If-None-Match header names the entity tag, which
// includes its quotes (RFC 9110, section 13.1.2: weak comparison).
func Matches(fields []string, etag string) bool {
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
