package httpapi

import (
	"encoding/json"
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
		Links: []link{
			{Href: base + "/", Rel: "self", Type: typeJSON, Title: "This document"},
			{Href: base + "/?f=map", Rel: "alternate", Type: typeHTML, Title: "The web map"},
			{Href: base + "/?f=html", Rel: "alternate", Type: typeHTML, Title: "The same for people"},
			// The older one first: there are clients that take the first and know no other.
			{Href: base + "/api?f=oas30", Rel: "service-desc", Type: typeOpenAPI + ";version=3.0", Title: "This interface, as OpenAPI 3.0"},
			{Href: base + "/api", Rel: "service-desc", Type: typeOpenAPI + ";version=3.1", Title: "This interface, as OpenAPI 3.1"},
			{Href: base + "/api?f=html", Rel: "service-doc", Type: typeHTML, Title: "This interface, for people"},
			{Href: base + "/conformance", Rel: "conformance", Type: typeJSON, Title: "The standards that are met"},
			{Href: base + "/collections", Rel: "data", Type: typeJSON, Title: "The layers"},
			{Href: base + "/nearby", Rel: "search", Type: typeGeoJSON, Title: "What is near: lon, lat and k or radius"},
			{Href: base + "/tiles/" + allLayers + ".json", Rel: "tiles", Type: typeJSON, Title: "All layers as vector tiles (TileJSON 3.0)"},
			{Href: base + "/styles/hanoi.json", Rel: "http://www.opengis.net/def/rel/ogc/1.0/styles", Type: "application/vnd.mapbox.style+json", Title: "The style of the map; hanoi-dark.json is the dark one"},
			{Href: base + "/dcat", Rel: "describedby", Type: typeJSONLD, Title: "The layers as a catalogue of data (DCAT-AP 3)"},
			x.licence(),
			{Href: base + "/healthz", Rel: "status", Type: typeJSON, Title: "Whether the server lives"},
		},
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
		shown.Collections = append(shown.Collections, x.describeLayer(base, x.pinQuery("?"), l))
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

// conformance answers GET /conformance. It names only what is met whole; the
// classes of OGC API Features follow when datetime and the API definition do.
func (x *exchange) conformance() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	classes := []string{
		"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
		"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
		"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
		"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
		"http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
		"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
		"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
		"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	}
	if x.server.changer != nil {
		const part4 = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/"
		classes = append(classes, part4+"create-replace-delete", part4+"update", part4+"features", part4+"optimistic-locking-etags")
	}
	return x.sendJSON(struct {
		ConformsTo []string `json:"conformsTo"`
	}{classes})
}
