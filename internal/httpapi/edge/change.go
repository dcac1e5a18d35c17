package edge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// Changing calls work when this request may change something, with the context
// of the change. The context ends with the request, or when the change takes too
// long; a change that is committed by then is answered as committed.
func (x *Exchange) Changing(work func(context.Context) error) error {
	if _, err := x.Negotiate(); err != nil {
		return err // before anything is changed
	}
	if err := x.NoParameters(); err != nil {
		return err
	}
	ctx, cancel := x.Within()
	defer cancel()
	select {
	case x.server.writes <- struct{}{}:
		defer func() { <-x.server.writes }()
	case <-ctx.Done():
		return ctx.Err()
	}
	x.Headers["Cache-Control"] = x.Fixed.NoStore
	return work(ctx)
}

// SetVersion says which version the answer is about.
func (x *Exchange) SetVersion(v city.Version) {
	x.Headers["Twin-Version"] = []string{strconv.FormatInt(int64(v), 10)}
}

// SendChanged answers a change with x.Buf. Nothing in it can fail: the change is
// committed. Tagged says that x.Buf is what GET of the thing changed would answer.
func (x *Exchange) SendChanged(status int, contentType []string, tagged bool) {
	accepted := coding.Negotiate(x.Request.Header["Accept-Encoding"])
	c := accepted.Best
	if len(x.Buf) < minCompressed && accepted.Identity || accepted.None {
		c = coding.Identity
	}
	h := x.Headers
	body := x.Buf
	if c != coding.Identity {
		x.Coded = x.server.codecs.Append(x.Coded[:0], x.Buf, c)
		body = x.Coded
		h["Content-Encoding"] = x.Fixed.Coding[c]
	}
	if tagged {
		x.values.etag[0] = coding.ETag(x.Buf, c)
		h["Etag"] = x.values.etag[:]
	}
	x.values.length[0] = strconv.Itoa(len(body))
	h["Content-Length"] = x.values.length[:]
	h["Content-Type"] = contentType
	x.WriteHeader(status)
	_, _ = x.Write(body)
}

// HeaderMessage says why a change is made, for history: percent-encoded UTF-8.
const HeaderMessage = "Twin-Message"

// Body reads the request's body, which must be of one of the media types that the
// operation takes, in UTF-8 and not compressed.
func (x *Exchange) Body() ([]byte, error) {
	if err := x.mediaType(x.Op.Takes); err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if n := x.Request.ContentLength; n > 0 { // admit has seen that it is not too large
		buf.Grow(int(n) + bytes.MinRead)
	}
	_, err := io.Copy(&buf, x.Request.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return buf.Bytes(), nil
	case errors.As(err, &tooLarge):
		return nil, BodyTooLarge(fmt.Sprintf("The body has more than %d bytes, which is the limit.", tooLarge.Limit))
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, problem.New(http.StatusRequestTimeout, "body-timeout", "The body came too slowly",
			fmt.Sprintf("A request must be complete within %s.", x.server.config.ReadTimeout))
	default:
		p := problem.New(problem.StatusClientGone, "client-gone", "Client gone", "")
		p.Cause = err
		return nil, p
	}
}

// BodyTooLarge is the problem of a body that is larger than it may be.
func BodyTooLarge(detail string) *problem.Problem {
	return problem.New(http.StatusRequestEntityTooLarge, "body-too-large", "Body too large", detail)
}

// mediaType refuses a body of another media type, and says which are taken.
func (x *Exchange) mediaType(types []string) error {
	text := x.Request.Header.Get("Content-Type")
	kind, parameters, err := mime.ParseMediaType(text)
	charset := strings.ToLower(parameters["charset"])
	if err == nil && slices.Contains(types, kind) && (charset == "" || charset == "utf-8") {
		if c := strings.ToLower(x.Request.Header.Get("Content-Encoding")); c != "" && c != "identity" {
			x.Headers["Accept-Encoding"] = []string{"identity"} // RFC 7694
			return problem.New(http.StatusUnsupportedMediaType, "content-coding", "Content coding not supported",
				fmt.Sprintf("The body is coded as %q; send it as it is.", problem.Clip(c)))
		}
		return nil
	}
	x.acceptBody(types)
	if text == "" { // OGC API Features, part 4, /req/create-replace-delete/post-content-type
		return problem.New(http.StatusBadRequest, "media-type", "Media type missing",
			fmt.Sprintf("Content-Type is missing; this takes %s, in UTF-8.", strings.Join(types, ", ")))
	}
	return problem.New(http.StatusUnsupportedMediaType, "media-type", "Media type not supported",
		fmt.Sprintf("Content-Type is %q; this takes %s, in UTF-8.", problem.Clip(text), strings.Join(types, ", ")))
}

// acceptBody names the media types that a path takes (RFC 5789, section 3.1, and
// the Accept-Post of Linked Data Platform).
func (x *Exchange) acceptBody(types []string) {
	name := "Accept-Post"
	switch x.Request.Method {
	case http.MethodPatch:
		name = "Accept-Patch"
	case http.MethodPut:
		name = "Accept-Put"
	}
	x.Headers[name] = []string{strings.Join(types, ", ")}
}
