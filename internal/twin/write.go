package twin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Edit is one step of a Commit on one feature.
type Edit struct {
	Layer city.LayerID
	// ID is the feature's, 0 for a new one.
	ID int64
	// Absent says that there must be no feature with the ID: a deleted one
	// comes back.
	Absent bool
	// Expect is the state that the writer knows. When the store has another,
	// or none, the commit fails with city.ErrConflict. nil: whatever is there.
	Expect *city.Feature
	// Feature is what it becomes, nil to delete it.
	Feature *city.Feature
}

// Commit is a change set on its way into the store: all of it, or nothing.
type Commit struct {
	Author, Message string
	Edits           []Edit
	// Put and Drop define and remove layers, before the edits.
	Put  []city.Layer
	Drop []city.LayerID
	// Known are definitions as the writer knows them, and New names layers that
	// must not be there. When the store has others, the commit fails with
	// city.ErrConflict.
	Known []city.Layer
	New   []city.LayerID
}

// EditError says which edit of a Commit failed.
type EditError struct {
	Index int // in Commit.Edits
	Err   error
}

// Error names the edit.
func (e *EditError) Error() string { return fmt.Sprintf("edit %d: %v", e.Index, e.Err) }

// Unwrap returns the reason.
func (e *EditError) Unwrap() error { return e.Err }

// Commit writes a change set. It returns when the store has it durably and the
// version is published here, so that who wrote it reads it; with the ids of the
// edited features in the order of the edits. Nothing differs: the version is the
// one before. An error that wraps city.ErrUnavailable means that the store is
// away; any error means that nothing was written, unless it says otherwise.
func (t *Twin) Commit(ctx context.Context, c Commit) (city.Version, []int64, error) {
	ids := make([]int64, len(c.Edits))
	version, err := t.store.Write(ctx, c.Message, func(w Writer) error {
		if c.Author != "" {
			w.Sign(c.Author)
		}
		if err := c.expectLayers(w); err != nil {
			return err
		}
		for _, l := range c.Put {
			if err := w.PutLayer(ctx, l); err != nil {
				return err
			}
		}
		for _, id := range c.Drop {
			if err := w.DropLayer(ctx, id); err != nil {
				return err
			}
		}
		r := room{commit: &c, w: w}
		for i := range c.Edits {
			var err error
			if ids[i], err = r.write(ctx, i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		if errors.Is(err, city.ErrUnavailable) && !errors.Is(err, city.ErrFull) { // a full store can be read
			t.lose(err)
		}
		return 0, nil, err
	}
	// It is committed: that the client goes away now changes nothing.
	if err := t.published(ctx, version); err != nil {
		return version, ids, fmt.Errorf("version %d is committed but not yet shown: %w", version, err)
	}
	return version, ids, nil
}

// published returns when version v is published.
func (t *Twin) published(ctx context.Context, v city.Version) error {
	for t.State().Version() < v {
		_, more, _ := t.Since(v)
		err := t.catchUp(ctx, v)
		if err == nil {
			continue
		}
		// The follower goes on trying.
		select {
		case <-more:
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
	return nil
}

// write brings one edit into the transaction.
func (e *Edit) write(ctx context.Context, w Writer) (int64, error) {
	if e.ID != 0 {
		now, err := w.Get(ctx, e.Layer, e.ID)
		if err != nil && !errors.Is(err, city.ErrNotFound) {
			return e.ID, err
		}
		if e.Expect != nil && (now == nil || !same(now, e.Expect)) || e.Absent && now != nil {
			return e.ID, fmt.Errorf("feature %d of layer %q: %w", e.ID, e.Layer, city.ErrConflict)
		}
		if now == nil && !e.Absent {
			return e.ID, fmt.Errorf("feature %d of layer %q: %w", e.ID, e.Layer, city.ErrNotFound)
		}
	}
	if e.Feature == nil {
		return e.ID, w.Delete(ctx, e.Layer, e.ID)
	}
	f := *e.Feature
	f.ID = e.ID
	return w.Save(ctx, e.Layer, &f)
}

// same tells whether two features have equal geometry and values; values at the
// end that one of them lacks are null.
func same(a, b *city.Feature) bool {
	n := max(len(a.Values), len(b.Values))
	for i := range n {
		if a.Value(i) != b.Value(i) {
			return false
		}
	}
	return city.SameGeometry(a.Geometry, b.Geometry)
}

// Revert returns the edits that take back what a change set did, expecting
// that nothing of it was changed since.
func Revert(revisions []city.Revision) []Edit {
	edits := make([]Edit, 0, len(revisions))
	for _, r := range slices.Backward(revisions) {
		edits = append(edits, Edit{Layer: r.Layer, ID: r.ID, Absent: r.After == nil, Expect: r.After, Feature: r.Before})
	}
	return edits
}
