package view

import (
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/answers"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// Source gives the newest state of the city, nil while there is none yet; a twin is
// one. It is asked for each request, by many goroutines, and must be as cheap as an
// atomic load.
type Source interface{ State() *twin.State }

// View is a state as somebody may see it, with what the server derives from it
// once rather than for each request. It is immutable, but for what it remembers.
type View struct {
	State *twin.State
	// Snapshot has the layers that the role may see and no others, so that no
	// question about it can reach a hidden one; nil when there is no state yet.
	Snapshot *snapshot.Snapshot
	Since    time.Time      // when the version came to be
	Version  []string       // the Twin-Version header
	All      LayerSet       // every layer of snapshot
	Role     city.Role      // who sees it
	Answers  *answers.Cache // nil: none are kept

	spellings spellings
}

// Views keeps the newest view of each role. A request takes a view once and
// reads only from it, so that all of its answer is of one version.
type Views struct {
	source  Source
	now     func() time.Time
	current [4]atomic.Pointer[View] // by slotOf
	// answerBytes is how much of answers the newest views keep, each.
	answerBytes int64
}

// NewViews returns the views of the states of a source, of which the newest each
// keep answers of so many bytes.
func NewViews(source Source, now func() time.Time, answerBytes int64) *Views {
	return &Views{source: source, now: now, answerBytes: answerBytes}
}

// slotOf returns the position of a role among those that views keeps apart.
func slotOf(role city.Role) int { return slices.Index(city.Roles(), role) + 1 }

// Load returns the view of the newest state. Versions never go back: a
// goroutine that was slow between loading a state and publishing its view takes
// the newer view that another has published meanwhile.
func (vs *Views) Load(role city.Role) *View {
	current := &vs.current[slotOf(role)]
	for {
		s := vs.source.State()
		old := current.Load()
		if old != nil && (old.State == s || newer(old.State, s)) {
			return old
		}
		next := newView(s, s, role, vs.now)
		next.Answers = answers.New(vs.answerBytes)
		if current.CompareAndSwap(old, next) {
			return next
		}
	}
}

func newer(a, b *twin.State) bool {
	return a != nil && (b == nil || a.Version() > b.Version())
}

// Of returns the view of any state.
func (vs *Views) Of(s *twin.State, role city.Role) *View {
	return newView(s, vs.source.State(), role, vs.now)
}

// HiddenNow reports whether the newest state has the layer and hides it from a
// role. What is private now was perhaps public once: it is private in all states.
func HiddenNow(newest *twin.State, id city.LayerID, role city.Role) bool {
	if newest == nil {
		return false
	}
	l := newest.Snapshot.Layer(id)
	return l != nil && !l.Definition().VisibleAt(role)
}

func newView(s, newest *twin.State, role city.Role, now func() time.Time) *View {
	v := &View{State: s, Role: role}
	if s == nil {
		v.Version, v.Since = []string{"0"}, now().UTC()
		return v
	}
	v.Snapshot = s.Snapshot.Without(func(l *snapshot.Layer) bool {
		return !l.Definition().VisibleAt(role) || s != newest && HiddenNow(newest, l.ID(), role)
	})
	v.Version = []string{strconv.FormatInt(int64(s.Version()), 10)}
	v.Since = s.At.UTC()
	if s.At.IsZero() {
		v.Since = s.Published.UTC()
	}
	v.All = LayerSet{Name: AllLayers, Layers: v.Snapshot.Layers()}
	if v.Partial() {
		v.All.Name = NameOf(v.All.Layers) // never taken for every layer there is
	}
	return v
}

// Partial tells whether layers are hidden from the view's role.
func (v *View) Partial() bool { return v.State != nil && v.Snapshot != v.State.Snapshot }

// AllLayers is the name that stands for every layer in /tiles/{layers}.
const AllLayers = "all"

// UnknownLayers is the problem of naming layers that do not exist; it names
// those that do.
func (v *View) UnknownLayers(names []string) *problem.Problem {
	p := problem.New(404, "unknown-layer", "No such layer", "There is no layer named "+problem.Quote(names)+".")
	p.Layers = make([]city.LayerID, 0, len(v.All.Layers))
	for _, l := range v.All.Layers {
		p.Layers = append(p.Layers, l.ID())
	}
	return p
}

// Layer returns the layer named in a path.
func (v *View) Layer(name string) (*snapshot.Layer, error) {
	if l := v.Snapshot.Layer(city.LayerID(name)); l != nil {
		return l, nil
	}
	return nil, v.UnknownLayers([]string{name})
}
