package past

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
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
	layers view.LayerSet
	// query is the question in its canonical spelling: from, to and what else
	// decides what is compared.
	query string
}

// endOf reads from or to.
func endOf(q *params.Query, name string) (e end) {
	text, ok := q.Get(name)
	if !ok {
		return e
	}
	if v, err := strconv.ParseUint(text, 10, 63); err == nil {
		return end{given: true, version: city.Version(v), text: strconv.FormatUint(v, 10)}
	}
	days, err := lifetime.ParseDatetime(strings.ReplaceAll(text, " ", "+"))
	if err != nil {
		q.Mistake(problem.Mistake{Parameter: name, Value: problem.Clip(text), Expected: endSyntax, Detail: "is neither a version nor a date, an instant or an interval of them"})
		return e
	}
	return end{given: true, days: &days, text: days.String()}
}

// ends reads from and to, and holds them against each other and against the
// parameters that every answer knows.
func (x request) ends() (from, to end) {
	q := &x.Query
	from, to = endOf(q, "from"), endOf(q, "to")
	switch {
	case !from.given:
	case from.days != nil && !q.Has("to"):
		q.Mistake(problem.Mistake{Parameter: "to", Expected: "another date: from is one", Detail: "is missing"})
	case to.given && (from.days == nil) != (to.days == nil):
		q.Mistake(problem.Mistake{
			Parameter: "to", Value: problem.Clip(to.text), Expected: "two versions, or two dates",
			Detail: fmt.Sprintf("cannot be compared with from=%s: one is a version and the other a date", from.text),
		})
	case to.given && from.days == nil && x.PinText != "":
		q.Mistake(problem.Mistake{Parameter: pinName(x.PinText), Expected: "from and to alone", Detail: "stands beside from and to, which are versions"})
	case from.days != nil && x.Lens.Asked:
		q.Mistake(problem.Mistake{Parameter: params.NameDatetime, Expected: "from and to alone", Detail: "stands beside from and to, which are dates"})
	}
	return from, to
}

func pinName(pin string) string {
	name, _, _ := strings.Cut(pin, "=")
	return name
}

// differAsked reads what is to be compared; list is names of layers, "all" or "".
// The parameters of the query have been read as far as they are not from and to.
func (x request) differAsked(list string) (*differ, error) {
	d := &differ{}
	d.from, d.to = x.ends()
	if err := x.Query.Problem(); err != nil {
		return nil, err
	}
	before, after, err := x.differViews(d)
	if err != nil {
		return nil, err
	}
	if d.layers, err = x.differLayers(list, before, after); err != nil {
		return nil, err
	}
	was, is := diff.Side{Snapshot: before.Snapshot, Days: d.from.days}, diff.Side{Snapshot: after.Snapshot, Days: d.to.days}
	var touched *diff.Touched
	if d.from.days == nil {
		if x.Lens.Asked {
			was.Days, is.Days = &x.Lens.Window, &x.Lens.Window
		}
		touched = x.source.Touched(d.from.version, d.to.version)
	}
	names := make([]city.LayerID, len(d.layers.Layers))
	for i, l := range d.layers.Layers {
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
func (x request) differViews(d *differ) (before, after *view.View, err error) {
	after = x.View
	if d.from.days != nil {
		d.query = "from=" + d.from.text + "&to=" + d.to.text
		if x.PinText == "" {
			x.PinText = edge.NameVersion + "=" + x.View.Version[0]
		}
		d.query += "&" + x.PinText
		return after, after, nil
	}
	if before, err = x.recall(d.from.version); err != nil {
		return nil, nil, err
	}
	if d.to.given {
		if after, err = x.recall(d.to.version); err != nil {
			return nil, nil, err
		}
		x.View = after
		x.Headers["Twin-Version"] = after.Version
	}
	d.to.version, d.to.text = after.Snapshot.Version(), after.Version[0]
	d.query = "from=" + d.from.text + "&to=" + d.to.text
	if x.Lens.Asked {
		d.query += "&" + x.LensText
	}
	return before, after, nil
}

// recall returns any version of the record as the client may see it.
func (x request) recall(v city.Version) (*view.View, error) {
	if v == x.View.Snapshot.Version() {
		return x.View, nil
	}
	ctx, cancel := x.Within()
	defer cancel()
	state, err := x.source.Recall(ctx, v)
	if err != nil {
		return nil, x.NotKept(err)
	}
	return x.views.Of(state, x.View.Role), nil
}

// differLayers returns the layers of a list that either state has, in order.
func (x request) differLayers(list string, before, after *view.View) (view.LayerSet, error) {
	set := view.LayerSet{Name: view.AllLayers}
	now := x.source.State().Snapshot
	// A layer that was public once may be private now.
	secret := func(l *snapshot.Layer) bool {
		newest := now.Layer(l.ID())
		return newest != nil && !newest.Definition().VisibleAt(x.View.Role)
	}
	if list == "" || list == view.AllLayers {
		set.Layers = slices.Clone(after.All.Layers)
		for _, l := range before.All.Layers {
			if after.Snapshot.Layer(l.ID()) == nil {
				set.Layers = append(set.Layers, l)
			}
		}
		set.Layers = slices.DeleteFunc(set.Layers, secret)
		slices.SortFunc(set.Layers, func(a, b *snapshot.Layer) int { return view.CompareLayer(a, b.ID()) })
		return set, nil
	}
	limit := x.config.MaxLayers
	set, unknown, ok := after.Layers(list, limit)
	if !ok {
		return set, edge.TooManyLayers(list, limit)
	}
	if i := slices.IndexFunc(set.Layers, secret); i >= 0 {
		unknown = append(unknown, string(set.Layers[i].ID()))
	}
	var missing []string
	for _, name := range unknown {
		if l := before.Snapshot.Layer(city.LayerID(name)); l != nil && !secret(l) {
			set.Layers = append(set.Layers, l)
		} else {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return set, x.views.Load(x.View.Role).UnknownLayers(missing)
	}
	if len(unknown) > 0 {
		slices.SortFunc(set.Layers, func(a, b *snapshot.Layer) int { return view.CompareLayer(a, b.ID()) })
		set.Layers = slices.Compact(set.Layers)
		set.Name = view.NameOf(set.Layers)
	}
	return set, nil
}
