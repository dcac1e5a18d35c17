package edge

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// The parameters by which a client asks for another state than the newest:
// version=41, a version that is kept, or as_of=2026-03-01T00:00:00Z, what was
// known at that time.
const (
	NameVersion = "version"
	NameAsOf    = "as_of"
)

// pinSyntax is what as_of may be.
const pinSyntax = "a time such as 2026-03-01T00:00:00Z, or a date such as 2026-03-01 (its first moment in UTC)"

func pinParameters() []params.Parameter {
	return []params.Parameter{
		{Name: NameVersion, Kind: params.Integer, High: 1 << 53, About: "Answer from this version, which must still be kept.", Example: "1"},
		{Name: NameAsOf, Syntax: pinSyntax, About: "Answer with what was known at this time.", Example: "2099-01-01"},
	}
}

// pin takes version and as_of out of the query and lets the exchange answer from
// the state that they name. What is wrong with them is noted beside the other
// mistakes; a state that is not kept is an error.
func (x *Exchange) pin() error {
	if !strings.Contains(x.Raw, NameVersion+"=") && !strings.Contains(x.Raw, NameAsOf+"=") {
		return nil
	}
	q, pins := x.take(pinParameters()...)
	if len(pins) == 0 {
		return nil
	}
	if q.Has(NameVersion) && q.Has(NameAsOf) {
		q.Mistake(problem.Mistake{Parameter: NameAsOf, Expected: "version or as_of, not both", Detail: "stands beside version"})
	}
	state, err := x.pinned(&q)
	x.Query.Carried = q.Mistakes
	if err != nil || len(q.Mistakes) > 0 {
		return err
	}
	x.PinText = pins[0]
	x.View = x.server.views.Of(state, x.View.Role)
	x.Headers["Twin-Version"] = x.View.Version
	return nil
}

// pinned returns the state that the parameters name.
func (x *Exchange) pinned(q *params.Query) (*twin.State, error) {
	source := x.server.source
	if v, ok := q.Integer(NameVersion); ok && len(q.Mistakes) == 0 {
		state, err := source.At(city.Version(v))
		return state, x.NotKept(err)
	}
	text, ok := q.Get(NameAsOf)
	if !ok || len(q.Mistakes) > 0 {
		return nil, nil
	}
	at, err := parseMoment(text)
	if err != nil {
		q.Mistake(problem.Mistake{Parameter: NameAsOf, Value: problem.Clip(text), Expected: pinSyntax, Detail: "is no time"})
		return nil, nil
	}
	// Not x.working(): a database driver may look at the context after the
	// exchange has gone to another request.
	ctx, cancel := x.Within()
	defer cancel()
	state, err := source.AsOf(ctx, at)
	return state, x.NotKept(err)
}

// parseMoment reads an RFC 3339 time, or a date as its first moment in UTC. A
// plus sign that a client forgot to escape arrives as a blank.
func parseMoment(text string) (time.Time, error) {
	if len(text) <= len(time.DateOnly) {
		return time.Parse(time.DateOnly, text)
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		at, err = time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "+", 1))
	}
	if err != nil { // without seconds, as people write it
		at, err = time.Parse("2006-01-02T15:04Z07:00", text)
	}
	return at, err
}

// NotKept turns the errors of asking for an old state into problems.
func (x *Exchange) NotKept(err error) error {
	var gone *twin.GoneError
	switch {
	case errors.As(err, &gone) && errors.Is(err, city.ErrNotFound):
		p := problem.New(http.StatusNotFound, "unknown-version", "No such version",
			fmt.Sprintf("There is no version %d yet; the newest is %d.", gone.Asked, gone.Newest))
		p.Oldest, p.Newest, p.Cause = &gone.Oldest, &gone.Newest, err
		return p
	case errors.As(err, &gone):
		p := problem.New(http.StatusGone, "version-gone", "Version no longer kept",
			fmt.Sprintf("Version %d is not kept in memory; the oldest is %d. What was known at a time is told by as_of.", gone.Asked, gone.Oldest))
		p.Oldest, p.Newest, p.Cause = &gone.Oldest, &gone.Newest, err
		return p
	case errors.Is(err, city.ErrHistoryGone):
		p := problem.New(http.StatusGone, "history-gone", "Before the record",
			"The record of changes does not reach back to that time.")
		p.Cause = err
		return p
	}
	return err
}

// PinQuery is what pins an answer to its state in links, so that the pages of
// one answer are all of one version; sep stands before it.
func (x *Exchange) PinQuery(sep string) string {
	if x.PinText == "" {
		return ""
	}
	return sep + x.PinText
}

// setStale marks an answer while the store cannot be reached: how many seconds
// ago it was lost.
func (x *Exchange) setStale() {
	since, stale := x.server.source.Stale()
	if !stale {
		return
	}
	seconds := max(0, x.start.Sub(since).Seconds())
	x.Headers["Twin-Stale"] = []string{strconv.FormatInt(int64(seconds), 10)}
}
