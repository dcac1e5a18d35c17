package httpapi

import (
	"cmp"
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
	list := x.parameter("layers")
	t, a, err := x.tileAsked(list)
	if err != nil {
		return err
	}
	if x.view.partial() {
		// The name alone must not lead to a tile of layers that are hidden.
		set, err := x.tileLayers(list)
		if err != nil {
			return err
		}
		list = set.name
	}
	key := tileKey{layers: list, tile: t, days: x.lens.worldDays, look: a.look, coding: accepted.Best}
	p, found := s.tiles.find(key, x.view.snapshot.Version())
	if !found {
		if p, err = x.buildTile(key, list, a); err != nil {
			return err
		}
	}
	x.header["Vary"] = s.fixed.vary
	x.header["Cache-Control"] = s.fixed.noCache
	x.deliver(p, s.fixed.mvt)
	return nil
}

func (x *exchange) buildTile(key tileKey, list string, a lookAsked) (*payload, error) {
	set, err := x.tileLayers(list)
	if err != nil {
		return nil, err
	}
	return x.loadTile(key, set, a)
}

// loadTile returns a tile that the cache was not found to have.
func (x *exchange) loadTile(key tileKey, set layerSet, a lookAsked) (*payload, error) {
	ctx, cancel := context.WithTimeout(x.r.Context(), x.server.config.WorkTimeout)
	defer cancel()
	p, err := x.server.tiles.load(ctx, key, set, x.view.snapshot.Version())
	if errors.Is(err, errTileTooLarge) {
		return nil, x.tileTooLarge(err)
	}
	if errors.Is(err, errFilter) {
		return nil, cmp.Or(x.fits(a, set.layers), err)
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

// tileAsked reads the address of a tile and the parameters, and reports all that
// is wrong with either.
func (x *exchange) tileAsked(list string) (t tiles.Tile, a lookAsked, err error) {
	z, col, row := x.r.PathValue("z"), x.r.PathValue("x"), x.r.PathValue("y")
	t, err = tiles.ParseTile(z, col, row)
	if err == nil && x.raw == "" && len(x.query.carried) == 0 {
		return t, a, nil
	}
	q := x.read()
	if err != nil {
		x.tileMistakes(z, col, row)
	}
	if x.raw != "" {
		set, err := x.tileLayers(list)
		if err != nil {
			return t, a, cmp.Or(q.problem(), err)
		}
		a = q.look(set.layers)
	}
	return t, a, q.problem()
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
