package edge

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
)

// aim takes datetime out of the query and lets the exchange show the city on
// those days. What is wrong with it is noted beside the other mistakes.
func (x *Exchange) aim() {
	if !strings.Contains(x.Raw, params.NameDatetime+"=") {
		return
	}
	q, taken := x.take(params.Datetime())
	if len(taken) == 0 {
		return
	}
	days, ok := q.Datetime(params.NameDatetime)
	x.Query.Carried = q.Mistakes
	if !ok || len(q.Mistakes) > 0 {
		return
	}
	x.Lens.Days = view.Days{Asked: true, Window: days}
	x.LensText = params.NameDatetime + "=" + days.String()
}

// SeenQuery is what links need so that they lead to the same state on the same
// days; sep stands before it.
func (x *Exchange) SeenQuery(sep string) string {
	switch {
	case x.LensText == "":
		return x.PinQuery(sep)
	case x.PinText == "":
		return sep + x.LensText
	default:
		return sep + x.PinText + "&" + x.LensText
	}
}

// NotThere is the problem of a feature that is recorded, but is not there on the
// days asked for.
func NotThere(layer city.LayerID, id int64, days lifetime.Window) *problem.Problem {
	return problem.New(http.StatusNotFound, "not-there", "Not there on those days",
		fmt.Sprintf("Feature %d of layer %s is recorded, but is not there on %s.", id, layer, days))
}
