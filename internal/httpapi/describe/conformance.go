package describe

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
)

// conformance answers GET /conformance.
func (x request) conformance() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	return x.SendJSON(struct {
		Links      []edge.Link `json:"links"`
		ConformsTo []string    `json:"conformsTo"`
	}{x.SelfLinks(x.Base() + "/conformance"), x.conformanceClasses()})
}

// conformanceClasses lists what is met whole, and nothing else. The tests that are
// named after the requirements hold the list.
func (s *Service) conformanceClasses() []string {
	const spec = "http://www.opengis.net/spec/"
	var classes []string
	add := func(part string, names ...string) {
		for _, name := range names {
			classes = append(classes, spec+part+"/1.0/conf/"+name)
		}
	}
	add("ogcapi-common-1", "core", "landing-page", "json", "html", "oas30")
	add("ogcapi-common-2", "collections")
	add("ogcapi-common-3", "schemas", "advanced-property-roles", "returnables-and-receivables", "queryables", "sortables", "profile-parameter")
	add("ogcapi-features-1", "core", "geojson", "html", "oas30")
	add("ogcapi-features-2", "crs")
	add("ogcapi-features-3", "queryables", "queryables-query-parameters", "filter", "features-filter")
	add("cql2", "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison", "accent-insensitive-comparison",
		"basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions", "temporal-functions", "array-functions", "property-property",
		"functions", "arithmetic")
	add("json-fg-1", "core", "types-schemas", "profiles", "api")
	classes = append(classes, tilesClasses()...)
	for _, name := range []string{"nearby", "nearby-feature", "cql2-distance"} {
		classes = append(classes, specProximity+name)
	}
	if s.config.Writable {
		add("ogcapi-features-4", "create-replace-delete", "update", "optimistic-locking-etags", "features")
	}
	return classes
}

// specProximity begins the URIs of the classes of docs/proximity.md, which are ours.
const specProximity = "https://github.com/hanoitwin/hanoitwin/spec/proximity/1.0/conf/"

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
