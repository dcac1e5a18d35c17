package twin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// rewind makes the state of version v from the one that r has. Layers are defined as
// they are now, but that those see them who saw them then. Where another had the name,
// or none has it now, the layer is made as it was.
func (t *Twin) rewind(ctx context.Context, r Reader, v city.Version) (*State, error) {
	base, err := t.base(ctx, r)
	if err != nil {
		return nil, err
	}
	then, err := r.LayersAt(ctx, v)
	if err != nil {
		return nil, err
	}
	step := snapshot.Step{Version: v}
	told := map[city.LayerID]map[int64]*city.Feature{} // of the layers to be made
	for i := range then {
		if l := base.Snapshot.Layer(then[i].ID); l == nil || !holds(l.Definition(), &then[i]) {
			told[then[i].ID] = map[int64]*city.Feature{}
		}
	}
	err = r.Undo(ctx, v, func(c *city.Change) error {
		if of := told[c.Layer]; of != nil {
			of[c.ID] = c.Feature
		} else {
			step.Changes = append(step.Changes, *c)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, l := range base.Snapshot.Layers() {
		if indexOf(then, l.ID()) < 0 {
			step.Dropped = append(step.Dropped, l.ID())
		}
	}
	if step.Loaded, err = rebuild(v, base.Snapshot, then, told); err != nil {
		return nil, err
	}
	s := &State{Since: v, Everything: true, Published: t.now()}
	s.Snapshot, _, s.Rejected = base.Snapshot.Take(step)
	for i := range then {
		s.Snapshot = s.Snapshot.VisibleTo(then[i].ID, then[i].VisibleTo)
	}
	sets, err := r.ChangeSets(ctx, v-1, 1)
	if err != nil {
		return nil, err
	}
	if len(sets) > 0 {
		s.At = sets[0].At
	}
	t.past.keep(s)
	return s, nil
}

// base returns the state that r has.
func (t *Twin) base(ctx context.Context, r Reader) (*State, error) {
	if s := t.kept.Load().at(r.Version()); s != nil {
		return s, nil
	}
	// The store is ahead of what is published, or behind it.
	steps, err := t.advance(ctx, r)
	if errors.Is(err, city.ErrTooManyChanges) || errors.Is(err, city.ErrHistoryGone) {
		return nil, fmt.Errorf("%w: %w", errAhead, err)
	}
	if err != nil {
		return nil, err
	}
	for _, s := range steps {
		t.publish(s)
	}
	return t.State(), nil
}

// holds reports whether features of a layer as it was defined then can be told in
// the definition of now: properties are only ever added to a layer. Otherwise it was
// removed, and another has its name.
func holds(now, then *city.Layer) bool {
	n := len(then.Properties)
	return len(now.Properties) >= n && slices.EqualFunc(now.Properties[:n], then.Properties, func(a, b city.Property) bool {
		return a.Name == b.Name && a.Type == b.Type
	})
}

// rebuild makes layers as they were defined then, of the features that are told, nil
// for those that were not there, and of all others that base has.
func rebuild(v city.Version, base *snapshot.Snapshot, then []city.Layer, told map[city.LayerID]map[int64]*city.Feature) (*snapshot.Snapshot, error) {
	b := snapshot.NewBuilder(v)
	for i := range then {
		def := &then[i]
		features := told[def.ID]
		if features == nil {
			continue
		}
		loader, err := b.Layer(*def)
		if err != nil {
			return nil, err
		}
		var errs []error
		for _, id := range slices.Sorted(maps.Keys(features)) {
			if f := features[id]; f != nil {
				errs = append(errs, loader.Add(f))
			}
		}
		if l := base.Layer(def.ID); l != nil {
			l.All(func(f *snapshot.Feature) bool {
				if _, known := features[f.ID()]; !known {
					same := l.Exchange(f)
					same.Values = same.Values[:min(len(same.Values), len(def.Properties))]
					errs = append(errs, loader.Add(&same))
				}
				return true
			})
		}
		_, err = loader.Finish()
		if err := errors.Join(append(errs, err)...); err != nil {
			return nil, fmt.Errorf("layer %q: %w", def.ID, err)
		}
	}
	return b.Build()
}
