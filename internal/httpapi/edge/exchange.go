package edge

import (
	"context"
	"net/http"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/metrics"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
)

// Exchange is one request and its answer under way. It is the ResponseWriter
// that the router and the handlers get, and counts what they send.
//
// Exchanges are pooled: nobody keeps one after the handler has returned.
type Exchange struct {
	server  *Core
	w       http.ResponseWriter
	Request *http.Request
	Headers http.Header // w's
	// pathNames are the parts of the path that Op leaves open, pathValues what they are.
	pathNames, pathValues []string
	View                  *view.View
	Who                   access.Principal // who asks
	route                 *metrics.Route
	Op                    *Operation     // nil when no path matched
	Format                media.Format   // in which to answer
	Lang                  media.Language // of what people read in it
	// formatAsked tells that f said so, rather than Accept.
	formatAsked bool
	// Shown is how the features of this answer are shown.
	Shown Shown
	start time.Time
	ID    string // of the request, in the log and in X-Request-Id
	Query params.Query
	Raw   string // the query text without f, version, as_of and datetime
	// PinText is the version or as_of that was given, as it stands in links.
	PinText string
	// Lens is what datetime asks for, and LensText how that stands in links.
	Lens     view.Lens
	LensText string
	keeping  *keeping // nil: this answer is not kept
	work     workContext
	status   int // 0 until the header is sent
	sent     int64
	err      error // why the answer is a problem
	values   *headerValues
	Buf      []byte // the body under way
	Coded    []byte // the same, compressed; scratch until then
	// Fixed are header values that are made once.
	Fixed *Fixed
}

// headerValues are the values of this answer's own headers: one allocation for
// the three of them. They are not reused, for the header map outlives x.
type headerValues struct{ id, etag, length [1]string }

// Header makes exchange a ResponseWriter.
func (x *Exchange) Header() http.Header { return x.Headers }

// WriteHeader notes the status and sends it.
func (x *Exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
	}
	x.w.WriteHeader(status)
}

// Write counts and sends.
func (x *Exchange) Write(body []byte) (int, error) {
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

// Working returns the context for the work on this answer. It holds until the
// handler returns.
func (x *Exchange) Working() context.Context {
	x.work = workContext{Context: x.Request.Context(), until: x.start.Add(x.server.config.WorkTimeout), now: x.server.now}
	return &x.work
}

// Begun tells whether the header of the answer has been sent.
func (x *Exchange) Begun() bool { return x.status != 0 }

// Broke notes why an answer that had begun was not finished.
func (x *Exchange) Broke(err error) { x.err = err }

// Linger says that the answer goes on for as long as the client stays: it is no
// request under way, and keeps no state in memory. The function that it returns
// ends that.
func (x *Exchange) Linger() func() {
	x.server.inFlight.Add(-1)
	x.View = &view.View{Version: x.View.Version, Role: x.View.Role}
	return func() { x.server.inFlight.Add(1) }
}

// Stopping returns a channel that is closed when the server begins to stop.
func (x *Exchange) Stopping() <-chan struct{} { return x.server.stopping }

// Now is what the server's clock says.
func (x *Exchange) Now() time.Time { return x.server.now() }

// Within returns a context for work that waits for others, such as the store: that
// of the request, with Config.WorkTimeout as its end. Unlike that of working it may
// be kept for longer than the exchange.
func (x *Exchange) Within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(x.Request.Context(), x.server.config.WorkTimeout)
}

// Unwrap lets http.ResponseController reach the connection.
func (x *Exchange) Unwrap() http.ResponseWriter { return x.w }

// maxPooledBuffer is the largest buffer that a pooled exchange keeps, so that
// one large page does not stay in memory for ever.
const maxPooledBuffer = 1 << 20

// release forgets everything but buffers of a usual size. It clears field by
// field: the query's arrays are large, and most requests do not use them.
func (x *Exchange) release() {
	if cap(x.Buf) > maxPooledBuffer {
		x.Buf = nil
	}
	if cap(x.Coded) > maxPooledBuffer {
		x.Coded = nil
	}
	x.Buf, x.Coded = x.Buf[:0], x.Coded[:0]
	if x.Query.Used() {
		x.Query = params.Query{}
	}
	x.w, x.Request, x.Headers, x.values, x.View, x.route, x.Op, x.ID, x.err = nil, nil, nil, nil, nil, nil, nil, "", nil
	x.keeping, x.pathNames, x.pathValues = nil, nil, nil
	x.Who, x.Format, x.Lang = access.Principal{}, media.JSON, media.Vietnamese
	x.status, x.sent, x.work, x.Raw, x.PinText, x.LensText = 0, 0, workContext{}, "", "", ""
	x.Shown.Done()
	x.formatAsked, x.Shown = false, Shown{}
	x.Lens.Forget()
	x.server.exchanges.Put(x)
}

// SetPath tells the names of the parts of the path that the operation leaves open, and
// what they are. Both slices are the caller's again when the handler has returned.
func (x *Exchange) SetPath(names, values []string) { x.pathNames, x.pathValues = names, values }

// PathValue returns a part of the path as the router matched it, "" when there is
// none of that name.
func (x *Exchange) PathValue(name string) string {
	for i, n := range x.pathNames {
		if n == name {
			return x.pathValues[i]
		}
	}
	return ""
}

// PathParameter returns a part of the path, decoded. Parts that cannot be decoded
// are returned as they are: nothing is named so, and the answer is a 404.
func (x *Exchange) PathParameter(name string) string {
	value := x.PathValue(name)
	if x.Request.URL.RawPath == "" {
		return value // the router matched the decoded path
	}
	return UnescapePath(value)
}
