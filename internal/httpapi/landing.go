package httpapi

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

const (
	typeJSON    = "application/json"
	typeGeoJSON = "application/geo+json"
	typeMVT     = "application/vnd.mapbox-vector-tile"
	typeHTML    = "text/html"
	typeOpenAPI = "application/vnd.oai.openapi+json"
	typeJSONLD  = "application/ld+json"
	typeLinkset = "application/linkset+json"
)

// landingDocument is the landing page of OGC API Common, part 1.
type landingDocument struct {
	Title       string       `json:"title"`
	Description string       `json:"description"`
	Attribution string       `json:"attribution,omitempty"`
	Version     city.Version `json:"version"`
	Links       []link       `json:"links"`
}

// orMapPage gives browsers the page of the web map also where reading takes a key:
// there is no data in it, and it asks for the key.
func (op *operation) orMapPage(answer handler) handler {
	if !slices.Contains(op.formats, formatMap) {
		return answer
	}
	return func(x *exchange) error {
		err := answer(x)
		if errors.Is(err, access.ErrNoCredentials) && x.choose(op.formats) == nil && x.format == formatMap {
			return x.sendAsset("index.html")
		}
		return err
	}
}

// landing answers GET /: JSON, or the web map for a browser. The parameter f
// overrules what the client accepts: json, map, or html for a plain page.
func (x *exchange) landing() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	if x.format == formatMap {
		return x.sendAsset("index.html")
	}
	base := x.base()
	document := landingDocument{
		Title:       x.server.config.Title,
		Description: x.server.config.Description,
		Attribution: attribution(x.view.all.layers),
		Version:     x.view.snapshot.Version(),
		Links: append(x.selfLinks(base+"/"),
			// The older one first: there are clients that take the first and know no other.
			link{Href: base + "/api?f=oas30", Rel: "service-desc", Type: typeOpenAPI + ";version=3.0", Title: "What can be asked, as OpenAPI 3.0"},
			link{Href: base + "/api", Rel: "service-desc", Type: typeOpenAPI + ";version=3.1", Title: "What can be asked, as OpenAPI 3.1"},
			link{Href: base + "/api?f=html", Rel: "service-doc", Type: typeHTML, Title: "What can be asked, for people", Lang: "vi"},
			link{Href: base + "/conformance", Rel: "conformance", Type: typeJSON, Title: "The standards that are met"},
			link{Href: base + "/conformance", Rel: relConformance, Type: typeJSON, Title: "The standards that are met"},
			link{Href: base + "/collections", Rel: "data", Type: typeJSON, Title: "The layers"},
			link{Href: base + "/collections", Rel: relData, Type: typeJSON, Title: "The layers"},
			link{Href: base + "/functions", Rel: relFunctions, Type: typeJSON, Title: "What filters may call beside the functions of CQL2"},
			x.licence(),
			link{Href: base + "/nearby", Rel: "search", Type: typeGeoJSON, Title: "What is near: lon, lat and k or radius"},
			link{Href: base + "/tiles/" + allLayers + ".json", Rel: "tiles", Type: typeJSON, Title: "All layers as vector tiles (TileJSON 3.0)"},
			link{Href: base + "/tiles", Rel: relTilesets, Type: typeJSON, Title: "All layers as vector tiles (OGC API Tiles)"},
			link{Href: base + "/tileMatrixSets", Rel: relTilingSchemes, Type: typeJSON, Title: "The tile matrix sets"},
			link{Href: base + "/styles/hanoi.json", Rel: relStyles, Type: "application/vnd.mapbox.style+json", Title: "The style of the map; hanoi-dark.json is the dark one"},
			link{Href: base + "/dcat", Rel: "describedby", Type: typeJSONLD, Title: "The layers as a catalogue of data (DCAT-AP 3)"},
			link{Href: base + "/healthz", Rel: "status", Type: typeJSON, Title: "Whether the server lives"},
		),
	}
	if x.server.changer != nil {
		document.Links = append(document.Links,
			link{Href: base + "/layers", Rel: "describedby", Type: typeJSON, Title: "The definitions of the layers"},
			link{Href: base + "/changesets", Rel: "version-history", Type: typeJSON, Title: "Who changed what, when and why"})
	}
	if x.format != formatHTML {
		return x.sendJSON(document)
	}
	shown := struct {
		landingDocument
		Collections []collectionDocument `json:"collections"`
	}{document, nil}
	for _, l := range x.view.all.layers {
		shown.Collections = append(shown.Collections, x.describeLayer(l))
	}
	return x.sendJSON(shown)
}

// attribution joins what the layers ask to be shown, each text once.
func attribution(layers []*snapshot.Layer) string {
	var all []string
	for _, l := range layers {
		if a := l.Definition().Attribution; a != "" && !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	return strings.Join(all, "; ")
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
