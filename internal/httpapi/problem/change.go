package problem

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/edit"
)

// ofChange returns the problem that an error of a change is, or nil for
// other errors.
func ofChange(err error) *Problem {
	var p *Problem
	if mistakes, ok := edit.AsMistakes(err); ok {
		return BadBody(mistakes)
	}
	switch {
	case errors.Is(err, city.ErrTaken):
		p = New(http.StatusConflict, "code-taken", "The code is taken", "The code or key belongs to another feature of the layer.")
	case errors.Is(err, city.ErrReadOnly):
		p = New(http.StatusForbidden, "read-only", "The layer is read-only", "The layer is a table of others, which this server only reads.")
	case errors.Is(err, fs.ErrPermission):
		p = New(http.StatusForbidden, "read-only", "The store is read-only", "This server may not write into its store.")
	case errors.Is(err, city.ErrConflict):
		p = ChangedMeanwhile("Somebody else has changed it meanwhile; get it again.")
	case errors.Is(err, city.ErrHistoryGone):
		p = New(http.StatusGone, "history-gone", "Before the record", "The record of changes does not reach back so far.")
	default:
		return nil
	}
	p.Cause = err
	return p
}

// ChangedMeanwhile is the problem of a condition that does not hold any more.
func ChangedMeanwhile(detail string) *Problem {
	return New(http.StatusPreconditionFailed, "changed-meanwhile", "Changed meanwhile", detail)
}

// BadBody is the problem of a body with mistakes. Where all of them are of one
// kind the status says which; otherwise the request is wrong whatever the state.
func BadBody(mistakes *edit.Mistakes) *Problem {
	status, kind, title := http.StatusBadRequest, "bad-body", "The body is wrong"
	switch {
	case mistakes.Only(edit.Changed):
		status, kind, title = http.StatusPreconditionFailed, "changed-meanwhile", "Changed meanwhile"
	case mistakes.Only(edit.Taken):
		status, kind, title = http.StatusConflict, "code-taken", "The code is taken"
	case mistakes.Only(edit.Unknown):
		status, kind, title = http.StatusNotFound, "unknown-target", "No such layer or feature"
	}
	p := New(status, kind, title, mistakes.Error())
	const most = 1000
	if len(p.Detail) > most {
		p.Detail = fmt.Sprintf("%d things are wrong; errors lists the first %d.", len(mistakes.List)+mistakes.More, len(mistakes.List))
	}
	for _, m := range mistakes.List {
		at := m.Pointer
		p.Errors = append(p.Errors, Mistake{Pointer: &at, Value: m.Value, Expected: m.Expected, Limit: m.Limit, Detail: m.Detail})
	}
	return p
}
