package webmap

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
)

// Operations are those on the files and styles of the web map.
func (s *Service) Operations() []edge.Operation {
	const get = "GET"
	return []edge.Operation{
		{
			Method: get, Path: "/styles/{file}", ID: "getStyle", Summary: "A style of the map, or its sprite", Scope: edge.State,
			Query: []params.Parameter{{Name: "lang", OneOf: []string{"vi", "en"}, About: "The language of labels.", Example: "en"}}, Answer: s.on(request.style),
		},
		{Method: get, Path: "/viewer/*", ID: "getViewerFile", Summary: "A file of the web map", Answer: s.on(request.asset)},
	}
}
