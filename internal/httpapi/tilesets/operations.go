package tilesets

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
)

// tileOperations are those on tiles by their zoom, column and row.
func (s *Service) tileOperations() []edge.Operation {
	const get = "GET"
	mvt := []media.Format{media.MVT}
	return []edge.Operation{
		{Method: get, Path: "/tiles/{layers}.json", ID: "getTileJSON", Summary: "TileJSON of some layers", Scope: edge.Dated, Formats: []media.Format{media.TileJSON}, Query: lookParameters(), Answer: s.on(request.tileJSON)},
		{Method: get, Path: "/tiles/{layers}/{z}/{x}/{y}.mvt", ID: "getTile", Summary: "A vector tile of some layers", Scope: edge.Dated, Formats: mvt, Query: lookParameters(), Answer: s.on(request.tile)},
	}
}
