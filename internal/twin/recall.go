package twin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/diff"
)

// History returns the recorded states of a feature, oldest first, at most limit,
// with the definition that their values stand in the order of, but those that have
// their own. They begin after a version; 0 begins with the first, which has Version 0
// when it is older than the record. They end with what was recorded up to the version
// until, 0 for all. It asks the store: its error wraps city.ErrUnavailable when the
// store is away, and city.ErrNotFound when it has no such layer, neither now nor in
// the version until.
func (t *Twin) History(ctx context.Context, layer city.LayerID, id int64, after, until city.Version, limit int) (def city.Layer, states []city.State, err error) {
	err = t.answering(ctx, func(ctx context.Context, r Reader) error {
		layers := r.Layers()
		i := indexOf(layers, layer)
		if i < 0 && until > 0 {
			if layers, err = r.LayersAt(ctx, until); err != nil {
				return err
			}
			i = indexOf(layers, layer)
		}
		if i < 0 {
			return city.ErrNotFound
		}
		def = layers[i]
		states, err = r.History(ctx, layer, id, after, limit)
		if end := slices.IndexFunc(states, func(s city.State) bool { return s.Version > until }); until > 0 && end >= 0 {
			states = states[:end]
		}
		return err
	})
	if err != nil {
		return city.Layer{}, nil, fmt.Errorf("history of feature %d of layer %q: %w", id, layer, err)
	}
	return def, states, nil
}

// Recall returns the state of any version: one that is kept, or one made from
// the record in the store. The error is a *GoneError that wraps city.ErrNotFound
// for a version that does not exist yet; it wraps city.ErrHistoryGone when the
// record does not reach back so far, and city.ErrUnavailable when the store is
// away.
func (t *Twin) Recall(ctx context.Context, v city.Version) (*State, error) {
	s, err := t.At(v)
	if err == nil || !errors.Is(err, city.ErrHistoryGone) {
		return s, err
	}
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	defer t.end()
	if s = t.past.find(v); s != nil {
		return s, nil
	}
	err = t.answering(ctx, func(ctx context.Context, r Reader) error {
		s, err = t.rewind(ctx, r, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("recall version %d: %w", v, err)
	}
	return s, nil
}

// Touched returns what may differ between two versions, as far as every change
// between them is in memory; nil when it is not.
func (t *Twin) Touched(a, b city.Version) *diff.Touched {
	first, last := min(a, b), max(a, b)
	k := t.kept.Load()
	if k.at(first) == nil || k.at(last) == nil {
		return nil
	}
	touched := &diff.Touched{}
	for _, s := range k.states {
		if s.Version() <= first || s.Version() > last {
			continue
		}
		if s.Everything {
			return nil
		}
		for _, layer := range s.Whole {
			touched.AddLayer(layer)
		}
		for i := range s.Edits {
			touched.Add(s.Edits[i].Layer(), s.Edits[i].ID())
		}
	}
	return touched
}
