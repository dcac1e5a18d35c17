package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/watch"
)

// maxWatchBytes bounds the document of a watch: room for a polygon of 1,000
// positions.
const maxWatchBytes = 64 << 10

// watchRoutes declares what there is when there are watches.
func (s *Server) watchRoutes() {
	c := &s.config
	json := []media.Format{media.JSON}
	for _, op := range []operation{
		{
			method: "GET", path: "/watches", id: "getWatches", summary: "The client's standing watches", scope: scopeNow, formats: json,
			query: []params.Parameter{params.Limit(c.MaxPage), params.Offset()}, answer: (*exchange).watches,
		},
		{method: "POST", path: "/watches", id: "createWatch", summary: "Watches a place, a feature or a condition", scope: scopeChange, takes: []string{media.TypeJSON}, answer: (*exchange).createWatch},
		{method: "GET", path: "/watches/{watch}", id: "getWatch", summary: "One watch", scope: scopeNow, formats: json, answer: (*exchange).watch},
		{method: "DELETE", path: "/watches/{watch}", id: "deleteWatch", summary: "Ends a watch", scope: scopeChange, answer: (*exchange).deleteWatch},
	} {
		s.declare(op)
	}
}

// known refuses who has not said who they are: watches belong to somebody.
func (x *exchange) known() error {
	if x.who.Anonymous || x.who.Name == "" {
		return access.ErrNoCredentials
	}
	return nil
}

// watchAsked returns the watch of an id. One that belongs to somebody else does
// not exist for the client, unless that is an admin.
func (x *exchange) watchAsked(id string) (watch.Status, error) {
	if err := x.known(); err != nil {
		return watch.Status{}, err
	}
	w, err := x.server.config.Watches.Get(id)
	if err != nil || w.Owner.Name != x.who.Name && !x.who.MayAdmin() {
		return watch.Status{}, noWatch()
	}
	return w, nil
}

func noWatch() *problem.Problem {
	return problem.New(http.StatusNotFound, "unknown-watch", "No such watch", "You have no watch with this id.")
}

// watches answers GET /watches?limit=&offset=: the client's own, or for an admin
// all, the oldest first.
func (x *exchange) watches() error {
	q := x.read()
	limit := x.server.config.DefaultPage
	if n, ok := q.Integer("limit"); ok {
		limit = n
	}
	offset, _ := q.Integer("offset")
	if err := x.known(); err != nil {
		return err
	}
	if err := q.Problem(); err != nil {
		return err
	}
	x.header["Cache-Control"] = x.server.fixed.noStore
	all := x.server.config.Watches.List(x.who.Name, x.who.MayAdmin())
	first := min(offset, len(all))
	x.buf = append(x.buf[:0], `{"watches":[`...)
	n := 0
	for _, w := range all[first:min(first+limit, len(all))] {
		if n > 0 && len(x.buf) > x.pageBytes() {
			break
		}
		document, err := json.Marshal(w)
		if err != nil {
			return err
		}
		if n > 0 {
			x.buf = append(x.buf, ',')
		}
		x.buf = append(x.buf, x.withLinks(document, w.ID)...)
		n++
	}
	x.buf = append(x.buf, fmt.Sprintf(`],"numberMatched":%d,"numberReturned":%d,"links":[`, len(all), n)...)
	page := func(offset int) string {
		return x.base() + "/watches?limit=" + strconv.Itoa(limit) + "&offset=" + strconv.Itoa(offset)
	}
	x.appendLink(page(offset), "self", media.TypeJSON)
	if next := first + n; n > 0 && next < len(all) {
		x.buf = append(x.buf, ',')
		x.appendLink(page(next), "next", media.TypeJSON)
	}
	x.buf = append(x.buf, "]}\n"...)
	return x.send(x.server.fixed.json)
}

// withLinks adds links to the document of a watch.
func (x *exchange) withLinks(document []byte, id string) []byte {
	base := x.base()
	links, err := json.Marshal([]link{
		{Href: base + "/watches/" + id, Rel: "self", Type: media.TypeJSON},
		{Href: base + "/events?watch=" + id, Rel: "events", Type: "text/event-stream"},
		{Href: base + "/watches", Rel: "collection", Type: media.TypeJSON},
	})
	if err != nil { // it holds nothing that JSON cannot
		return document
	}
	out := append(bytes.TrimSuffix(document, []byte("}")), `,"links":`...)
	return append(append(out, links...), '}')
}

// watch answers GET /watches/{watch}.
func (x *exchange) watch() error {
	x.query.Reset(x.raw)
	if err := x.query.Problem(); err != nil {
		return err
	}
	w, err := x.watchAsked(x.parameter("watch"))
	if err != nil {
		return err
	}
	document, err := json.Marshal(w)
	if err != nil {
		return err
	}
	x.header["Cache-Control"] = x.server.fixed.noStore
	x.buf = append(append(x.buf[:0], x.withLinks(document, w.ID)...), '\n')
	return x.send(x.server.fixed.json)
}

// createWatch answers POST /watches. The answer has the webhook's secret, which
// no later one has.
func (x *exchange) createWatch() error {
	return x.changing(func(ctx context.Context) error {
		if err := x.known(); err != nil {
			return err
		}
		body, err := x.body()
		if err != nil {
			return err
		}
		if len(body) > maxWatchBytes {
			return bodyTooLarge(fmt.Sprintf("The body has %d bytes; a watch has at most %d.", len(body), maxWatchBytes))
		}
		made, err := x.server.config.Watches.Create(ctx, watch.Owner{Name: x.who.Name, Role: x.who.Role}, body)
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
		x.setVersion(made.Since)
		x.header["Location"] = []string{x.base() + "/watches/" + made.ID}
		x.buf = append(append(x.buf[:0], x.withLinks(document, made.ID)...), '\n')
		x.sendChanged(http.StatusCreated, x.server.fixed.json, false)
		return nil
	})
}

// deleteWatch answers DELETE /watches/{watch}.
func (x *exchange) deleteWatch() error {
	return x.changing(func(ctx context.Context) error {
		w, err := x.watchAsked(x.parameter("watch"))
		if err != nil {
			return err
		}
		if err := x.server.config.Watches.Delete(ctx, w.ID); err != nil {
			return err
		}
		x.WriteHeader(http.StatusNoContent)
		return nil
	})
}

// watchProblem returns what is wrong with a watch as a problem, and other errors
// as they are.
func watchProblem(err error) error {
	var invalid *watch.InvalidError
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
