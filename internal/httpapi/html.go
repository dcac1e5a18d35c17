package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/openapi"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/webpage"
)

// pagePolicy is the Content-Security-Policy of pages: their style sheet and the web
// map in a frame, and no scripts. What describes a page to search engines is a data
// block, which is no script (HTML standard, section 4.12.1).
const pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"

// Limits of what is shown on one page for people.
const (
	maxPageRows  = 500
	maxPageBytes = 1 << 20 // of the JSON that it is made from, about
)

// withPage gives what can be had as JSON a page for people too: the same document,
// as package webpage shows it.
func withPage(op *operation) []media.Format {
	shown := op.method == http.MethodGet && !op.file && !slices.Contains(op.formats, media.HTML) && slices.ContainsFunc(op.formats, func(f media.Format) bool {
		return f == media.JSON || f == media.GeoJSON || f == media.TileJSON || f == media.OpenAPI || f == media.JSONLD || f == media.Schema
	})
	if !shown {
		return op.formats
	}
	return append(slices.Clip(op.formats), media.HTML)
}

// pageLimit is how many features a page has when n are asked for.
func (x *exchange) pageLimit(n int) int {
	if x.format == media.HTML {
		return min(n, maxPageRows)
	}
	return n
}

// pageBytes is the size at which a page ends early.
func (x *exchange) pageBytes() int {
	if x.format == media.HTML {
		return min(x.server.config.MaxPageBytes, maxPageBytes)
	}
	return x.server.config.MaxPageBytes
}

// showPage makes the page of the JSON that the body is.
func (x *exchange) showPage() error {
	base := x.base()
	source := &webpage.Source{
		Document: x.buf, Site: x.server.config.Title, Base: base, Self: base + x.r.URL.EscapedPath(), Seen: x.seenQuery("?"),
		Crumbs: x.crumbs(base), Forms: x.forms(base), Labels: x.labels(), Plane: x.inPlane(),
		Title: openapi.Bilingual(x.op.id, x.op.summary), Data: x.metadata(),
	}
	if l := x.layerOfPath(); l != nil {
		source.Title = both(l.Definition()) + ": " + source.Title
	}
	render := x.server.pages.Render
	if x.op.formats[0] == media.OpenAPI {
		render = x.server.pages.RenderAPI
	}
	shown, err := render(source)
	if err != nil {
		return err
	}
	x.buf = append(x.buf[:0], shown...)
	x.header["Content-Security-Policy"] = x.server.fixed.pagePolicy
	x.header["Referrer-Policy"] = x.server.fixed.noReferrer
	return nil
}

// inPlane reports whether the coordinates of the answer are not degrees.
func (x *exchange) inPlane() bool {
	crs := x.header["Content-Crs"]
	return len(crs) > 0 && !strings.Contains(crs[0], "CRS84") && !strings.Contains(crs[0], "/4326")
}

// crumbs are the paths above that of the request that lead somewhere, and itself.
func (x *exchange) crumbs(base string) (all []webpage.Link) {
	path, at := x.r.URL.EscapedPath(), 0
	for at < len(path)-1 {
		end := strings.IndexByte(path[at+1:], '/')
		if end < 0 {
			end = len(path) - at - 1
		}
		part := path[at+1 : at+1+end]
		at += 1 + end
		if part != "" && strings.Contains(x.server.methods(path[:at]), http.MethodGet) {
			all = append(all, webpage.Link{Href: base + path[:at] + x.pinQuery("?"), Text: unescapePath(part)})
		}
	}
	return all
}

// forms are the other forms of the answer, each at the address that asks for it.
func (x *exchange) forms(base string) (all []webpage.Link) {
	for _, f := range x.op.formats {
		if f == media.HTML || f == media.Map {
			continue
		}
		name := f.Names()[0]
		all = append(all, webpage.Link{Href: base + x.addressIn(f), Text: strings.ToUpper(name), Type: f.MediaType()})
	}
	return all
}

// addressIn is the path and query of the request in another format.
func (x *exchange) addressIn(f media.Format) string {
	query := media.Name + "=" + f.Names()[0]
	for pair := range strings.SplitSeq(x.r.URL.RawQuery, "&") {
		if name, _, _ := strings.Cut(pair, "="); pair != "" && name != media.Name {
			query += "&" + pair
		}
	}
	return x.r.URL.EscapedPath() + "?" + query
}

// labels are what the properties of the layer that the path names are called.
func (x *exchange) labels() map[string]string {
	l := x.layerOfPath()
	if l == nil {
		return nil
	}
	labels := map[string]string{}
	for _, p := range l.Definition().Properties {
		text := p.Title
		if p.TitleEN != "" && p.TitleEN != text {
			text = strings.TrimPrefix(text+" · "+p.TitleEN, " · ")
		}
		if text != "" && p.Unit != "" {
			text += " (" + p.Unit + ")"
		}
		labels[p.Name] = text
	}
	return labels
}

// both is the title of a layer in both languages.
func both(def *city.Layer) string {
	if def.TitleEN == "" || def.TitleEN == def.Title {
		return view.Title(def)
	}
	return view.Title(def) + " · " + def.TitleEN
}

// layerOfPath returns the layer that the path names, nil without one.
func (x *exchange) layerOfPath() *snapshot.Layer {
	if x.view.Snapshot == nil {
		return nil
	}
	l, err := x.view.Layer(x.parameter("layer"))
	if err != nil {
		return nil
	}
	return l
}
