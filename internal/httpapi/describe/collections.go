package describe

import (
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/jsonschema"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// collectionsDocument is GET /collections of OGC API Common, part 2.
type collectionsDocument struct {
	Links       []edge.Link          `json:"links"`
	CRS         []string             `json:"crs"`
	Collections []collectionDocument `json:"collections"`
}

// collectionDocument describes a layer as OGC API Features does, with its
// schema beside it.
type collectionDocument struct {
	ID city.LayerID `json:"id"`
	// Title and Description are in the language of the answer, the others always in
	// theirs.
	Title         string            `json:"title,omitempty"`
	TitleVI       string            `json:"title_vi,omitempty"`
	TitleEN       string            `json:"title_en,omitempty"`
	Description   string            `json:"description,omitempty"`
	DescriptionVI string            `json:"description_vi,omitempty"`
	DescriptionEN string            `json:"description_en,omitempty"`
	Attribution   string            `json:"attribution,omitempty"`
	ItemType      string            `json:"itemType"`
	GeometryType  city.GeometryType `json:"geometryType"`
	Features      int               `json:"numberOfFeatures"`
	Extent        *extent           `json:"extent,omitempty"`
	CRS           []string          `json:"crs"`
	StorageCRS    string            `json:"storageCrs"`
	Properties    []city.Property   `json:"properties"`
	Links         []edge.Link       `json:"links"`
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
func (x request) collections() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	base := x.Base()
	document := collectionsDocument{
		Links: append(x.SelfLinks(base+"/collections"), edge.Link{Href: base + "/", Rel: "root", Type: media.TypeJSON, Title: x.Say("Trang chủ", "The landing page")},
			edge.Link{Href: base + "/dcat" + x.PinQuery("?"), Rel: "describedby", Type: media.TypeJSONLD, Title: x.Say("Các lớp dưới dạng danh mục dữ liệu (DCAT-AP 3)", "The layers as a catalogue of data (DCAT-AP 3)")}, x.Licence()),
		CRS:         refsys.URIs(),
		Collections: make([]collectionDocument, 0, len(x.View.All.Layers)),
	}
	for _, l := range x.View.All.Layers {
		document.Collections = append(document.Collections, x.describeLayer(l))
	}
	return x.SendJSON(document)
}

// collection answers GET /collections/{layer}.
func (x request) collection() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	l, err := x.View.Layer(x.PathParameter("layer"))
	if err != nil {
		return err
	}
	return x.SendJSON(x.describeLayer(l))
}

// describeLayer tells of a layer.
func (x request) describeLayer(l *snapshot.Layer) collectionDocument {
	def := l.Definition()
	document := collectionDocument{
		ID: def.ID, Title: x.Lang.Choose(def.Title, def.TitleEN), TitleVI: def.Title, TitleEN: def.TitleEN,
		Description: x.Lang.Choose(def.Description, def.DescriptionEN), DescriptionVI: def.Description, DescriptionEN: def.DescriptionEN,
		Attribution: def.Attribution, ItemType: "feature", GeometryType: def.Geometry,
		Features: l.Len(), Extent: x.extents.of(l),
		CRS: refsys.URIs(), StorageCRS: refsys.CRS84().URI(), Properties: def.Properties,
		Links: x.layerLinks(l.ID()),
	}
	if document.Properties == nil {
		document.Properties = []city.Property{}
	}
	return document
}

// layerLinks are the links of a layer. What depends on the state is of the same.
func (x request) layerLinks(id city.LayerID) []edge.Link {
	base, pin := x.Base(), x.PinQuery("?")
	self := base + "/collections/" + string(id)
	links := x.SelfLinks(self)
	if items := x.operation("getItems"); items != nil {
		for i, f := range items.Formats {
			query := pin
			if i > 0 { // the first is what there is without f
				query = edge.Joined(pin, media.Name+"="+f.Names()[0])
			}
			links = append(links, edge.Link{Href: self + "/items" + query, Rel: "items", Type: f.MediaType(), Title: x.Say("Các đối tượng dưới dạng ", "The features as ") + f.Title(x.Lang), Lang: x.LangOf(f)})
		}
	}
	links = append(links, x.downloadLinks(self)...)
	return append(links,
		edge.Link{Href: self + "/schema" + pin, Rel: "describedby", Type: jsonschema.MediaType, Title: x.Say("Lược đồ của các đối tượng", "The schema of the features")},
		edge.Link{Href: self + "/schema" + pin, Rel: relSchema, Type: jsonschema.MediaType, Title: x.Say("Lược đồ của các đối tượng", "The schema of the features")},
		edge.Link{Href: self + "/queryables" + pin, Rel: relQueryables, Type: jsonschema.MediaType, Title: x.Say("Những gì bộ lọc hỏi được", "What filters may name")},
		edge.Link{Href: self + "/sortables" + pin, Rel: relSortables, Type: jsonschema.MediaType, Title: x.Say("Những gì sắp xếp được theo", "What sortby may name")},
		x.Licence(),
		edge.Link{Href: self + "/tiles" + pin, Rel: edge.RelTilesets, Type: media.TypeJSON, Title: x.Say("Ô véc-tơ (OGC API Tiles)", "Vector tiles (OGC API Tiles)")},
		edge.Link{Href: base + "/tiles/" + string(id) + ".json" + pin, Rel: "tiles", Type: media.TypeJSON, Title: "TileJSON 3.0"},
		edge.Link{
			Href: base + "/tiles/" + string(id) + "/{z}/{x}/{y}" + edge.TileSuffix + pin, Rel: "item",
			Type: media.TypeMVT, Title: x.Say("Ô véc-tơ", "Vector tiles"), Templated: true,
		},
		edge.Link{Href: base + "/collections" + pin, Rel: "collection", Type: media.TypeJSON, Title: x.Say("Mọi lớp dữ liệu", "All layers")},
	)
}

// downloadLinks are the links by which a layer's description leads to its files:
// enclosures, as feeds call what is to be kept.
func (x request) downloadLinks(self string) (links []edge.Link) {
	pin := x.PinQuery("?")
	for _, f := range media.FeatureFormats() {
		links = append(links, edge.Link{
			Href: self + "/download" + edge.Joined(pin, media.Name+"="+f.Names()[0]), Rel: "enclosure", Type: f.MediaType(),
			Title: x.Say("Cả lớp dưới dạng ", "The whole layer as ") + f.Title(x.Lang),
		})
	}
	return links
}
