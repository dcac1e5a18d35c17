package watch

import (
	"cmp"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// Kind says what happened to a feature. The set is closed.
type Kind string

// The kinds of an Event.
const (
	Enter  Kind = "enter"  // it meets the watch and did not before
	Leave  Kind = "leave"  // it met the watch and does not any more
	Change Kind = "change" // it meets the watch, as before, and differs
)

// Event is what one version did to one feature, as one watch sees it.
type Event struct {
	Kind  Kind
	Layer city.LayerID
	ID    int64
	Code  string // "" when it has none
	// DistanceMetres is how far from the point or feature it is now; -1 for
	// watches of polygons and layers, and for what left.
	DistanceMetres float64

	seenIn *city.Layer // the definition by which the owner saw it
}

// sees tells whether the owner of a watch may know of a layer.
type sees func(*Watch, *city.Layer) bool

// engine finds the events of all its watches, step by step. One goroutine uses
// it.
type engine struct {
	index *index
	at    *snapshot.Snapshot // what the places are settled in
	sees  sees
}

func newEngine(at *snapshot.Snapshot, s sees) *engine {
	return &engine{index: newIndex(), at: at, sees: s}
}

// add starts to watch, from the state after e.at on.
func (e *engine) add(t *target) {
	t.seen = 0 // of another index
	t.settle(e.at)
	e.index.add(t)
}

func (e *engine) remove(t *target) { e.index.remove(t) }

// step goes on to a state and calls told with the events of each watch that has
// any, by layer and id. A state that does not follow the one before is compared
// as a whole.
func (e *engine) step(s *twin.State, told func(*target, []Event)) {
	prev, next := e.at, s.Snapshot
	edits := editsOf(prev, s)
	moved := e.moved(edits)
	events := map[*target][]Event{}
	for i := range edits {
		ed := &edits[i]
		e.index.concerned(ed.layer, ed.was, ed.is, func(t *target) {
			if _, m := moved[t]; m || !t.watch.Watches(ed.layer) {
				return
			}
			if ev, ok := e.eventOf(t, ed); ok {
				events[t] = append(events[t], ev)
			}
		})
	}
	for t := range moved {
		before := e.members(t, prev)
		e.index.displace(t)
		t.settle(next)
		e.index.place(t)
		if evs := compareMembers(before, e.members(t, next)); len(evs) > 0 {
			events[t] = evs
		}
	}
	e.at = next
	for t, evs := range events {
		slices.SortFunc(evs, func(a, b Event) int { return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.ID, b.ID)) })
		told(t, evs)
	}
}

// editsOf lists the features that differ between prev and s, and perhaps some
// that do not, each once.
func editsOf(prev *snapshot.Snapshot, s *twin.State) []edit {
	everything := s.Everything || s.Since != prev.Version()
	var edits []edit
	if !everything {
		for i := range s.Edits {
			edits = append(edits, editOf(&s.Edits[i]))
		}
	}
	next := s.Snapshot
	for _, l := range prev.Layers() {
		if everything || s.Touches(l.ID()) {
			edits = compareLayers(edits, l, next.Layer(l.ID()))
		}
	}
	for _, l := range next.Layers() {
		if (everything || s.Touches(l.ID())) && prev.Layer(l.ID()) == nil {
			edits = compareLayers(edits, nil, l)
		}
	}
	return edits
}

// moved finds the watches whose followed feature came, went or moved, or came
// into sight or out of it.
func (e *engine) moved(edits []edit) map[*target]struct{} {
	var moved map[*target]struct{}
	for i := range edits {
		ed := &edits[i]
		followers := e.index.following[featureKey{ed.layer, ed.id}]
		if len(followers) == 0 {
			continue
		}
		for t := range followers {
			if ed.was != nil && ed.is != nil && e.shows(t, ed.was) == e.shows(t, ed.is) &&
				city.SameGeometry(ed.was.feature.Geometry(), ed.is.feature.Geometry()) {
				t.followed = ed.is.layer.Definition()
				continue
			}
			if moved == nil {
				moved = map[*target]struct{}{}
			}
			moved[t] = struct{}{}
		}
	}
	return moved
}

func (e *engine) shows(t *target, s *subject) bool {
	return s != nil && e.sees(t.watch, s.layer.Definition())
}

// eventOf compares one feature's membership before and after.
func (e *engine) eventOf(t *target, ed *edit) (Event, bool) {
	_, before := e.meets(t, ed.was)
	metres, after := e.meets(t, ed.is)
	switch {
	case after && !before:
		return eventFor(Enter, ed.is, metres), true
	case before && !after:
		return eventFor(Leave, ed.was, none), true
	case after && differs(ed.was, ed.is):
		return eventFor(Change, ed.is, metres), true
	}
	return Event{}, false
}

// none stands for no distance.
const none = -1

func eventFor(k Kind, s *subject, metres float64) Event {
	return Event{Kind: k, Layer: s.layer.ID(), ID: s.feature.ID(), Code: s.layer.Code(s.feature), DistanceMetres: metres, seenIn: s.layer.Definition()}
}

// meets reports whether a feature meets a watch, and how far away it is.
func (e *engine) meets(t *target, s *subject) (metres float64, ok bool) {
	if s == nil || !t.watch.Watches(s.layer.ID()) || !e.sees(t.watch, s.layer.Definition()) || !t.watch.Filter.Holds(s.layer, s.feature) {
		return none, false
	}
	if t.watch.Place == nil {
		return none, true
	}
	if t.shape == nil {
		return none, false
	}
	if ref := t.ref(); ref != nil {
		if ref.Layer == s.layer.ID() && ref.ID == s.feature.ID() || !e.sees(t.watch, t.followed) {
			return none, false
		}
	}
	metres, ok = t.shape.within(s)
	if t.watch.Place.Polygon != nil {
		metres = none
	}
	return metres, ok
}

// member is a feature that meets a watch.
type member struct {
	*subject
	metres float64
}

// members finds everything that meets t, whose place is settled in snap.
func (e *engine) members(t *target, snap *snapshot.Snapshot) map[featureKey]member {
	all := map[featureKey]member{}
	if t.shape == nil {
		return all
	}
	for _, l := range snap.Layers() {
		if !t.watch.Watches(l.ID()) {
			continue
		}
		t.shape.candidates(l, func(f *snapshot.Feature) {
			s := subjectOf(l, f)
			if metres, ok := e.meets(t, s); ok {
				all[featureKey{l.ID(), f.ID()}] = member{s, metres}
			}
		})
	}
	return all
}

func compareMembers(before, after map[featureKey]member) []Event {
	var events []Event
	for k, was := range before {
		if is, stays := after[k]; !stays {
			events = append(events, eventFor(Leave, was.subject, none))
		} else if differs(was.subject, is.subject) {
			events = append(events, eventFor(Change, is.subject, is.metres))
		}
	}
	for k, is := range after {
		if _, stayed := before[k]; !stayed {
			events = append(events, eventFor(Enter, is.subject, is.metres))
		}
	}
	return events
}
