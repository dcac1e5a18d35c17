package past

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
)

// Operations are those on what was, and on what differs.
func (s *Service) Operations() []edge.Operation {
	const get = "GET"
	c := &s.config
	json, geoJSON, mvt := []media.Format{media.JSON}, media.GeoJSONFormats(), []media.Format{media.MVT}
	ends := []params.Parameter{
		{Name: "from", Required: true, Syntax: endSyntax, About: "What to compare: " + endSyntax + ".", Example: "1"},
		{Name: "to", Syntax: endSyntax, About: "With what; without, with the newest version. A date needs another one.", Example: "1"},
	}
	return []edge.Operation{
		{
			Method: get, Path: "/collections/{layer}/items/{feature}/history", ID: "getHistory", Summary: "Every recorded state of a feature", Scope: edge.State, Formats: json,
			Query: []params.Parameter{params.Limit(c.DefaultPage, c.MaxPage), params.AfterVersion()}, Answer: s.on(request.history),
		},
		{
			Method: get, Path: "/diff", ID: "getDiff", Summary: "What differs between two versions or two days", Scope: edge.Dated, Formats: geoJSON,
			Query: append(ends[:2:2], params.Layers(), params.Limit(c.DefaultPage, c.MaxPage), params.AfterFeature()), Answer: s.on(request.diff),
		},
		{Method: get, Path: "/tiles/diff/{layers}.json", ID: "getDiffTileJSON", Summary: "TileJSON of what differs", Scope: edge.Dated, Formats: []media.Format{media.TileJSON}, Query: ends, Answer: s.on(request.diffTileJSON)},
		{Method: get, Path: "/tiles/diff/{layers}/{z}/{x}/{y}.mvt", ID: "getDiffTile", Summary: "A vector tile of what differs", Scope: edge.Dated, Formats: mvt, Query: ends, Answer: s.on(request.diffTile)},
	}
}
