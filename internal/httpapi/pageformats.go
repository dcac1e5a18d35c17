package httpapi

import (
	"encoding/json"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/encode"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/page"
)

// sendPageAs answers with a page in another format than GeoJSON. A format whose
// body has no room for links has them in the header (OGC API Features, part 1,
// recommendation /rec/core/link-header), and is a file.
func (x *exchange) sendPageAs(a *asked, p *page.Page) error {
	f := encodingOf(x.format)
	if f.Name == encode.GeoPackage { // each takes a temporary file
		if err := x.server.takeDownload(); err != nil {
			return err
		}
		defer x.server.endDownload()
	}
	if err := x.appendPageAs(f, a, p); err != nil {
		return err
	}
	x.setProfile()
	if f.Name != encode.JSONFG {
		links, err := x.pageLinks(a, p)
		if err != nil {
			return err
		}
		x.header["Link"] = links
		x.setFile(f.FileName(a.question.Layer.ID(), x.view.Snapshot.Version()))
	}
	return x.sendFormat()
}

// appendPageAs writes the page into the body. As long as it is too large, half of
// its features are left to the next.
func (x *exchange) appendPageAs(f encode.Format, a *asked, p *page.Page) error {
	for {
		s := x.selection(a)
		s.Features = slices.Values(p.Features)
		x.buf = x.buf[:0]
		if f.Name == encode.JSONFG {
			x.appendPageTail(a, p)
			s.Tail = slices.Clone(x.buf)
			x.buf = x.buf[:0]
		}
		if err := f.Write(x.working(), (*pageWriter)(x), s); err != nil {
			return encodingProblem(err, s)
		}
		if len(x.buf) <= x.server.config.MaxPageBytes || len(p.Features) < 2 {
			return nil
		}
		p.Features, p.More = p.Features[:len(p.Features)/2], true
	}
}

// pageWriter writes into the body under way.
type pageWriter exchange

func (w *pageWriter) Write(p []byte) (int, error) {
	w.buf = append(w.buf, p...)
	return len(p), nil
}

// pageLinks returns what appendPageLinks writes as the values of Link headers
// (RFC 8288).
func (x *exchange) pageLinks(a *asked, p *page.Page) ([]string, error) {
	body := len(x.buf)
	x.buf = append(x.buf, '[')
	x.appendPageLinks(a, p)
	x.buf = append(x.buf, ']')
	var links []link
	err := json.Unmarshal(x.buf[body:], &links)
	x.buf = x.buf[:body]
	values := make([]string, 0, len(links))
	for _, l := range links {
		values = append(values, "<"+l.Href+`>; rel="`+l.Rel+`"; type="`+l.Type+`"`)
	}
	return values, err
}

// setProfile says of JSON-FG, whose media type is that of GeoJSON, what it is
// (RFC 6906; OGC 21-045r1, clause 14.2).
func (x *exchange) setProfile() {
	if x.format == media.JSONFG {
		x.header["Link"] = []string{`<http://www.opengis.net/def/profile/OGC/0/jsonfg>; rel="profile"`}
	}
}

// setFile asks the client to keep the answer as a file of that name.
func (x *exchange) setFile(name string) {
	x.header["Content-Disposition"] = []string{encode.Disposition(name)}
	x.header["Access-Control-Expose-Headers"] = []string{x.header.Get("Access-Control-Expose-Headers") + ", Content-Disposition"}
}
