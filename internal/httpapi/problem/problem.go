package problem

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Problem is an error as a client sees it (RFC 9457). Its Type is stable and
// tells kinds of problem apart; Title and Detail are for people.
type Problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail,omitempty"`
	Instance  string         `json:"instance,omitempty"`   // the path asked for
	RequestID string         `json:"request_id,omitempty"` // as in X-Request-Id and in the log
	Errors    []Mistake      `json:"errors,omitempty"`     // all mistakes in the parameters
	Layers    []city.LayerID `json:"layers,omitempty"`     // the layers that exist
	Formats   []string       `json:"formats,omitempty"`    // the media types that there are
	// Oldest and Newest are the versions that are kept.
	Oldest *city.Version `json:"oldest_version,omitempty"`
	Newest *city.Version `json:"newest_version,omitempty"`

	Cause error  `json:"-"` // logged, never shown
	Allow string `json:"-"` // the Allow header of a 405
}

// Mistake is one thing that is wrong with one parameter, or in the body.
type Mistake struct {
	Parameter string  `json:"parameter,omitempty"` // of the query, or a header
	Pointer   *string `json:"pointer,omitempty"`   // JSON Pointer (RFC 6901) into the body
	Value     string  `json:"value,omitempty"`     // as given, cut to 100 bytes
	Expected  string  `json:"expected,omitempty"`  // what would be right
	Limit     any     `json:"limit,omitempty"`     // the limit that was passed
	Detail    string  `json:"detail"`
}

// Error makes Problem an error, for the log.
func (p *Problem) Error() string {
	text := fmt.Sprintf("%d %s", p.Status, p.Title)
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	if p.Cause != nil {
		text += ": " + p.Cause.Error()
	}
	return text
}

// Unwrap returns what made the problem, or nil.
func (p *Problem) Unwrap() error { return p.Cause }

// The kinds of problem: a URN and a title each.
const urn = "urn:problem-type:hanoitwin:"

// New returns a problem of a kind, which its type is named after.
func New(status int, kind, title, detail string) *Problem {
	return &Problem{Type: urn + kind, Title: title, Status: status, Detail: detail}
}

// BadParameters is the problem of mistakes in parameters or headers, at least one.
func BadParameters(mistakes []Mistake) *Problem {
	names := make([]string, 0, len(mistakes))
	for _, m := range mistakes {
		names = append(names, m.Parameter+": "+m.Detail)
	}
	p := New(http.StatusBadRequest, "bad-parameters", "Parameters are wrong", strings.Join(names, "; "))
	p.Errors = mistakes
	return p
}

// NoRoute is the problem of a path that leads nowhere.
func NoRoute(path string) *Problem {
	return New(http.StatusNotFound, "no-such-path", "Nothing is here",
		fmt.Sprintf("There is nothing at %s; the landing page / links to all there is.", Clip(path)))
}

// NoMethod is the problem of a method that a path does not know; allowed are those
// that it knows, as in Allow.
func NoMethod(method, allowed string) *Problem {
	p := New(http.StatusMethodNotAllowed, "method-not-allowed", "Method not allowed",
		fmt.Sprintf("%s is not possible here; %s are.", Clip(method), allowed))
	p.Allow = allowed
	return p
}

// NoFeature is the problem of an id or code that no feature of a layer has.
func NoFeature(layer city.LayerID, text string) *Problem {
	return New(http.StatusNotFound, "unknown-feature", "No such feature",
		fmt.Sprintf("Layer %s has no feature with the id or code %q.", layer, Clip(text)))
}

// NotReady is the problem of asking too early, or too late.
func NotReady() *Problem {
	return New(http.StatusServiceUnavailable, "not-ready", "Not ready",
		"The layers are still being loaded, or the server is about to stop.")
}

// Overloaded is the problem of more requests at a time than limit.
func Overloaded(limit int) *Problem {
	return New(http.StatusServiceUnavailable, "overloaded", "Too many requests at once",
		fmt.Sprintf("More than %d requests are in flight; try again in a moment.", limit))
}

// StatusClientGone is what logs and metrics say when the client went away
// before the answer: it never travels. The number is a convention of nginx.
const StatusClientGone = 499

// Of is the one table from errors to problems. What it does not know is
// a 500 that shows nothing.
func Of(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	if p = ofAccess(err); p != nil {
		return p
	}
	if p = ofChange(err); p != nil {
		return p
	}
	switch {
	case errors.Is(err, context.Canceled):
		p = New(StatusClientGone, "client-gone", "Client gone", "")
	case errors.Is(err, context.DeadlineExceeded):
		p = New(http.StatusServiceUnavailable, "timeout", "Took too long",
			"The answer was not ready in time; ask for less, or try again later.")
	case errors.Is(err, city.ErrNotFound):
		p = New(http.StatusNotFound, "not-found", "Not found", "")
	case errors.Is(err, city.ErrFull):
		p = New(http.StatusServiceUnavailable, "store-full", "The store is full",
			"The disk on which the data lie has no room for this change. Nothing was changed; reading goes on, and so does writing when there is room again.")
	case errors.Is(err, city.ErrUnavailable):
		p = New(http.StatusServiceUnavailable, "store-unavailable", "The store cannot be reached",
			"This needs the database, which does not answer now. Reading goes on from the last good version; try again in a moment.")
	default:
		p = New(http.StatusInternalServerError, "internal", "Internal error",
			"Something went wrong here. The log tells more under the request id.")
	}
	p.Cause = err
	return p
}

// Encode returns the body. A Problem holds nothing that JSON cannot.
func (p *Problem) Encode() []byte {
	body, err := json.Marshal(p)
	if err != nil {
		return []byte(`{"type":"about:blank","title":"Internal error","status":500}`)
	}
	return append(body, '\n')
}

// Clip shortens what a client sent before it is repeated to it.
func Clip(text string) string {
	const most = 100
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// Quote lists names in quotes, each cut to a bearable length.
func Quote(names []string) string {
	text := ""
	for i, name := range names {
		if i > 0 {
			text += ", "
		}
		text += strconv.Quote(Clip(name))
	}
	return text
}
