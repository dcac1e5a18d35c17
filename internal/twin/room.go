package twin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// room makes room for keys and codes that features of one change set pass on to
// each other. Each value must have one owner after all edits; the store wants that
// after every single one:
//
//	edits       A: 1 → 2      B: 2 → 1
//	           refused, B has 2
//	with room  B: 2 → none,  A: 1 → 2,  B: none → 1
//
// The steps between are not seen: a store records of each feature what it was
// before the transaction.
type room struct {
	commit  *Commit
	w       Writer
	made    map[city.LayerID]bool // layers for which all room is made
	cleared map[int]bool          // edits whose feature has given up its values, and was as expected
}

// unique is a value that at most one feature of a layer has.
type unique struct {
	layer    city.LayerID
	property int
	value    city.Value
}

// write brings edit i into the transaction. When what it wants is taken, those of
// the edits after it whose features have what others want give it up first.
func (r *room) write(ctx context.Context, i int) (int64, error) {
	e := &r.commit.Edits[i]
	if r.cleared[i] {
		known := *e
		known.Expect = nil // as it was before it gave up its values
		e = &known
	}
	id, err := e.write(ctx, r.w)
	if !errors.Is(err, city.ErrTaken) || r.made[e.Layer] {
		return id, edited(i, err)
	}
	made, clearing := r.make(ctx, i)
	if clearing != nil {
		return id, clearing
	}
	if made {
		id, err = e.write(ctx, r.w)
	}
	return id, edited(i, err)
}

func edited(i int, err error) error {
	if err == nil {
		return nil
	}
	return &EditError{i, err}
}

// make reports whether it made any room in the layer of edit first.
func (r *room) make(ctx context.Context, first int) (made bool, err error) {
	layer := r.commit.Edits[first].Layer
	if r.made == nil {
		r.made, r.cleared = map[city.LayerID]bool{}, map[int]bool{}
	}
	r.made[layer] = true
	layers := r.w.Layers()
	at := indexOf(layers, layer)
	if at < 0 {
		return false, nil
	}
	keys := keysOf(&layers[at])
	wanted := r.wanted(layer, keys, first)
	for i := first + 1; i < len(r.commit.Edits); i++ {
		e := &r.commit.Edits[i]
		if e.Layer != layer || e.ID == 0 || e.Absent {
			continue
		}
		now, err := r.w.Get(ctx, layer, e.ID)
		switch {
		case errors.Is(err, city.ErrNotFound) || err == nil && e.Expect != nil && !same(now, e.Expect):
			return made, edited(i, fmt.Errorf("feature %d of layer %q: %w", e.ID, layer, city.ErrConflict))
		case err != nil:
			return made, edited(i, err)
		}
		given := false
		for _, k := range keys {
			v := now.Value(k)
			if v.IsNull() || !wanted[unique{layer, k, v}] || e.Feature != nil && e.Feature.Value(k) == v {
				continue
			}
			if !given {
				now, given = now.Clone(), true
			}
			now.Values[k] = city.Null
		}
		if !given {
			continue
		}
		if _, err := r.w.Save(ctx, layer, now); err != nil {
			return made, edited(i, err)
		}
		r.cleared[i], made = true, true
	}
	return made, nil
}

// wanted is what the edits of a layer from one on put into its keys.
func (r *room) wanted(layer city.LayerID, keys []int, first int) map[unique]bool {
	wanted := map[unique]bool{}
	for i := first; i < len(r.commit.Edits); i++ {
		e := &r.commit.Edits[i]
		if e.Layer != layer || e.Feature == nil {
			continue
		}
		for _, k := range keys {
			if v := e.Feature.Value(k); !v.IsNull() {
				wanted[unique{layer, k, v}] = true
			}
		}
	}
	return wanted
}

// keysOf lists the properties of which each value belongs to one feature.
func keysOf(l *city.Layer) []int {
	var keys []int
	for _, name := range []string{l.Key, city.PropCode} {
		if i := l.PropertyIndex(name); i >= 0 && !slices.Contains(keys, i) {
			keys = append(keys, i)
		}
	}
	return keys
}
