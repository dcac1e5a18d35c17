package tilesets

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
)

// tilesetOperations are those of OGC API Tiles, part 1. Rows stand before columns
// in its paths; /tiles/{layers}/{z}/{x}/{y}.mvt is of another family, and no name
// of a layer is the name of a tile matrix set.
func (s *Service) tilesetOperations() []edge.Operation {
	const get = "GET"
	json, mvt := []media.Format{media.JSON}, []media.Format{media.MVT}
	description := []media.Format{media.JSON, media.TileJSON}
	looks := append(lookParameters(), subsetParameter())
	collections, days := append([]params.Parameter{collectionsParameter()}, looks...), []params.Parameter{subsetParameter()}
	const tile = "/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}"
	return []edge.Operation{
		{Method: get, Path: "/tileMatrixSets", ID: "getTileMatrixSets", Summary: "The tile matrix sets", Scope: edge.Now, Formats: json, Answer: s.on(request.tileMatrixSets)},
		{Method: get, Path: "/tileMatrixSets/{tileMatrixSet}", ID: "getTileMatrixSet", Summary: "The definition of a tile matrix set", Scope: edge.Now, Formats: json, Answer: s.on(request.tileMatrixSet)},
		{Method: get, Path: "/tiles", ID: "getTilesets", Summary: "The tilesets of all layers", Scope: edge.Dated, Formats: json, Query: days, Answer: s.on(request.tilesets)},
		{Method: get, Path: "/tiles/{tileMatrixSet}", ID: "getTileset", Summary: "A tileset of all layers", Scope: edge.Dated, Formats: description, Query: collections, Answer: s.on(request.tileset)},
		{Method: get, Path: "/tiles" + tile, ID: "getTilesetTile", Summary: "A vector tile of all layers", Scope: edge.Dated, Formats: mvt, Query: collections, Answer: s.on(request.tilesetTile)},
		{Method: get, Path: "/collections/{layer}/tiles", ID: "getCollectionTilesets", Summary: "The tilesets of a layer", Scope: edge.Dated, Formats: json, Query: days, Answer: s.on(request.tilesets)},
		{Method: get, Path: "/collections/{layer}/tiles/{tileMatrixSet}", ID: "getCollectionTileset", Summary: "A tileset of a layer", Scope: edge.Dated, Formats: description, Query: looks, Answer: s.on(request.tileset)},
		{Method: get, Path: "/collections/{layer}/tiles" + tile, ID: "getCollectionTile", Summary: "A vector tile of a layer", Scope: edge.Dated, Formats: mvt, Query: looks, Answer: s.on(request.tilesetTile)},
	}
}
