package events

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/watch"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
)

// maxWatchBytes bounds the document of a watch: room for a polygon of 1,000
// positions.
const maxWatchBytes = 64 << 10

// watchOperations are those on watches.
func (s *Service) watchOperations() []edge.Operation {
	c := &s.config
	json := []media.Format{media.JSON}
	return []edge.Operation{
		{
			Method: "GET", Path: "/watches", ID: "getWatches", Summary: "The client's standing watches", Scope: edge.Now, Formats: json,
			Query: []params.Parameter{params.Limit(c.DefaultPage, c.MaxPage), params.Offset()}, Answer: s.on(request.watches),
		},
		{Method: "POST", Path: "/watches", ID: "createWatch", Summary: "Watches a place, a feature or a condition", Scope: edge.Change, Takes: []string{media.TypeJSON}, Answer: s.on(request.createWatch)},
		{Method: "GET", Path: "/watches/{watch}", ID: "getWatch", Summary: "One watch", Scope: edge.Now, Formats: json, Answer: s.on(request.watch)},
		{Method: "DELETE", Path: "/watches/{watch}", ID: "deleteWatch", Summary: "Ends a watch", Scope: edge.Change, Answer: s.on(request.deleteWatch)},
	}
}

// known refuses who has not said who they are: watches belong to somebody.
func (x request) known() error {
	if x.Who.Anonymous || x.Who.Name == "" {
		return access.ErrNoCredentials
	}
	return nil
}

// watchAsked returns the watch of an id. One that belongs to somebody else does
// not exist for the client, unless that is an admin.
func (x request) watchAsked(id string) (watch.Status, error) {
	if err := x.known(); err != nil {
		return watch.Status{}, err
	}
	w, err := x.config.Watches.Get(id)
	if err != nil || w.Owner.Name != x.Who.Name && !x.Who.MayAdmin() {
		return watch.Status{}, noWatch()
	}
	return w, nil
}

func noWatch() *problem.Problem {
	return problem.New(http.StatusNotFound, "unknown-watch", "No such watch", "You have no watch with this id.")
}

// watches answers GET /watches?limit=&offset=: the client's own, or for an admin
// all, the oldest first.
func (x request) watches() error {
	q := x.Read()
	limit := q.IntegerOr("limit", x.config.DefaultPage)
	offset, _ := q.Integer("offset")
	if err := x.known(); err != nil {
		return err
	}
	if err := q.Problem(); err != nil {
		return err
	}
	x.Headers["Cache-Control"] = x.Fixed.NoStore
	all := x.config.Watches.List(x.Who.Name, x.Who.MayAdmin())
	first := min(offset, len(all))
	x.Buf = append(x.Buf[:0], `{"watches":[`...)
	n := 0
	for _, w := range all[first:min(first+limit, len(all))] {
		if n > 0 && len(x.Buf) > x.PageBytes() {
			break
		}
		document, err := json.Marshal(w)
		if err != nil {
			return err
		}
		if n > 0 {
			x.Buf = append(x.Buf, ',')
		}
		x.Buf = append(x.Buf, x.withLinks(document, w.ID)...)
		n++
	}
	x.Buf = append(x.Buf, fmt.Sprintf(`],"numberMatched":%d,"numberReturned":%d,"links":[`, len(all), n)...)
	page := func(offset int) string {
		return x.Base() + "/watches?limit=" + strconv.Itoa(limit) + "&offset=" + strconv.Itoa(offset)
	}
	x.AppendLink(page(offset), "self", media.TypeJSON)
	if next := first + n; n > 0 && next < len(all) {
		x.Buf = append(x.Buf, ',')
		x.AppendLink(page(next), "next", media.TypeJSON)
	}
	x.Buf = append(x.Buf, "]}\n"...)
	return x.Send(x.Fixed.JSON)
}

// withLinks adds links to the document of a watch.
func (x request) withLinks(document []byte, id string) []byte {
	base := x.Base()
	links, err := json.Marshal([]edge.Link{
		x.Titled(base+"/watches/"+id, "self", media.TypeJSON),
		x.Titled(base+"/events?watch="+id, "events", "text/event-stream"),
		x.Titled(base+"/watches", "collection", media.TypeJSON),
	})
	if err != nil { // it holds nothing that JSON cannot
		return document
	}
	out := append(bytes.TrimSuffix(document, []byte("}")), `,"links":`...)
	return append(append(out, links...), '}')
}

// watch answers GET /watches/{watch}.
func (x request) watch() error {
	x.Query.Reset(x.Raw)
	if err := x.Query.Problem(); err != nil {
		return err
	}
	w, err := x.watchAsked(x.PathParameter("watch"))
	if err != nil {
		return err
	}
	document, err := json.Marshal(w)
	if err != nil {
		return err
	}
	x.Headers["Cache-Control"] = x.Fixed.NoStore
	x.Buf = append(append(x.Buf[:0], x.withLinks(document, w.ID)...), '\n')
	return x.Send(x.Fixed.JSON)
}

// createWatch answers POST /watches. The answer has the webhook's secret, which
// no later one has.
func (x request) createWatch() error {
	return x.Changing(func(ctx context.Context) error {
		if err := x.known(); err != nil {
			return err
		}
		body, err := x.Body()
		if err != nil {
			return err
		}
		if len(body) > maxWatchBytes {
			return edge.BodyTooLarge(fmt.Sprintf("The body has %d bytes; a watch has at most %d.", len(body), maxWatchBytes))
		}
		made, err := x.config.Watches.Create(ctx, watch.Owner{Name: x.Who.Name, Role: x.Who.Role}, body)
		if err != nil {
			return watchProblem(err)
		}
		status := watch.Status{Watch: made}
		if made.Webhook != nil {
			status.Delivery = watch.Delivery{State: watch.Active, Told: made.Since}
		}
		document, err := status.WithSecret()
		if err != nil {
			return err
		}
		x.SetVersion(made.Since)
		x.Headers["Location"] = []string{x.Base() + "/watches/" + made.ID}
		x.Buf = append(append(x.Buf[:0], x.withLinks(document, made.ID)...), '\n')
		x.SendChanged(http.StatusCreated, x.Fixed.JSON, false)
		return nil
	})
}

// deleteWatch answers DELETE /watches/{watch}.
func (x request) deleteWatch() error {
	return x.Changing(func(ctx context.Context) error {
		w, err := x.watchAsked(x.PathParameter("watch"))
		if err != nil {
			return err
		}
		if err := x.config.Watches.Delete(ctx, w.ID); err != nil {
			return err
		}
		x.WriteHeader(http.StatusNoContent)
		return nil
	})
}

// watchProblem returns what is wrong with a watch as a problem, and other errors
// as they are.
func watchProblem(err error) error {
	var invalid *spec.InvalidError
	var full *watch.LimitError
	switch {
	case errors.As(err, &invalid):
		p := problem.New(http.StatusBadRequest, "bad-body", "The body is wrong", invalid.Error())
		const most = 1000
		if len(p.Detail) > most {
			p.Detail = fmt.Sprintf("%d things are wrong; errors lists them.", len(invalid.Mistakes))
		}
		for _, m := range invalid.Mistakes {
			p.Errors = append(p.Errors, problem.Mistake{Pointer: &m.Pointer, Value: m.Value, Expected: m.Expected, Limit: m.Limit, Detail: m.Detail})
		}
		return p
	case errors.As(err, &full):
		p := problem.New(http.StatusConflict, "too-many-watches", "Too many watches", full.Error()+"; delete one first.")
		p.Cause = err
		return p
	}
	return err
}
