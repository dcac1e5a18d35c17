package describe

import (
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/dcat"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// What catalogues, search engines and other machines read of the server, so that
// people find it.

// metadataOperations are the operations that tell of the data and of the server.
func (s *Service) metadataOperations() []edge.Operation {
	const get = "GET"
	return []edge.Operation{
		{Method: get, Path: "/dcat", ID: "getCatalogue", Summary: "The layers as a catalogue of data (DCAT-AP 3)", Scope: edge.State, Formats: []media.Format{media.JSONLD}, Answer: s.on(request.catalogue)},
		{Method: get, Path: apiCatalogue, ID: "getAPICatalogue", Summary: "Where this interface is described (RFC 9727)", Formats: []media.Format{media.Linkset}, Answer: s.on(request.apiCatalogue)},
		{Method: get, Path: "/robots.txt", ID: "getRobots", Summary: "What search engines should leave alone (RFC 9309)", Answer: s.on(request.robots)},
	}
}

// catalogue answers GET /dcat.
func (x request) catalogue() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	if err := x.Encode(x.describeData().Document()); err != nil {
		return err
	}
	return x.SendFormat()
}

// describeData gathers what catalogues tell of the layers that the client may see.
func (x request) describeData() *dcat.Catalogue {
	c := &dcat.Catalogue{
		Title: both(x.config.Title, x.config.TitleEN), Description: both(x.config.Description, x.config.DescriptionEN), Base: x.Base(), LicenceURL: x.config.LicenceURL,
		Version: x.View.Version[0], Modified: x.View.Since,
	}
	for _, l := range x.View.All.Layers {
		c.Datasets = append(c.Datasets, x.describeDataset(l))
	}
	return c
}

func (x request) describeDataset(l *snapshot.Layer) dcat.Dataset {
	d := dcat.Dataset{Layer: l.Definition()}
	if b, ok := l.Bound(); ok {
		d.Bounds = []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
	}
	base, pin := x.Base(), x.PinQuery("&")
	for _, op := range x.routes.Operations() {
		if op.ID != "getItems" {
			continue
		}
		for _, f := range op.Formats {
			name := f.Names()[0]
			d.Distributions = append(d.Distributions, dcat.Distribution{
				Title: strings.ToUpper(name), Type: bareType(f.MediaType()),
				URL: base + "/collections/" + string(l.ID()) + "/items?" + media.Name + "=" + name + pin,
			})
		}
	}
	d.Distributions = append(d.Distributions, dcat.Distribution{
		Title: "Ô véc-tơ · Vector tiles (TileJSON)", Type: media.TypeMVT, Tiles: true,
		URL: base + "/tiles/" + string(l.ID()) + ".json" + x.PinQuery("?"),
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
func (x request) metadata() any {
	if x.PinText != "" || x.LensText != "" {
		return nil
	}
	switch x.Op.ID {
	case "getLandingPage", "getCollections":
		return x.describeData().SchemaOrg()
	case "getCollection":
		if l := x.layerOfPath(); l != nil {
			d := x.describeDataset(l)
			return (&dcat.Catalogue{
				Title: both(x.config.Title, x.config.TitleEN), Base: x.Base(), LicenceURL: x.config.LicenceURL, Version: x.View.Version[0], Modified: x.View.Since,
			}).SchemaOrgOf(&d)
		}
	}
	return nil
}

const apiCatalogue = "/.well-known/api-catalog"

// apiCatalogue answers GET /.well-known/api-catalog: a linkset (RFC 9264) that leads
// to the interface, its descriptions, and its state.
func (x request) apiCatalogue() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	type target struct {
		Href string `json:"href"`
		Type string `json:"type,omitempty"`
	}
	base := x.Base()
	x.Headers["Link"] = []string{"<" + base + apiCatalogue + `>; rel="api-catalog"`} // which HEAD is asked for, section 2
	err := x.Encode(map[string]any{"linkset": []any{
		map[string]any{"anchor": base + apiCatalogue, "item": []target{{Href: base + "/", Type: media.TypeJSON}}},
		map[string]any{
			"anchor": base + "/",
			"service-desc": []target{
				{Href: base + "/api", Type: media.TypeOpenAPI + ";version=3.1"}, {Href: base + "/api?f=oas30", Type: media.TypeOpenAPI + ";version=3.0"},
			},
			"service-doc":  []target{{Href: base + "/api?f=html", Type: media.TypeHTML}},
			"service-meta": []target{{Href: base + "/dcat", Type: media.TypeJSONLD}},
			"status":       []target{{Href: base + "/healthz", Type: media.TypeJSON}},
			"license":      []target{{Href: x.config.LicenceURL}},
		},
	}})
	if err != nil {
		return err
	}
	return x.SendFormat()
}

// robots answers GET /robots.txt: search engines may read what describes, and
// should not walk through every tile, version and pair of versions.
func (x request) robots() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	x.Buf = append(x.Buf, "User-agent: *\n"...)
	for _, path := range []string{"/tiles/", "/diff", "/events", "/nearby", "/search", "/changesets", "/watches", "/metrics", "/collections/*/items", "/*version=", "/*as_of=", "/*datetime="} {
		x.Buf = append(x.Buf, "Disallow: "...)
		x.Buf = append(x.Buf, path...)
		x.Buf = append(x.Buf, '\n')
	}
	return x.Send(x.Fixed.Text)
}
