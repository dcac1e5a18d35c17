package webpage

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
)

//go:embed templates page.css
var files embed.FS

// StylesheetName is the file beside those of the web map, under /viewer/, that pages
// take their style from.
const StylesheetName = "page.css"

// Stylesheet returns that file.
func Stylesheet() []byte {
	content, err := files.ReadFile(StylesheetName)
	if err != nil { // it is part of the program
		return nil
	}
	return content
}

// MaxSource is the largest document, in bytes, that is shown whole. Of a larger one
// the page says only where to get it.
const MaxSource = 8 << 20

// Source is what a page is made from.
type Source struct {
	Document []byte // a JSON object
	Lang     string // of what people read: vi, or en
	Title    string // for a document that has none itself
	Site     string // the name of the server
	Base     string // its address, without a slash at the end
	Self     string // address of the document itself
	// Seen is the query, with its question mark, that links to features need so as
	// to lead to the same state; empty: the newest.
	Seen   string
	Crumbs []Link
	// Forms are the other forms in which the document can be had.
	Forms []Link
	// Layers are the names of all layers that whoever sees the page may see.
	Layers []string
	// Labels are what properties are called, by name.
	Labels map[string]string
	// Plane tells that coordinates are not degrees, so that no map can show them.
	Plane bool
	// Data describes the document to search engines, as JSON-LD; nil: not at all.
	Data any
}

// Say returns one of two texts that say the same, the one in the language of the page.
func (s *Source) Say(vi, en string) string {
	if s.Lang == english {
		return en
	}
	return vi
}

const english = "en"

// choose returns the text in the language of the page, or the one that there is.
func (s *Source) choose(vi, en string) string {
	if text := s.Say(vi, en); text != "" {
		return text
	}
	return vi + en // one of them is empty
}

// Link is one of a page.
type Link struct{ Href, Text, Title, Rel, Type string }

// Templated tells that the address has variables, so that nobody can follow it as it
// is.
func (l Link) Templated() bool { return strings.Contains(l.Href, "{") }

// view is what the templates show.
type view struct {
	*Source
	Lead       string // the description
	Prev, Next string
	// MapHref is the web map, FrameHref the same for frames. The addresses are the
	// server's own.
	MapHref, FrameHref template.URL
	mapState           string // what of the map is shown, as it stands in its address
	MapNote            string
	Uses               []use
	Facts              []Member
	Tables             []table
	Links              []Link
	License            string
	TooLarge           bool
	Returned, Of       string
}

type table struct {
	Title   string
	Columns []string
	Rows    []row
}

type row struct {
	Href  string
	Cells []Value
}

// Renderer makes pages. It is safe for concurrent use.
type Renderer struct{ templates *template.Template }

// New returns a Renderer. The error is that of a mistake in the templates, which are
// part of the program.
func New() (*Renderer, error) {
	t, err := template.New("").Funcs(template.FuncMap{
		"href": webAddress, "kind": func(v Value) string { return [...]string{"null", "text", "number", "object", "array"}[v.Kind] },
		"numbers": numbers,
		"rel":     func(l Link) string { return strings.TrimPrefix(l.Rel, "http://www.opengis.net/def/rel/ogc/1.0/") },
	}).ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("webpage: %w", err)
	}
	return &Renderer{t}, nil
}

// Render makes the page of a document.
func (r *Renderer) Render(s *Source) ([]byte, error) {
	v := &view{Source: s}
	if len(s.Document) > MaxSource {
		v.TooLarge = true
	} else if err := v.read(); err != nil {
		return nil, err
	}
	return r.execute("page.html", v)
}

func (r *Renderer) execute(name string, data any) ([]byte, error) {
	var out bytes.Buffer
	if err := r.templates.ExecuteTemplate(&out, name, data); err != nil {
		return nil, fmt.Errorf("webpage: %w", err)
	}
	return out.Bytes(), nil
}

// numbers is an array of numbers and nulls in one line, empty for other arrays.
// Null is an end that is open.
func numbers(v Value) string {
	parts := make([]string, 0, len(v.Items))
	for i := range v.Items {
		switch v.Items[i].Kind {
		case Number:
			parts = append(parts, v.Items[i].Text)
		case Null:
			parts = append(parts, "…")
		default:
			return ""
		}
	}
	return strings.Join(parts, ", ")
}

// webAddress is a text as a link when it is the address of a page, empty otherwise.
func webAddress(text string) string {
	if !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") || strings.ContainsAny(text, " {}") {
		return ""
	}
	if u, err := url.Parse(text); err != nil || u.Host == "" {
		return ""
	}
	return text
}

// read takes the document apart.
func (v *view) read() error {
	where := &box{}
	document, err := parse(v.Document, where)
	if err != nil {
		return err
	}
	v.takeLinks(&document)
	v.title(&document)
	layer, chosen := v.layer(&document), ""
	switch {
	case document.text("type") == "Feature":
		if id := document.text("id"); layer != "" && id != "" {
			chosen = "&sel=" + url.QueryEscape(layer) + "/" + url.QueryEscape(id)
		}
		v.feature(&document)
	case document.member("features") != nil:
		v.features(&document, layer)
	case document.member("collections") != nil:
		v.collections(&document)
	case document.member("tileMatrixSetLimits") != nil:
		v.tileset(&document, where)
	}
	extent(&document, where)
	v.rest(&document)
	v.name()
	if hash := where.view(640); hash != "" && !v.Plane {
		v.mapAddresses(hash + chosen + v.mapState)
	}
	return nil
}

// title takes title and description out.
func (v *view) title(document *Value) {
	if title := document.text("title"); title != "" {
		v.Source.Title = title
	}
	v.Lead = document.text("description")
	if document.text("type") == "Feature" {
		properties := document.member("properties")
		if properties != nil {
			if name := v.choose(properties.text("name"), properties.text("name_en")); name != "" {
				v.Source.Title = name
			}
		}
	}
	document.drop("title", "title_vi", "title_en", "description", "description_vi", "description_en")
}

func (v *Value) drop(names ...string) {
	v.Members = slices.DeleteFunc(v.Members, func(m Member) bool { return slices.Contains(names, m.Name) })
}

// takeLinks takes the links out, those to other pages of the answer aside.
func (v *view) takeLinks(document *Value) {
	links := document.member("links")
	if links == nil {
		return
	}
	for i := range links.Items {
		l := &links.Items[i]
		link := Link{Href: l.text("href"), Rel: l.text("rel"), Type: l.text("type"), Title: l.text("title")}
		link.Text = link.Title
		if link.Text == "" {
			link.Text = link.Rel
		}
		switch link.Rel {
		case "self", "alternate":
			continue
		case "prev":
			v.Prev = link.Href
		case "next":
			v.Next = link.Href
		case "license":
			v.License = link.Href
		}
		v.Links = append(v.Links, link)
	}
	document.drop("links")
}

// layer returns the layer that the document is about, empty when there are several.
func (v *view) layer(document *Value) string {
	if layer := document.text("layer"); layer != "" {
		return layer
	}
	for _, l := range v.Links {
		if l.Rel == "collection" {
			_, layer, _ := strings.Cut(l.Href, "/collections/")
			layer, _, _ = strings.Cut(layer, "?")
			return layer
		}
	}
	return ""
}

// extent takes the first box of an extent into where.
func extent(document *Value, where *box) {
	e := document.member("extent")
	if e == nil || e.member("spatial") == nil {
		return
	}
	bounds := e.member("spatial").member("bbox")
	if bounds == nil || len(bounds.Items) == 0 || len(bounds.Items[0].Items) != 4 {
		return
	}
	var n [4]float64
	for i, item := range bounds.Items[0].Items {
		if _, err := fmt.Sscan(item.Text, &n[i]); err != nil {
			return
		}
	}
	where.include(n[0], n[1])
	where.include(n[2], n[3])
}
