package httpapi

import (
	"encoding/json"
	"html/template"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

const (
	typeJSON    = "application/json"
	typeGeoJSON = "application/geo+json"
	typeMVT     = "application/vnd.mapbox-vector-tile"
	typeHTML    = "text/html"
	typeOpenAPI = "application/vnd.oai.openapi+json;version=3.1"
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
	switch x.format {
	case formatMap:
		return x.sendAsset("index.html")
	case formatHTML:
		return x.landingHTML()
	}
	base := x.base()
	document := landingDocument{
		Title:       x.server.config.Title,
		Description: x.server.config.Description,
		Attribution: attribution(x.view.all.layers),
		Version:     x.view.snapshot.Version(),
		Links: append(x.selfLinks(base+"/"),
			link{Href: base + "/api", Rel: "service-desc", Type: typeOpenAPI, Title: "What can be asked, as OpenAPI 3.1"},
			link{Href: base + "/api.html", Rel: "service-doc", Type: typeHTML, Title: "What can be asked, for people", Lang: "en"},
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
			link{Href: base + "/healthz", Rel: "status", Type: typeJSON, Title: "Whether the server lives"},
		),
	}
	if x.server.changer != nil {
		document.Links = append(document.Links,
			link{Href: base + "/layers", Rel: "describedby", Type: typeJSON, Title: "The definitions of the layers"},
			link{Href: base + "/changesets", Rel: "version-history", Type: typeJSON, Title: "Who changed what, when and why"})
	}
	return x.sendJSON(document)
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

const landingPage = `<!DOCTYPE html>
<html lang="vi">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}td,th{text-align:left;padding:.2em 1em .2em 0}td.n{text-align:right}</style>
<h1>{{.Title}}</h1>
<p>{{.Description}}</p>
<p>Phiên bản · Version {{.Version}} · <a href="{{.Base}}/collections">lớp dữ liệu · collections</a> · <a href="{{.Base}}/tiles/all.json">TileJSON</a> · <a href="{{.Base}}/nearby?lon=105.8525&amp;lat=21.0288&amp;k=10">gần đây · nearby</a> · <a href="{{.Base}}/conformance">conformance</a></p>
<table>
<tr><th>Layer<th>Tên<th>Name<th>Features<th>
{{range .Layers}}<tr><td><a href="{{$.Base}}/collections/{{.ID}}">{{.ID}}</a><td>{{.Title}}<td>{{.TitleEN}}<td class="n">{{.Count}}<td><a href="{{$.Base}}/collections/{{.ID}}/items">items</a> <a href="{{$.Base}}/tiles/{{.ID}}.json">tiles</a>
{{end}}</table>
<p>{{.Attribution}}</p>
</html>
`

type landingLayer struct {
	ID             city.LayerID
	Title, TitleEN string
	Count          int
}

func (x *exchange) landingHTML() error {
	page, err := template.New("landing").Parse(landingPage)
	if err != nil {
		return err
	}
	var layers []landingLayer
	for _, l := range x.view.all.layers {
		def := l.Definition()
		layers = append(layers, landingLayer{def.ID, def.Title, def.TitleEN, l.Len()})
	}
	err = page.Execute(bodyWriter{x}, map[string]any{
		"Title": x.server.config.Title, "Description": x.server.config.Description,
		"Version": x.view.snapshot.Version(), "Base": x.base(),
		"Layers": layers, "Attribution": attribution(x.view.all.layers),
	})
	if err != nil {
		return err
	}
	x.header["Content-Security-Policy"] = x.server.fixed.htmlPolicy
	return x.send(x.server.fixed.html)
}
