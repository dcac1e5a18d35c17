package httpapi

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// paramDatetime is the parameter of OGC API Features by which a client asks for
// the city on other days in the world: datetime=2027-06-30.
const paramDatetime = "datetime"

// worldDays is the days that a client asks for, if it does. Without, features are
// as they are recorded.
type worldDays struct {
	asked bool
	days  lifetime.Window
}

// lens shows the layers of a view on those days. It serves one request.
type lens struct {
	worldDays
	layers  []*lifetime.Layer
	scratch []tiles.Tag
}

var _ proximity.Lens = (*lens)(nil)

// on returns how a layer is on the days asked for.
func (n *lens) on(l *snapshot.Layer) *lifetime.Layer {
	for _, shown := range n.layers {
		if shown.Recorded() == l {
			return shown
		}
	}
	shown := lifetime.Of(l, n.days)
	n.layers = append(n.layers, shown)
	return shown
}

// Of implements proximity.Lens.
func (n *lens) Of(l *snapshot.Layer) proximity.LayerLens { return n.on(l) }

// forget lets go of the state that it showed.
func (n *lens) forget() {
	clear(n.layers)
	n.layers, n.worldDays = n.layers[:0], worldDays{}
}

func datetimeParameter() parameter {
	return parameter{name: paramDatetime, syntax: lifetime.Syntax, about: "The city on these days in the world.", example: "2027-06-30"}
}

// aim takes datetime out of the query and lets the exchange show the city on
// those days. What is wrong with it is noted beside the other mistakes.
func (x *exchange) aim() {
	if !strings.Contains(x.raw, paramDatetime+"=") {
		return
	}
	q, taken := x.take(datetimeParameter())
	if len(taken) == 0 {
		return
	}
	days, ok := q.datetime(paramDatetime)
	x.query.carried = q.mistakes
	if !ok || len(q.mistakes) > 0 {
		return
	}
	x.lens.worldDays = worldDays{asked: true, days: days}
	x.lensText = paramDatetime + "=" + days.String()
}

// seenQuery is what links need so that they lead to the same state on the same
// days; sep stands before it.
func (x *exchange) seenQuery(sep string) string {
	switch {
	case x.lensText == "":
		return x.pinQuery(sep)
	case x.pinText == "":
		return sep + x.lensText
	default:
		return sep + x.pinText + "&" + x.lensText
	}
}

// datetime reads a parameter as OGC API Features has it. A plus sign that a
// client forgot to escape arrives as a blank.
func (q *query) datetime(name string) (days lifetime.Window, ok bool) {
	text, ok := q.get(name)
	if !ok {
		return days, false
	}
	days, err := parseDays(text)
	if err != nil {
		q.mistake(Mistake{Parameter: name, Value: clip(text), Expected: lifetime.Syntax, Detail: err.Error()})
		return days, false
	}
	return days, true
}

// parseDays reads what datetime may be.
func parseDays(text string) (lifetime.Window, error) {
	return lifetime.ParseDatetime(strings.ReplaceAll(text, " ", "+"))
}

// tags returns all properties of f as they are on the days asked for, until the
// next call; there tells whether f is.
func (x *exchange) tags(l *snapshot.Layer, f *snapshot.Feature) (tags []tiles.Tag, there bool) {
	if !x.lens.asked {
		return f.Tags(), true
	}
	return x.lens.on(l).Tags(f, f.Tags(), &x.lens.scratch)
}

// notThere is the problem of a feature that is recorded, but is not there on the
// days asked for.
func notThere(layer city.LayerID, id int64, days lifetime.Window) *Problem {
	return problem(http.StatusNotFound, "not-there", "Not there on those days",
		fmt.Sprintf("Feature %d of layer %s is recorded, but is not there on %s.", id, layer, days))
}
