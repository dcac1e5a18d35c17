package snapshot

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Step says how one state becomes another: forward with what a change set did,
// or back with what it undid.
type Step struct {
	Version city.Version
	// Changes are of layers that are in the state and in neither Loaded nor
	// Dropped. The last change of a feature counts.
	Changes []city.Change
	// Loaded holds layers that are new or read anew; nil for none.
	Loaded  *Snapshot
	Dropped []city.LayerID
}

// Edit is a feature before and after a Step, with its layer at both times; nil
// where it did not exist. Features that differ in nothing are no edits.
type Edit struct {
	Was, Is       *Layer
	Before, After *Feature
}

// Take returns the state after the step, what it did to features of the layers
// that stayed, by layer and id, and the features that cannot be served and are
// left out. Unlike Apply it never fails: a store may hold what others wrote into
// it. As with Apply, only one goroutine may call it at a time.
//
// All that changes is taken out before anything is put in, so that features may
// swap their codes.
func (s *Snapshot) Take(step Step) (next *Snapshot, edits []Edit, rejected []Rejected) {
	next = &Snapshot{version: step.Version, layers: slices.Clone(s.layers)}
	for _, part := range byLayer(step.Changes) {
		id := part[0].Layer
		at, found := next.find(id)
		if !found {
			for _, c := range part {
				rejected = append(rejected, Rejected{id, c.ID, fmt.Errorf("layer %q: %w", id, city.ErrNotFound)})
			}
			continue
		}
		e := edit(next.layers[at])
		made, left := e.step(next.layers[at], part)
		next.layers[at] = e.layer
		edits, rejected = append(edits, made...), append(rejected, left...)
	}
	next.layers = slices.DeleteFunc(next.layers, func(l *Layer) bool {
		return slices.Contains(step.Dropped, l.def.ID) || step.Loaded != nil && step.Loaded.Layer(l.def.ID) != nil
	})
	if step.Loaded != nil {
		next.layers = append(next.layers, step.Loaded.layers...)
		slices.SortFunc(next.layers, func(a, b *Layer) int { return cmp.Compare(a.def.ID, b.def.ID) })
	}
	return next, edits, rejected
}

// byLayer splits changes into parts of one layer each, sorted by id, with the
// last change of each feature alone.
func byLayer(changes []city.Change) [][]city.Change {
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(a, b city.Change) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.ID, b.ID))
	})
	var parts [][]city.Change
	start := 0
	kept := sorted[:0]
	for i, c := range sorted {
		if i+1 < len(sorted) && sorted[i+1].Layer == c.Layer && sorted[i+1].ID == c.ID {
			continue
		}
		if len(kept) > start && kept[start].Layer != c.Layer {
			parts, start = append(parts, kept[start:len(kept):len(kept)]), len(kept)
		}
		kept = append(kept, c)
	}
	if len(kept) > start {
		parts = append(parts, kept[start:])
	}
	return parts
}

// step does the changes to e.layer, a copy of was.
func (e *editor) step(was *Layer, changes []city.Change) (edits []Edit, rejected []Rejected) {
	var leaving []*Feature
	for i := range changes {
		ed := Edit{Was: was, Is: e.layer, Before: was.Feature(changes[i].ID)}
		if ed.Before != nil {
			leaving = append(leaving, ed.Before)
		}
		edits = append(edits, ed)
	}
	e.removeAll(leaving)
	for i := range changes {
		c := &changes[i]
		if c.Feature == nil {
			continue
		}
		f, err := e.put(c)
		if err != nil {
			rejected = append(rejected, Rejected{was.def.ID, c.ID, err})
			continue
		}
		edits[i].After = f
	}
	e.sweep()
	e.publish()
	return slices.DeleteFunc(edits, func(ed Edit) bool { return ed.Before == nil && ed.After == nil }), rejected
}

// put makes and enters a feature whose id is free.
func (e *editor) put(c *city.Change) (*Feature, error) {
	if err := e.fits(c.Feature); err != nil {
		return nil, err
	}
	r := e.layer.workshop.row(e.layer.def, e.order, c.Feature)
	f, b, err := e.make(c.ID, c.Feature.Geometry, *r)
	if err != nil {
		return nil, err
	}
	e.insert(f, b)
	return f, nil
}

// ID returns the id of the feature that ed is about.
func (ed *Edit) ID() int64 {
	if ed.After != nil {
		return ed.After.id
	}
	return ed.Before.id
}

// Layer returns the id of its layer.
func (ed *Edit) Layer() city.LayerID { return ed.Is.def.ID }

// Relabel returns s as another version: the same layers under another number.
func (s *Snapshot) Relabel(version city.Version) *Snapshot {
	return &Snapshot{version: version, layers: s.layers}
}

// VisibleTo returns s with a layer that clients of other roles may see, as
// city.Layer.VisibleTo names them; s itself when that is as it is, or there is no such
// layer. Everything else is shared.
func (s *Snapshot) VisibleTo(id city.LayerID, roles []city.Role) *Snapshot {
	at, found := s.find(id)
	if !found || slices.Equal(s.layers[at].def.VisibleTo, roles) {
		return s
	}
	layer, def := *s.layers[at], *s.layers[at].def
	layer.def, def.VisibleTo = &def, roles
	next := &Snapshot{version: s.version, layers: slices.Clone(s.layers)}
	next.layers[at] = &layer
	return next
}

// Without returns s without the layers that hidden names, and s itself when it
// names none.
func (s *Snapshot) Without(hidden func(*Layer) bool) *Snapshot {
	if !slices.ContainsFunc(s.layers, hidden) {
		return s
	}
	return &Snapshot{version: s.version, layers: slices.DeleteFunc(slices.Clone(s.layers), hidden)}
}
