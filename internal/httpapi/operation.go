package httpapi

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
)

// operation is one method on one path: what the router serves and what the
// description of the API tells of it, so that both are always the same.
type operation struct {
	method, path string
	id           string // unique, such as getItems; OpenAPI's operationId
	summary      string
	scope        scope
	// query are the parameters beside those that the scope and formats bring.
	query []params.Parameter
	// anyOf are parameters of which at least one is needed.
	anyOf []string
	// properties says that every property of the layer in the path is a parameter
	// too: those that params.OfLayer returns.
	properties bool
	// formats are what a GET can answer with, the default first. Without any
	// there is nothing to choose, and neither f nor Accept is read.
	formats []media.Format
	// file says that the answer is a file, of which there is no page.
	file bool
	// takes are the media types that a body may have; nil where there is none.
	takes  []string
	answer handler
	// early are the parameters of scope and formats, which are read first.
	early []params.Parameter
}

// scope says which state of the city an operation is about.
type scope uint8

const (
	scopeAlways scope = iota // none: it answers in any condition
	scopeNow                 // the newest, or the record of all
	scopeState               // the newest, or one that version or as_of pins
	scopeDated               // the same, as it is on the days that datetime names
	scopeChange              // it changes the newest
)

// earlyParameters returns what scope and formats read from the query.
func (op *operation) earlyParameters() (all []params.Parameter) {
	if op.scope == scopeState || op.scope == scopeDated {
		all = append(all, pinParameters()...)
	}
	if op.scope == scopeDated {
		all = append(all, params.Datetime())
	}
	if len(op.formats) > 0 {
		all = append(all, media.Parameter(op.formats))
	}
	return all
}

// declare lets the router serve an operation. What GET answers, HEAD is too.
func (s *Server) declare(op operation) {
	op.formats = withPage(&op)
	op.early = op.earlyParameters()
	s.operations = append(s.operations, &op)
	if op.id == "getItem" {
		s.item = &op
	}
	serve := s.serving(&op, s.within(&op))
	s.router.Method(op.method, op.path, serve)
	if op.method == http.MethodGet {
		s.router.Head(op.path, serve)
	}
}

// operation returns the one of an id, nil when there is none.
func (s *Server) operation(id string) *operation {
	for _, op := range s.operations {
		if op.id == id {
			return op
		}
	}
	return nil
}

// bodyTypes returns what a method on a path takes, nil when there is no body.
func (s *Server) bodyTypes(method, path string) []string {
	at := chi.NewRouteContext()
	if !s.router.Match(at, method, path) {
		return nil
	}
	pattern := at.RoutePattern()
	for _, op := range s.operations {
		if op.method == method && op.path == pattern {
			return op.takes
		}
	}
	return nil
}

// itemFormats are the formats in which one feature can be had.
func (s *Server) itemFormats() []media.Format { return s.item.formats }

// name is what counters call the operation: its path, with the method when that
// is not GET.
func (op *operation) name() string {
	if op.method == http.MethodGet {
		return op.path
	}
	return op.method + " " + op.path
}

// within returns what an operation does, after what its scope and its formats ask
// of every request.
func (s *Server) within(op *operation) handler {
	read := func(x *exchange) error {
		if len(op.formats) > 0 {
			if err := x.choose(op.formats); err != nil {
				return err
			}
		}
		if op.scope == scopeState || op.scope == scopeDated {
			if err := x.pin(); err != nil {
				return err
			}
		}
		if op.scope == scopeDated {
			x.aim()
		}
		return op.answer(x)
	}
	switch op.scope {
	case scopeAlways:
		return read
	case scopeChange:
		return s.ready(access.Write, read)
	default:
		return s.ready(access.Read, read)
	}
}
