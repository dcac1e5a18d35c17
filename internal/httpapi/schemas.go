package httpapi

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/jsonschema"
)

// The schemas of layers: OGC API Common, part 3 (23-058r2), and queryables of OGC
// API Features, part 3 (19-079r2).

// schemaOperations are the operations that tell the schemas of a layer.
func schemaOperations() []operation {
	const layer = "/collections/{layer}"
	schema := []media.Format{media.Schema}
	return []operation{
		{method: "GET", path: layer + "/schema", id: "getSchema", summary: "The properties of a layer's features, as JSON Schema", scope: scopeState, formats: schema, answer: (*exchange).schema},
		{method: "GET", path: layer + "/queryables", id: "getQueryables", summary: "What filters on a layer may name, as JSON Schema", scope: scopeState, formats: schema, answer: (*exchange).queryables},
		{method: "GET", path: layer + "/sortables", id: "getSortables", summary: "What features of a layer can be sorted by, as JSON Schema", scope: scopeState, formats: schema, answer: (*exchange).sortables},
		{method: "GET", path: "/functions", id: "getFunctions", summary: "What filters may call beside the functions of CQL2", scope: scopeNow, formats: []media.Format{media.JSON}, answer: (*exchange).functions},
	}
}

func (x *exchange) schema() error { return x.sendSchema(jsonschema.Returnables, "/schema") }

func (x *exchange) queryables() error { return x.sendSchema(jsonschema.Queryables, "/queryables") }

func (x *exchange) sortables() error { return x.sendSchema(jsonschema.Sortables, "/sortables") }

// sendSchema answers with the schema of the layer that the path names.
func (x *exchange) sendSchema(purpose jsonschema.Purpose, path string) error {
	if err := x.noParameters(); err != nil {
		return err
	}
	l, err := x.view.Layer(x.parameter("layer"))
	if err != nil {
		return err
	}
	if err := x.encode(jsonschema.Of(l.Definition(), purpose, x.base()+"/collections/"+string(l.ID())+path)); err != nil {
		return err
	}
	return x.sendFormat()
}
