package events

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
)

// eventOperations are those that tell what happens.
func (s *Service) eventOperations() []edge.Operation {
	const get = "GET"
	events := eventParameters()
	if s.config.Watches != nil {
		events = append(events, watchEventParameters()[0])
	}
	return []edge.Operation{
		{Method: get, Path: "/events", ID: "getEvents", Summary: "Every version as it comes to be, with the tiles that it changed", Scope: edge.Now, Formats: []media.Format{media.Events}, Query: events, Answer: s.on(request.events)},
	}
}
