package httpapi

// conformance answers GET /conformance.
func (x *exchange) conformance() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	return x.sendJSON(struct {
		Links      []link   `json:"links"`
		ConformsTo []string `json:"conformsTo"`
	}{x.selfLinks(x.base() + "/conformance"), x.server.conformanceClasses()})
}

// conformanceClasses lists what is met whole, and nothing else. The tests that are
// named after the requirements hold the list.
func (s *Server) conformanceClasses() []string {
	const spec = "http://www.opengis.net/spec/"
	var classes []string
	add := func(part string, names ...string) {
		for _, name := range names {
			classes = append(classes, spec+part+"/1.0/conf/"+name)
		}
	}
	add("ogcapi-common-1", "core", "landing-page", "json", "html", "oas30")
	add("ogcapi-common-2", "collections")
	add("ogcapi-common-3", "schemas", "advanced-property-roles", "returnables-and-receivables", "queryables", "sortables")
	add("ogcapi-features-1", "core", "geojson", "html", "oas30")
	add("ogcapi-features-2", "crs")
	add("ogcapi-features-3", "queryables", "queryables-query-parameters", "filter", "features-filter")
	add("cql2", "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison", "accent-insensitive-comparison",
		"basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions", "temporal-functions", "array-functions", "property-property",
		"functions", "arithmetic")
	classes = append(classes, tilesClasses()...)
	if s.changer != nil {
		add("ogcapi-features-4", "create-replace-delete", "update", "optimistic-locking-etags", "features")
	}
	return classes
}
