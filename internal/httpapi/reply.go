package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
)

// minCompressed is the size from which a body is compressed: a smaller one
// fits into one packet either way.
const minCompressed = 1_200

// payload is a complete answer: what caches keep.
type payload struct {
	body   []byte
	coding coding.Coding
	etag   []string
	length []string
}

// etagOf makes a strong entity tag of 96 bits of the uncompressed content and
// the coding, for the same content in two codings is not the same bytes.
func etagOf(content []byte, c coding.Coding) string {
	const kept = 12
	sum := sha256.Sum256(content)
	var tag [40]byte
	out := append(tag[:0], '"')
	out = base64.RawURLEncoding.AppendEncode(out, sum[:kept])
	if c != coding.Identity {
		out = append(out, '-')
		out = append(out, c.String()...)
	}
	return string(append(out, '"'))
}

// negotiate reads Accept-Encoding, or gives a 406 problem.
func (x *exchange) negotiate() (coding.Preference, error) {
	p := coding.Negotiate(x.r.Header["Accept-Encoding"])
	if p.None {
		return p, problem(http.StatusNotAcceptable, "not-acceptable", "No acceptable content coding",
			"Accept-Encoding refuses gzip, zstd and identity, and there is nothing else.")
	}
	return p, nil
}

// send answers 200 with x.buf, which is complete, or 304 when the client has
// it already.
func (x *exchange) send(contentType []string) error {
	accepted, err := x.negotiate()
	if err != nil {
		return err
	}
	c := accepted.Best
	if len(x.buf) < minCompressed && accepted.Identity {
		c = coding.Identity
	}
	p := payload{body: x.buf, coding: c, etag: []string{etagOf(x.buf, c)}}
	if c != coding.Identity && !matches(x.r.Header["If-None-Match"], p.etag[0]) {
		x.coded = x.server.codecs.Append(x.coded[:0], x.buf, c)
		p.body = x.coded
	}
	p.length = []string{strconv.Itoa(len(p.body))}
	h := x.header
	if h["Vary"] == nil {
		h["Vary"] = x.server.fixed.vary
	}
	if h["Cache-Control"] == nil {
		h["Cache-Control"] = x.server.fixed.noCache
	}
	x.deliver(&p, contentType)
	return nil
}

// deliver sends a payload, conditions and HEAD respected.
func (x *exchange) deliver(p *payload, contentType []string) {
	h := x.header
	h["Etag"] = p.etag
	if fields := x.r.Header["If-None-Match"]; len(fields) > 0 && matches(fields, p.etag[0]) {
		x.WriteHeader(http.StatusNotModified)
		return
	}
	if len(p.body) == 0 {
		x.WriteHeader(http.StatusNoContent)
		return
	}
	h["Content-Type"] = contentType
	h["Content-Length"] = p.length
	if p.coding != coding.Identity {
		h["Content-Encoding"] = x.server.fixed.coding[p.coding]
	}
	x.WriteHeader(http.StatusOK)
	if x.r.Method != http.MethodHead {
		// A failed write means that the client has gone: nobody to tell.
		_, _ = x.Write(p.body)
	}
}

// fail answers with the problem that err is.
func (x *exchange) fail(err error) {
	x.err = err
	p := *problemOf(err)
	if x.status != 0 {
		return // the answer is under way already; the connection ends it
	}
	if p.Status == statusClientGone {
		x.status = statusClientGone // for the log and the counters
		return
	}
	p.Instance, p.RequestID = clip(x.r.URL.Path), x.id
	body := p.encode()
	fixed := x.server.fixed
	h := x.header
	delete(h, "Etag")
	delete(h, "Content-Encoding")
	h["Content-Type"] = fixed.problem
	h["Cache-Control"] = fixed.noStore
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	switch p.Status {
	case http.StatusMethodNotAllowed:
		h["Allow"] = fixed.allow
	case http.StatusServiceUnavailable:
		h["Retry-After"] = fixed.retry
	case http.StatusRequestEntityTooLarge:
		h["Connection"] = []string{"close"}
	}
	x.WriteHeader(p.Status)
	if x.r.Method != http.MethodHead {
		_, _ = x.Write(body)
	}
}
