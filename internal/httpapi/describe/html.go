package describe

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/openapi"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/webpage"
)

// pagePolicy is the Content-Security-Policy of pages: their style sheet and the web
// map in a frame, and no scripts. What describes a page to search engines is a data
// block, which is no script (HTML standard, section 4.12.1).
const pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"

// showPage makes the page of the JSON that the body is.
func (x request) showPage() error {
	base := x.Base()
	source := &webpage.Source{
		Document: x.Buf, Lang: x.Lang.Tag(), Site: x.config.title(x.Lang), Base: base, Self: base + x.Request.URL.EscapedPath(), Seen: x.SeenQuery("?"),
		Crumbs: x.crumbs(base), Forms: x.forms(base), Labels: x.labels(), Layers: x.layerNames(), Plane: x.inPlane(),
		Title: x.Lang.Choose(openapi.Vietnamese(x.Op.ID), x.Op.Summary), Data: x.metadata(),
	}
	if l := x.layerOfPath(); l != nil {
		source.Title = x.layerTitle(l.Definition()) + ": " + source.Title
	}
	render := x.pages.Render
	if x.Op.Formats[0] == media.OpenAPI {
		render = x.pages.RenderAPI
	}
	shown, err := render(source)
	if err != nil {
		return err
	}
	x.Buf = append(x.Buf[:0], shown...)
	x.Headers["Content-Security-Policy"] = x.pagePolicy
	x.Headers["Referrer-Policy"] = x.Fixed.NoReferrer
	return nil
}

// inPlane reports whether the coordinates of the answer are not degrees.
func (x request) inPlane() bool {
	crs := x.Headers["Content-Crs"]
	return len(crs) > 0 && !strings.Contains(crs[0], "CRS84") && !strings.Contains(crs[0], "/4326")
}

// crumbs are the paths above that of the request that lead somewhere, and itself.
func (x request) crumbs(base string) (all []webpage.Link) {
	path, at := x.Request.URL.EscapedPath(), 0
	for at < len(path)-1 {
		end := strings.IndexByte(path[at+1:], '/')
		if end < 0 {
			end = len(path) - at - 1
		}
		part := path[at+1 : at+1+end]
		at += 1 + end
		if part != "" && strings.Contains(x.routes.Methods(path[:at]), http.MethodGet) {
			all = append(all, webpage.Link{Href: base + path[:at] + x.PinQuery("?"), Text: edge.UnescapePath(part)})
		}
	}
	return all
}

// forms are the other forms of the answer, each at the address that asks for it.
func (x request) forms(base string) (all []webpage.Link) {
	for _, f := range x.Op.Formats {
		if f == media.HTML || f == media.Map {
			continue
		}
		name := f.Names()[0]
		all = append(all, webpage.Link{Href: base + x.addressIn(f), Text: strings.ToUpper(name), Type: f.MediaType()})
	}
	return all
}

// addressIn is the path and query of the request in another format.
func (x request) addressIn(f media.Format) string {
	query := media.Name + "=" + f.Names()[0]
	for pair := range strings.SplitSeq(x.Request.URL.RawQuery, "&") {
		if name, _, _ := strings.Cut(pair, "="); pair != "" && name != media.Name {
			query += "&" + pair
		}
	}
	return x.Request.URL.EscapedPath() + "?" + query
}

// labels are what the properties of the layer that the path names are called.
func (x request) labels() map[string]string {
	l := x.layerOfPath()
	if l == nil {
		return nil
	}
	labels := map[string]string{}
	for _, p := range l.Definition().Properties {
		text := x.Lang.Choose(p.Title, p.TitleEN)
		if text != "" && p.Unit != "" {
			text += " (" + p.Unit + ")"
		}
		labels[p.Name] = text
	}
	return labels
}

// both puts a text in both languages side by side.
func both(vi, en string) string {
	if vi == "" || en == "" || vi == en {
		return vi + strings.TrimPrefix(en, vi)
	}
	return vi + " · " + en
}

// layerNames are all layers that the client may see.
func (x request) layerNames() (names []string) {
	if x.View.Snapshot == nil {
		return nil
	}
	for _, l := range x.View.All.Layers {
		names = append(names, string(l.ID()))
	}
	return names
}

// layerTitle is what a layer is called in the language of the answer.
func (x request) layerTitle(def *city.Layer) string {
	return cmp.Or(x.Lang.Choose(def.Title, def.TitleEN), string(def.ID))
}

// layerOfPath returns the layer that the path names, nil without one.
func (x request) layerOfPath() *snapshot.Layer {
	if x.View.Snapshot == nil {
		return nil
	}
	l, err := x.View.Layer(x.PathParameter("layer"))
	if err != nil {
		return nil
	}
	return l
}
