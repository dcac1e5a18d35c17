package httpapi

import (
	"encoding/json"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
)

// landingDocument is the landing page of OGC API Common, part 1.
type landingDocument struct {
	Title       string       `json:"title"`
	Description string       `json:"description"`
	Attribution string       `json:"attribution,omitempty"`
	Version     city.Version `json:"version"`
	Links       []link       `json:"links"`
}

// landing answers GET /: JSON, or the web map for a browser. The parameter f
// overrules what the client accepts: json, map, or html for a plain page.
func (x *exchange) landing() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	if x.format == media.Map {
		return x.sendAsset("index.html")
	}
	base := x.base()
	document := landingDocument{
		Title:       x.server.config.Title,
		Description: x.server.config.Description,
		Attribution: view.Attribution(x.view.All.Layers),
		Version:     x.view.Snapshot.Version(),
		Links: append(x.selfLinks(base+"/"),
			// The older one first: there are clients that take the first and know no other.
			link{Href: base + "/api?f=oas30", Rel: "service-desc", Type: media.TypeOpenAPI + ";version=3.0", Title: "What can be asked, as OpenAPI 3.0"},
			link{Href: base + "/api", Rel: "service-desc", Type: media.TypeOpenAPI + ";version=3.1", Title: "What can be asked, as OpenAPI 3.1"},
			link{Href: base + "/api?f=html", Rel: "service-doc", Type: media.TypeHTML, Title: "What can be asked, for people", Lang: "vi"},
			link{Href: base + "/conformance", Rel: "conformance", Type: media.TypeJSON, Title: "The standards that are met"},
			link{Href: base + "/conformance", Rel: relConformance, Type: media.TypeJSON, Title: "The standards that are met"},
			link{Href: base + "/collections", Rel: "data", Type: media.TypeJSON, Title: "The layers"},
			link{Href: base + "/collections", Rel: relData, Type: media.TypeJSON, Title: "The layers"},
			link{Href: base + "/functions", Rel: relFunctions, Type: media.TypeJSON, Title: "What filters may call beside the functions of CQL2"},
			x.licence(),
			link{Href: base + "/nearby", Rel: "search", Type: media.TypeGeoJSON, Title: "What is near: lon, lat and k or radius"},
			link{Href: base + "/tiles/" + view.AllLayers + ".json", Rel: "tiles", Type: media.TypeJSON, Title: "All layers as vector tiles (TileJSON 3.0)"},
			link{Href: base + "/tiles", Rel: relTilesets, Type: media.TypeJSON, Title: "All layers as vector tiles (OGC API Tiles)"},
			link{Href: base + "/tileMatrixSets", Rel: relTilingSchemes, Type: media.TypeJSON, Title: "The tile matrix sets"},
			link{Href: base + "/styles/hanoi.json", Rel: relStyles, Type: "application/vnd.mapbox.style+json", Title: "The style of the map; hanoi-dark.json is the dark one"},
			link{Href: base + "/dcat", Rel: "describedby", Type: media.TypeJSONLD, Title: "The layers as a catalogue of data (DCAT-AP 3)"},
			link{Href: base + "/healthz", Rel: "status", Type: media.TypeJSON, Title: "Whether the server lives"},
		),
	}
	if x.server.changer != nil {
		document.Links = append(document.Links,
			link{Href: base + "/layers", Rel: "describedby", Type: media.TypeJSON, Title: "The definitions of the layers"},
			link{Href: base + "/changesets", Rel: "version-history", Type: media.TypeJSON, Title: "Who changed what, when and why"})
	}
	if x.format != media.HTML {
		return x.sendJSON(document)
	}
	shown := struct {
		landingDocument
		Collections []collectionDocument `json:"collections"`
	}{document, nil}
	for _, l := range x.view.All.Layers {
		shown.Collections = append(shown.Collections, x.describeLayer(l))
	}
	return x.sendJSON(shown)
}

// sendJSON sends a document that encoding/json writes: for answers that are
// asked for once in a session.
func (x *exchange) sendJSON(document any) error {
	if err := x.encode(document); err != nil {
		return err
	}
	return x.send(x.server.fixed.json)
}

// encode makes a document the body.
func (x *exchange) encode(document any) error {
	x.buf = x.buf[:0]
	encoder := json.NewEncoder(bodyWriter{x})
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}
