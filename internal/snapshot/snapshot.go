package snapshot

import (
	"fmt"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Snapshot is the state of all layers at one version. It never changes and may
// be read by any number of goroutines.
type Snapshot struct {
	version city.Version
	layers  []*Layer // by id
}

// Empty returns the state without any layer.
func Empty(version city.Version) *Snapshot { return &Snapshot{version: version} }

// Version returns the version that s is the state of.
func (s *Snapshot) Version() city.Version { return s.version }

// Layers lists the layers by id. The caller must not change the slice.
func (s *Snapshot) Layers() []*Layer { return s.layers }

// Layer returns the layer named id, or nil.
func (s *Snapshot) Layer(id city.LayerID) *Layer {
	i, found := s.find(id)
	if !found {
		return nil
	}
	return s.layers[i]
}

func (s *Snapshot) find(id city.LayerID) (int, bool) {
	return slices.BinarySearchFunc(s.layers, id, func(l *Layer, id city.LayerID) int {
		switch {
		case l.def.ID < id:
			return -1
		case l.def.ID > id:
			return 1
		}
		return 0
	})
}

// Len returns the number of features in all layers.
func (s *Snapshot) Len() int {
	n := 0
	for _, l := range s.layers {
		n += l.Len()
	}
	return n
}

// Apply returns the state after changes, as version s.Version()+1. Layers that
// no change names are shared; of the others only the touched tree nodes are
// copied, so one change costs microseconds whatever the size of the layer.
//
// Removing a feature that does not exist is an error, as is an unknown layer or
// a geometry that cannot be drawn; s is untouched then.
//
// Only one goroutine may call Apply on the snapshots of one twin: copying a
// tree writes its source's ownership mark, which readers never look at.
func (s *Snapshot) Apply(changes []city.Change) (*Snapshot, error) {
	next := &Snapshot{version: s.version + 1, layers: slices.Clone(s.layers)}
	edited := map[city.LayerID]*editor{}
	for i := range changes {
		c := &changes[i]
		e := edited[c.Layer]
		if e == nil {
			at, found := next.find(c.Layer)
			if !found {
				return nil, fmt.Errorf("layer %q: %w", c.Layer, city.ErrNotFound)
			}
			e = edit(next.layers[at])
			next.layers[at] = e.layer
			edited[c.Layer] = e
		}
		if err := e.apply(c); err != nil {
			return nil, fmt.Errorf("layer %q: feature %d: %w", c.Layer, c.ID, err)
		}
	}
	for _, e := range edited {
		e.sweep()
		e.publish()
	}
	return next, nil
}
