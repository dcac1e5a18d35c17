package past

import (
	"context"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Config sets the limits of answers about the past. The fields mean what those of
// the same name in httpapi.Config do, which checks them and has their defaults.
type Config struct {
	DefaultPage, MaxPage int
	MaxLayers            int
}

// Source has the record; a twin is one.
type Source interface {
	view.Source
	// Recall returns the state of any version of the record.
	Recall(context.Context, city.Version) (*twin.State, error)
	// Touched returns what may differ between two versions, nil when that is
	// not known.
	Touched(a, b city.Version) *diff.Touched
	// History returns recorded states of a feature after a version, up to another (0:
	// all), and the definition that their values stand in the order of.
	History(ctx context.Context, layer city.LayerID, id int64, after, until city.Version, limit int) (city.Layer, []city.State, error)
}

// Tiles describes tiles, and makes those of what differs.
type Tiles interface {
	// ParseTile reads the tile of the path, and notes what is wrong with it among
	// the mistakes of the query.
	ParseTile(*edge.Exchange) tiles.Tile
	// AppendDifferences appends the tile of what differs to the body of x.
	AppendDifferences(*edge.Exchange, *diff.Comparison, tiles.Tile) error
	// Describe describes tiles of some layers that are at an address.
	Describe(x *edge.Exchange, set view.LayerSet, address string) tiles.TileJSON
}

// Service answers what was, and what differs. It is safe for concurrent use.
type Service struct {
	config Config
	source Source
	views  *view.Views
	tiles  Tiles
}

// New returns a Service over the record of source, which views are of.
func New(config Config, source Source, views *view.Views, tiles Tiles) *Service {
	return &Service{config: config, source: source, views: views, tiles: tiles}
}

// request is one request to this package, on its way to an answer.
type request struct {
	*edge.Exchange
	*Service
}

// on lets a method of request answer.
func (s *Service) on(answer func(request) error) edge.Handler {
	return func(x *edge.Exchange) error { return answer(request{x, s}) }
}
