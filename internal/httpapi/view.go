package httpapi

import (
	"context"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/diff"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// Source gives the states of the city; a twin is one. State and Stale are called
// for each request, by many goroutines, and must be as cheap as an atomic load.
type Source interface {
	// State returns the newest state, nil while there is none yet.
	State() *twin.State
	// At returns the state of a version that is kept; the error is a
	// *twin.GoneError when it is not.
	At(city.Version) (*twin.State, error)
	// AsOf returns the state as it was known at a time.
	AsOf(context.Context, time.Time) (*twin.State, error)
	// Recall returns the state of any version of the record.
	Recall(context.Context, city.Version) (*twin.State, error)
	// Touched returns what may differ between two versions, nil when that is
	// not known.
	Touched(a, b city.Version) *diff.Touched
	// History returns recorded states of a feature after a version, and the
	// definition that their values stand in the order of.
	History(ctx context.Context, layer city.LayerID, id int64, after city.Version, limit int) (city.Layer, []city.State, error)
	// Since returns the states after a version, and a channel that is closed
	// when there are more; a *twin.GoneError when some are not kept any more.
	Since(city.Version) ([]*twin.State, <-chan struct{}, error)
	// Stale returns since when the store cannot be reached, if so.
	Stale() (since time.Time, stale bool)
}

var _ Source = (*twin.Twin)(nil)

// view is a state as somebody may see it, with what the server derives from it
// once rather than for each request. It is immutable.
type view struct {
	state *twin.State
	// snapshot has the layers that the role may see and no others, so that no
	// question about it can reach a hidden one; nil when there is no state yet.
	snapshot *snapshot.Snapshot
	since    time.Time // when the version came to be
	version  []string  // the Twin-Version header
	all      layerSet  // every layer of snapshot
	role     city.Role // who sees it
	answers  *answers  // nil: none are kept
}

// layerSet is some layers of one Snapshot in the order of their names, and its
// canonical spelling: two spellings of one set share cache entries.
type layerSet struct {
	name   string // such as "roads,water", or "all" for every layer there is
	layers []*snapshot.Layer
}

// views keeps the newest view of each role. A request takes a view once and
// reads only from it, so that all of its answer is of one version.
type views struct {
	source  Source
	now     func() time.Time
	current [4]atomic.Pointer[view] // by slotOf
	// answerBytes is how much of answers the newest views keep, each.
	answerBytes int64
}

// slotOf returns the position of a role among those that views keeps apart.
func slotOf(role city.Role) int { return slices.Index(city.Roles(), role) + 1 }

// load returns the view of the newest state. Versions never go back: a
// goroutine that was slow between loading a state and publishing its view takes
// the newer view that another has published meanwhile.
func (vs *views) load(role city.Role) *view {
	current := &vs.current[slotOf(role)]
	for {
		s := vs.source.State()
		old := current.Load()
		if old != nil && (old.state == s || newer(old.state, s)) {
			return old
		}
		next := newView(s, s, role, vs.now)
		next.answers = newAnswers(vs.answerBytes)
		if current.CompareAndSwap(old, next) {
			return next
		}
	}
}

func newer(a, b *twin.State) bool {
	return a != nil && (b == nil || a.Version() > b.Version())
}

// of returns the view of any state.
func (vs *views) of(s *twin.State, role city.Role) *view {
	return newView(s, vs.source.State(), role, vs.now)
}

// hiddenNow reports whether the newest state has the layer and hides it from a
// role. What is private now was perhaps public once: it is private in all states.
func hiddenNow(newest *twin.State, id city.LayerID, role city.Role) bool {
	if newest == nil {
		return false
	}
	l := newest.Snapshot.Layer(id)
	return l != nil && !l.Definition().VisibleAt(role)
}

func newView(s, newest *twin.State, role city.Role, now func() time.Time) *view {
	v := &view{state: s, role: role}
	if s == nil {
		v.version, v.since = []string{"0"}, now().UTC()
		return v
	}
	v.snapshot = s.Snapshot.Without(func(l *snapshot.Layer) bool {
		return !l.Definition().VisibleAt(role) || s != newest && hiddenNow(newest, l.ID(), role)
	})
	v.version = []string{strconv.FormatInt(int64(s.Version()), 10)}
	v.since = s.At.UTC()
	if s.At.IsZero() {
		v.since = s.Published.UTC()
	}
	v.all = layerSet{name: allLayers, layers: v.snapshot.Layers()}
	if v.partial() {
		v.all.name = nameOf(v.all.layers) // never taken for every layer there is
	}
	return v
}

// partial tells whether layers are hidden from the view's role.
func (v *view) partial() bool { return v.state != nil && v.snapshot != v.state.Snapshot }

// allLayers is the name that stands for every layer in /tiles/{layers}.
const allLayers = "all"

// unknownLayers is the problem of naming layers that do not exist; it names
// those that do.
func (v *view) unknownLayers(names []string) *Problem {
	p := problem(404, "unknown-layer", "No such layer", "There is no layer named "+quoteAll(names)+".")
	p.Layers = make([]city.LayerID, 0, len(v.all.layers))
	for _, l := range v.all.layers {
		p.Layers = append(p.Layers, l.ID())
	}
	return p
}

func quoteAll(names []string) string {
	text := ""
	for i, name := range names {
		if i > 0 {
			text += ", "
		}
		text += strconv.Quote(clip(name))
	}
	return text
}

// layer returns the layer named in a path.
func (v *view) layer(name string) (*snapshot.Layer, error) {
	if l := v.snapshot.Layer(city.LayerID(name)); l != nil {
		return l, nil
	}
	return nil, v.unknownLayers([]string{name})
}

// layers reads a comma list of layer names. It returns the names that do not
// exist beside the set; a list that is longer than limit gives ok == false.
// A name that is repeated counts once.
func (v *view) layers(list string, limit int) (set layerSet, unknown []string, ok bool) {
	if l := v.snapshot.Layer(city.LayerID(list)); l != nil {
		i, _ := slices.BinarySearchFunc(v.all.layers, l.ID(), compareLayer)
		return layerSet{name: list, layers: v.all.layers[i : i+1 : i+1]}, nil, true
	}
	n := 0
	splitList(list, func(name string) {
		if n++; n > limit {
			return
		}
		if l := v.snapshot.Layer(city.LayerID(name)); l != nil {
			set.layers = append(set.layers, l)
		} else {
			unknown = append(unknown, name)
		}
	})
	slices.SortFunc(set.layers, func(a, b *snapshot.Layer) int { return compareLayer(a, b.ID()) })
	set.layers = slices.Compact(set.layers)
	set.name = nameOf(set.layers)
	return set, unknown, n <= limit
}

func compareLayer(l *snapshot.Layer, id city.LayerID) int {
	switch a := l.ID(); {
	case a < id:
		return -1
	case a > id:
		return 1
	default:
		return 0
	}
}

func nameOf(layers []*snapshot.Layer) string {
	var name []byte
	for i, l := range layers {
		if i > 0 {
			name = append(name, ',')
		}
		name = append(name, l.ID()...)
	}
	return string(name)
}
