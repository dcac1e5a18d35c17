package httpapi

import (
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// collectionsDocument is GET /collections of OGC API Common, part 2.
type collectionsDocument struct {
	Links       []link               `json:"links"`
	Collections []collectionDocument `json:"collections"`
}

// collectionDocument describes a layer as OGC API Features does, with its
// schema beside it.
type collectionDocument struct {
	ID            city.LayerID      `json:"id"`
	Title         string            `json:"title,omitempty"`
	TitleEN       string            `json:"title_en,omitempty"`
	Description   string            `json:"description,omitempty"`
	DescriptionEN string            `json:"description_en,omitempty"`
	Attribution   string            `json:"attribution,omitempty"`
	ItemType      string            `json:"itemType"`
	GeometryType  city.GeometryType `json:"geometryType"`
	Features      int               `json:"numberOfFeatures"`
	Extent        *extent           `json:"extent,omitempty"`
	CRS           []string          `json:"crs"`
	Properties    []city.Property   `json:"properties"`
	Links         []link            `json:"links"`
}

type extent struct {
	Spatial struct {
		BBox [][4]float64 `json:"bbox"`
		CRS  string       `json:"crs"`
	} `json:"spatial"`
}

// collections answers GET /collections.
func (x *exchange) collections() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	base := x.base()
	document := collectionsDocument{
		Links: []link{
			{Href: base + "/collections" + x.pinQuery("?"), Rel: "self", Type: typeJSON},
			{Href: asPage(base + "/collections" + x.pinQuery("?")), Rel: "alternate", Type: typeHTML},
			{Href: base + "/", Rel: "root", Type: typeJSON},
			{Href: base + "/dcat" + x.pinQuery("?"), Rel: "describedby", Type: typeJSONLD, Title: "DCAT-AP 3"},
			x.licence(),
		},
		Collections: make([]collectionDocument, 0, len(x.view.all.layers)),
	}
	for _, l := range x.view.all.layers {
		document.Collections = append(document.Collections, x.describeLayer(base, x.pinQuery("?"), l))
	}
	return x.sendJSON(document)
}

// collection answers GET /collections/{layer}.
func (x *exchange) collection() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	l, err := x.view.layer(x.parameter("layer"))
	if err != nil {
		return err
	}
	return x.sendJSON(x.describeLayer(x.base(), x.pinQuery("?"), l))
}

// describeLayer tells of a layer; pin is what links to the same state end with.
func (x *exchange) describeLayer(base, pin string, l *snapshot.Layer) collectionDocument {
	def := l.Definition()
	self := base + "/collections/" + string(def.ID)
	document := collectionDocument{
		ID: def.ID, Title: def.Title, TitleEN: def.TitleEN,
		Description: def.Description, DescriptionEN: def.DescriptionEN,
		Attribution: def.Attribution, ItemType: "feature", GeometryType: def.Geometry,
		Features: l.Len(), CRS: []string{crs84}, Properties: def.Properties,
		Links: []link{
			{Href: self + pin, Rel: "self", Type: typeJSON},
			{Href: asPage(self + pin), Rel: "alternate", Type: typeHTML},
			{Href: self + "/items" + pin, Rel: "items", Type: typeGeoJSON, Title: "The features"},
			{Href: base + "/tiles/" + string(def.ID) + ".json" + pin, Rel: "tiles", Type: typeJSON, Title: "TileJSON 3.0"},
			{
				Href: base + "/tiles/" + string(def.ID) + "/{z}/{x}/{y}" + tileSuffix + pin, Rel: "item",
				Type: typeMVT, Title: "Vector tiles", Templated: true,
			},
			{Href: base + "/collections" + pin, Rel: "collection", Type: typeJSON},
			x.licence(),
		},
	}
	if document.Properties == nil {
		document.Properties = []city.Property{}
	}
	if b, ok := l.Bound(); ok {
		document.Extent = &extent{}
		document.Extent.Spatial.BBox = [][4]float64{{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}}
		document.Extent.Spatial.CRS = crs84
	}
	return document
}
