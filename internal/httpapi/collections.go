package httpapi

import (
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/jsonschema"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// collectionsDocument is GET /collections of OGC API Common, part 2.
type collectionsDocument struct {
	Links       []link               `json:"links"`
	CRS         []string             `json:"crs"`
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
	StorageCRS    string            `json:"storageCrs"`
	Properties    []city.Property   `json:"properties"`
	Links         []link            `json:"links"`
}

// Relations that the OGC has registered.
const (
	relQueryables  = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
	relSortables   = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
	relSchema      = "http://www.opengis.net/def/rel/ogc/1.0/schema"
	relConformance = "http://www.opengis.net/def/rel/ogc/1.0/conformance"
	relData        = "http://www.opengis.net/def/rel/ogc/1.0/data"
	relFunctions   = "http://www.opengis.net/def/rel/ogc/1.0/functions"
	relStyles      = "http://www.opengis.net/def/rel/ogc/1.0/styles"
)

// collections answers GET /collections.
func (x *exchange) collections() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	base := x.base()
	document := collectionsDocument{
		Links: append(x.selfLinks(base+"/collections"), link{Href: base + "/", Rel: "root", Type: media.TypeJSON, Title: "The landing page"},
			link{Href: base + "/dcat" + x.pinQuery("?"), Rel: "describedby", Type: media.TypeJSONLD, Title: "The layers as a catalogue of data (DCAT-AP 3)"}, x.licence()),
		CRS:         refsys.URIs(),
		Collections: make([]collectionDocument, 0, len(x.view.All.Layers)),
	}
	for _, l := range x.view.All.Layers {
		document.Collections = append(document.Collections, x.describeLayer(l))
	}
	return x.sendJSON(document)
}

// collection answers GET /collections/{layer}.
func (x *exchange) collection() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	l, err := x.view.Layer(x.parameter("layer"))
	if err != nil {
		return err
	}
	return x.sendJSON(x.describeLayer(l))
}

// describeLayer tells of a layer.
func (x *exchange) describeLayer(l *snapshot.Layer) collectionDocument {
	def := l.Definition()
	document := collectionDocument{
		ID: def.ID, Title: def.Title, TitleEN: def.TitleEN,
		Description: def.Description, DescriptionEN: def.DescriptionEN,
		Attribution: def.Attribution, ItemType: "feature", GeometryType: def.Geometry,
		Features: l.Len(), Extent: x.server.extents.of(l),
		CRS: refsys.URIs(), StorageCRS: refsys.CRS84().URI(), Properties: def.Properties,
		Links: x.layerLinks(l.ID()),
	}
	if document.Properties == nil {
		document.Properties = []city.Property{}
	}
	return document
}

// layerLinks are the links of a layer. What depends on the state is of the same.
func (x *exchange) layerLinks(id city.LayerID) []link {
	base, pin := x.base(), x.pinQuery("?")
	self := base + "/collections/" + string(id)
	links := x.selfLinks(self)
	if items := x.server.operation("getItems"); items != nil {
		for i, f := range items.formats {
			query := pin
			if i > 0 { // the first is what there is without f
				query = joined(pin, media.Name+"="+f.Names()[0])
			}
			links = append(links, link{Href: self + "/items" + query, Rel: "items", Type: f.MediaType(), Title: "The features as " + f.Title(), Lang: f.Lang()})
		}
	}
	links = append(links, x.downloadLinks(self)...)
	return append(links,
		link{Href: self + "/schema" + pin, Rel: "describedby", Type: jsonschema.MediaType, Title: "The schema of the features"},
		link{Href: self + "/schema" + pin, Rel: relSchema, Type: jsonschema.MediaType, Title: "The schema of the features"},
		link{Href: self + "/queryables" + pin, Rel: relQueryables, Type: jsonschema.MediaType, Title: "What filters may name"},
		link{Href: self + "/sortables" + pin, Rel: relSortables, Type: jsonschema.MediaType, Title: "What sortby may name"},
		x.licence(),
		link{Href: self + "/tiles" + pin, Rel: relTilesets, Type: media.TypeJSON, Title: "Vector tiles (OGC API Tiles)"},
		link{Href: base + "/tiles/" + string(id) + ".json" + pin, Rel: "tiles", Type: media.TypeJSON, Title: "TileJSON 3.0"},
		link{
			Href: base + "/tiles/" + string(id) + "/{z}/{x}/{y}" + tileSuffix + pin, Rel: "item",
			Type: media.TypeMVT, Title: "Vector tiles", Templated: true,
		},
		link{Href: base + "/collections" + pin, Rel: "collection", Type: media.TypeJSON, Title: "All layers"},
	)
}

// selfLinks are the links of a document to itself and to its other formats.
func (x *exchange) selfLinks(href string) []link {
	pin := x.pinQuery("?")
	links := []link{{Href: href + pin, Rel: "self", Type: x.format.MediaType(), Title: "This document", Lang: x.format.Lang()}}
	for _, f := range x.op.formats {
		if f != x.format {
			links = append(links, link{Href: href + joined(pin, media.Name+"="+f.Names()[0]), Rel: "alternate", Type: f.MediaType(), Title: f.AlternateTitle(), Lang: f.Lang()})
		}
	}
	return links
}

// licence links to the licence of the data.
func (x *exchange) licence() link {
	return link{Href: x.server.config.LicenceURL, Rel: "license", Type: media.TypeHTML, Title: "The licence of the data", Lang: "en"}
}
