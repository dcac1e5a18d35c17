package httpapi

import (
	"context"
	"strconv"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// history answers GET /collections/{layer}/items/{id-or-code}/history: every
// recorded state of a feature, oldest first, with who made it so, when and why.
// It asks the store, and needs it.
func (x *exchange) history() error {
	c, q := &x.server.config, x.read()
	limit := c.DefaultPage
	if n, ok := q.Integer("limit"); ok {
		limit = n
	}
	after, _ := q.Integer("after")
	if err := q.Problem(); err != nil {
		return err
	}
	l, err := x.view.Layer(x.parameter("layer"))
	if err != nil {
		return err
	}
	id, err := x.idAsked()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(x.r.Context(), c.WorkTimeout)
	defer cancel()
	// One more tells whether there are more. The state before the record, which
	// only a first page has, counts extra: its version is where that page began.
	ask := limit + 1
	if after == 0 {
		ask++
	}
	def, states, err := x.server.views.Source.History(ctx, l.ID(), id, city.Version(after), ask)
	if err != nil {
		return err
	}
	if len(states) == 0 && after == 0 {
		return problem.NoFeature(l.ID(), x.parameter("feature"))
	}
	page := limit
	if len(states) > 0 && states[0].Version == 0 {
		page++
	}
	more := len(states) > page
	return x.sendHistory(&def, id, states[:min(page, len(states))], after, limit, more)
}

// idAsked returns the id that the path names. A feature that is no more has a
// history too, but only its id leads to it.
func (x *exchange) idAsked() (int64, error) {
	text := x.parameter("feature")
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		return id, nil
	}
	_, f, err := x.featureAsked()
	if err != nil {
		return 0, err
	}
	return f.ID(), nil
}

func (x *exchange) sendHistory(def *city.Layer, id int64, states []city.State, after, limit int, more bool) error {
	x.buf = append(x.buf, `{"layer":"`...)
	x.buf = append(x.buf, def.ID...)
	x.buf = append(x.buf, `","id":`...)
	x.buf = strconv.AppendInt(x.buf, id, 10)
	x.buf = append(x.buf, `,"states":[`...)
	shown := 0
	for i := range states {
		if i > 0 {
			if len(x.buf) >= x.pageBytes() && states[i-1].Version > 0 {
				more = true
				break
			}
			x.buf = append(x.buf, ',')
		}
		x.appendState(def, id, &states[i])
		shown++
	}
	x.buf = append(x.buf, `],"numberReturned":`...)
	x.buf = strconv.AppendInt(x.buf, int64(shown), 10)
	x.buf = append(x.buf, `,"links":[`...)
	item := x.base() + "/collections/" + string(def.ID) + "/items/" + strconv.FormatInt(id, 10)
	at := func(after int) string {
		text := item + "/history?limit=" + strconv.Itoa(limit)
		if after > 0 {
			text += "&after=" + strconv.Itoa(after)
		}
		return text
	}
	x.appendLink(at(after), "self", media.TypeJSON)
	if more {
		x.buf = append(x.buf, ',')
		x.appendLink(at(int(states[shown-1].Version)), "next", media.TypeJSON)
	}
	x.buf = append(x.buf, ',')
	x.appendLink(item, "item", media.TypeGeoJSON)
	x.buf = append(x.buf, "]}\n"...)
	return x.send(x.server.fixed.json)
}

// appendState appends one state. That before the record has version 0 and does
// not say who made it so; where the feature was deleted it is null.
func (x *exchange) appendState(def *city.Layer, id int64, s *city.State) {
	x.buf = append(x.buf, `{"version":`...)
	x.buf = strconv.AppendInt(x.buf, int64(s.Version), 10)
	if !s.At.IsZero() {
		x.buf = append(x.buf, `,"at":"`...)
		x.buf = s.At.UTC().AppendFormat(x.buf, time.RFC3339Nano)
		x.buf = append(x.buf, '"')
	}
	if s.Version > 0 {
		x.buf = append(x.buf, `,"author":`...)
		x.buf = city.AppendJSONString(x.buf, s.Author)
		x.buf = append(x.buf, `,"message":`...)
		x.buf = city.AppendJSONString(x.buf, s.Message)
	}
	x.buf = append(x.buf, `,"feature":`...)
	if s.Feature == nil {
		x.buf = append(x.buf, "null}"...)
		return
	}
	x.buf = append(x.buf, `{"type":"Feature","id":`...)
	x.buf = strconv.AppendInt(x.buf, id, 10)
	x.buf = append(x.buf, `,"geometry":`...)
	if s.Feature.Geometry == nil { // written by others, and never served
		x.buf = append(x.buf, "null"...)
	} else {
		x.buf = geojson.AppendGeometry(x.buf, s.Feature.Geometry)
	}
	x.buf = append(x.buf, `,"properties":{`...)
	comma := false
	for i := range def.Properties {
		v := s.Feature.Value(i)
		if v.IsNull() {
			continue
		}
		if comma {
			x.buf = append(x.buf, ',')
		}
		comma = true
		x.buf = city.AppendJSONString(x.buf, def.Properties[i].Name)
		x.buf = append(x.buf, ':')
		x.buf = v.AppendJSON(x.buf)
	}
	x.buf = append(x.buf, "}}}"...)
}
