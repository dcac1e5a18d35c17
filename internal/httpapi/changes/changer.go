package changes

import (
	"context"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// Changer is a source of states that can also be written to, and that tells what was
// written; a twin is one. Over a source that is none the routes that need one do
// not exist.
type Changer interface {
	// At returns the state of a version that is kept.
	At(city.Version) (*twin.State, error)
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

// Operations are those of this package.
func (s *Service) Operations() []edge.Operation {
	const items, item = "/collections/{layer}/items", "/collections/{layer}/items/{feature}"
	c := &s.config
	json := []media.Format{media.JSON}
	feature, patch, document := []string{media.TypeGeoJSON, media.TypeJSON}, []string{media.TypeMergePatch, media.TypeGeoJSON, media.TypeJSON}, []string{media.TypeJSON}
	layer := params.Parameter{Name: "layer", Syntax: "the name of a layer", About: "Only what touched this layer.", Example: "ring_roads"}
	return []edge.Operation{
		{Method: "POST", Path: items, ID: "createItem", Summary: "Adds a feature", Scope: edge.Change, Takes: feature, Answer: s.on(request.createItem)},
		{Method: "PUT", Path: item, ID: "replaceItem", Summary: "Replaces a feature", Scope: edge.Change, Takes: feature, Answer: s.on(request.replaceItem)},
		{Method: "PATCH", Path: item, ID: "updateItem", Summary: "Changes some of a feature", Scope: edge.Change, Takes: patch, Answer: s.on(request.patchItem)},
		{Method: "DELETE", Path: item, ID: "deleteItem", Summary: "Removes a feature", Scope: edge.Change, Answer: s.on(request.deleteItem)},

		{Method: "GET", Path: "/whoami", ID: "getWhoami", Summary: "Whose the credentials are, and what they may write", Scope: edge.Now, Formats: json, Answer: s.on(request.whoami)},
		{
			Method: "GET", Path: "/changesets", ID: "getChangesets", Summary: "Who changed what, when and why", Scope: edge.Now, Formats: json,
			Query: []params.Parameter{params.AfterVersion(), params.Limit(c.DefaultPage, min(c.MaxPage, maxScanned)), layer}, Answer: s.on(request.changesets),
		},
		{Method: "POST", Path: "/changesets", ID: "createChangeset", Summary: "Several changes, all or none, as one version", Scope: edge.Change, Takes: document, Answer: s.on(request.commitChangeset)},
		{
			Method: "GET", Path: "/changesets/{version}", ID: "getChangeset", Summary: "One change set, feature by feature before and after", Scope: edge.Now, Formats: json,
			Query: []params.Parameter{params.AfterFeature(), params.Limit(c.DefaultPage, c.MaxPage), layer}, Answer: s.on(request.changeset),
		},
		{Method: "POST", Path: "/changesets/{version}/revert", ID: "revertChangeset", Summary: "A change set that undoes another", Scope: edge.Change, Takes: document, Answer: s.on(request.revertChangeset)},

		{Method: "GET", Path: "/layers", ID: "getLayers", Summary: "The definitions of the layers", Scope: edge.State, Formats: json, Answer: s.on(request.layerList)},
		{Method: "GET", Path: "/layers/{layer}", ID: "getLayer", Summary: "The definition of a layer", Scope: edge.State, Formats: json, Answer: s.on(request.layerDefinition)},
		{Method: "PUT", Path: "/layers/{layer}", ID: "putLayer", Summary: "Makes or changes a layer", Scope: edge.Change, Takes: document, Answer: s.on(request.putLayer)},
		{Method: "DELETE", Path: "/layers/{layer}", ID: "deleteLayer", Summary: "Removes a layer", Scope: edge.Change, Answer: s.on(request.dropLayer)},
	}
}
