package past

import (
	"context"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
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
func (x request) diff() error {
	q := x.Read()
	list, _ := q.Get("layers")
	page := x.diffPageAsked()
	d, err := x.differAsked(list)
	if err != nil {
		return err
	}
	ctx := x.Working()
	shown := edge.Shown{FG: x.Format == media.JSONFG}
	x.Buf = append(x.Buf, `{"type":"FeatureCollection",`...)
	x.Buf = shown.AppendRoot(x.Buf)
	x.appendEnds(d)
	if page.first {
		// Counting looks at all that differs: once is enough.
		totals, err := d.comparison.Count(ctx)
		if err != nil {
			return err
		}
		x.appendTotals(totals)
	}
	x.Buf = append(x.Buf, `"features":[`...)
	defer shown.Done()
	returned, last, err := x.appendDifferences(ctx, d, page, &shown)
	if err != nil {
		return err
	}
	x.Buf = append(x.Buf, `],"numberReturned":`...)
	x.Buf = strconv.AppendInt(x.Buf, int64(returned), 10)
	x.Buf = append(x.Buf, `,"links":[`...)
	x.AppendProfile()
	self := x.Base() + "/diff?" + d.query
	if d.layers.Name != view.AllLayers {
		self += "&layers=" + d.layers.Name
	}
	self += "&limit=" + strconv.Itoa(page.limit)
	at := ""
	if !page.first {
		at = "&after=" + placeText(page.behind)
	}
	form := x.FormatQuery("&")
	x.AppendLink(self+at+form, "self", x.Format.MediaType())
	x.AppendAlternates(x.Op.Formats, x.Format, func(f string) string { return self + at + "&" + f })
	if last != (diff.Place{}) {
		x.Buf = append(x.Buf, ',')
		x.AppendLink(self+"&after="+placeText(last)+form, "next", x.Format.MediaType())
	}
	x.Buf = append(x.Buf, ',')
	x.AppendLink(x.Base()+"/tiles/diff/"+d.layers.Name+".json?"+d.query, "tiles", media.TypeJSON)
	x.Buf = append(x.Buf, "]}\n"...)
	return x.SendFormat()
}

func (x request) diffPageAsked() diffPage {
	q := &x.Query
	p := diffPage{limit: q.IntegerOr("limit", x.config.DefaultPage), first: true}
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
func (x request) appendEnds(d *differ) {
	for i, e := range []end{d.from, d.to} {
		x.Buf = append(x.Buf, [...]string{`"from":{`, `"to":{`}[i]...)
		version := e.text
		if e.days != nil {
			version = x.View.Version[0]
		}
		x.Buf = append(x.Buf, `"version":`...)
		x.Buf = append(x.Buf, version...)
		days := e.days
		if days == nil && x.Lens.Asked {
			days = &x.Lens.Window
		}
		if days != nil {
			x.Buf = append(x.Buf, `,"datetime":"`...)
			x.Buf = append(x.Buf, days.String()...)
			x.Buf = append(x.Buf, '"')
		}
		x.Buf = append(x.Buf, "},"...)
	}
}

// appendTotals appends how many features of each layer differ, of those where
// any does.
func (x request) appendTotals(totals []diff.Counts) {
	x.Buf = append(x.Buf, `"totals":[`...)
	comma := false
	for _, n := range totals {
		if n.Added+n.Removed+n.Changed == 0 {
			continue
		}
		if comma {
			x.Buf = append(x.Buf, ',')
		}
		comma = true
		x.Buf = append(x.Buf, `{"layer":"`...)
		x.Buf = append(x.Buf, n.Layer...)
		x.Buf = append(x.Buf, `","added":`...)
		x.Buf = strconv.AppendInt(x.Buf, int64(n.Added), 10)
		x.Buf = append(x.Buf, `,"removed":`...)
		x.Buf = strconv.AppendInt(x.Buf, int64(n.Removed), 10)
		x.Buf = append(x.Buf, `,"changed":`...)
		x.Buf = strconv.AppendInt(x.Buf, int64(n.Changed), 10)
		x.Buf = append(x.Buf, '}')
	}
	x.Buf = append(x.Buf, "],"...)
}

// appendDifferences appends the features of a page. It returns how many they are
// and, if there are more, the last of them.
func (x request) appendDifferences(ctx context.Context, d *differ, page diffPage, shown *edge.Shown) (returned int, last diff.Place, err error) {
	more := false
	var end diff.Place
	var failed error
	err = d.comparison.Each(ctx, page.behind, func(one *diff.Difference) bool {
		if returned == page.limit || returned > 0 && len(x.Buf) >= x.PageBytes() {
			more = true
			return false
		}
		if returned > 0 {
			x.Buf = append(x.Buf, ',')
		}
		if failed = x.appendDifference(ctx, one, shown); failed != nil {
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
func (x request) appendDifference(ctx context.Context, d *diff.Difference, shown *edge.Shown) error {
	l, f, tags := d.Shown()
	m := append(x.Coded[:0], `"layer":"`...)
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
		m = geojson.AppendNumber(m, edge.Round(shift, 1e3))
		m = append(m, ',')
	}
	x.Coded = m
	var err error
	x.Buf, err = shown.Append(x.Buf, l, f, tags, m)
	return err
}
