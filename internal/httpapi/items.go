package httpapi

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// page is a question for some features of a layer, in the order of their ids.
type page struct {
	layer         *snapshot.Layer
	box           bbox // no bounds: the whole layer
	boxText       string
	limit, offset int
}

// items answers GET /collections/{layer}/items.
func (x *exchange) items() error {
	p, err := x.pageAsked()
	if err != nil {
		return err
	}
	x.buf = append(x.buf, `{"type":"FeatureCollection","features":[`...)
	matched, returned, err := x.appendPage(x.working(), p)
	if err != nil {
		return err
	}
	x.buf = append(x.buf, `],"numberMatched":`...)
	x.buf = strconv.AppendInt(x.buf, int64(matched), 10)
	x.buf = append(x.buf, `,"numberReturned":`...)
	x.buf = strconv.AppendInt(x.buf, int64(returned), 10)
	// The time at which this state was first seen, not the time of the request:
	// the same state gives the same bytes and the same ETag.
	x.buf = append(x.buf, `,"timeStamp":"`...)
	x.buf = x.view.since.AppendFormat(x.buf, time.RFC3339)
	x.buf = append(x.buf, `","links":[`...)
	x.appendPageLinks(p, matched, returned)
	x.buf = append(x.buf, "]}\n"...)
	return x.sendFormat()
}

func (x *exchange) pageAsked() (page, error) {
	c := &x.server.config
	p := page{limit: c.DefaultPage}
	q := x.read()
	if text, ok := q.get("bbox"); ok {
		box, err := parseBBox(text)
		if err != nil {
			q.mistake(Mistake{Parameter: "bbox", Value: clip(text), Expected: bboxSyntax, Detail: err.Error()})
		}
		p.box, p.boxText = box, text
	}
	// OGC API Features wants a limit beyond the maximum to mean the maximum; the
	// links to the next pages lead to the rest.
	if n, ok := q.integer("limit"); ok {
		p.limit = x.pageLimit(n)
	}
	p.offset, _ = q.integer("offset")
	if err := q.problem(); err != nil {
		return p, err
	}
	var err error
	p.layer, err = x.view.layer(x.parameter("layer"))
	return p, err
}

// appendPage appends the features of the page to the body. It returns how many
// there are on all pages and how many are on this one: fewer than the limit at
// the end, or when the page would become too large.
func (x *exchange) appendPage(ctx context.Context, p page) (matched, returned int, err error) {
	add := func(f *snapshot.Feature) bool {
		if returned > 0 {
			x.buf = append(x.buf, ',')
		}
		tags, _ := x.tags(p.layer, f)
		x.buf = appendFeature(x.buf, p.layer, f, tags, nil)
		returned++
		if returned%checkEvery == 0 {
			err = ctx.Err()
		}
		return err == nil && returned < p.limit && len(x.buf) < x.pageBytes()
	}
	if len(p.box.bounds()) == 0 && x.timeless(p.layer) {
		skip := p.offset
		if skip < p.layer.Len() {
			p.layer.All(func(f *snapshot.Feature) bool {
				if skip > 0 {
					skip--
					return true
				}
				return add(f)
			})
		}
		return p.layer.Len(), returned, err
	}
	found, err := x.matching(ctx, p.layer, &p.box)
	if err != nil {
		return 0, 0, err
	}
	for _, f := range found[min(p.offset, len(found)):] {
		if !add(f) {
			break
		}
	}
	return len(found), returned, err
}

// matching returns the features that are there on the days asked for and have a
// point in common with the box, by id; without bounds, all that are there. It
// looks at every feature near the box: the answer says how many match.
func (x *exchange) matching(ctx context.Context, l *snapshot.Layer, box *bbox) ([]*snapshot.Feature, error) {
	var found []*snapshot.Feature
	seen := 0
	look := func(f *snapshot.Feature, meets bool) bool {
		if meets {
			if _, there := x.tags(l, f); there {
				found = append(found, f)
			}
		}
		seen++
		return seen%checkEvery != 0 || ctx.Err() == nil
	}
	for _, b := range box.bounds() {
		l.Search(b, func(f *snapshot.Feature) bool { return look(f, meets(f.Geometry(), b)) })
	}
	if len(box.bounds()) == 0 {
		l.All(func(f *snapshot.Feature) bool { return look(f, true) })
	}
	slices.SortFunc(found, func(a, b *snapshot.Feature) int { return cmp.Compare(a.ID(), b.ID()) })
	return slices.Compact(found), ctx.Err() // both halves may hold one feature
}

// appendPageLinks appends the links to this page, the next and the one before.
func (x *exchange) appendPageLinks(p page, matched, returned int) {
	self := x.base() + "/collections/" + string(p.layer.ID())
	at := func(offset int) string {
		text := self + "/items?"
		if p.boxText != "" {
			text += "bbox=" + url.QueryEscape(p.boxText) + "&"
		}
		return text + "limit=" + strconv.Itoa(p.limit) + "&offset=" + strconv.Itoa(offset) + x.seenQuery("&")
	}
	x.appendLink(at(p.offset), "self", typeGeoJSON)
	x.buf = append(x.buf, ',')
	x.appendLink(asPage(at(p.offset)), "alternate", typeHTML)
	if next := p.offset + returned; returned > 0 && next < matched {
		x.buf = append(x.buf, ',')
		x.appendLink(at(next), "next", typeGeoJSON)
	}
	if p.offset > 0 {
		x.buf = append(x.buf, ',')
		x.appendLink(at(max(p.offset-p.limit, 0)), "prev", typeGeoJSON)
	}
	x.buf = append(x.buf, ',')
	x.appendLink(self+x.pinQuery("?"), "collection", typeJSON)
}

// appendLink appends a link. A href is made of a checked base and of escaped
// parts: nothing in it needs escaping in JSON.
func (x *exchange) appendLink(href, rel, mediaType string) {
	x.buf = append(x.buf, `{"href":"`...)
	x.buf = append(x.buf, href...)
	x.buf = append(x.buf, `","rel":"`...)
	x.buf = append(x.buf, rel...)
	x.buf = append(x.buf, `","type":"`...)
	x.buf = append(x.buf, mediaType...)
	x.buf = append(x.buf, `"}`...)
}

// item answers GET /collections/{layer}/items/{id-or-code}.
func (x *exchange) item() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	l, f, err := x.featureAsked()
	if err != nil {
		return err
	}
	tags, there := x.tags(l, f)
	if !there {
		return notThere(l.ID(), f.ID(), x.lens.days)
	}
	x.appendItem(l, f, tags)
	return x.send(x.server.fixed.geoJSON)
}

// appendItem appends a feature with its links to the body, which is empty.
func (x *exchange) appendItem(l *snapshot.Layer, f *snapshot.Feature, tags []tiles.Tag) {
	collection := x.base() + "/collections/" + string(l.ID())
	self := collection + "/items/" + strconv.FormatInt(f.ID(), 10)
	// The links stand before the geometry: write them first, then move on.
	x.buf = append(x.buf, `"links":[`...)
	x.appendLink(self+x.seenQuery("?"), "self", typeGeoJSON)
	x.buf = append(x.buf, ',')
	x.appendLink(asPage(self+x.seenQuery("?")), "alternate", typeHTML)
	x.buf = append(x.buf, ',')
	x.appendLink(collection+x.pinQuery("?"), "collection", typeJSON)
	x.buf = append(x.buf, ',')
	x.appendLink(self+"/history", "version-history", typeJSON)
	x.buf = append(x.buf, ',')
	x.appendLink(self+"/nearby?k=10"+x.seenQuery("&"), "related", typeGeoJSON)
	x.buf = append(x.buf, `],`...)
	links := slices.Clone(x.buf)
	x.buf = appendFeature(x.buf[:0], l, f, tags, links)
	x.buf = append(x.buf, '\n')
}

// featureAsked returns the feature that the path names by id or code.
func (x *exchange) featureAsked() (*snapshot.Layer, *snapshot.Feature, error) {
	l, err := x.view.layer(x.parameter("layer"))
	if err != nil {
		return nil, nil, err
	}
	text := x.parameter("feature")
	f := l.Find(text)
	if f == nil {
		return nil, nil, noFeature(l.ID(), text)
	}
	return l, f, nil
}
