package httpapi

import (
	"context"
	"errors"

	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// diffTile answers GET /tiles/diff/{layers}/{z}/{x}/{y}.mvt: what differs, with a
// property that says how. These tiles are not cached here; their ETags let
// clients keep them.
func (x *exchange) diffTile() error {
	x.read()
	z, col, row := x.r.PathValue("z"), x.r.PathValue("x"), x.r.PathValue("y")
	t, err := tiles.ParseTile(z, col, row)
	if err != nil {
		x.tileMistakes(z, col, row) // told below, with the others
	}
	d, err := x.differAsked(x.parameter("layers"))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(x.r.Context(), x.server.config.WorkTimeout)
	defer cancel()
	x.buf, err = x.server.tiles.AppendDifferences(ctx, x.buf, d.comparison, t)
	if errors.Is(err, diff.ErrTileTooLarge) {
		return x.tileTooLarge(err)
	}
	if err != nil {
		return err
	}
	return x.send(x.server.fixed.mvt)
}

// diffTileJSON answers GET /tiles/diff/{layers}.json: the TileJSON of those.
func (x *exchange) diffTileJSON() error {
	x.read()
	d, err := x.differAsked(x.parameter("layers"))
	if err != nil {
		return err
	}
	document := x.describeTiles(d.layers, tilecache.Look{}, x.base()+"/tiles/diff/"+d.layers.Name+"/{z}/{x}/{y}"+tileSuffix+"?"+d.query)
	for i := range document.VectorLayers {
		document.VectorLayers[i].Fields[diff.TileProperty] = "String"
	}
	if err := document.Validate(); err != nil {
		return err
	}
	return x.sendJSON(document)
}
