package twin

import (
	"context"
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Replay makes the states after version v from the record in the store, up to
// the store's newest version, and calls yield with the one of v and then with
// each, oldest first, until yield returns an error, which it returns. Unlike
// Since it reaches back behind a restart. Every state is told from the one
// before, as when it was published, but that layers which were read anew are as
// they are now.
//
// With more than most changed features its error wraps city.ErrTooManyChanges;
// when the record does not reach back to v, city.ErrHistoryGone. While it runs
// nothing is published: yield must be quick.
func (t *Twin) Replay(ctx context.Context, v city.Version, most int, yield func(*State) error) error {
	if err := t.begin(ctx); err != nil {
		return err
	}
	defer t.end()
	err := t.store.Read(ctx, func(r Reader) error {
		sets, err := r.Changes(ctx, v, most)
		if err != nil {
			return err
		}
		last := t.kept.Load().at(v)
		if last == nil {
			last = t.past.find(v)
		}
		if last == nil {
			if last, err = t.rewind(ctx, r, v); err != nil {
				return err
			}
		}
		if err := yield(last); err != nil {
			return err
		}
		_, err = t.steps(ctx, r, last, sets, yield)
		return err
	})
	if err != nil {
		return fmt.Errorf("replay from version %d: %w", v, err)
	}
	return nil
}

// steps makes the states that change sets lead to, the first from last, and
// calls yield with each. It returns the version that it has come to.
func (t *Twin) steps(ctx context.Context, r Reader, last *State, sets []city.ChangeSet, yield func(*State) error) (city.Version, error) {
	for len(sets) > 0 {
		// From the first that needs whole layers on, all are one step: a layer
		// can be read only as it is now.
		n := 1
		if needsReading(&sets[0]) {
			n = len(sets)
		}
		s, err := t.step(ctx, r, last, sets[:n])
		if err != nil {
			return last.Version(), err
		}
		if err := yield(s); err != nil {
			return s.Version(), err
		}
		last, sets = s, sets[n:]
	}
	return last.Version(), nil
}
