package twin

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// maxPast is how many states of the past, older than what is kept, stay in
// memory. Each shares with the newest state what has not changed since.
const maxPast = 8

// pastCache holds states that were made from the record, least recently used
// first. Its owner holds Twin.build.
type pastCache struct{ order list.List }

func (c *pastCache) find(v city.Version) *State {
	for e := c.order.Front(); e != nil; e = e.Next() {
		if s := e.Value.(*State); s.Version() == v {
			c.order.MoveToBack(e)
			return s
		}
	}
	return nil
}

func (c *pastCache) keep(s *State) {
	c.order.PushBack(s)
	for c.order.Len() > maxPast {
		c.order.Remove(c.order.Front())
	}
}

// AsOf returns the state as the twin knew it at a time: of the newest version
// committed at or before it. What is not in memory any more is made from the
// record in the store. Its error wraps city.ErrHistoryGone when the record does
// not reach back so far, and city.ErrUnavailable when the store is away.
func (t *Twin) AsOf(ctx context.Context, at time.Time) (*State, error) {
	k := t.kept.Load()
	for _, s := range slices.Backward(k.states) {
		if s.At.IsZero() || s.At.After(at) {
			continue
		}
		if next := s.next(k); next == nil || next.Since == s.Version() {
			return s, nil
		}
		break // versions between this and the next were not published alone
	}
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	defer t.end()
	s, err := t.known(ctx, at)
	if errors.Is(err, errAhead) { // of whom a great import has just been committed
		if err = t.reload(ctx); err == nil {
			s, err = t.known(ctx, at)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("as of %s: %w", at.UTC().Format(time.RFC3339), err)
	}
	return s, nil
}

// known finds the state as of a time by the record, or makes it. The caller holds
// build.
func (t *Twin) known(ctx context.Context, at time.Time) (s *State, err error) {
	err = t.reading(ctx, func(ctx context.Context, r Reader) error {
		v, err := r.VersionAt(ctx, at)
		if err != nil {
			return err
		}
		if s = t.kept.Load().at(v); s != nil {
			return nil
		}
		if s = t.past.find(v); s != nil {
			return nil
		}
		s, err = t.rewind(ctx, r, v)
		return err
	})
	return s, err
}

// errAhead means that the store is ahead of what is published by more than can be
// taken over step by step.
var errAhead = errors.New("the store has to be read anew")

// next returns the state after s among those kept, or nil.
func (s *State) next(k *kept) *State {
	i, found := slices.BinarySearchFunc(k.states, s.Version(), compareVersion)
	if !found || i+1 == len(k.states) {
		return nil
	}
	return k.states[i+1]
}

// rewind makes the state of version v from the one that r has.
func (t *Twin) rewind(ctx context.Context, r Reader, v city.Version) (*State, error) {
	base := t.kept.Load().at(r.Version())
	if base == nil { // the store is ahead of what is published, or behind it
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
		base = t.State()
	}
	then, err := r.LayersAt(ctx, v)
	if err != nil {
		return nil, err
	}
	step := snapshot.Step{Version: v}
	gone := map[city.LayerID][]city.Feature{} // of layers that were removed since
	err = r.Undo(ctx, v, func(c *city.Change) error {
		if base.Snapshot.Layer(c.Layer) != nil {
			step.Changes = append(step.Changes, *c)
		} else if c.Feature != nil {
			gone[c.Layer] = append(gone[c.Layer], *c.Feature)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, l := range base.Snapshot.Layers() {
		if !slices.ContainsFunc(then, func(d city.Layer) bool { return d.ID == l.ID() }) {
			step.Dropped = append(step.Dropped, l.ID())
		}
	}
	if step.Loaded, err = rebuild(v, base.Snapshot, then, gone); err != nil {
		return nil, err
	}
	s := &State{Since: v, Everything: true, Published: t.now()}
	s.Snapshot, _, s.Rejected = base.Snapshot.Take(step)
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

// rebuild makes the layers that a state had and base has not.
func rebuild(v city.Version, base *snapshot.Snapshot, then []city.Layer, gone map[city.LayerID][]city.Feature) (*snapshot.Snapshot, error) {
	b := snapshot.NewBuilder(v)
	for _, def := range then {
		if base.Layer(def.ID) != nil {
			continue
		}
		loader, err := b.Layer(def)
		if err != nil {
			return nil, err
		}
		var errs []error
		for i := range gone[def.ID] {
			errs = append(errs, loader.Add(&gone[def.ID][i]))
		}
		_, err = loader.Finish()
		if err := errors.Join(append(errs, err)...); err != nil {
			return nil, fmt.Errorf("layer %q: %w", def.ID, err)
		}
	}
	return b.Build()
}
