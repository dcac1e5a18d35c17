package tilesets

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// tile answers GET /tiles/{layers}/{z}/{x}/{y}.mvt.
func (x request) tile() error {
	s := x.Service
	accepted, err := x.Negotiate()
	if err != nil {
		return err
	}
	list := x.PathParameter("layers")
	t, a, err := x.tileAsked(list)
	if err != nil {
		return err
	}
	set, err := x.tileLayers(list)
	if err != nil {
		return err
	}
	key := tilecache.Key{Layers: set.Name, Tile: t, Days: x.Lens.Days, Look: a.Look, Coding: accepted.Best}
	p, found := s.tiles.Find(key, x.View.Snapshot.Version())
	if !found {
		if p, err = x.loadTile(key, set, a); err != nil {
			return err
		}
	}
	x.Headers["Vary"] = x.Fixed.Vary
	x.Headers["Cache-Control"] = x.Fixed.NoCache
	x.Deliver(p, x.Fixed.MVT)
	return nil
}

// loadTile returns a tile that the cache was not found to have.
func (x request) loadTile(key tilecache.Key, set view.LayerSet, a lookAsked) (*coding.Payload, error) {
	ctx, cancel := x.Within()
	defer cancel()
	p, err := x.tiles.Load(ctx, key, set, x.View.Snapshot.Version())
	if errors.Is(err, tilecache.ErrTooLarge) {
		return nil, x.tileTooLarge(err)
	}
	if errors.Is(err, tilecache.ErrFilter) {
		return nil, cmp.Or(x.fits(a, set.Layers), err)
	}
	return p, err
}

func (x request) tileTooLarge(err error) *problem.Problem {
	large := problem.New(http.StatusBadRequest, "tile-too-large", "Tile too large", fmt.Sprintf(
		"The tile has more than %d bytes: ask for fewer layers or a greater zoom.", x.config.MaxTileBytes))
	large.Cause = err
	return large
}

// tileLayers reads the {layers} of a path: "all", a name, or a comma list.
func (x request) tileLayers(list string) (view.LayerSet, error) {
	if list == view.AllLayers {
		return x.View.All, nil
	}
	limit := x.config.MaxLayers
	set, unknown, ok := x.View.Layers(list, limit)
	switch {
	case !ok:
		return set, edge.TooManyLayers(list, limit)
	case len(unknown) > 0:
		return set, x.View.UnknownLayers(unknown)
	}
	return set, nil
}

// tileAsked reads the address of a tile and the parameters, and reports all that
// is wrong with either.
func (x request) tileAsked(list string) (t tiles.Tile, a lookAsked, err error) {
	z, col, row := x.PathValue("z"), x.PathValue("x"), x.PathValue("y")
	t, err = tiles.ParseTile(z, col, row)
	if err == nil && x.Raw == "" && len(x.Query.Carried) == 0 {
		return t, a, nil
	}
	q := x.Read()
	if err != nil {
		x.tileMistakes(z, col, row)
	}
	if x.Raw != "" {
		set, err := x.tileLayers(list)
		if err != nil {
			return t, a, cmp.Or(q.Problem(), err)
		}
		a = lookOf(q, set.Layers)
	}
	return t, a, q.Problem()
}

// tileMistakes names the parts of the address that are wrong. A zoom that is
// wrong leaves the largest grid to check the others against.
func (x request) tileMistakes(z, col, row string) {
	grid := z
	zoom, err := tiles.ParseTile(z, "0", "0")
	if err != nil {
		grid, zoom.Z = fmt.Sprint(tiles.MaxZoom), tiles.MaxZoom
		x.tileMistake("z", z, tiles.MaxZoom)
	}
	last := 1<<zoom.Z - 1
	if _, err := tiles.ParseTile(grid, col, "0"); err != nil {
		x.tileMistake("x", col, last)
	}
	if _, err := tiles.ParseTile(grid, "0", row); err != nil {
		x.tileMistake("y", row, last)
	}
}

func (x request) tileMistake(name, value string, last int) {
	x.Query.Mistake(problem.Mistake{
		Parameter: name, Value: problem.Clip(value), Limit: last,
		Expected: fmt.Sprintf("a whole number from 0 to %d", last),
		Detail:   fmt.Sprintf("is not a whole number from 0 to %d", last),
	})
}
