package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/edit"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// headerMessage says why a change is made, for history: percent-encoded UTF-8.
const headerMessage = "Twin-Message"

// body reads the request's body, which must be of one of the media types that the
// operation takes, in UTF-8 and not compressed.
func (x *exchange) body() ([]byte, error) {
	if err := x.mediaType(x.op.takes); err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if n := x.r.ContentLength; n > 0 { // admit has seen that it is not too large
		buf.Grow(int(n) + bytes.MinRead)
	}
	_, err := io.Copy(&buf, x.r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return buf.Bytes(), nil
	case errors.As(err, &tooLarge):
		return nil, bodyTooLarge(fmt.Sprintf("The body has more than %d bytes, which is the limit.", tooLarge.Limit))
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, problem.New(http.StatusRequestTimeout, "body-timeout", "The body came too slowly",
			fmt.Sprintf("A request must be complete within %s.", x.server.config.ReadTimeout))
	default:
		p := problem.New(problem.StatusClientGone, "client-gone", "Client gone", "")
		p.Cause = err
		return nil, p
	}
}

func bodyTooLarge(detail string) *problem.Problem {
	return problem.New(http.StatusRequestEntityTooLarge, "body-too-large", "Body too large", detail)
}

// mediaType refuses a body of another media type, and says which are taken.
func (x *exchange) mediaType(types []string) error {
	text := x.r.Header.Get("Content-Type")
	kind, parameters, err := mime.ParseMediaType(text)
	charset := strings.ToLower(parameters["charset"])
	if err == nil && slices.Contains(types, kind) && (charset == "" || charset == "utf-8") {
		if c := strings.ToLower(x.r.Header.Get("Content-Encoding")); c != "" && c != "identity" {
			x.header["Accept-Encoding"] = []string{"identity"} // RFC 7694
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
func (x *exchange) acceptBody(types []string) {
	name := "Accept-Post"
	switch x.r.Method {
	case http.MethodPatch:
		name = "Accept-Patch"
	case http.MethodPut:
		name = "Accept-Put"
	}
	x.header[name] = []string{strings.Join(types, ", ")}
}

// message returns why the change is made: what the client says, or otherwise.
func (x *exchange) message(otherwise string) (string, error) {
	text := x.r.Header.Get(headerMessage)
	if text == "" {
		return otherwise, nil
	}
	plain, err := url.PathUnescape(text)
	if err == nil && strings.ToValidUTF8(plain, "") != plain {
		err = errors.New("is not UTF-8")
	}
	if err == nil {
		plain, err = edit.Message(plain)
	}
	if err != nil {
		return "", problem.BadParameters([]problem.Mistake{{
			Parameter: headerMessage, Value: problem.Clip(text), Expected: fmt.Sprintf("percent-encoded UTF-8 of at most %d bytes", edit.MaxMessage), Detail: err.Error(),
		}})
	}
	return plain, nil
}
