package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
)

// exchange is one request and its answer under way. It is the ResponseWriter
// that the router and the handlers get, and counts what they send.
//
// Exchanges are pooled: nobody keeps one after the handler has returned.
type exchange struct {
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	header http.Header // w's
	view   *view.View
	who    access.Principal
	route  *route
	op     *operation   // nil when no path matched
	format media.Format // in which to answer
	// formatAsked tells that f said so, rather than Accept.
	formatAsked bool
	// shown is how the features of this answer are shown.
	shown shown
	start time.Time
	id    string
	query params.Query
	raw   string // the query text without f, version, as_of and datetime
	// pinText is the version or as_of that was given, as it stands in links.
	pinText string
	// lens is what datetime asks for, and lensText how that stands in links.
	lens     view.Lens
	lensText string
	work     workContext
	status   int // 0 until the header is sent
	sent     int64
	err      error // why the answer is a problem
	values   *headerValues
	buf      []byte // the body under way
	coded    []byte // the same, compressed
	hits     []proximity.Hit
	names    []city.LayerID
}

// headerValues are the values of this answer's own headers: one allocation for
// the three of them. They are not reused, for the header map outlives x.
type headerValues struct{ id, etag, length [1]string }

// Header makes exchange a ResponseWriter.
func (x *exchange) Header() http.Header { return x.header }

// WriteHeader notes the status and sends it.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
	}
	x.w.WriteHeader(status)
}

// Write counts and sends.
func (x *exchange) Write(body []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	n, err := x.w.Write(body)
	x.sent += int64(n)
	return n, err
}

// workContext is the request's context with a deadline that is only found when
// Err is asked, as long computations do now and then. Unlike a context with a
// timer it costs nothing; nobody can wait for its end.
type workContext struct {
	context.Context
	until time.Time
	now   func() time.Time
}

// Err returns why the work should stop, or nil.
func (w *workContext) Err() error {
	if err := w.Context.Err(); err != nil {
		return err
	}
	if w.now().After(w.until) {
		return context.DeadlineExceeded
	}
	return nil
}

// Deadline returns when the work should stop.
func (w *workContext) Deadline() (time.Time, bool) { return w.until, true }

// working returns the context for the work on this answer. It holds until the
// handler returns.
func (x *exchange) working() context.Context {
	x.work = workContext{Context: x.r.Context(), until: x.start.Add(x.server.config.WorkTimeout), now: x.server.now}
	return &x.work
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.w }

// maxPooledBuffer is the largest buffer that a pooled exchange keeps, so that
// one large page does not stay in memory for ever.
const maxPooledBuffer = 1 << 20

// release forgets everything but buffers of a usual size. It clears field by
// field: the query's arrays are large, and most requests do not use them.
func (x *exchange) release() {
	if cap(x.buf) > maxPooledBuffer {
		x.buf = nil
	}
	if cap(x.coded) > maxPooledBuffer {
		x.coded = nil
	}
	x.buf, x.coded = x.buf[:0], x.coded[:0]
	clear(x.hits) // they would keep an old state in memory
	x.hits = x.hits[:0]
	if x.query.Used() {
		x.query = params.Query{}
	}
	x.w, x.r, x.header, x.values, x.view, x.route, x.op, x.id, x.err = nil, nil, nil, nil, nil, nil, nil, "", nil
	x.who, x.format = access.Principal{}, media.JSON
	x.status, x.sent, x.work, x.raw, x.pinText, x.lensText = 0, 0, workContext{}, "", "", ""
	x.shown.done()
	x.formatAsked, x.shown = false, shown{}
	x.lens.Forget()
	x.server.exchanges.Put(x)
}

// parameter returns a part of the path, decoded. Parts that cannot be decoded
// are returned as they are: nothing is named so, and the answer is a 404.
func (x *exchange) parameter(name string) string {
	value := x.r.PathValue(name)
	if x.r.URL.RawPath == "" {
		return value // the router matched the decoded path
	}
	return unescapePath(value)
}
