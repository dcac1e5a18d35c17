package httpapi

import (
	"context"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// Changer is a Source that can also be written to, and that tells what was
// written; a twin is one. Over a Source that is none the routes that need one do
// not exist.
type Changer interface {
	view.Source
	// Commit writes a change set, durably. See twin.Twin.Commit.
	Commit(context.Context, twin.Commit) (city.Version, []int64, error)
	// Retry attempts something again while the store moves on meanwhile.
	Retry(ctx context.Context, attempts int, attempt func(*twin.State) error) error
	// Entries returns at most limit versions after one, oldest first.
	Entries(ctx context.Context, after city.Version, limit int) ([]twin.Entry, error)
	// Revisions calls yield with what a version changed after a feature.
	Revisions(ctx context.Context, version city.Version, layer city.LayerID, id int64, yield func(*city.Revision) error) error
}

var _ Changer = (*twin.Twin)(nil)

// changeRoutes declares what there is beside reading when there is a Changer.
func (s *Server) changeRoutes() {
	const items, item = "/collections/{layer}/items", "/collections/{layer}/items/{feature}"
	c := &s.config
	json := []media.Format{media.JSON}
	feature, patch, document := []string{media.TypeGeoJSON, media.TypeJSON}, []string{media.TypeMergePatch, media.TypeGeoJSON, media.TypeJSON}, []string{media.TypeJSON}
	layer := params.Parameter{Name: "layer", Syntax: "the name of a layer", About: "Only what touched this layer.", Example: "ring_roads"}
	for _, op := range []operation{
		{method: "POST", path: items, id: "createItem", summary: "Adds a feature", scope: scopeChange, takes: feature, answer: (*exchange).createItem},
		{method: "PUT", path: item, id: "replaceItem", summary: "Replaces a feature", scope: scopeChange, takes: feature, answer: (*exchange).replaceItem},
		{method: "PATCH", path: item, id: "updateItem", summary: "Changes some of a feature", scope: scopeChange, takes: patch, answer: (*exchange).patchItem},
		{method: "DELETE", path: item, id: "deleteItem", summary: "Removes a feature", scope: scopeChange, answer: (*exchange).deleteItem},

		{method: "GET", path: "/whoami", id: "getWhoami", summary: "Whose the credentials are, and what they may write", scope: scopeNow, formats: json, answer: (*exchange).whoami},
		{
			method: "GET", path: "/changesets", id: "getChangesets", summary: "Who changed what, when and why", scope: scopeNow, formats: json,
			query: []params.Parameter{params.AfterVersion(), params.Limit(min(c.MaxPage, maxScanned)), layer}, answer: (*exchange).changesets,
		},
		{method: "POST", path: "/changesets", id: "createChangeset", summary: "Several changes, all or none, as one version", scope: scopeChange, takes: document, answer: (*exchange).commitChangeset},
		{
			method: "GET", path: "/changesets/{version}", id: "getChangeset", summary: "One change set, feature by feature before and after", scope: scopeNow, formats: json,
			query: []params.Parameter{params.AfterFeature(), params.Limit(c.MaxPage), layer}, answer: (*exchange).changeset,
		},
		{method: "POST", path: "/changesets/{version}/revert", id: "revertChangeset", summary: "A change set that undoes another", scope: scopeChange, takes: document, answer: (*exchange).revertChangeset},

		{method: "GET", path: "/layers", id: "getLayers", summary: "The definitions of the layers", scope: scopeState, formats: json, answer: (*exchange).layerList},
		{method: "GET", path: "/layers/{layer}", id: "getLayer", summary: "The definition of a layer", scope: scopeState, formats: json, answer: (*exchange).layerDefinition},
		{method: "PUT", path: "/layers/{layer}", id: "putLayer", summary: "Makes or changes a layer", scope: scopeChange, takes: document, answer: (*exchange).putLayer},
		{method: "DELETE", path: "/layers/{layer}", id: "deleteLayer", summary: "Removes a layer", scope: scopeChange, answer: (*exchange).dropLayer},
	} {
		s.declare(op)
	}
}
