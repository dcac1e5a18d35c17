package edge

import (
	"net/http"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/joined"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// minCompressed is the size from which an answer that is made for one request
// is compressed. A smaller one fits into the ten segments that a connection
// may send at once (RFC 6928), so that compressing it costs time (6 µs for
// 3 kB) and saves no round trip. Tiles, compressed once, always are.
const minCompressed = 10 * 1_460

// Negotiate reads Accept-Encoding, or gives a 406 problem.
func (x *Exchange) Negotiate() (coding.Preference, error) {
	p := coding.Negotiate(x.Request.Header["Accept-Encoding"])
	if p.None {
		return p, problem.New(http.StatusNotAcceptable, "not-acceptable", "No acceptable content coding",
			"Accept-Encoding refuses gzip, zstd and identity, and there is nothing else.")
	}
	return p, nil
}

// Send answers 200 with x.Buf, which is complete, or 304 when the client has
// it already.
func (x *Exchange) Send(contentType []string) error {
	if x.Format == media.HTML {
		if err := x.server.pages.ShowPage(x); err != nil {
			return err
		}
		contentType = x.Fixed.HTML
	}
	accepted, err := x.Negotiate()
	if err != nil {
		return err
	}
	c := accepted.Best
	if len(x.Buf) < minCompressed && accepted.Identity {
		c = coding.Identity
	}
	x.values.etag[0] = coding.ETag(x.Buf, c)
	p := coding.Payload{Body: x.Buf, Coding: c, ETag: x.values.etag[:]}
	if c != coding.Identity && (x.keeping != nil || !Matches(x.Request.Header["If-None-Match"], p.ETag[0])) {
		x.Coded = x.server.codecs.Append(x.Coded[:0], x.Buf, c)
		p.Body = x.Coded
	}
	x.values.length[0] = strconv.Itoa(len(p.Body))
	p.Length = x.values.length[:]
	x.keepAnswer(&p)
	x.setRevalidated()
	x.Deliver(&p, contentType)
	return nil
}

// setRevalidated sets what stands on answers that caches may keep, unless something
// else stands there.
func (x *Exchange) setRevalidated() {
	h := x.Headers
	if vary := h["Vary"]; len(vary) == 0 || vary[0] == "Origin" {
		h["Vary"] = x.Fixed.Vary
	}
	if h["Cache-Control"] == nil {
		h["Cache-Control"] = x.Fixed.NoCache
	}
}

// Deliver sends a payload, conditions and HEAD respected.
func (x *Exchange) Deliver(p *coding.Payload, contentType []string) {
	h := x.Headers
	if x.Who.Role != "" {
		KeepPrivate(h)
	}
	h["Etag"] = p.ETag
	x.setLanguage()
	if fields := x.Request.Header["If-None-Match"]; len(fields) > 0 && Matches(fields, p.ETag[0]) {
		x.WriteHeader(http.StatusNotModified)
		return
	}
	if len(p.Body) == 0 {
		x.WriteHeader(http.StatusNoContent)
		return
	}
	h["Content-Type"] = contentType
	h["Content-Length"] = p.Length
	if p.Coding != coding.Identity {
		h["Content-Encoding"] = x.Fixed.Coding[p.Coding]
	}
	x.WriteHeader(http.StatusOK)
	if x.Request.Method != http.MethodHead {
		if x.Request.Body == http.NoBody { // or "100 Continue" might be written between
			joined.Expect(x.Request.Context(), len(p.Body))
		}
		// A failed write means that the client has gone: nobody to tell.
		_, _ = x.Write(p.Body)
	}
}

// Fail answers with the problem that err is.
func (x *Exchange) Fail(err error) {
	x.err = err
	p := *problem.Of(err)
	if x.status != 0 {
		return // the answer is under way already; the connection ends it
	}
	if p.Status == problem.StatusClientGone {
		x.status = problem.StatusClientGone // for the log and the counters
		return
	}
	p.Instance, p.RequestID = problem.Clip(x.Request.URL.Path), x.ID
	body := p.Encode()
	fixed := x.Fixed
	h := x.Headers
	delete(h, "Etag")
	delete(h, "Content-Encoding")
	delete(h, HeaderCRS)
	delete(h, "Link")
	h["Content-Type"] = fixed.problem
	h[headerLanguage] = fixed.language[media.English]
	h["Cache-Control"] = fixed.NoStore
	problem.SetChallenge(h, err)
	x.values.length[0] = strconv.Itoa(len(body))
	h["Content-Length"] = x.values.length[:]
	switch p.Status {
	case http.StatusMethodNotAllowed:
		h["Allow"] = []string{p.Allow}
	case http.StatusServiceUnavailable:
		if h["Retry-After"] == nil {
			h["Retry-After"] = fixed.retry
		}
	case http.StatusRequestEntityTooLarge:
		h["Connection"] = []string{"close"}
	}
	x.WriteHeader(p.Status)
	if x.Request.Method != http.MethodHead {
		_, _ = x.Write(body)
	}
}
