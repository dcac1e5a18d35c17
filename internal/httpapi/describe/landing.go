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
		Title:       x.config.Title,
		Description: x.config.Description,
		Attribution: view.Attribution(x.View.All.Layers),
		Version:     x.View.Snapshot.Version(),
		Links: append(x.SelfLinks(base+"/"),
			// The older one first: there are clients that take the first and know no other.
			edge.Link{Href: base + "/api?f=oas30", Rel: "service-desc", Type: media.TypeOpenAPI + ";version=3.0", Title: "What can be asked, as OpenAPI 3.0"},
			edge.Link{Href: base + "/api", Rel: "service-desc", Type: media.TypeOpenAPI + ";version=3.1", Title: "What can be asked, as OpenAPI 3.1"},
			edge.Link{Href: base + "/api?f=html", Rel: "service-doc", Type: media.TypeHTML, Title: "What can be asked, for people", Lang: "vi"},
			edge.Link{Href: base + "/conformance", Rel: "conformance", Type: media.TypeJSON, Title: "The standards that are met"},
			edge.Link{Href: base + "/conformance", Rel: relConformance, Type: media.TypeJSON, Title: "The standards that are met"},
			edge.Link{Href: base + "/collections", Rel: "data", Type: media.TypeJSON, Title: "The layers"},
			edge.Link{Href: base + "/collections", Rel: relData, Type: media.TypeJSON, Title: "The layers"},
			edge.Link{Href: base + "/functions", Rel: relFunctions, Type: media.TypeJSON, Title: "What filters may call beside the functions of CQL2"},
			x.Licence(),
			edge.Link{Href: base + "/nearby", Rel: "search", Type: media.TypeGeoJSON, Title: "What is near: lon, lat and k or radius"},
			edge.Link{Href: base + "/tiles/" + view.AllLayers + ".json", Rel: "tiles", Type: media.TypeJSON, Title: "All layers as vector tiles (TileJSON 3.0)"},
			edge.Link{Href: base + "/tiles", Rel: edge.RelTilesets, Type: media.TypeJSON, Title: "All layers as vector tiles (OGC API Tiles)"},
			edge.Link{Href: base + "/tileMatrixSets", Rel: edge.RelTilingSchemes, Type: media.TypeJSON, Title: "The tile matrix sets"},
			edge.Link{Href: base + "/styles/hanoi.json", Rel: relStyles, Type: "application/vnd.mapbox.style+json", Title: "The style of the map; hanoi-dark.json is the dark one"},
			edge.Link{Href: base + "/dcat", Rel: "describedby", Type: media.TypeJSONLD, Title: "The layers as a catalogue of data (DCAT-AP 3)"},
			edge.Link{Href: base + "/healthz", Rel: "status", Type: media.TypeJSON, Title: "Whether the server lives"},
		),
	}
	if x.config.Writable {
		document.Links = append(document.Links,
			edge.Link{Href: base + "/layers", Rel: "describedby", Type: media.TypeJSON, Title: "The definitions of the layers"},
			edge.Link{Href: base + "/changesets", Rel: "version-history", Type: media.TypeJSON, Title: "Who changed what, when and why"})
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
