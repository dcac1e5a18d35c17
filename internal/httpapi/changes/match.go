package changes

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// ifMatch returns the entity tags one of which what is changed must have. A
// change without them is refused: it could undo what others did meanwhile.
func (x request) ifMatch() (string, error) {
	tags := strings.Join(x.Request.Header["If-Match"], ",")
	if strings.Trim(tags, " \t,") == "" {
		return "", problem.New(http.StatusPreconditionRequired, "precondition-required", "If-Match is missing",
			"Send the ETag of what you have read in If-Match, so that what others change meanwhile is not lost; or * to change whatever is there.")
	}
	return tags, nil
}

// matchesStrongly reports whether an If-Match header names the content (RFC 9110,
// section 13.1.1), in any of the codings in which it is sent: a client that has
// got it compressed knows it as well. Weak tags match nothing.
func matchesStrongly(tags string, content []byte) bool {
	known := [...]string{coding.ETag(content, coding.Identity), coding.ETag(content, coding.Gzip), coding.ETag(content, coding.Zstd)}
	for tags != "" {
		tags = strings.TrimLeft(tags, " \t,")
		if strings.HasPrefix(tags, "*") {
			return true
		}
		weak := strings.HasPrefix(tags, "W/")
		tag := strings.TrimPrefix(tags, "W/")
		if tag == "" || tag[0] != '"' {
			return false // not a list of entity tags: read no further
		}
		end := strings.IndexByte(tag[1:], '"')
		if end < 0 {
			return false
		}
		for _, k := range known {
			if !weak && tag[:end+2] == k {
				return true
			}
		}
		tags = tag[end+2:]
	}
	return false
}

// matchesItem reports whether a list of entity tags names a feature as GET, asked
// by this client at this address, would answer it: in any language, as GeoJSON or
// JSON-FG, in longitude and latitude or in the system of the request's body.
func (x request) matchesItem(l *snapshot.Layer, f *snapshot.Feature, tags string) bool {
	format, lang := x.Format, x.Lang
	defer func() { x.Format, x.Lang = format, lang }()
	for i := range media.Languages {
		x.Lang = (lang + i) % media.Languages // that of this request first: most read and write in one
		for _, form := range media.GeoJSONFormats() {
			x.Format = form
			if x.matchesForm(l, f, tags) {
				return true
			}
		}
	}
	return false
}

// matchesForm is matchesItem for the format and language of x.
func (x request) matchesForm(l *snapshot.Layer, f *snapshot.Feature, tags string) bool {
	shown, query := edge.Shown{FG: x.Format == media.JSONFG}, ""
	for {
		x.Buf = x.Buf[:0]
		err := x.items.AppendItem(x.Exchange, l, f, shown, query)
		if err == nil && matchesStrongly(tags, x.Buf) {
			return true
		}
		if shown.Converter == x.Shown.Converter {
			return false
		}
		shown.Converter, query = x.Shown.Converter, x.shownQuery()
	}
}

// shownQuery is what the address of a feature ends with when GET is to answer it
// in the system of this request's body.
func (x request) shownQuery() string {
	if x.Shown.Converter == nil {
		return ""
	}
	return "?" + params.NameCRS + "=" + url.QueryEscape(x.Shown.System().URI())
}
