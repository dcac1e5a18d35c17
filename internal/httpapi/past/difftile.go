package past

import (
	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
)

// diffTile answers GET /tiles/diff/{layers}/{z}/{x}/{y}.mvt: what differs, with a
// property that says how. These tiles are not cached here; their ETags let
// clients keep them.
func (x request) diffTile() error {
	x.Read()
	t := x.tiles.ParseTile(x.Exchange) // its mistakes are told below, with the others
	d, err := x.differAsked(x.PathParameter("layers"))
	if err != nil {
		return err
	}
	if err := x.tiles.AppendDifferences(x.Exchange, d.comparison, t); err != nil {
		return err
	}
	return x.Send(x.Fixed.MVT)
}

// diffTileJSON answers GET /tiles/diff/{layers}.json: the TileJSON of those.
func (x request) diffTileJSON() error {
	x.Read()
	d, err := x.differAsked(x.PathParameter("layers"))
	if err != nil {
		return err
	}
	document := x.tiles.Describe(x.Exchange, d.layers, x.Base()+"/tiles/diff/"+d.layers.Name+"/{z}/{x}/{y}"+edge.TileSuffix+"?"+d.query)
	for i := range document.VectorLayers {
		document.VectorLayers[i].Fields[diff.TileProperty] = "String"
	}
	if err := document.Validate(); err != nil {
		return err
	}
	return x.SendJSON(document)
}
