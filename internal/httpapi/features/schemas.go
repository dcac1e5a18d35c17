package features

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/jsonschema"
)

// The schemas of layers: OGC API Common, part 3 (23-058r2), and queryables of OGC
// API Features, part 3 (19-079r2).

// schemaOperations are the operations that tell the schemas of a layer.
func (s *Service) schemaOperations() []edge.Operation {
	const layer = "/collections/{layer}"
	schema := []media.Format{media.Schema}
	return []edge.Operation{
		{Method: "GET", Path: layer + "/schema", ID: "getSchema", Summary: "The properties of a layer's features, as JSON Schema", Scope: edge.State, Formats: schema, Answer: s.on(request.schema)},
		{Method: "GET", Path: layer + "/queryables", ID: "getQueryables", Summary: "What filters on a layer may name, as JSON Schema", Scope: edge.State, Formats: schema, Answer: s.on(request.queryables)},
		{Method: "GET", Path: layer + "/sortables", ID: "getSortables", Summary: "What features of a layer can be sorted by, as JSON Schema", Scope: edge.State, Formats: schema, Answer: s.on(request.sortables)},
		{Method: "GET", Path: "/functions", ID: "getFunctions", Summary: "What filters may call beside the functions of CQL2", Scope: edge.Now, Formats: []media.Format{media.JSON}, Answer: s.on(request.functions)},
	}
}

func (x request) schema() error { return x.sendSchema(jsonschema.Returnables, "/schema") }

func (x request) queryables() error { return x.sendSchema(jsonschema.Queryables, "/queryables") }

func (x request) sortables() error { return x.sendSchema(jsonschema.Sortables, "/sortables") }

// sendSchema answers with the schema of the layer that the path names.
func (x request) sendSchema(purpose jsonschema.Purpose, path string) error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	l, err := x.View.Layer(x.PathParameter("layer"))
	if err != nil {
		return err
	}
	if err := x.Encode(jsonschema.Of(l.Definition(), purpose, x.Base()+"/collections/"+string(l.ID())+path)); err != nil {
		return err
	}
	return x.SendFormat()
}
