package features

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
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
func (x request) appendPageLinks(a *asked, p *page.Page) {
	collection := x.Base() + "/collections/" + string(a.question.Layer.ID())
	self := collection + "/items?" + x.pageQuery(a.limit)
	seen := x.SeenQuery("&")
	here := self
	switch {
	case a.cursor != "":
		here += "&cursor=" + url.QueryEscape(a.cursor)
	case a.from.Skip > 0:
		here += "&offset=" + strconv.Itoa(a.from.Skip)
	}
	x.AppendProfile()
	x.AppendLink(here+seen+x.FormatQuery("&"), "self", x.Format.MediaType())
	x.AppendAlternates(x.Op.Formats, x.Format, func(f string) string { return here + seen + "&" + f })
	if n := len(p.Features); p.More && n > 0 {
		next := page.Cursor{Question: x.fingerprint(), Matched: p.Matched, Last: p.Features[n-1].ID()}
		x.Buf = append(x.Buf, ',')
		x.AppendLink(self+"&cursor="+next.String()+x.pinnedQuery("&")+x.FormatQuery("&"), "next", x.Format.MediaType())
	}
	if a.from.Skip > 0 {
		x.Buf = append(x.Buf, ',')
		x.AppendLink(self+"&offset="+strconv.Itoa(max(a.from.Skip-a.limit, 0))+seen+x.FormatQuery("&"), "prev", x.Format.MediaType())
	}
	x.Buf = append(x.Buf, ',')
	x.AppendLink(collection+x.PinQuery("?"), "collection", media.TypeJSON)
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
func (x request) pageQuery(limit int) string {
	return x.Query.Text(func(name string) bool { return !placing(name) }) + "limit=" + strconv.Itoa(limit)
}

// itemQuery is what a link to one feature ends with so that it is shown in the
// same way.
func (x request) itemQuery() string {
	q := x.Query.Text(showing)
	if q != "" {
		q = "?" + strings.TrimSuffix(q, "&") + x.SeenQuery("&")
	} else {
		q = x.SeenQuery("?")
	}
	return q
}

// fingerprint tells the question and the version of the city apart from others.
func (x request) fingerprint() uint64 {
	words := append([]string{x.PathParameter("layer"), x.LensText}, x.Query.Words(func(name string) bool { return !placing(name) && !showing(name) })...)
	slices.Sort(words[2:])
	return page.Fingerprint(x.View.Snapshot.Version(), words...)
}

// place reads a cursor, which must be of this question.
func (x request) place(text string) (*page.Cursor, error) {
	c, err := page.ParseCursor(text)
	if err == nil && c.Question != x.fingerprint() {
		err = page.ErrCursor
	}
	return &c, err
}

// pinnedQuery is Exchange.SeenQuery for links that must stay in this state: by its version
// if that is kept, else by the as_of that led to it.
func (x request) pinnedQuery(sep string) string {
	version := x.View.Snapshot.Version()
	pin := sep + edge.NameVersion + "=" + strconv.FormatInt(int64(version), 10)
	if strings.HasPrefix(x.PinText, edge.NameAsOf+"=") && !x.kept(version) {
		pin = sep + x.PinText
	}
	if x.LensText != "" {
		pin += "&" + x.LensText
	}
	return pin
}

func (x request) kept(version city.Version) bool {
	_, err := x.source.At(version)
	return err == nil
}
