package httpapi

import (
	"context"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
)

// diffPage is which of the differences a client asks for.
type diffPage struct {
	limit  int
	behind diff.Place // the last one of the page before
	first  bool
}

// diff answers GET /diff: what differs between two versions, or between two days
// in the world, page by page, each feature as it is after.
func (x *exchange) diff() error {
	q := x.read()
	list, _ := q.Get("layers")
	page := x.diffPageAsked()
	d, err := x.differAsked(list)
	if err != nil {
		return err
	}
	ctx := x.working()
	x.buf = append(x.buf, `{"type":"FeatureCollection",`...)
	x.appendEnds(d)
	if page.first {
		// Counting looks at all that differs: once is enough.
		totals, err := d.comparison.Count(ctx)
		if err != nil {
			return err
		}
		x.appendTotals(totals)
	}
	x.buf = append(x.buf, `"features":[`...)
	returned, last, err := x.appendDifferences(ctx, d, page)
	if err != nil {
		return err
	}
	x.buf = append(x.buf, `],"numberReturned":`...)
	x.buf = strconv.AppendInt(x.buf, int64(returned), 10)
	x.buf = append(x.buf, `,"links":[`...)
	self := x.base() + "/diff?" + d.query
	if d.layers.Name != view.AllLayers {
		self += "&layers=" + d.layers.Name
	}
	self += "&limit=" + strconv.Itoa(page.limit)
	at := ""
	if !page.first {
		at = "&after=" + placeText(page.behind)
	}
	x.appendLink(self+at, "self", media.TypeGeoJSON)
	if last != (diff.Place{}) {
		x.buf = append(x.buf, ',')
		x.appendLink(self+"&after="+placeText(last), "next", media.TypeGeoJSON)
	}
	x.buf = append(x.buf, ',')
	x.appendLink(x.base()+"/tiles/diff/"+d.layers.Name+".json?"+d.query, "tiles", media.TypeJSON)
	x.buf = append(x.buf, "]}\n"...)
	return x.send(x.server.fixed.geoJSON)
}

func (x *exchange) diffPageAsked() diffPage {
	c, q := &x.server.config, &x.query
	p := diffPage{limit: c.DefaultPage, first: true}
	if n, ok := q.Integer("limit"); ok {
		p.limit = n
	}
	if text, ok := q.Get("after"); ok {
		name, number, _ := strings.Cut(text, "/")
		layer, errLayer := city.ParseLayerID(name)
		id, errID := strconv.ParseInt(number, 10, 64)
		if errLayer != nil || errID != nil {
			q.Mistake(problem.Mistake{Parameter: "after", Value: problem.Clip(text), Expected: "layer/id, as in the link to the next page", Detail: "names no feature"})
		}
		p.behind, p.first = diff.Place{Layer: layer, ID: id}, false
	}
	return p
}

func placeText(p diff.Place) string { return string(p.Layer) + "/" + strconv.FormatInt(p.ID, 10) }

// appendEnds appends what is compared with what.
func (x *exchange) appendEnds(d *differ) {
	for i, e := range []end{d.from, d.to} {
		x.buf = append(x.buf, [...]string{`"from":{`, `"to":{`}[i]...)
		version := e.text
		if e.days != nil {
			version = x.view.Version[0]
		}
		x.buf = append(x.buf, `"version":`...)
		x.buf = append(x.buf, version...)
		days := e.days
		if days == nil && x.lens.Asked {
			days = &x.lens.Window
		}
		if days != nil {
			x.buf = append(x.buf, `,"datetime":"`...)
			x.buf = append(x.buf, days.String()...)
			x.buf = append(x.buf, '"')
		}
		x.buf = append(x.buf, "},"...)
	}
}

// appendTotals appends how many features of each layer differ, of those where
// any does.
func (x *exchange) appendTotals(totals []diff.Counts) {
	x.buf = append(x.buf, `"totals":[`...)
	comma := false
	for _, n := range totals {
		if n.Added+n.Removed+n.Changed == 0 {
			continue
		}
		if comma {
			x.buf = append(x.buf, ',')
		}
		comma = true
		x.buf = append(x.buf, `{"layer":"`...)
		x.buf = append(x.buf, n.Layer...)
		x.buf = append(x.buf, `","added":`...)
		x.buf = strconv.AppendInt(x.buf, int64(n.Added), 10)
		x.buf = append(x.buf, `,"removed":`...)
		x.buf = strconv.AppendInt(x.buf, int64(n.Removed), 10)
		x.buf = append(x.buf, `,"changed":`...)
		x.buf = strconv.AppendInt(x.buf, int64(n.Changed), 10)
		x.buf = append(x.buf, '}')
	}
	x.buf = append(x.buf, "],"...)
}

// appendDifferences appends the features of a page. It returns how many they are
// and, if there are more, the last of them.
func (x *exchange) appendDifferences(ctx context.Context, d *differ, page diffPage) (returned int, last diff.Place, err error) {
	more := false
	var end diff.Place
	var failed error
	err = d.comparison.Each(ctx, page.behind, func(one *diff.Difference) bool {
		if returned == page.limit || returned > 0 && len(x.buf) >= x.pageBytes() {
			more = true
			return false
		}
		if returned > 0 {
			x.buf = append(x.buf, ',')
		}
		if failed = x.appendDifference(ctx, one); failed != nil {
			return false
		}
		returned++
		end = one.Place()
		return true
	})
	switch {
	case failed != nil:
		return 0, last, failed
	case err != nil:
		return 0, last, err
	case more:
		last = end
	}
	return returned, last, nil
}

// appendDifference appends a feature and what became of it. Shifts are rounded to
// 1 mm.
func (x *exchange) appendDifference(ctx context.Context, d *diff.Difference) error {
	l, f, tags := d.Shown()
	m := append(x.coded[:0], `"layer":"`...)
	m = append(m, l.ID()...)
	m = append(m, '"')
	if code := l.Code(f); code != "" {
		m = append(m, `,"code":`...)
		m = city.AppendJSONString(m, code)
	}
	m = append(m, `,"change":"`...)
	m = append(m, d.Change...)
	m = append(m, `",`...)
	if d.Change == diff.Changed {
		m = append(m, `"changed":[`...)
		for i, p := range d.Properties(nil) {
			if i > 0 {
				m = append(m, ',')
			}
			m = append(m, `{"property":`...)
			m = city.AppendJSONString(m, p.Name)
			m = append(m, `,"before":`...)
			m = p.Before.AppendJSON(m)
			m = append(m, `,"after":`...)
			m = p.After.AppendJSON(m)
			m = append(m, '}')
		}
		m = append(m, `],`...)
	}
	if d.Moved {
		shift, err := d.ShiftMetres(ctx)
		if err != nil {
			return err
		}
		m = append(m, `"shift_m":`...)
		m = geojson.AppendNumber(m, round(shift, 1e3))
		m = append(m, ',')
	}
	x.coded = m
	x.buf = appendFeature(x.buf, l, f, tags, m)
	return nil
}
