package httpapi

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/openapi"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// apiVersion is the version of this interface: the first number tells of changes
// that old clients do not survive.
const apiVersion = "1.0.0"

// api answers GET /api: the description of all operations that the server has, with
// the layers that the client may see, as OpenAPI 3.1 or 3.0, or as a page.
func (x *exchange) api() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	d, err := x.description()
	if err != nil {
		return err
	}
	if x.format == formatHTML {
		x.buf = append(x.buf[:0], d.body...)
		return x.sendFormat()
	}
	accepted, err := x.negotiate()
	if err != nil {
		return err
	}
	x.header["Vary"] = x.server.fixed.varyAccept
	x.header["Cache-Control"] = x.server.fixed.noCache
	x.deliver(d.payload(x.server.codecs, accepted.Best), x.server.fixed.format[x.format])
	return nil
}

// description returns the description that the client is to have, made once.
func (x *exchange) description() (*description, error) {
	key := descriptionKey{base: x.base(), older: x.format == formatOpenAPI30}
	key.layer, key.feature = exampleOf(x.view.all.layers)
	layers := make([]*city.Layer, len(x.view.all.layers))
	for i, l := range x.view.all.layers {
		layers[i] = l.Definition()
	}
	kept := &x.server.described
	if d := kept.find(key, layers); d != nil {
		return d, nil
	}
	document, err := openapi.Document(x.describeAPI())
	if err != nil {
		return nil, err
	}
	if key.older {
		document = openapi.Downgrade(document)
	}
	if err := x.encode(document); err != nil {
		return nil, err
	}
	key.base = strings.Clone(key.base) // not the request that it was cut from
	d := &description{key: key, layers: layers, body: bytes.Clone(x.buf)}
	kept.keep(d)
	return d, nil
}

// describeAPI gathers what the document tells.
func (x *exchange) describeAPI() *openapi.API {
	s := x.server
	api := &openapi.API{
		Title: s.config.Title, Description: s.config.Description, Version: apiVersion, Server: x.base(),
		Licence: s.config.Licence, LicenceURL: s.config.LicenceURL,
	}
	for _, l := range x.view.all.layers {
		api.Layers = append(api.Layers, l.Definition())
	}
	api.ExampleLayer, api.ExampleFeature = exampleOf(x.view.all.layers)
	for _, op := range s.operations {
		api.Operations = append(api.Operations, describeOperation(op))
	}
	return api
}

// exampleOf names a feature for examples: a gateway intersection where there are
// some, otherwise the first feature of all.
func exampleOf(layers []*snapshot.Layer) (layer, feature string) {
	const usual = "intersections"
	for _, l := range layers {
		if l.Len() == 0 || layer != "" && l.ID() != usual {
			continue
		}
		l.All(func(f *snapshot.Feature) bool {
			layer, feature = string(l.ID()), l.Code(f)
			if feature == "" || strings.ContainsAny(feature, "/?#%") {
				feature = plain(float64(f.ID()))
			}
			return false
		})
	}
	return layer, feature
}

func describeOperation(op *operation) openapi.Operation {
	c := contractOf(op.id)
	d := openapi.Operation{
		Method: op.method, Path: op.path, ID: op.id, Summary: op.summary, Tag: c.tag, AnyOf: op.anyOf,
		Headers: c.headers, Body: c.body, Problems: problemsOf(op, &c),
	}
	switch {
	case op.scope == scopeAlways:
		d.Access = openapi.Open
	case op.scope == scopeChange || c.key:
		d.Access = openapi.Required
	default:
		d.Access = openapi.Optional
	}
	for _, p := range append(op.query[:len(op.query):len(op.query)], op.early...) {
		d.Query = append(d.Query, describeParameter(&p))
	}
	if op.method == http.MethodGet {
		d.Headers = append(d.Headers[:len(d.Headers):len(d.Headers)], openapi.Parameter{Name: "If-None-Match", About: "The ETag of what the client has."})
	}
	if d.Body != nil {
		d.Body.Types = op.takes
	}
	d.Properties = op.properties
	content := contentOf(op, &c)
	for _, status := range c.usualStatuses(op) {
		a := openapi.Answer{Status: status, Headers: c.answered}
		if op.method == http.MethodGet {
			a.Headers = append(a.Headers[:len(a.Headers):len(a.Headers)], "ETag", "Link", "Content-Encoding")
		} else {
			a.Headers = append(a.Headers[:len(a.Headers):len(a.Headers)], "Content-Encoding")
		}
		if status == http.StatusOK || status == http.StatusCreated {
			a.Content = content
		}
		d.Answers = append(d.Answers, a)
	}
	return d
}

// contentOf are the forms of an operation's answer.
func contentOf(op *operation, c *contract) []openapi.Content {
	var all []openapi.Content
	if op.method != http.MethodGet {
		mediaType := typeJSON
		if c.schema == "Feature" {
			mediaType = typeGeoJSON
		}
		return append(all, openapi.Content{Type: mediaType, Schema: c.schema})
	}
	for _, mediaType := range c.types {
		form := openapi.Content{Type: mediaType, Text: strings.HasPrefix(mediaType, "text/")}
		if mediaType == typeJSON {
			form.Schema = c.schema
		}
		all = append(all, form)
	}
	for _, f := range op.formats {
		form := openapi.Content{Type: f.mediaType()}
		switch f {
		case formatJSONFG:
			form.Schema = "JSON"
		case formatTileJSON:
			form.Schema = "TileJSON"
		case formatJSON, formatGeoJSON, formatStyle, formatSchema:
			form.Schema = cmp.Or(c.schema, "JSON")
		case formatOpenAPI, formatOpenAPI30:
			form.Schema = "JSON"
		case formatJSONLD:
			form.Schema = "JSONLD"
		case formatLinkset:
			form.Schema = "Linkset"
		default:
			form.Text = isText(form.Type)
		}
		all = append(all, form)
		if f == formatTileJSON && slices.Contains(op.formats, formatJSON) { // sent so where JSON is something else
			form.Type = typeTileJSON
			all = append(all, form)
		}
	}
	return all
}

// isText tells whether a media type without a schema is one of text.
func isText(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/") || strings.HasSuffix(mediaType, "json") || strings.Contains(mediaType, "json-seq")
}

func describeParameter(p *parameter) openapi.Parameter {
	return openapi.Parameter{
		Name: p.name, About: p.about, Kind: [...]openapi.Kind{openapi.Text, openapi.Integer, openapi.Number, openapi.List, openapi.Boolean}[p.kind],
		Low: p.low, High: p.high, Clamped: p.clamped, OneOf: p.oneOf, Syntax: p.syntax, Example: p.example, Required: p.required, Beside: p.beside,
	}
}
