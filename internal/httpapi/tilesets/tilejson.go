package tilesets

import (
	"cmp"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// tileJSON answers GET /tiles/{layers}.json: TileJSON 3.0 with the fields of
// each layer, as much of it as the layer's rules put into tiles.
func (x request) tileJSON() error {
	q := x.Read()
	set, err := x.tileLayers(x.PathParameter("layers"))
	if err != nil {
		return cmp.Or(q.Problem(), err)
	}
	a := lookOf(q, set.Layers)
	if err := cmp.Or(q.Problem(), x.fits(a, set.Layers)); err != nil {
		return err
	}
	pairs := a.Pairs()
	if seen := x.SeenQuery(""); seen != "" {
		pairs = append(pairs, seen)
	}
	query := strings.Join(pairs, "&")
	if query != "" {
		query = "?" + query
	}
	document := x.describeTiles(set, a.Look, x.Base()+"/tiles/"+set.Name+"/{z}/{x}/{y}"+edge.TileSuffix+query)
	if err := document.Validate(); err != nil {
		return err
	}
	return x.SendJSON(document)
}

// describeTiles describes the tiles of some layers that are at an address.
func (x request) describeTiles(set view.LayerSet, k tilecache.Look, address string) tiles.TileJSON {
	document := tiles.TileJSON{
		Name:        x.config.title(x.Lang),
		Description: x.config.description(x.Lang),
		// Whoever keeps tiles can tell by the last number that they are old.
		Version:     "1.0." + x.View.Version[0],
		Attribution: view.Attribution(set.Layers),
		Tiles:       []string{address},
		MinZoom:     tiles.MaxZoom,
		MaxZoom:     tiles.MaxZoom,
	}
	if len(set.Layers) == 1 {
		def := set.Layers[0].Definition()
		document.Name, document.Description = x.layerTitle(def), x.Lang.Choose(def.Description, def.DescriptionEN)
	}
	for _, l := range set.Layers {
		v := vectorLayer(l.Definition(), k)
		v.Description = x.layerTitle(l.Definition())
		document.MinZoom = min(document.MinZoom, v.MinZoom)
		document.VectorLayers = append(document.VectorLayers, v)
	}
	if bound, ok := view.Bound(set.Layers); ok {
		document.Bounds = bound
		center := bound.Center()
		document.Center = tiles.Center{
			LonLat: orb.Point{edge.Round(center[0], 1e5), edge.Round(center[1], 1e5)},
			Zoom:   overview(bound),
		}
	}
	return document
}

// vectorLayer describes a layer as its rules put it into tiles.
func vectorLayer(def *city.Layer, k tilecache.Look) tiles.VectorLayer {
	v := tiles.VectorLayer{
		ID: string(def.ID), Description: view.Title(def),
		MinZoom: def.Tiles.MinZoom, MaxZoom: tiles.MaxZoom,
		Fields: make(map[string]string, len(def.Properties)),
	}
	for _, c := range def.Tiles.Classes {
		v.MinZoom = min(v.MinZoom, c.MinZoom)
	}
	for _, p := range def.Properties {
		if k.Carries(def, p.Name) {
			v.Fields[p.Name] = fieldType(p.Type)
		}
	}
	return v
}

// fieldType names the three types that tiles know, as the specification's
// examples do; dates and JSON travel as text.
func fieldType(k city.Kind) string {
	switch k {
	case city.KindInteger, city.KindNumber:
		return "Number"
	case city.KindBoolean:
		return "Boolean"
	default:
		return "String"
	}
}

// overview returns the deepest zoom at which the box touches at most two
// columns and two rows of tiles: a map of usual size shows it whole.
func overview(b orb.Bound) uint8 {
	for z := uint8(tiles.MaxZoom); z > 0; z-- {
		west, east := tiles.At(b.Min, z), tiles.At(b.Max, z)
		if east.X-west.X <= 1 && west.Y-east.Y <= 1 {
			return z
		}
	}
	return 0
}
