package httpapi

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// endSyntax is what from and to may be.
const endSyntax = "a version such as 41, or a date, instant or interval in the world such as 2027-06-30"

// end is one of the two things that a client compares: a version of the record,
// or days in the world.
type end struct {
	given   bool
	version city.Version
	days    *lifetime.Window // nil: a version
	text    string           // canonical
}

// differ is two states beside each other, as the client asks and may see.
type differ struct {
	from, to   end
	comparison *diff.Comparison
	// layers are those that are compared: as they are after, or as they were
	// before where they are no more.
	layers layerSet
	// query is the question in its canonical spelling: from, to and what else
	// decides what is compared.
	query string
}

// endOf reads from or to.
func (q *query) endOf(name string) (e end) {
	text, ok := q.get(name)
	if !ok {
		return e
	}
	if v, err := strconv.ParseUint(text, 10, 63); err == nil {
		return end{given: true, version: city.Version(v), text: strconv.FormatUint(v, 10)}
	}
	days, err := lifetime.ParseDatetime(strings.ReplaceAll(text, " ", "+"))
	if err != nil {
		q.mistake(Mistake{Parameter: name, Value: clip(text), Expected: endSyntax, Detail: "is neither a version nor a date, an instant or an interval of them"})
		return e
	}
	return end{given: true, days: &days, text: days.String()}
}

// ends reads from and to, and holds them against each other and against the
// parameters that every answer knows.
func (x *exchange) ends() (from, to end) {
	q := &x.query
	from, to = q.endOf("from"), q.endOf("to")
	switch {
	case !from.given:
	case from.days != nil && !q.has("to"):
		q.mistake(Mistake{Parameter: "to", Expected: "another date: from is one", Detail: "is missing"})
	case to.given && (from.days == nil) != (to.days == nil):
		q.mistake(Mistake{
			Parameter: "to", Value: clip(to.text), Expected: "two versions, or two dates",
			Detail: fmt.Sprintf("cannot be compared with from=%s: one is a version and the other a date", from.text),
		})
	case to.given && from.days == nil && x.pinText != "":
		q.mistake(Mistake{Parameter: pinName(x.pinText), Expected: "from and to alone", Detail: "stands beside from and to, which are versions"})
	case from.days != nil && x.lens.asked:
		q.mistake(Mistake{Parameter: paramDatetime, Expected: "from and to alone", Detail: "stands beside from and to, which are dates"})
	}
	return from, to
}

func pinName(pin string) string {
	name, _, _ := strings.Cut(pin, "=")
	return name
}

// differAsked reads what is to be compared; list is names of layers, "all" or "".
// The parameters of the query have been read as far as they are not from and to.
func (x *exchange) differAsked(list string) (*differ, error) {
	d := &differ{}
	d.from, d.to = x.ends()
	if err := x.query.problem(); err != nil {
		return nil, err
	}
	before, after, err := x.differViews(d)
	if err != nil {
		return nil, err
	}
	if d.layers, err = x.differLayers(list, before, after); err != nil {
		return nil, err
	}
	was, is := diff.Side{Snapshot: before.snapshot, Days: d.from.days}, diff.Side{Snapshot: after.snapshot, Days: d.to.days}
	var touched *diff.Touched
	if d.from.days == nil {
		if x.lens.asked {
			was.Days, is.Days = &x.lens.days, &x.lens.days
		}
		touched = x.server.views.source.Touched(d.from.version, d.to.version)
	}
	names := make([]city.LayerID, len(d.layers.layers))
	for i, l := range d.layers.layers {
		names[i] = l.ID()
	}
	if len(names) > 0 { // none would mean all
		d.comparison = diff.Compare(was, is, names, touched)
	} else {
		d.comparison = &diff.Comparison{}
	}
	return d, nil
}

// differViews returns the two states, and completes the question so that asking
// it again compares the same.
func (x *exchange) differViews(d *differ) (before, after *view, err error) {
	after = x.view
	if d.from.days != nil {
		d.query = "from=" + d.from.text + "&to=" + d.to.text
		if x.pinText == "" {
			x.pinText = paramVersion + "=" + x.view.version[0]
		}
		d.query += "&" + x.pinText
		return after, after, nil
	}
	if before, err = x.recall(d.from.version); err != nil {
		return nil, nil, err
	}
	if d.to.given {
		if after, err = x.recall(d.to.version); err != nil {
			return nil, nil, err
		}
		x.view = after
		x.header["Twin-Version"] = after.version
	}
	d.to.version, d.to.text = after.snapshot.Version(), after.version[0]
	d.query = "from=" + d.from.text + "&to=" + d.to.text
	if x.lens.asked {
		d.query += "&" + x.lensText
	}
	return before, after, nil
}

// recall returns any version of the record as the client may see it.
func (x *exchange) recall(v city.Version) (*view, error) {
	if v == x.view.snapshot.Version() {
		return x.view, nil
	}
	ctx, cancel := context.WithTimeout(x.r.Context(), x.server.config.WorkTimeout)
	defer cancel()
	state, err := x.server.views.source.Recall(ctx, v)
	if err != nil {
		return nil, x.notKept(err)
	}
	return x.server.views.of(state, x.view.role), nil
}

// differLayers returns the layers of a list that either state has, in order.
func (x *exchange) differLayers(list string, before, after *view) (layerSet, error) {
	set := layerSet{name: allLayers}
	now := x.server.views.source.State().Snapshot
	// A layer that was public once may be private now.
	secret := func(l *snapshot.Layer) bool {
		newest := now.Layer(l.ID())
		return newest != nil && !newest.Definition().VisibleAt(x.view.role)
	}
	if list == "" || list == allLayers {
		set.layers = slices.Clone(after.all.layers)
		for _, l := range before.all.layers {
			if after.snapshot.Layer(l.ID()) == nil {
				set.layers = append(set.layers, l)
			}
		}
		set.layers = slices.DeleteFunc(set.layers, secret)
		slices.SortFunc(set.layers, func(a, b *snapshot.Layer) int { return compareLayer(a, b.ID()) })
		return set, nil
	}
	limit := x.server.config.MaxLayers
	set, unknown, ok := after.layers(list, limit)
	if !ok {
		return set, tooManyLayers(list, limit)
	}
	if i := slices.IndexFunc(set.layers, secret); i >= 0 {
		unknown = append(unknown, string(set.layers[i].ID()))
	}
	var missing []string
	for _, name := range unknown {
		if l := before.snapshot.Layer(city.LayerID(name)); l != nil && !secret(l) {
			set.layers = append(set.layers, l)
		} else {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return set, x.server.views.load(x.view.role).unknownLayers(missing)
	}
	if len(unknown) > 0 {
		slices.SortFunc(set.layers, func(a, b *snapshot.Layer) int { return compareLayer(a, b.ID()) })
		set.layers = slices.Compact(set.layers)
		set.name = nameOf(set.layers)
	}
	return set, nil
}

func tooManyLayers(list string, limit int) *Problem {
	return badParameters([]Mistake{{
		Parameter: "layers", Value: clip(list), Limit: limit,
		Expected: fmt.Sprintf("at most %d names, or %s", limit, allLayers),
		Detail:   fmt.Sprintf("has more than %d names", limit),
	}})
}
