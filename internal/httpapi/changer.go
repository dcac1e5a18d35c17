package httpapi

import (
	"context"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// Changer is a Source that can also be written to, and that tells what was
// written; a twin is one. Over a Source that is none the routes that need one do
// not exist.
type Changer interface {
	Source
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
	s.change("POST", "/collections/{layer}/items", (*exchange).createItem)
	s.change("PUT", "/collections/{layer}/items/{feature}", (*exchange).replaceItem)
	s.change("PATCH", "/collections/{layer}/items/{feature}", (*exchange).patchItem)
	s.change("DELETE", "/collections/{layer}/items/{feature}", (*exchange).deleteItem)

	s.getNow("/whoami", (*exchange).whoami)
	s.getNow("/changesets", (*exchange).changesets)
	s.change("POST", "/changesets", (*exchange).commitChangeset)
	s.getNow("/changesets/{version}", (*exchange).changeset)
	s.change("POST", "/changesets/{version}/revert", (*exchange).revertChangeset)

	s.get("/layers", (*exchange).layerList)
	s.get("/layers/{layer}", (*exchange).layerDefinition)
	s.change("PUT", "/layers/{layer}", (*exchange).putLayer)
	s.change("DELETE", "/layers/{layer}", (*exchange).dropLayer)
}
