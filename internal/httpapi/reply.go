package httpapi

import (
	"net/http"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
)

// minCompressed is the size from which an answer that is made for one request
// is compressed. A smaller one fits into the ten segments that a connection
// may send at once (RFC 6928), so that compressing it costs time (6 µs for
// 3 kB) and saves no round trip. Tiles, compressed once, always are.
const minCompressed = 10 * 1_460

// payload is a complete answer: what caches keep.
type payload struct {
	body   []byte
	coding coding.Coding
	etag   []string
	length []string
}

// etagOf makes a strong entity tag from a hash of the uncompressed content, and
// the coding: the same content in two codings is not the same bytes. 64 bits
// tell the states of one address apart; they are no proof against forgery.
// SHA-256 took 3 µs for 4 kB, a tenth of a proximity answer.
func etagOf(content []byte, c coding.Coding) string { return tagOf(xxhash.Sum64(content), c) }

// tagOf is etagOf for the hash of a content.
func tagOf(hash uint64, c coding.Coding) string {
	var room [32]byte
	tag := append(room[:0], '"')
	tag = appendHex(tag, hash)
	if c != coding.Identity {
		tag = append(tag, '-')
		tag = append(tag, c.String()...)
	}
	return string(append(tag, '"'))
}

func appendHex(dst []byte, bits uint64) []byte {
	const digits = "0123456789abcdef"
	for shift := 60; shift >= 0; shift -= 4 {
		dst = append(dst, digits[bits>>shift&15])
	}
	return dst
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
	if x.format == formatHTML {
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
	x.values.etag[0] = etagOf(x.buf, c)
	p := payload{body: x.buf, coding: c, etag: x.values.etag[:]}
	if c != coding.Identity && (x.keeping != nil || !matches(x.r.Header["If-None-Match"], p.etag[0])) {
		x.coded = x.server.codecs.Append(x.coded[:0], x.buf, c)
		p.body = x.coded
	}
	x.values.length[0] = strconv.Itoa(len(p.body))
	p.length = x.values.length[:]
	x.keepAnswer(&p)
	x.setRevalidated()
	x.deliver(&p, contentType)
	return nil
}

// setRevalidated sets what stands on answers that caches may keep, unless something
// else stands there.
func (x *exchange) setRevalidated() {
	h := x.header
	if vary := h["Vary"]; len(vary) == 0 || vary[0] == "Origin" {
		h["Vary"] = x.server.fixed.vary
	}
	if h["Cache-Control"] == nil {
		h["Cache-Control"] = x.server.fixed.noCache
	}
}

// deliver sends a payload, conditions and HEAD respected.
func (x *exchange) deliver(p *payload, contentType []string) {
	h := x.header
	if x.who.Role != "" {
		keepPrivate(h)
	}
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
	delete(h, headerCRS)
	h["Content-Type"] = fixed.problem
	h["Cache-Control"] = fixed.noStore
	setChallenge(h, err)
	x.values.length[0] = strconv.Itoa(len(body))
	h["Content-Length"] = x.values.length[:]
	switch p.Status {
	case http.StatusMethodNotAllowed:
		h["Allow"] = []string{p.allow}
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
