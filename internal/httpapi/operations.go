package httpapi

import (
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
)

// Operations are all that the router serves.
func (s *Server) Operations() []*edge.Operation { return s.operations }

// declare lets the router serve operations. What GET answers, HEAD is too. There is
// no middleware between the router and them: they get the exchange as it is.
func (s *Server) declare(lists ...[]edge.Operation) {
	for _, declared := range slices.Concat(lists...) {
		op := declared.Complete()
		s.operations = append(s.operations, op)
		serve := s.core.Handler(op)
		s.router.Method(op.Method, op.Path, serve)
		if op.Method == http.MethodGet {
			s.router.Head(op.Path, serve)
		}
	}
}

// bodyTypes returns what a method on a path takes, nil when there is no body.
func (s *Server) bodyTypes(method, path string) []string {
	at := chi.NewRouteContext()
	if !s.router.Match(at, method, path) {
		return nil
	}
	pattern := at.RoutePattern()
	for _, op := range s.operations {
		if op.Method == method && op.Path == pattern {
			return op.Takes
		}
	}
	return nil
}
