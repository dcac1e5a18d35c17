package tilesets

import (
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// tileMatrixSets answers GET /tileMatrixSets.
func (x request) tileMatrixSets() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	type entry struct {
		ID    string     `json:"id"`
		Title string     `json:"title"`
		URI   string     `json:"uri,omitempty"`
		CRS   string     `json:"crs"`
		Links []tms.Link `json:"links"`
	}
	document := struct {
		TileMatrixSets []entry    `json:"tileMatrixSets"`
		Links          []tms.Link `json:"links"`
	}{Links: []tms.Link{{Href: x.Base() + "/tileMatrixSets", Rel: "self", Type: media.TypeJSON, Title: "This document"}}}
	for _, set := range x.matrixSets {
		self := tms.Link{Href: x.Base() + "/tileMatrixSets/" + set.ID(), Rel: "self", Type: media.TypeJSON, Title: "The definition of " + set.ID()}
		item := self
		item.Rel = "item"
		document.TileMatrixSets = append(document.TileMatrixSets, entry{set.ID(), set.Title(), set.URI(), set.CRS(), []tms.Link{self, item}})
	}
	return x.SendJSON(document)
}

// tileMatrixSet answers GET /tileMatrixSets/{tileMatrixSet}.
func (x request) tileMatrixSet() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	set, err := x.matrixSet()
	if err != nil {
		return err
	}
	return x.SendJSON(set)
}

// tilesets answers GET …/tiles: the tilesets of all layers, or of one.
func (x request) tilesets() error {
	layers, err := x.chosenLayers()
	if err != nil {
		return err
	}
	root, of := x.tilesetRoot(layers)
	document := struct {
		Title    string        `json:"title"`
		Tilesets []tms.Tileset `json:"tilesets"`
		Links    []tms.Link    `json:"links"`
	}{
		Title: x.tilesetTitle(layers),
		Links: []tms.Link{{Href: root + x.tilesQuery("", layers), Rel: "self", Type: media.TypeJSON, Title: "This document"}, of},
	}
	for _, set := range x.matrixSets {
		t := set.Describe()
		t.Title = x.tilesetTitle(layers) + " (" + set.ID() + ")"
		t.Links = []tms.Link{
			{Href: root + "/" + set.ID() + x.tilesQuery("", layers), Rel: "self", Type: media.TypeJSON, Title: "The tileset"},
			x.tilingScheme(set),
		}
		document.Tilesets = append(document.Tilesets, t)
	}
	return x.SendJSON(document)
}

// tileset answers GET …/tiles/{tileMatrixSet}: its description by 17-083r4, or as
// TileJSON, which knows Web Mercator alone.
func (x request) tileset() error {
	set, err := x.matrixSet()
	if err != nil {
		return err
	}
	layers, err := x.chosenLayers()
	if err == nil {
		err = x.fits(layers.lookAsked, layers.Layers)
	}
	if err != nil {
		return err
	}
	root, of := x.tilesetRoot(layers)
	here := root + "/" + set.ID()
	if x.Format == media.TileJSON {
		if !set.Native() {
			return media.NotAcceptable([]media.Format{media.JSON})
		}
		document := x.describeTiles(layers.LayerSet, layers.Look, here+"/{z}/{y}/{x}"+x.tilesQuery("", layers))
		if err := document.Validate(); err != nil {
			return err
		}
		if err := x.Encode(document); err != nil {
			return err
		}
		return x.Send(x.Fixed.VectorTileJSON)
	}
	t := x.describeTileset(set, layers)
	t.Links = append(t.Links,
		tms.Link{Href: here + x.tilesQuery("", layers), Rel: "self", Type: media.TypeJSON, Title: "This document"},
		tms.Link{
			Href: here + "/{tileMatrix}/{tileRow}/{tileCol}" + x.tilesQuery("", layers), Rel: "item", Type: media.TypeMVT,
			Title: "Vector tiles", Templated: true,
		},
		x.tilingScheme(set), of)
	if set.Native() {
		t.Links = append(t.Links, tms.Link{Href: here + x.tilesQuery("f=tilejson", layers), Rel: "alternate", Type: media.TypeTileJSON, Title: "TileJSON 3.0"})
	}
	return x.SendJSON(t)
}

// tilesetRoot returns the address of the list of tilesets, and a link to what they
// are tilesets of.
func (x request) tilesetRoot(layers chosen) (root string, of tms.Link) {
	if !layers.one {
		return x.Base() + "/tiles", tms.Link{Href: x.Base() + "/" + x.PinQuery("?"), Rel: edge.RelDataset, Type: media.TypeJSON, Title: "The dataset"}
	}
	self := x.Base() + "/collections/" + layers.Name
	return self + "/tiles", tms.Link{Href: self + x.PinQuery("?"), Rel: edge.RelGeodata, Type: media.TypeJSON, Title: "The layer"}
}

// tilesQuery is the query of links to the same layers of the same state, after a
// pair that may be empty.
func (x request) tilesQuery(pair string, layers chosen) string {
	var pairs []string
	if pair != "" {
		pairs = append(pairs, pair)
	}
	if !layers.one && !layers.all {
		pairs = append(pairs, paramCollections+"="+layers.Name)
	}
	pairs = append(pairs, layers.Pairs()...)
	if seen := x.SeenQuery(""); seen != "" {
		pairs = append(pairs, seen)
	}
	if len(pairs) == 0 {
		return ""
	}
	return "?" + strings.Join(pairs, "&")
}

func (x request) tilingScheme(set *tms.Set) tms.Link {
	return tms.Link{Href: x.Base() + "/tileMatrixSets/" + set.ID(), Rel: edge.RelTilingScheme, Type: media.TypeJSON, Title: "The definition of " + set.ID()}
}

func (x request) tilesetTitle(layers chosen) string {
	if layers.one {
		return view.Title(layers.Layers[0].Definition())
	}
	return x.config.Title
}

// describeTileset returns the description of a tileset, without links.
func (x request) describeTileset(set *tms.Set, layers chosen) tms.Tileset {
	t := set.Describe()
	t.Title, t.Description = x.tilesetTitle(layers), x.config.Description
	if layers.one {
		t.Description = layers.Layers[0].Definition().Description
	}
	t.Attribution, t.Version, t.Updated = view.Attribution(layers.Layers), x.View.Version[0], x.View.Since
	t.MediaTypes = []string{media.TypeMVT}
	for _, l := range layers.Layers {
		t.Layers = append(t.Layers, x.describeTilesetLayer(set, l, layers.Look))
	}
	extent, some := view.Bound(layers.Layers)
	if !some {
		t.Limits = set.Whole()
		return t
	}
	t.Limits = set.AllLimits(extent)
	box := tms.BoxOf(extent)
	t.BoundingBox = &box
	if c, ok := set.Center(extent); ok {
		t.CenterPoint = &c
	}
	return t
}

// describeTilesetLayer describes a layer as its rules put it into tiles.
func (x request) describeTilesetLayer(set *tms.Set, l *snapshot.Layer, k tilecache.Look) tms.Layer {
	def := l.Definition()
	first, last := set.FirstMatrix(vectorLayer(def, k).MinZoom), set.Served()-1
	out := tms.Layer{
		ID: string(def.ID), Title: view.Title(def), Description: def.Description, Attribution: def.Attribution, DataType: "vector",
		GeometryDimension: dimension(def.Geometry),
		MinTileMatrix:     strconv.Itoa(int(first)), MaxTileMatrix: strconv.Itoa(int(last)),
		MinCellSize: set.CellSize(last), MaxCellSize: set.CellSize(first),
		PropertiesSchema: tms.Schema{Type: "object", Properties: map[string]tms.Property{}},
		Links:            []tms.Link{{Href: x.Base() + "/collections/" + string(def.ID) + x.PinQuery("?"), Rel: edge.RelGeodata, Type: media.TypeJSON, Title: "The layer"}},
	}
	if b, ok := l.Bound(); ok {
		box := tms.BoxOf(b)
		out.BoundingBox = &box
	}
	for i := range def.Properties {
		p := &def.Properties[i]
		if k.Carries(def, p.Name) {
			out.PropertiesSchema.Properties[p.Name] = tileProperty(p)
		}
	}
	return out
}

// tileProperty describes a property as tiles carry it: dates and JSON as text.
func tileProperty(p *city.Property) tms.Property {
	out := tms.Property{Title: p.Title, Type: "string", UOM: p.Unit}
	switch p.Type {
	case city.KindInteger:
		out.Type = "integer"
	case city.KindNumber:
		out.Type = "number"
	case city.KindBoolean:
		out.Type = "boolean"
	case city.KindDate:
		out.Format = "date"
	case city.KindInstant:
		out.Format = "date-time"
	case city.KindJSON:
		out.MediaType = media.TypeJSON
	}
	return out
}

// dimension returns 0 for points, 1 for lines, 2 for polygons, nil for others.
func dimension(g city.GeometryType) *int {
	d := 0
	switch g {
	case city.GeometryPoint, city.GeometryMultiPoint:
	case city.GeometryLineString, city.GeometryMultiLineString:
		d = 1
	case city.GeometryPolygon, city.GeometryMultiPolygon:
		d = 2
	default:
		return nil
	}
	return &d
}
