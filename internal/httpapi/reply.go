package httpapi

import (
	"net/http"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// minCompressed is the size from which an answer that is made for one request
// is compressed. A smaller one fits into the ten segments that a connection
// may send at once (RFC 6928), so that compressing it costs time (6 µs for
// 3 kB) and saves no round trip. Tiles, compressed once, always are.
const minCompressed = 10 * 1_460

// negotiate reads Accept-Encoding, or gives a 406 problem.
func (x *exchange) negotiate() (coding.Preference, error) {
	p := coding.Negotiate(x.r.Header["Accept-Encoding"])
	if p.None {
		return p, problem.New(http.StatusNotAcceptable, "not-acceptable", "No acceptable content coding",
			"Accept-Encoding refuses gzip, zstd and identity, and there is nothing else.")
	}
	return p, nil
}

// send answers 200 with x.buf, which is complete, or 304 when the client has
// it already.
func (x *exchange) send(contentType []string) error {
	if x.format == media.HTML {
		if err := x.showPage(); err != nil {
			return err
		}
		contentType = x.server.fixed.html
	}
	accepted, err := x.negotiate()
	if err != nil {
		return err
	}
	c := accepted.Best
	if len(x.buf) < minCompressed && accepted.Identity {
		c = coding.Identity
	}
	x.values.etag[0] = coding.ETag(x.buf, c)
	p := coding.Payload{Body: x.buf, Coding: c, ETag: x.values.etag[:]}
	if c != coding.Identity && !matches(x.r.Header["If-None-Match"], p.ETag[0]) {
		x.coded = x.server.codecs.Append(x.coded[:0], x.buf, c)
		p.Body = x.coded
	}
	x.values.length[0] = strconv.Itoa(len(p.Body))
	p.Length = x.values.length[:]
	h := x.header
	if vary := h["Vary"]; len(vary) == 0 || vary[0] == "Origin" {
		h["Vary"] = x.server.fixed.vary
	}
	if h["Cache-Control"] == nil {
		h["Cache-Control"] = x.server.fixed.noCache
	}
	x.deliver(&p, contentType)
	return nil
}

// deliver sends a payload, conditions and HEAD respected.
func (x *exchange) deliver(p *coding.Payload, contentType []string) {
	h := x.header
	if x.who.Role != "" {
		keepPrivate(h)
	}
	h["Etag"] = p.ETag
	if fields := x.r.Header["If-None-Match"]; len(fields) > 0 && matches(fields, p.ETag[0]) {
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
		h["Content-Encoding"] = x.server.fixed.coding[p.Coding]
	}
	x.WriteHeader(http.StatusOK)
	if x.r.Method != http.MethodHead {
		// A failed write means that the client has gone: nobody to tell.
		_, _ = x.Write(p.Body)
	}
}

// fail answers with the problem that err is.
func (x *exchange) fail(err error) {
	x.err = err
	p := *problem.Of(err)
	if x.status != 0 {
		return // the answer is under way already; the connection ends it
	}
	if p.Status == problem.StatusClientGone {
		x.status = problem.StatusClientGone // for the log and the counters
		return
	}
	p.Instance, p.RequestID = problem.Clip(x.r.URL.Path), x.id
	body := p.Encode()
	fixed := x.server.fixed
	h := x.header
	delete(h, "Etag")
	delete(h, "Content-Encoding")
	delete(h, headerCRS)
	h["Content-Type"] = fixed.problem
	h["Cache-Control"] = fixed.noStore
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
	if x.r.Method != http.MethodHead {
		_, _ = x.Write(body)
	}
}
