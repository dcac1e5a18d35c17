package tilesets

import (
	"errors"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// Config says what is told of tiles. The fields mean what those of the same name in
// httpapi.Config do, which checks them and has their defaults.
type Config struct {
	Title, Description     string
	TitleEN, DescriptionEN string
	MaxLayers              int
	MaxTileBytes           int
}

func (c *Config) title(l media.Language) string { return l.Choose(c.Title, c.TitleEN) }

func (c *Config) description(l media.Language) string {
	return l.Choose(c.Description, c.DescriptionEN)
}

// Service answers with vector tiles and with what describes them. It is safe for
// concurrent use.
type Service struct {
	config     Config
	tiles      *tilecache.Cache
	matrixSets []*tms.Set
}

// New returns a Service of the tiles of a cache, in the tile matrix sets.
func New(config Config, cache *tilecache.Cache, sets []*tms.Set) *Service {
	return &Service{config: config, tiles: cache, matrixSets: sets}
}

// Operations are those of this package.
func (s *Service) Operations() []edge.Operation {
	return slices.Concat(s.tileOperations(), s.tilesetOperations())
}

// ParseTile reads the tile of the path, {z}/{x}/{y}, and notes what is wrong with it
// among the mistakes of the query.
func (s *Service) ParseTile(x *edge.Exchange) tiles.Tile {
	z, col, row := x.PathValue("z"), x.PathValue("x"), x.PathValue("y")
	t, err := tiles.ParseTile(z, col, row)
	if err != nil {
		request{x, s}.tileMistakes(z, col, row)
	}
	return t
}

// AppendDifferences appends the tile of what differs to the body of x.
func (s *Service) AppendDifferences(x *edge.Exchange, comparison *diff.Comparison, t tiles.Tile) error {
	ctx, cancel := x.Within()
	defer cancel()
	var err error
	x.Buf, err = s.tiles.AppendDifferences(ctx, x.Buf, comparison, t)
	if errors.Is(err, diff.ErrTileTooLarge) {
		return request{x, s}.tileTooLarge(err)
	}
	return err
}

// Describe describes tiles of some layers, with all that their rules put into them,
// that are at an address.
func (s *Service) Describe(x *edge.Exchange, set view.LayerSet, address string) tiles.TileJSON {
	return request{x, s}.describeTiles(set, tilecache.Look{}, address)
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
