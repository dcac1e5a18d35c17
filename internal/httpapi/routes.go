package httpapi

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
)

// readOperations are the operations that only read, which every server has.
func (s *Server) readOperations() []operation {
	const get = "GET"
	c := &s.config
	json, geoJSON, mvt := []media.Format{media.JSON}, []media.Format{media.GeoJSON}, []media.Format{media.MVT}
	ends := []params.Parameter{
		{Name: "from", Required: true, Syntax: endSyntax, About: "What to compare: " + endSyntax + ".", Example: "1"},
		{Name: "to", Syntax: endSyntax, About: "With what; without, with the newest version. A date needs another one.", Example: "1"},
	}
	events := eventParameters()
	if c.Watches != nil {
		events = append(events, watchEventParameters()[0])
	}
	return []operation{
		{method: get, path: "/", id: "getLandingPage", summary: "The landing page, or the web map", scope: scopeState, formats: []media.Format{media.JSON, media.Map, media.HTML}, answer: (*exchange).landing},
		{method: get, path: "/conformance", id: "getConformance", summary: "The standards that are met", scope: scopeState, formats: json, answer: (*exchange).conformance},
		{method: get, path: "/api", id: "getAPI", summary: "The description of this interface", scope: scopeNow, formats: []media.Format{media.OpenAPI, media.OpenAPI30}, answer: (*exchange).api},
		{method: get, path: "/collections", id: "getCollections", summary: "The layers", scope: scopeState, formats: json, answer: (*exchange).collections},
		{method: get, path: "/collections/{layer}", id: "getCollection", summary: "One layer", scope: scopeState, formats: json, answer: (*exchange).collection},
		{
			method: get, path: "/collections/{layer}/items", id: "getItems", summary: "Features of a layer", scope: scopeDated, formats: media.FeatureFormats(),
			query: itemsParameters(c), properties: true, answer: (*exchange).items,
		},
		{
			method: get, path: "/collections/{layer}/items/{feature}", id: "getItem", summary: "One feature, by id or code", scope: scopeDated, formats: geoJSON,
			query: []params.Parameter{params.CRS(), propertiesParameter(), skipGeometryParameter()}, answer: (*exchange).item,
		},
		{
			method: get, path: "/collections/{layer}/download", id: "downloadLayer", summary: "All features of a layer as one file", scope: scopeDated, formats: media.FeatureFormats(),
			query: downloadParameters(c), properties: true, file: true, answer: (*exchange).download,
		},
		{
			method: get, path: "/collections/{layer}/items/{feature}/nearby", id: "getNearbyItem", summary: "What is near a feature, nearest first", scope: scopeDated, formats: geoJSON,
			query: nearbyParameters(c), anyOf: []string{"k", "radius"}, answer: (*exchange).nearbyItem,
		},
		{
			method: get, path: "/collections/{layer}/items/{feature}/history", id: "getHistory", summary: "Every recorded state of a feature", scope: scopeNow, formats: json,
			query: []params.Parameter{params.Limit(c.MaxPage), params.AfterVersion()}, answer: (*exchange).history,
		},
		{
			method: get, path: "/nearby", id: "getNearby", summary: "What is near a place, nearest first", scope: scopeDated, formats: geoJSON,
			query: append(placeParameters(), nearbyParameters(c)...), anyOf: []string{"k", "radius"}, answer: (*exchange).nearby,
		},
		{
			method: get, path: "/diff", id: "getDiff", summary: "What differs between two versions or two days", scope: scopeDated, formats: geoJSON,
			query: append(ends[:2:2], params.Layers(), params.Limit(c.MaxPage), params.AfterFeature()), answer: (*exchange).diff,
		},
		{method: get, path: "/events", id: "getEvents", summary: "Every version as it comes to be, with the tiles that it changed", scope: scopeNow, formats: []media.Format{media.Events}, query: events, answer: (*exchange).events},
		{method: get, path: "/search", id: "search", summary: "Features by name or code", scope: scopeNow, formats: json, query: searchParameters(), answer: (*exchange).search},
		{
			method: get, path: "/styles/{file}", id: "getStyle", summary: "A style of the map, or its sprite", scope: scopeNow,
			query: []params.Parameter{{Name: "lang", OneOf: []string{"vi", "en"}, About: "The language of labels.", Example: "en"}}, answer: (*exchange).style,
		},
		{method: get, path: "/tiles/{layers}.json", id: "getTileJSON", summary: "TileJSON of some layers", scope: scopeDated, formats: []media.Format{media.TileJSON}, query: lookParameters(), answer: (*exchange).tileJSON},
		{method: get, path: "/tiles/{layers}/{z}/{x}/{y}.mvt", id: "getTile", summary: "A vector tile of some layers", scope: scopeDated, formats: mvt, query: lookParameters(), answer: (*exchange).tile},
		{method: get, path: "/tiles/diff/{layers}.json", id: "getDiffTileJSON", summary: "TileJSON of what differs", scope: scopeDated, formats: []media.Format{media.TileJSON}, query: ends, answer: (*exchange).diffTileJSON},
		{method: get, path: "/tiles/diff/{layers}/{z}/{x}/{y}.mvt", id: "getDiffTile", summary: "A vector tile of what differs", scope: scopeDated, formats: mvt, query: ends, answer: (*exchange).diffTile},

		// These answer also while there is no state, and when all is busy.
		{method: get, path: "/viewer/*", id: "getViewerFile", summary: "A file of the web map", answer: (*exchange).asset},
		{method: get, path: "/healthz", id: "getHealth", summary: "Whether the server lives", answer: (*exchange).healthz},
		{method: get, path: "/readyz", id: "getReadiness", summary: "Whether requests may be sent here", answer: (*exchange).readyz},
		{method: get, path: "/metrics", id: "getMetrics", summary: "Counters for Prometheus", answer: (*exchange).metricsPage},
	}
}
