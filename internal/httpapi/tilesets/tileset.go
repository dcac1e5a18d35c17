package tilesets

import (
	"cmp"
	"slices"
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
	}{Links: x.selfLinks(x.Base()+"/tileMatrixSets", "", x.Op.Formats)}
	for _, set := range x.matrixSets {
		self := tms.Link{Href: x.Base() + "/tileMatrixSets/" + set.ID(), Rel: "self", Type: media.TypeJSON, Title: x.Say("Định nghĩa của ", "The definition of ") + set.ID()}
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
		Links: append(x.selfLinks(root, x.tilesQuery("", layers), x.Op.Formats), of),
	}
	for _, set := range x.matrixSets {
		t := set.Describe()
		t.Title = x.tilesetTitle(layers) + " (" + set.ID() + ")"
		t.Links = []tms.Link{
			{Href: root + "/" + set.ID() + x.tilesQuery("", layers), Rel: "self", Type: media.TypeJSON, Title: x.Say("Bộ ô", "The tileset")},
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
	forms := x.Op.Formats
	if !set.Native() {
		forms = slices.DeleteFunc(slices.Clone(forms), func(f media.Format) bool { return f == media.TileJSON })
	}
	t.Links = append(x.selfLinks(here, x.tilesQuery("", layers), forms),
		tms.Link{
			Href: here + "/{tileMatrix}/{tileRow}/{tileCol}" + x.tilesQuery("", layers), Rel: "item", Type: media.TypeMVT,
			Title: x.Say("Ô véc-tơ", "Vector tiles"), Templated: true,
		},
		x.tilingScheme(set), of)
	return x.SendJSON(t)
}

// selfLinks are the links of a document to itself and to its other forms.
func (x request) selfLinks(href, query string, forms []media.Format) []tms.Link {
	links := []tms.Link{{Href: href + query, Rel: "self", Type: x.Format.MediaType(), Title: x.Say("Tài liệu này", "This document"), Lang: x.LangOf(x.Format)}}
	for _, f := range forms {
		if f == x.Format {
			continue
		}
		form := f.MediaType()
		if f == media.TileJSON {
			form = media.TypeTileJSON
		}
		links = append(links, tms.Link{Href: href + edge.Joined(query, media.Name+"="+f.Names()[0]), Rel: "alternate", Type: form, Title: f.AlternateTitle(x.Lang), Lang: x.LangOf(f)})
	}
	return links
}

// tilesetRoot returns the address of the list of tilesets, and a link to what they
// are tilesets of.
func (x request) tilesetRoot(layers chosen) (root string, of tms.Link) {
	if !layers.one {
		return x.Base() + "/tiles", tms.Link{Href: x.Base() + "/" + x.PinQuery("?"), Rel: edge.RelDataset, Type: media.TypeJSON, Title: x.Say("Bộ dữ liệu", "The dataset")}
	}
	self := x.Base() + "/collections/" + layers.Name
	return self + "/tiles", tms.Link{Href: self + x.PinQuery("?"), Rel: edge.RelGeodata, Type: media.TypeJSON, Title: x.Say("Lớp dữ liệu", "The layer")}
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
	return tms.Link{Href: x.Base() + "/tileMatrixSets/" + set.ID(), Rel: edge.RelTilingScheme, Type: media.TypeJSON, Title: x.Say("Định nghĩa của ", "The definition of ") + set.ID()}
}

// layerTitle is what a layer is called in the language of the answer.
func (x request) layerTitle(def *city.Layer) string {
	return cmp.Or(x.Lang.Choose(def.Title, def.TitleEN), string(def.ID))
}

func (x request) tilesetTitle(layers chosen) string {
	if layers.one {
		return x.layerTitle(layers.Layers[0].Definition())
	}
	return x.config.title(x.Lang)
}

// describeTileset returns the description of a tileset, without links.
func (x request) describeTileset(set *tms.Set, layers chosen) tms.Tileset {
	t := set.Describe()
	t.Title, t.Description = x.tilesetTitle(layers), x.config.description(x.Lang)
	if layers.one {
		def := layers.Layers[0].Definition()
		t.Description = x.Lang.Choose(def.Description, def.DescriptionEN)
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
		ID: string(def.ID), Title: x.layerTitle(def), Description: x.Lang.Choose(def.Description, def.DescriptionEN), Attribution: def.Attribution, DataType: "vector",
		GeometryDimension: dimension(def.Geometry),
		MinTileMatrix:     strconv.Itoa(int(first)), MaxTileMatrix: strconv.Itoa(int(last)),
		MinCellSize: set.CellSize(last), MaxCellSize: set.CellSize(first),
		PropertiesSchema: tms.Schema{Type: "object", Properties: map[string]tms.Property{}},
		Links:            []tms.Link{{Href: x.Base() + "/collections/" + string(def.ID) + x.PinQuery("?"), Rel: edge.RelGeodata, Type: media.TypeJSON, Title: x.Say("Lớp dữ liệu", "The layer")}},
	}
	if b, ok := l.Bound(); ok {
		box := tms.BoxOf(b)
		out.BoundingBox = &box
	}
	for i := range def.Properties {
		p := &def.Properties[i]
		if k.Carries(def, p.Name) {
			out.PropertiesSchema.Properties[p.Name] = tileProperty(p, x.Lang)
		}
	}
	return out
}

// tileProperty describes a property as tiles carry it: dates and JSON as text.
func tileProperty(p *city.Property, lang media.Language) tms.Property {
	out := tms.Property{Title: lang.Choose(p.Title, p.TitleEN), Type: "string", UOM: p.Unit}
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
