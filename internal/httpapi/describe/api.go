package describe

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/openapi"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// apiVersion is the version of this interface: the first number tells of changes
// that old clients do not survive.
const apiVersion = "1.0.0"

// api answers GET /api: the description of all operations that the server has, with
// the layers that the client may see, as OpenAPI 3.1 or 3.0, or as a page.
func (x request) api() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	d, err := x.description()
	if err != nil {
		return err
	}
	if x.Format == media.HTML {
		x.Buf = append(x.Buf[:0], d.body...)
		return x.SendFormat()
	}
	accepted, err := x.Negotiate()
	if err != nil {
		return err
	}
	x.Headers["Cache-Control"] = x.Fixed.NoCache
	x.Deliver(d.payload(x.codecs, accepted.Best), x.Fixed.Format[x.Format])
	return nil
}

// description returns the description that the client is to have, made once.
func (x request) description() (*description, error) {
	key := descriptionKey{base: x.Base(), older: x.Format == media.OpenAPI30, lang: x.Lang}
	key.layer, key.feature = exampleOf(x.View.All.Layers)
	layers := make([]*city.Layer, len(x.View.All.Layers))
	for i, l := range x.View.All.Layers {
		layers[i] = l.Definition()
	}
	kept := &x.described
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
	if err := x.Encode(document); err != nil {
		return nil, err
	}
	key.base = strings.Clone(key.base) // not the request that it was cut from
	d := &description{key: key, layers: layers, body: bytes.Clone(x.Buf)}
	kept.keep(d)
	return d, nil
}

// describeAPI gathers what the document tells.
func (x request) describeAPI() *openapi.API {
	s := x.Service
	api := &openapi.API{
		Title: s.config.title(x.Lang), Description: s.config.description(x.Lang), Version: apiVersion, Server: x.Base(),
		Licence: s.config.Licence, LicenceURL: s.config.LicenceURL,
	}
	for _, l := range x.View.All.Layers {
		api.Layers = append(api.Layers, l.Definition())
	}
	api.ExampleLayer, api.ExampleFeature = exampleOf(x.View.All.Layers)
	for _, op := range s.routes.Operations() {
		api.Operations = append(api.Operations, describeOperation(op))
		if op.ID == "getWatches" {
			api.Webhook = "WatchMessage"
		}
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
				feature = params.Plain(float64(f.ID()))
			}
			return false
		})
	}
	return layer, feature
}

func describeOperation(op *edge.Operation) openapi.Operation {
	c := contractOf(op.ID)
	d := openapi.Operation{
		Method: op.Method, Path: op.Path, ID: op.ID, Summary: op.Summary, Tag: c.tag, AnyOf: op.AnyOf,
		Headers: c.headers, Body: c.body, Problems: problemsOf(op, &c),
	}
	switch {
	case op.Scope == edge.Always:
		d.Access = openapi.Open
	case op.Scope == edge.Change || c.key:
		d.Access = openapi.Required
	default:
		d.Access = openapi.Optional
	}
	for _, p := range append(op.Query[:len(op.Query):len(op.Query)], op.Early...) {
		d.Query = append(d.Query, describeParameter(&p))
	}
	if op.Method == http.MethodGet {
		d.Headers = append(d.Headers[:len(d.Headers):len(d.Headers)], openapi.Parameter{Name: "If-None-Match", About: "The ETag of what the client has."})
	}
	if d.Body != nil {
		d.Body.Types = op.Takes
	}
	d.Properties = op.Properties
	content := contentOf(op, &c)
	for _, status := range c.usualStatuses(op) {
		a := openapi.Answer{Status: status, Headers: c.answered, Events: c.events}
		if op.Method == http.MethodGet {
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
func contentOf(op *edge.Operation, c *contract) []openapi.Content {
	var all []openapi.Content
	if op.Method != http.MethodGet {
		mediaType := media.TypeJSON
		if c.schema == "Feature" {
			mediaType = media.TypeGeoJSON
		}
		return append(all, openapi.Content{Type: mediaType, Schema: c.schema})
	}
	for _, mediaType := range c.types {
		form := openapi.Content{Type: mediaType, Text: strings.HasPrefix(mediaType, "text/")}
		if mediaType == media.TypeJSON {
			form.Schema = c.schema
		}
		all = append(all, form)
	}
	for _, f := range op.Formats {
		form := openapi.Content{Type: f.MediaType()}
		switch f {
		case media.JSONFG:
			form.Schema = "FGDocument"
		case media.TileJSON:
			form.Schema = "TileJSON"
		case media.JSON, media.GeoJSON, media.Style, media.Schema:
			form.Schema = cmp.Or(c.schema, "JSON")
		case media.OpenAPI, media.OpenAPI30:
			form.Schema = "JSON"
		case media.JSONLD:
			form.Schema = "JSONLD"
		case media.Linkset:
			form.Schema = "Linkset"
		default:
			form.Text = isText(form.Type)
		}
		all = append(all, form)
		if f == media.TileJSON && slices.Contains(op.Formats, media.JSON) { // sent so where JSON is something else
			form.Type = media.TypeTileJSON
			all = append(all, form)
		}
	}
	return all
}

// isText tells whether a media type without a schema is one of text.
func isText(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/") || strings.HasSuffix(mediaType, "json") || strings.Contains(mediaType, "json-")
}

func describeParameter(p *params.Parameter) openapi.Parameter {
	return openapi.Parameter{
		Name: p.Name, About: p.About, Kind: [...]openapi.Kind{openapi.Text, openapi.Integer, openapi.Number, openapi.List, openapi.Boolean, openapi.Numbers}[p.Kind],
		Low: p.Low, High: p.High, Clamped: p.Clamped, OneOf: p.OneOf, Sizes: p.Sizes, Default: p.Default, Syntax: p.Syntax, Example: p.Example, Required: p.Required, Beside: p.Beside,
	}
}
