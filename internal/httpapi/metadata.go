package httpapi

import (
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/dcat"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// What catalogues, search engines and other machines read of the server, so that
// people find it.

// metadataOperations are the operations that tell of the data and of the server.
func metadataOperations() []operation {
	const get = "GET"
	return []operation{
		{method: get, path: "/dcat", id: "getCatalogue", summary: "The layers as a catalogue of data (DCAT-AP 3)", scope: scopeState, formats: []media.Format{media.JSONLD}, answer: (*exchange).catalogue},
		{method: get, path: "/.well-known/api-catalog", id: "getAPICatalogue", summary: "Where this interface is described (RFC 9727)", formats: []media.Format{media.Linkset}, answer: (*exchange).apiCatalogue},
		{method: get, path: "/robots.txt", id: "getRobots", summary: "What search engines should leave alone (RFC 9309)", answer: (*exchange).robots},
	}
}

// catalogue answers GET /dcat.
func (x *exchange) catalogue() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	if err := x.encode(x.describeData().Document()); err != nil {
		return err
	}
	return x.sendFormat()
}

// describeData gathers what catalogues tell of the layers that the client may see.
func (x *exchange) describeData() *dcat.Catalogue {
	c := &dcat.Catalogue{
		Title: x.server.config.Title, Description: x.server.config.Description, Base: x.base(), LicenceURL: x.server.config.LicenceURL,
		Version: x.view.Version[0], Modified: x.view.Since,
	}
	for _, l := range x.view.All.Layers {
		c.Datasets = append(c.Datasets, x.describeDataset(l))
	}
	return c
}

func (x *exchange) describeDataset(l *snapshot.Layer) dcat.Dataset {
	d := dcat.Dataset{Layer: l.Definition()}
	if b, ok := l.Bound(); ok {
		d.Bounds = []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
	}
	base, pin := x.base(), x.pinQuery("&")
	for _, op := range x.server.operations {
		if op.id != "getItems" {
			continue
		}
		for _, f := range op.formats {
			name := f.Names()[0]
			d.Distributions = append(d.Distributions, dcat.Distribution{
				Title: strings.ToUpper(name), Type: bareType(f.MediaType()),
				URL: base + "/collections/" + string(l.ID()) + "/items?" + media.Name + "=" + name + pin,
			})
		}
	}
	d.Distributions = append(d.Distributions, dcat.Distribution{
		Title: "Ô véc-tơ · Vector tiles (TileJSON)", Type: media.TypeMVT, Tiles: true,
		URL: base + "/tiles/" + string(l.ID()) + ".json" + x.pinQuery("?"),
	})
	return d
}

// bareType is a media type without its parameters.
func bareType(mediaType string) string {
	bare, _, _ := strings.Cut(mediaType, ";")
	return bare
}

// metadata describes the page of the answer to search engines as schema.org has it,
// nil: not at all. Pages of the past are not for them.
func (x *exchange) metadata() any {
	if x.pinText != "" || x.lensText != "" {
		return nil
	}
	switch x.op.id {
	case "getLandingPage", "getCollections":
		return x.describeData().SchemaOrg()
	case "getCollection":
		if l := x.layerOfPath(); l != nil {
			d := x.describeDataset(l)
			return (&dcat.Catalogue{
				Title: x.server.config.Title, Base: x.base(), LicenceURL: x.server.config.LicenceURL, Version: x.view.Version[0], Modified: x.view.Since,
			}).SchemaOrgOf(&d)
		}
	}
	return nil
}

// apiCatalogue answers GET /.well-known/api-catalog: a linkset (RFC 9264) that leads
// to the interface, its descriptions, and its state.
func (x *exchange) apiCatalogue() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	type target struct {
		Href string `json:"href"`
		Type string `json:"type,omitempty"`
	}
	base := x.base()
	err := x.encode(map[string]any{"linkset": []any{
		map[string]any{"anchor": base + "/.well-known/api-catalog", "item": []target{{Href: base + "/", Type: media.TypeJSON}}},
		map[string]any{
			"anchor": base + "/",
			"service-desc": []target{
				{Href: base + "/api", Type: media.TypeOpenAPI + ";version=3.1"}, {Href: base + "/api?f=oas30", Type: media.TypeOpenAPI + ";version=3.0"},
			},
			"service-doc":  []target{{Href: base + "/api?f=html", Type: media.TypeHTML}},
			"service-meta": []target{{Href: base + "/dcat", Type: media.TypeJSONLD}},
			"status":       []target{{Href: base + "/healthz", Type: media.TypeJSON}},
			"license":      []target{{Href: x.server.config.LicenceURL}},
		},
	}})
	if err != nil {
		return err
	}
	return x.sendFormat()
}

// robots answers GET /robots.txt: search engines may read what describes, and
// should not walk through every tile, version and pair of versions.
func (x *exchange) robots() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	x.buf = append(x.buf, "User-agent: *\n"...)
	for _, path := range []string{"/tiles/", "/diff", "/events", "/nearby", "/search", "/changesets", "/watches", "/metrics", "/collections/*/items", "/*version=", "/*as_of=", "/*datetime="} {
		x.buf = append(x.buf, "Disallow: "...)
		x.buf = append(x.buf, path...)
		x.buf = append(x.buf, '\n')
	}
	return x.send(x.server.fixed.text)
}
