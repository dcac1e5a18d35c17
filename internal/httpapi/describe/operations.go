package describe

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
)

// describeOperations are those that tell what there is.
func (s *Service) describeOperations() []edge.Operation {
	const get = "GET"
	json := []media.Format{media.JSON}
	return []edge.Operation{
		{Method: get, Path: "/", ID: "getLandingPage", Summary: "The landing page, or the web map", Scope: edge.State, Formats: []media.Format{media.JSON, media.Map, media.HTML}, Answer: s.on(request.landing), Keyless: s.webMap.SendMap},
		{Method: get, Path: "/conformance", ID: "getConformance", Summary: "The standards that are met", Scope: edge.State, Formats: json, Answer: s.on(request.conformance)},
		{Method: get, Path: "/api", ID: "getAPI", Summary: "The description of this interface", Scope: edge.Now, Formats: []media.Format{media.OpenAPI, media.OpenAPI30}, Answer: s.on(request.api)},
		{Method: get, Path: "/collections", ID: "getCollections", Summary: "The layers", Scope: edge.State, Formats: json, Answer: s.on(request.collections)},
		{Method: get, Path: "/collections/{layer}", ID: "getCollection", Summary: "One layer", Scope: edge.State, Formats: json, Answer: s.on(request.collection)},
	}
}
