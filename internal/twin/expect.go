package twin

import (
	"context"
	"errors"
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Holds reports whether what e expects is so in a state: that the feature is
// there, or not, and that it is as the writer knows it.
func (e *Edit) Holds(s *snapshot.Snapshot) bool {
	l := s.Layer(e.Layer)
	if l == nil {
		return false
	}
	if e.ID == 0 {
		return true
	}
	f := l.Feature(e.ID)
	if f == nil || e.Absent {
		return f == nil && e.Absent
	}
	now := l.Exchange(f)
	return e.Expect == nil || same(&now, e.Expect)
}

// expectLayers compares the definitions in the store with those that the writer
// knows.
func (c *Commit) expectLayers(w Writer) error {
	for i := range c.Known {
		known, now := &c.Known[i], w.Layers()
		at := indexOf(now, known.ID)
		if at < 0 {
			return fmt.Errorf("layer %q: %w", known.ID, city.ErrConflict)
		}
		equal, err := sameLayer(&now[at], known)
		if err != nil {
			return err
		}
		if !equal {
			return fmt.Errorf("layer %q: %w", known.ID, city.ErrConflict)
		}
	}
	for _, id := range c.New {
		if indexOf(w.Layers(), id) >= 0 {
			return fmt.Errorf("layer %q: %w", id, city.ErrConflict)
		}
	}
	return nil
}

// Retry calls attempt with the newest state until it succeeds, or fails for
// another reason than that the store has moved on (city.ErrConflict). Between
// attempts what is committed is published; when that is nothing new, attempt
// would fail again, and its error is returned, as after the last attempt. Only
// one caller at a time attempts something again, so that of many who change one
// feature nobody loses for ever.
func (t *Twin) Retry(ctx context.Context, attempts int, attempt func(*State) error) error {
	alone := false
	defer func() {
		if alone {
			<-t.again
		}
	}()
	for n := 1; ; n++ {
		s := t.State()
		err := attempt(s)
		if err == nil || !errors.Is(err, city.ErrConflict) || n == attempts {
			return err
		}
		if again := t.CatchUp(ctx); again != nil {
			return again
		}
		if t.State() == s {
			return err
		}
		if alone {
			continue
		}
		select {
		case t.again <- struct{}{}:
			alone = true
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
