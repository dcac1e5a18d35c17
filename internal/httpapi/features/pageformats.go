package features

import (
	"encoding/json"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/encode"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/page"
)

// sendPageAs answers with a page in another format than GeoJSON. A format whose
// body has no room for links has them in the header (OGC API Features, part 1,
// recommendation /rec/core/link-header), and is a file.
func (x request) sendPageAs(a *asked, p *page.Page) error {
	f := encodingOf(x.Format)
	if f.Name == encode.GeoPackage { // each takes a temporary file
		if err := x.takeDownload(); err != nil {
			return err
		}
		defer x.endDownload()
	}
	if err := x.appendPageAs(f, a, p); err != nil {
		return err
	}
	if f.Name != encode.JSONFG {
		links, err := x.pageLinks(a, p)
		if err != nil {
			return err
		}
		x.Headers["Link"] = links
		x.setFile(f.FileName(a.question.Layer.ID(), x.View.Snapshot.Version()))
	}
	return x.SendFormat()
}

// appendPageAs writes the page into the body. As long as it is too large, half of
// its features are left to the next.
func (x request) appendPageAs(f encode.Format, a *asked, p *page.Page) error {
	for {
		s := x.selection(a)
		s.Features = slices.Values(p.Features)
		x.Buf = x.Buf[:0]
		if f.Name == encode.JSONFG {
			x.appendPageTail(a, p)
			s.Tail = slices.Clone(x.Buf)
			x.Buf = x.Buf[:0]
		}
		if err := f.Write(x.Working(), x.BodyWriter(), s); err != nil {
			return encodingProblem(err, s)
		}
		if len(x.Buf) <= x.config.MaxPageBytes || len(p.Features) < 2 {
			return nil
		}
		p.Features, p.More = p.Features[:len(p.Features)/2], true
	}
}

// pageLinks returns what appendPageLinks writes as the values of Link headers
// (RFC 8288).
func (x request) pageLinks(a *asked, p *page.Page) ([]string, error) {
	body := len(x.Buf)
	x.Buf = append(x.Buf, '[')
	x.appendPageLinks(a, p)
	x.Buf = append(x.Buf, ']')
	var links []edge.Link
	err := json.Unmarshal(x.Buf[body:], &links)
	x.Buf = x.Buf[:body]
	values := make([]string, 0, len(links))
	for _, l := range links {
		values = append(values, "<"+l.Href+`>; rel="`+l.Rel+`"; type="`+l.Type+`"`)
	}
	return values, err
}

// setFile asks the client to keep the answer as a file of that name.
func (x request) setFile(name string) {
	x.Headers["Content-Disposition"] = []string{encode.Disposition(name)}
	x.Headers["Access-Control-Expose-Headers"] = []string{x.Headers.Get("Access-Control-Expose-Headers") + ", Content-Disposition"}
}
