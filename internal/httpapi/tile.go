package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/hanoitwin/hanoitwin/tiles"
)

// tileSuffix ends the path of a tile, in links as in routes.
const tileSuffix = ".mvt"

// tile answers GET /tiles/{layers}/{z}/{x}/{y}.mvt.
func (x *exchange) tile() error {
	s := x.server
	accepted, err := x.negotiate()
	if err != nil {
		return err
	}
	t, err := x.tileAddress(x.r.PathValue("z"), x.r.PathValue("x"), x.r.PathValue("y"))
	if err != nil {
		return err
	}
	list := x.parameter("layers")
	if x.view.partial() {
		// The name alone must not lead to a tile of layers that are hidden.
		set, err := x.tileLayers(list)
		if err != nil {
			return err
		}
		list = set.name
	}
	key := tileKey{layers: list, tile: t, days: x.lens.worldDays, coding: accepted.Best}
	p, found := s.tiles.find(key, x.view.snapshot.Version())
	if !found {
		if p, err = x.buildTile(key, list); err != nil {
			return err
		}
	}
	x.header["Vary"] = s.fixed.vary
	x.header["Cache-Control"] = s.fixed.noCache
	x.deliver(p, s.fixed.mvt)
	return nil
}

func (x *exchange) buildTile(key tileKey, list string) (*payload, error) {
	set, err := x.tileLayers(list)
	if err != nil {
		return nil, err
	}
	return x.loadTile(key, set)
}

// loadTile returns a tile that the cache was not found to have.
func (x *exchange) loadTile(key tileKey, set layerSet) (*payload, error) {
	ctx, cancel := context.WithTimeout(x.r.Context(), x.server.config.WorkTimeout)
	defer cancel()
	p, err := x.server.tiles.load(ctx, key, set, x.view.snapshot.Version())
	if errors.Is(err, errTileTooLarge) {
		return nil, x.tileTooLarge(err)
	}
	return p, err
}

func (x *exchange) tileTooLarge(err error) *Problem {
	large := problem(http.StatusBadRequest, "tile-too-large", "Tile too large", fmt.Sprintf(
		"The tile has more than %d bytes: ask for fewer layers or a greater zoom.", x.server.config.MaxTileBytes))
	large.cause = err
	return large
}

// tileLayers reads the {layers} of a path: "all", a name, or a comma list.
func (x *exchange) tileLayers(list string) (layerSet, error) {
	if list == allLayers {
		return x.view.all, nil
	}
	limit := x.server.config.MaxLayers
	set, unknown, ok := x.view.layers(list, limit)
	switch {
	case !ok:
		return set, tooManyLayers(list, limit)
	case len(unknown) > 0:
		return set, x.view.unknownLayers(unknown)
	}
	return set, nil
}

// tileAddress reads the tile and checks that there are no parameters, and
// reports all that is wrong with either.
func (x *exchange) tileAddress(z, col, row string) (tiles.Tile, error) {
	t, err := tiles.ParseTile(z, col, row)
	if err == nil && x.raw == "" && len(x.query.carried) == 0 {
		return t, nil
	}
	x.query.reset(x.raw)
	if err != nil {
		x.tileMistakes(z, col, row)
	}
	return t, x.query.problem()
}

// tileMistakes names the parts of the address that are wrong. A zoom that is
// wrong leaves the largest grid to check the others against.
func (x *exchange) tileMistakes(z, col, row string) {
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

func (x *exchange) tileMistake(name, value string, last int) {
	x.query.mistake(Mistake{
		Parameter: name, Value: clip(value), Limit: last,
		Expected: fmt.Sprintf("a whole number from 0 to %d", last),
		Detail:   fmt.Sprintf("is not a whole number from 0 to %d", last),
	})
}
