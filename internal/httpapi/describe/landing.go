package describe

import (
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
)

// landingDocument is the landing page of OGC API Common, part 1.
type landingDocument struct {
	Title       string       `json:"title"`
	Description string       `json:"description"`
	Attribution string       `json:"attribution,omitempty"`
	Version     city.Version `json:"version"`
	Links       []edge.Link  `json:"links"`
}

// landing answers GET /: JSON, or the web map for a browser. The parameter f
// overrules what the client accepts: json, map, or html for a plain page.
func (x request) landing() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	if x.Format == media.Map {
		return x.webMap.SendMap(x.Exchange)
	}
	base := x.Base()
	document := landingDocument{
		Title:       x.config.title(x.Lang),
		Description: x.config.description(x.Lang),
		Attribution: view.Attribution(x.View.All.Layers),
		Version:     x.View.Snapshot.Version(),
		Links: append(x.SelfLinks(base+"/"),
			// The older one first: there are clients that take the first and know no other.
			edge.Link{Href: base + "/api?f=oas30", Rel: "service-desc", Type: media.TypeOpenAPI + ";version=3.0", Title: x.Say("Những gì hỏi được, dưới dạng OpenAPI 3.0", "What can be asked, as OpenAPI 3.0")},
			edge.Link{Href: base + "/api", Rel: "service-desc", Type: media.TypeOpenAPI + ";version=3.1", Title: x.Say("Những gì hỏi được, dưới dạng OpenAPI 3.1", "What can be asked, as OpenAPI 3.1")},
			edge.Link{Href: base + "/api?f=html", Rel: "service-doc", Type: media.TypeHTML, Title: x.Say("Những gì hỏi được, cho người đọc", "What can be asked, for people"), Lang: x.LangOf(media.HTML)},
			edge.Link{Href: base + "/conformance", Rel: "conformance", Type: media.TypeJSON, Title: x.Say("Các tiêu chuẩn được đáp ứng", "The standards that are met")},
			edge.Link{Href: base + "/conformance", Rel: relConformance, Type: media.TypeJSON, Title: x.Say("Các tiêu chuẩn được đáp ứng", "The standards that are met")},
			edge.Link{Href: base + "/collections", Rel: "data", Type: media.TypeJSON, Title: x.Say("Các lớp dữ liệu", "The layers")},
			edge.Link{Href: base + "/collections", Rel: relData, Type: media.TypeJSON, Title: x.Say("Các lớp dữ liệu", "The layers")},
			edge.Link{Href: base + "/functions", Rel: relFunctions, Type: media.TypeJSON, Title: x.Say("Các hàm mà bộ lọc gọi được, ngoài các hàm của CQL2", "What filters may call beside the functions of CQL2")},
			x.Licence(),
			edge.Link{Href: base + "/nearby{?lon,lat,radius,k,layers}", Rel: "search", Type: media.TypeGeoJSON, Templated: true, Title: x.Say("Gần đây có gì: lon, lat và k hoặc radius", "What is near: lon, lat and k or radius")},
			edge.Link{Href: base + "/tiles/" + view.AllLayers + ".json", Rel: "tiles", Type: media.TypeJSON, Title: x.Say("Mọi lớp dưới dạng ô véc-tơ (TileJSON 3.0)", "All layers as vector tiles (TileJSON 3.0)")},
			edge.Link{Href: base + "/tiles", Rel: edge.RelTilesets, Type: media.TypeJSON, Title: x.Say("Mọi lớp dưới dạng ô véc-tơ (OGC API Tiles)", "All layers as vector tiles (OGC API Tiles)")},
			edge.Link{Href: base + "/tileMatrixSets", Rel: edge.RelTilingSchemes, Type: media.TypeJSON, Title: x.Say("Các lưới ô", "The tile matrix sets")},
			edge.Link{Href: base + "/styles/hanoi.json", Rel: relStyles, Type: media.TypeJSON, Title: x.Say("Kiểu hiển thị của bản đồ; hanoi-dark.json là kiểu tối", "The style of the map; hanoi-dark.json is the dark one")},
			edge.Link{Href: base + "/dcat", Rel: "describedby", Type: media.TypeJSONLD, Title: x.Say("Các lớp dưới dạng danh mục dữ liệu (DCAT-AP 3)", "The layers as a catalogue of data (DCAT-AP 3)")},
			edge.Link{Href: base + apiCatalogue, Rel: "api-catalog", Type: media.Linkset.MediaType(), Title: x.Say("Nơi giao diện này được mô tả (RFC 9727)", "Where this interface is described (RFC 9727)")},
			edge.Link{Href: base + "/healthz", Rel: "status", Type: media.TypeJSON, Title: x.Say("Máy chủ có đang chạy không", "Whether the server lives")},
		),
	}
	if x.config.Writable {
		document.Links = append(document.Links,
			edge.Link{Href: base + "/layers", Rel: "describedby", Type: media.TypeJSON, Title: x.Say("Định nghĩa của các lớp", "The definitions of the layers")},
			edge.Link{Href: base + "/changesets", Rel: "version-history", Type: media.TypeJSON, Title: x.Say("Ai đã thay đổi gì, khi nào và vì sao", "Who changed what, when and why")})
	}
	if x.Format != media.HTML {
		return x.SendJSON(document)
	}
	shown := struct {
		landingDocument
		Collections []collectionDocument `json:"collections"`
	}{document, nil}
	for _, l := range x.View.All.Layers {
		shown.Collections = append(shown.Collections, x.describeLayer(l))
	}
	return x.SendJSON(shown)
}
