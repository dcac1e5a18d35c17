package httpapi

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
)

// The relation types of OGC API Tiles.
const (
	relTilesets     = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	relTilingScheme = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
	// relTilingSchemes is that of the list of tile matrix sets.
	relTilingSchemes = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
	relDataset       = "http://www.opengis.net/def/rel/ogc/1.0/dataset"
	relGeodata       = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
)

// tilesetOperations are those of OGC API Tiles, part 1. Rows stand before columns
// in its paths; /tiles/{layers}/{z}/{x}/{y}.mvt is of another family, and no name
// of a layer is the name of a tile matrix set.
func (s *Server) tilesetOperations() []operation {
	const get = "GET"
	json, mvt := []media.Format{media.JSON}, []media.Format{media.MVT}
	description := []media.Format{media.JSON, media.TileJSON}
	looks := append(lookParameters(), subsetParameter())
	collections, days := append([]params.Parameter{collectionsParameter()}, looks...), []params.Parameter{subsetParameter()}
	const tile = "/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}"
	return []operation{
		{method: get, path: "/tileMatrixSets", id: "getTileMatrixSets", summary: "The tile matrix sets", scope: scopeNow, formats: json, answer: (*exchange).tileMatrixSets},
		{method: get, path: "/tileMatrixSets/{tileMatrixSet}", id: "getTileMatrixSet", summary: "The definition of a tile matrix set", scope: scopeNow, formats: json, answer: (*exchange).tileMatrixSet},
		{method: get, path: "/tiles", id: "getTilesets", summary: "The tilesets of all layers", scope: scopeDated, formats: json, query: days, answer: (*exchange).tilesets},
		{method: get, path: "/tiles/{tileMatrixSet}", id: "getTileset", summary: "A tileset of all layers", scope: scopeDated, formats: description, query: collections, answer: (*exchange).tileset},
		{method: get, path: "/tiles" + tile, id: "getTilesetTile", summary: "A vector tile of all layers", scope: scopeDated, formats: mvt, query: collections, answer: (*exchange).tilesetTile},
		{method: get, path: "/collections/{layer}/tiles", id: "getCollectionTilesets", summary: "The tilesets of a layer", scope: scopeDated, formats: json, query: days, answer: (*exchange).tilesets},
		{method: get, path: "/collections/{layer}/tiles/{tileMatrixSet}", id: "getCollectionTileset", summary: "A tileset of a layer", scope: scopeDated, formats: description, query: looks, answer: (*exchange).tileset},
		{method: get, path: "/collections/{layer}/tiles" + tile, id: "getCollectionTile", summary: "A vector tile of a layer", scope: scopeDated, formats: mvt, query: looks, answer: (*exchange).tilesetTile},
	}
}

// tilesClasses are the conformance classes of OGC API Tiles and of Two Dimensional
// Tile Matrix Set that are met whole.
func tilesClasses() []string {
	const tiles, sets = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/", "http://www.opengis.net/spec/tms/2.0/conf/"
	return []string{
		tiles + "core", tiles + "tileset", tiles + "tilesets-list", tiles + "dataset-tilesets", tiles + "geodata-tilesets",
		tiles + "collections-selection", tiles + "datetime", tiles + "mvt",
		sets + "tilematrixset", sets + "tilematrixsetlimits", sets + "tilesetmetadata",
		sets + "json-tilematrixset", sets + "json-tilematrixsetlimits", sets + "json-tilesetmetadata",
	}
}
