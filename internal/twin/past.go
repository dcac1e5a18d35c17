package twin

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
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
