package features

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/filters"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/page"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// asked is a question for some features of a layer, and how to show them.
type asked struct {
	question page.Question
	from     page.Place
	limit    int
	shown    edge.Shown
	cursor   string // the text of from.After
}

// items answers GET /collections/{layer}/items.
func (x request) items() error {
	if x.RecallAnswer() {
		return nil
	}
	a, err := x.itemsAsked()
	if err != nil {
		return err
	}
	defer a.shown.Done()
	a.question.Room = x.rooms.Get().(*page.Room)
	defer func() {
		a.question.Room.Leave()
		x.rooms.Put(a.question.Room)
	}()
	p, err := a.question.Page(x.Working(), a.from, a.limit)
	if err != nil {
		return brokenCursor(err, a.cursor)
	}
	if x.Format != media.GeoJSON && x.Format != media.HTML {
		return x.sendPageAs(a, &p)
	}
	x.Buf = append(x.Buf, `{"type":"FeatureCollection","features":[`...)
	if err := x.appendPage(a, &p); err != nil {
		return err
	}
	x.Buf = append(x.Buf, ']')
	x.appendPageTail(a, &p)
	x.Buf = append(x.Buf, "}\n"...)
	return x.SendFormat()
}

// appendPageTail appends the members that stand behind the features of a page.
func (x request) appendPageTail(a *asked, p *page.Page) {
	x.Buf = append(x.Buf, `,"numberMatched":`...)
	x.Buf = strconv.AppendInt(x.Buf, int64(p.Matched), 10)
	x.Buf = append(x.Buf, `,"numberReturned":`...)
	x.Buf = strconv.AppendInt(x.Buf, int64(len(p.Features)), 10)
	// The time at which this state was first seen, not the time of the request:
	// the same state gives the same bytes and the same ETag.
	x.Buf = append(x.Buf, `,"timeStamp":"`...)
	x.Buf = x.View.Since.AppendFormat(x.Buf, time.RFC3339)
	x.Buf = append(x.Buf, `","links":[`...)
	x.appendPageLinks(a, p)
	x.Buf = append(x.Buf, ']')
}

// itemsParameters are those of a page beside the properties of its layer.
func itemsParameters(c *Config) []params.Parameter {
	all := []params.Parameter{params.BBox(), params.BBoxCRS()}
	all = append(all, filters.Parameters()...)
	return append(all,
		sortbyParameter(), params.Limit(c.DefaultPage, c.MaxPage), params.Offset(), cursorParameter(),
		params.CRS(), propertiesParameter(), skipGeometryParameter(),
	)
}

func cursorParameter() params.Parameter {
	return params.Parameter{Name: "cursor", Syntax: "what the link to the next page has", About: "Continue behind a page; stands in its link next, beside version. Not together with offset."}
}

func (x request) itemsAsked() (*asked, error) {
	l, err := x.View.Layer(x.PathParameter("layer"))
	if err != nil {
		return nil, err
	}
	q := x.readOf(l.Definition())
	a := &asked{limit: x.config.DefaultPage, question: page.Question{Layer: l, Where: whereOf(q), Order: orderOf(q)}}
	if x.Lens.Asked {
		a.question.Days = lifetime.Of(l, x.Lens.Window)
	}
	if f := filters.Of(q, l, x.Working().Err); f != nil {
		a.question.Filter = f
	}
	if box := boxOf(q); len(box.Bounds()) > 0 {
		a.question.Area = &box
	}
	// OGC API Features wants a limit beyond the maximum to mean the maximum; the
	// links to the next pages lead to the rest.
	if n, ok := q.Integer("limit"); ok {
		a.limit = x.PageLimit(n)
	}
	a.from.Skip, _ = q.Integer("offset")
	a.shown = x.show(l.Definition())
	if text, ok := q.Get("cursor"); ok {
		a.cursor = text
		if a.from.After, err = x.place(text); err != nil {
			badCursor(q, text)
		}
		if q.Has("offset") {
			q.Mistake(problem.Mistake{Parameter: "offset", Expected: "cursor or offset, not both", Detail: "stands beside cursor"})
		}
	}
	return a, q.Problem()
}

// boxOf reads bbox and bbox-crs.
func boxOf(q *params.Query) bbox.Box {
	before := len(q.Mistakes)
	system := q.System(params.NameBBoxCRS)
	text, ok := q.Get("bbox")
	if !ok || len(q.Mistakes) > before {
		return bbox.Box{}
	}
	box, err := bbox.ParseIn(text, system)
	if err != nil {
		syntax := bbox.Syntax
		if q.Has(params.NameBBoxCRS) {
			syntax = bbox.SyntaxIn
		}
		q.Mistake(problem.Mistake{Parameter: "bbox", Value: problem.Clip(text), Expected: syntax, Detail: err.Error()})
	}
	return box
}

// checkEvery is after how many features a page looks whether its client is still
// there: about every 0.1 ms.
const checkEvery = 256

// appendPage appends the features of a page to the body, and drops from the page
// those that would make it too large.
func (x request) appendPage(a *asked, p *page.Page) error {
	ctx := x.Working()
	x.Buf = slices.Grow(x.Buf, min(a.shown.Room(a.question.Layer, p.Features), x.PageBytes()))
	for i, f := range p.Features {
		if i > 0 {
			if len(x.Buf) >= x.PageBytes() {
				p.Features, p.More = p.Features[:i], true
				return nil
			}
			x.Buf = append(x.Buf, ',')
		}
		tags, _ := a.question.Tags(f)
		var err error
		if x.Buf, err = a.shown.Append(x.Buf, a.question.Layer, f, tags, nil); err != nil {
			return err
		}
		if i%checkEvery == checkEvery-1 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// brokenCursor turns page.ErrCursor into a problem.
func brokenCursor(err error, text string) error {
	if !errors.Is(err, page.ErrCursor) {
		return err
	}
	var q params.Query
	badCursor(&q, text)
	return q.Problem()
}

func badCursor(q *params.Query, text string) {
	q.Mistake(problem.Mistake{
		Parameter: "cursor", Value: problem.Clip(text), Expected: "the link next of a page as it is, with all of its parameters but limit",
		Detail: "is broken, or leads through the answer to another question",
	})
}

// item answers GET /collections/{layer}/items/{id-or-code}.
func (x request) item() error {
	l, err := x.View.Layer(x.PathParameter("layer"))
	if err != nil {
		return err
	}
	q := x.Read()
	s := x.show(l.Definition())
	if err := q.Problem(); err != nil {
		return err
	}
	_, f, err := x.Feature()
	if err != nil {
		return err
	}
	tags, there := x.Lens.Tags(l, f)
	if !there {
		return edge.NotThere(l.ID(), f.ID(), x.Lens.Window)
	}
	if err := x.appendItem(l, f, tags, s, x.itemQuery()); err != nil {
		return err
	}
	return x.SendFormat()
}

// appendItem appends a feature with its links to the body, which is empty. query
// is what links to it as it is shown end with.
func (x request) appendItem(l *snapshot.Layer, f *snapshot.Feature, tags []tiles.Tag, s edge.Shown, query string) error {
	s = s.Apart() // what the caller has borrowed stays its own
	defer s.Done()
	collection := x.Base() + "/collections/" + string(l.ID())
	self := collection + "/items/" + strconv.FormatInt(f.ID(), 10)
	here, form := self+query, media.GeoJSON
	if s.FG {
		form = media.JSONFG
		here = self + edge.Joined(query, media.Name+"="+form.Names()[0])
	}
	// The links stand before the geometry: write them first, then move on.
	x.Buf = s.AppendRoot(x.Buf)
	x.Buf = append(x.Buf, `"links":[`...)
	x.AppendProfile()
	x.AppendLink(here, "self", form.MediaType())
	x.AppendAlternates(x.alone, form, func(f string) string { return self + edge.Joined(query, f) })
	x.Buf = append(x.Buf, ',')
	x.AppendLink(collection+x.PinQuery("?"), "collection", media.TypeJSON)
	x.Buf = append(x.Buf, ',')
	x.AppendLink(self+"/history", "version-history", media.TypeJSON)
	x.Buf = append(x.Buf, ',')
	x.AppendLink(self+"/nearby?k=10"+x.SeenQuery("&"), "related", media.TypeGeoJSON)
	x.Buf = append(x.Buf, `],`...)
	links := slices.Clone(x.Buf)
	var err error
	x.Buf, err = s.Append(x.Buf[:0], l, f, tags, links)
	x.Buf = append(x.Buf, '\n')
	return err
}
