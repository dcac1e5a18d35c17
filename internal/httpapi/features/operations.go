package features

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
)

// featureOperations are those on features, one by one and in pages.
func (s *Service) featureOperations() []edge.Operation {
	const get = "GET"
	c := &s.config
	json, geoJSON := []media.Format{media.JSON}, media.GeoJSONFormats()
	return []edge.Operation{
		{
			Method: get, Path: "/collections/{layer}/items", ID: "getItems", Summary: "Features of a layer", Scope: edge.Dated, Formats: media.FeatureFormats(),
			Query: itemsParameters(c), Properties: true, Answer: s.on(request.items),
		},
		{
			Method: get, Path: "/collections/{layer}/items/{feature}", ID: "getItem", Summary: "One feature, by id or code", Scope: edge.Dated, Formats: geoJSON,
			Query: []params.Parameter{params.CRS(), propertiesParameter(), skipGeometryParameter()}, Answer: s.on(request.item),
		},
		{
			Method: get, Path: "/collections/{layer}/download", ID: "downloadLayer", Summary: "All features of a layer as one file", Scope: edge.Dated, Formats: media.FeatureFormats(),
			Query: downloadParameters(c), Properties: true, File: true, Answer: s.on(request.download),
		},
		{
			Method: get, Path: "/collections/{layer}/items/{feature}/nearby", ID: "getNearbyItem", Summary: "What is near a feature, nearest first", Scope: edge.Dated, Formats: geoJSON,
			Query: nearbyParameters(c), AnyOf: []string{"k", "radius"}, Answer: s.on(request.nearbyItem),
		},
		{
			Method: get, Path: "/nearby", ID: "getNearby", Summary: "What is near a place, nearest first", Scope: edge.Dated, Formats: geoJSON,
			Query: append(placeParameters(), nearbyParameters(c)...), AnyOf: []string{"k", "radius"}, Answer: s.on(request.nearby),
		},
		{Method: get, Path: "/search", ID: "search", Summary: "Features by name or code", Scope: edge.State, Formats: json, Query: searchParameters(), Answer: s.on(request.search)},
	}
}
