package past

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geojson"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
)

// history answers GET /collections/{layer}/items/{id-or-code}/history: every
// recorded state of a feature, oldest first, with who made it so, when and why; of a
// pinned version, those up to it. It asks the store, and needs it.
func (x request) history() error {
	q := x.Read()
	limit := q.IntegerOr("limit", x.config.DefaultPage)
	after, _ := q.Integer("after")
	if err := q.Problem(); err != nil {
		return err
	}
	l, err := x.View.Layer(x.PathParameter("layer"))
	if err != nil {
		return err
	}
	id, err := x.idAsked()
	if err != nil {
		return err
	}
	ctx, cancel := x.Within()
	defer cancel()
	// One more tells whether there are more. The state before the record, which
	// only a first page has, counts extra: its version is where that page began.
	ask := limit + 1
	if after == 0 {
		ask++
	}
	until := city.Version(0)
	if x.PinText != "" {
		until = x.View.State.Version()
	}
	def, states, err := x.visibleStates(ctx, l.ID(), id, city.Version(after), until, ask)
	if err != nil {
		return err
	}
	if len(states) == 0 && after == 0 {
		return problem.NoFeature(l.ID(), x.PathParameter("feature"))
	}
	page := limit
	if len(states) > 0 && states[0].Version == 0 {
		page++
	}
	more := len(states) > page
	return x.sendHistory(&def, id, states[:min(page, len(states))], after, limit, more)
}

// visibleStates returns up to limit recorded states that the client may know: another
// layer may have had the name, and have been private.
func (x request) visibleStates(ctx context.Context, layer city.LayerID, id int64, after, until city.Version, limit int) (city.Layer, []city.State, error) {
	var states []city.State
	for {
		def, more, err := x.source.History(ctx, layer, id, after, until, limit)
		if err != nil {
			return def, nil, err
		}
		full := len(more) == limit
		if full {
			after = more[limit-1].Version
		}
		states = append(states, slices.DeleteFunc(more, func(s city.State) bool {
			return s.Definition != nil && !s.Definition.VisibleAt(x.View.Role)
		})...)
		if !full || len(states) >= limit {
			return def, states[:min(limit, len(states))], nil
		}
	}
}

// idAsked returns the id that the path names. A feature that is no more has a
// history too, but only its id leads to it.
func (x request) idAsked() (int64, error) {
	text := x.PathParameter("feature")
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		return id, nil
	}
	_, f, err := x.Feature()
	if err != nil {
		return 0, err
	}
	return f.ID(), nil
}

func (x request) sendHistory(def *city.Layer, id int64, states []city.State, after, limit int, more bool) error {
	x.Buf = append(x.Buf, `{"layer":"`...)
	x.Buf = append(x.Buf, def.ID...)
	x.Buf = append(x.Buf, `","id":`...)
	x.Buf = strconv.AppendInt(x.Buf, id, 10)
	x.Buf = append(x.Buf, `,"states":[`...)
	shown := 0
	for i := range states {
		if i > 0 {
			if len(x.Buf) >= x.PageBytes() && states[i-1].Version > 0 {
				more = true
				break
			}
			x.Buf = append(x.Buf, ',')
		}
		x.appendState(def, id, &states[i])
		shown++
	}
	x.Buf = append(x.Buf, `],"numberReturned":`...)
	x.Buf = strconv.AppendInt(x.Buf, int64(shown), 10)
	x.Buf = append(x.Buf, `,"links":[`...)
	item := x.Base() + "/collections/" + string(def.ID) + "/items/" + strconv.FormatInt(id, 10)
	at := func(after int) string {
		text := item + "/history?limit=" + strconv.Itoa(limit)
		if after > 0 {
			text += "&after=" + strconv.Itoa(after)
		}
		return text + x.PinQuery("&")
	}
	x.AppendLink(at(after), "self", media.TypeJSON)
	if more {
		x.Buf = append(x.Buf, ',')
		x.AppendLink(at(int(states[shown-1].Version)), "next", media.TypeJSON)
	}
	x.Buf = append(x.Buf, ',')
	x.AppendLink(item+x.PinQuery("?"), "item", media.TypeGeoJSON)
	x.Buf = append(x.Buf, "]}\n"...)
	return x.Send(x.Fixed.JSON)
}

// appendState appends one state. That before the record has version 0 and does
// not say who made it so; where the feature was deleted it is null.
func (x request) appendState(def *city.Layer, id int64, s *city.State) {
	x.Buf = append(x.Buf, `{"version":`...)
	x.Buf = strconv.AppendInt(x.Buf, int64(s.Version), 10)
	if !s.At.IsZero() {
		x.Buf = append(x.Buf, `,"at":"`...)
		x.Buf = s.At.UTC().AppendFormat(x.Buf, time.RFC3339Nano)
		x.Buf = append(x.Buf, '"')
	}
	if s.Version > 0 {
		x.Buf = append(x.Buf, `,"author":`...)
		x.Buf = city.AppendJSONString(x.Buf, s.Author)
		x.Buf = append(x.Buf, `,"message":`...)
		x.Buf = city.AppendJSONString(x.Buf, s.Message)
	}
	x.Buf = append(x.Buf, `,"feature":`...)
	if s.Feature == nil {
		x.Buf = append(x.Buf, "null}"...)
		return
	}
	x.Buf = append(x.Buf, `{"type":"Feature","id":`...)
	x.Buf = strconv.AppendInt(x.Buf, id, 10)
	x.Buf = append(x.Buf, `,"geometry":`...)
	if s.Feature.Geometry == nil { // written by others, and never served
		x.Buf = append(x.Buf, "null"...)
	} else {
		x.Buf = geojson.AppendGeometry(x.Buf, s.Feature.Geometry)
	}
	x.Buf = append(x.Buf, `,"properties":{`...)
	comma := false
	if s.Definition != nil {
		def = s.Definition
	}
	for i := range def.Properties {
		v := s.Feature.Value(i)
		if v.IsNull() {
			continue
		}
		if comma {
			x.Buf = append(x.Buf, ',')
		}
		comma = true
		x.Buf = city.AppendJSONString(x.Buf, def.Properties[i].Name)
		x.Buf = append(x.Buf, ':')
		x.Buf = v.AppendJSON(x.Buf)
	}
	x.Buf = append(x.Buf, "}}}"...)
}
