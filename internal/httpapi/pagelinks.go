package httpapi

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/filters"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/page"
)

// appendPageLinks appends the links to this page, in its other formats, to the
// next and to the one before.
//
// The next page is of the same version, even when this one was of the newest: who
// follows the links sees one state of the city, each feature of it once.
func (x *exchange) appendPageLinks(a *asked, p *page.Page) {
	collection := x.base() + "/collections/" + string(a.question.Layer.ID())
	self := collection + "/items?" + x.pageQuery(a.limit)
	seen := x.seenQuery("&")
	here := self
	switch {
	case a.cursor != "":
		here += "&cursor=" + url.QueryEscape(a.cursor)
	case a.from.Skip > 0:
		here += "&offset=" + strconv.Itoa(a.from.Skip)
	}
	x.appendLink(here+seen+x.formatQuery("&"), "self", x.format.MediaType())
	x.appendAlternates(x.op.formats, x.format, func(f string) string { return here + seen + "&" + f })
	if n := len(p.Features); p.More && n > 0 {
		next := page.Cursor{Question: x.fingerprint(), Matched: p.Matched, Last: p.Features[n-1].ID()}
		x.buf = append(x.buf, ',')
		x.appendLink(self+"&cursor="+next.String()+x.pinnedQuery("&")+x.formatQuery("&"), "next", x.format.MediaType())
	}
	if a.from.Skip > 0 {
		x.buf = append(x.buf, ',')
		x.appendLink(self+"&offset="+strconv.Itoa(max(a.from.Skip-a.limit, 0))+seen+x.formatQuery("&"), "prev", x.format.MediaType())
	}
	x.buf = append(x.buf, ',')
	x.appendLink(collection+x.pinQuery("?"), "collection", media.TypeJSON)
}

// placing tells whether a parameter says where a page is, rather than what is
// asked; showing, whether it says how features are shown; filtering, whether it
// belongs to a filter.
func placing(name string) bool { return name == "limit" || name == "offset" || name == "cursor" }

func showing(name string) bool {
	return name == params.NameCRS || name == "properties" || name == "skipGeometry"
}

func filtering(name string) bool {
	return name == filters.Name || name == filters.NameLang || name == filters.NameCRS
}

// pageQuery is the question in the words of the client, with the limit.
func (x *exchange) pageQuery(limit int) string {
	return x.query.Text(func(name string) bool { return !placing(name) }) + "limit=" + strconv.Itoa(limit)
}

// itemQuery is what a link to one feature ends with so that it is shown in the
// same way.
func (x *exchange) itemQuery() string {
	q := x.query.Text(showing)
	if q != "" {
		q = "?" + strings.TrimSuffix(q, "&") + x.seenQuery("&")
	} else {
		q = x.seenQuery("?")
	}
	return q
}

// fingerprint tells the question and the version of the city apart from others.
func (x *exchange) fingerprint() uint64 {
	words := append([]string{x.parameter("layer"), x.lensText}, x.query.Words(func(name string) bool { return !placing(name) && !showing(name) })...)
	slices.Sort(words[2:])
	return page.Fingerprint(x.view.Snapshot.Version(), words...)
}

// place reads a cursor, which must be of this question.
func (x *exchange) place(text string) (*page.Cursor, error) {
	c, err := page.ParseCursor(text)
	if err == nil && c.Question != x.fingerprint() {
		err = page.ErrCursor
	}
	return &c, err
}

// pinnedQuery is seenQuery for links that must stay in this state: by its version
// if that is kept, else by the as_of that led to it.
func (x *exchange) pinnedQuery(sep string) string {
	version := x.view.Snapshot.Version()
	pin := sep + paramVersion + "=" + strconv.FormatInt(int64(version), 10)
	if strings.HasPrefix(x.pinText, paramAsOf+"=") && !x.kept(version) {
		pin = sep + x.pinText
	}
	if x.lensText != "" {
		pin += "&" + x.lensText
	}
	return pin
}

func (x *exchange) kept(version city.Version) bool {
	_, err := x.server.views.Source.At(version)
	return err == nil
}

// formatQuery is what links need to lead to the format that f has asked for; ""
// when it has not, and Accept will ask again.
func (x *exchange) formatQuery(sep string) string {
	if !x.formatAsked {
		return ""
	}
	return sep + media.Name + "=" + x.format.Names()[0]
}

// appendAlternates appends a link, with a comma before it, for each of the formats
// but one; href makes it from the parameter that asks for the format.
func (x *exchange) appendAlternates(offered []media.Format, but media.Format, href func(f string) string) {
	for _, f := range offered {
		if f != but {
			x.buf = append(x.buf, ',')
			x.appendTitled(href(media.Name+"="+f.Names()[0]), "alternate", f.MediaType(), f.AlternateTitle())
		}
	}
}

// joined adds a parameter to a query that is empty or begins with a question mark.
func joined(query, parameter string) string {
	if query == "" {
		return "?" + parameter
	}
	return query + "&" + parameter
}

// appendLink appends a link with the title that links of its relation have.
func (x *exchange) appendLink(href, rel, mediaType string) {
	x.appendTitled(href, rel, mediaType, titleOf(rel))
}

// titleOf is what a link of a relation leads to.
func titleOf(rel string) string {
	switch rel {
	case "self":
		return "This document"
	case "next":
		return "The next page"
	case "prev":
		return "The page before"
	case "collection":
		return "What it is one of"
	case "version-history":
		return "Every recorded state"
	case "related":
		return "What is near"
	case "item":
		return "One of it"
	default:
		return "More"
	}
}

// appendTitled appends a link. A href is made of a checked base and of escaped
// parts: nothing in it needs escaping in JSON, nor does anything in our titles.
func (x *exchange) appendTitled(href, rel, mediaType, title string) {
	x.buf = append(x.buf, `{"href":"`...)
	x.buf = append(x.buf, href...)
	x.buf = append(x.buf, `","rel":"`...)
	x.buf = append(x.buf, rel...)
	x.buf = append(x.buf, `","type":"`...)
	x.buf = append(x.buf, mediaType...)
	x.buf = append(x.buf, `","title":"`...)
	x.buf = append(x.buf, title...)
	x.buf = append(x.buf, `"}`...)
}
