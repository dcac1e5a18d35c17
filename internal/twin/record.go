package twin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Entry is one version as the record tells it.
type Entry struct {
	// Set says who, when and why, and which layers were made, redefined or
	// removed, but lists no revisions.
	Set city.ChangeSet
	// Layers are those that it touched, by id, as they are defined now; those
	// that have been removed since as they were defined then.
	Layers []city.Layer
	// Then are the same layers as they were defined then, after the version or, when
	// it removed them, before it; where that is not known any more, as in Layers.
	Then []city.Layer
	// Lost says that what it changed is not in the record any more.
	Lost bool
}

// Entries returns at most limit versions after a version, oldest first. While the
// store is away it tells what it has in memory; when that is not all of it the
// error wraps city.ErrUnavailable.
func (t *Twin) Entries(ctx context.Context, after city.Version, limit int) ([]Entry, error) {
	if _, stale := t.Stale(); stale {
		if entries, ok := t.remembered(after, limit); ok {
			return entries, nil
		}
	}
	var entries []Entry
	err := t.reading(ctx, func(ctx context.Context, r Reader) error {
		sets, err := r.ChangeSets(ctx, after, limit)
		if err != nil {
			return err
		}
		g := gatherer{Reader: r}
		for i := range sets {
			e, err := g.entry(ctx, sets[i])
			if err != nil {
				return err
			}
			entries = append(entries, e)
		}
		return nil
	})
	if errors.Is(err, city.ErrUnavailable) {
		if entries, ok := t.remembered(after, limit); ok {
			return entries, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("versions after %d: %w", after, err)
	}
	return entries, nil
}

// reading is Store.Read of the record, for a client that waits.
func (t *Twin) reading(ctx context.Context, read func(context.Context, Reader) error) error {
	err := t.answering(ctx, read)
	if err != nil && errors.Is(err, city.ErrUnavailable) {
		t.lose(err)
	}
	return err
}

// gatherer completes the headers of consecutive versions. It keeps the
// definitions of the last version, which are those before the next.
type gatherer struct {
	Reader
	version city.Version
	layers  []city.Layer
}

// at returns the definitions as of a version; none when the record does not
// reach back to it.
func (g *gatherer) at(ctx context.Context, v city.Version) ([]city.Layer, error) {
	if g.layers != nil && g.version == v {
		return g.layers, nil
	}
	layers, err := g.LayersAt(ctx, v)
	if errors.Is(err, city.ErrHistoryGone) || v < 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	g.version, g.layers = v, append([]city.Layer{}, layers...)
	return g.layers, nil
}

func (g *gatherer) entry(ctx context.Context, set city.ChangeSet) (Entry, error) {
	e := Entry{Set: set}
	before, err := g.at(ctx, set.Version-1)
	if err != nil {
		return e, err
	}
	after, err := g.at(ctx, set.Version)
	if err != nil {
		return e, err
	}
	if before != nil && after != nil {
		if e.Set.Definitions, err = redefined(before, after); err != nil {
			return e, err
		}
	}
	touched := []city.LayerID{}
	for _, d := range e.Set.Definitions {
		touched = append(touched, d.ID)
	}
	err = g.touched(ctx, set.Version, &touched)
	if e.Lost = errors.Is(err, city.ErrHistoryGone); err != nil && !e.Lost {
		return e, err
	}
	slices.Sort(touched)
	for _, id := range slices.Compact(touched) {
		find := func(lists ...[]city.Layer) city.Layer {
			for _, known := range lists {
				if i := indexOf(known, id); i >= 0 {
					return known[i]
				}
			}
			return city.Layer{ID: id}
		}
		e.Layers = append(e.Layers, find(g.Layers(), after, before))
		e.Then = append(e.Then, find(after, before, g.Layers()))
	}
	return e, nil
}

// touched adds the layers of which features changed: it asks for the first
// revision of each.
func (g *gatherer) touched(ctx context.Context, v city.Version, add *[]city.LayerID) error {
	layer, id := city.LayerID(""), int64(0)
	for {
		found := false
		err := g.Revisions(ctx, v, layer, id, func(r *city.Revision) error {
			layer, id, found = r.Layer, math.MaxInt64, true
			return errEnough
		})
		if err != nil && !errors.Is(err, errEnough) {
			return err
		}
		if !found {
			return nil
		}
		*add = append(*add, layer)
	}
}

var errEnough = errors.New("enough")

func indexOf(layers []city.Layer, id city.LayerID) int {
	return slices.IndexFunc(layers, func(l city.Layer) bool { return l.ID == id })
}

// redefined lists the layers that differ between two lists of definitions.
func redefined(before, after []city.Layer) ([]city.LayerRevision, error) {
	var all []city.LayerRevision
	for i := range before {
		r := city.LayerRevision{ID: before[i].ID, Before: &before[i]}
		if j := indexOf(after, r.ID); j >= 0 {
			r.After = &after[j]
			if equal, err := sameLayer(r.Before, r.After); err != nil {
				return nil, err
			} else if equal {
				continue
			}
		}
		all = append(all, r)
	}
	for j := range after {
		if indexOf(before, after[j].ID) < 0 {
			all = append(all, city.LayerRevision{ID: after[j].ID, After: &after[j]})
		}
	}
	slices.SortFunc(all, func(a, b city.LayerRevision) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// sameLayer compares definitions by what they say: an empty list is none.
func sameLayer(a, b *city.Layer) (bool, error) {
	x, err := json.Marshal(tidy(a))
	if err != nil {
		return false, err
	}
	y, err := json.Marshal(tidy(b))
	return string(x) == string(y), err
}

func tidy(l *city.Layer) city.Layer {
	out := *l
	if len(out.Properties) == 0 {
		out.Properties = nil
	}
	return out
}

// remembered tells of versions from memory; ok is false when those do not reach
// back to after, or when several were read at once.
func (t *Twin) remembered(after city.Version, limit int) (entries []Entry, ok bool) {
	k := t.kept.Load()
	at, found := slices.BinarySearchFunc(k.states, after, compareVersion)
	if !found {
		return nil, false
	}
	for i := at + 1; i < len(k.states) && len(entries) < limit; i++ {
		s := k.states[i]
		if s.Since != s.Version()-1 || len(s.Sets) != 1 {
			return nil, false
		}
		e := Entry{Set: s.Sets[0]}
		touched := slices.Clone(s.Whole)
		for j := range s.Edits {
			touched = append(touched, s.Edits[j].Layer())
		}
		slices.Sort(touched)
		for _, id := range slices.Compact(touched) {
			e.Layers = append(e.Layers, defined(id, k.newest(), s, k.states[i-1]))
			e.Then = append(e.Then, defined(id, s, k.states[i-1], k.newest()))
		}
		entries = append(entries, e)
	}
	return entries, true
}

// defined returns the definition of a layer in the first of the states that has it; of
// one that none has there is the name alone.
func defined(id city.LayerID, states ...*State) city.Layer {
	for _, s := range states {
		if l := s.Snapshot.Layer(id); l != nil {
			return *l.Definition()
		}
	}
	return city.Layer{ID: id}
}

// ErrSkipLayer is what the yield of Revisions returns to hear no more of a layer.
var ErrSkipLayer = errors.New("skip the rest of the layer")

// Revisions calls yield with what a version changed, by layer and id, for the
// features after (layer, id) in that order, ("", 0) for all. It stops at yield's
// first error, which it returns; after ErrSkipLayer it goes on with the next
// layer. The revision is yield's only until it returns; its features may be kept.
// The error wraps city.ErrNotFound for a version that does not exist,
// city.ErrHistoryGone for one that is not in the record any more.
func (t *Twin) Revisions(ctx context.Context, version city.Version, layer city.LayerID, id int64, yield func(*city.Revision) error) error {
	return t.reading(ctx, func(ctx context.Context, r Reader) error {
		for {
			err := r.Revisions(ctx, version, layer, id, func(rev *city.Revision) error {
				layer, id = rev.Layer, math.MaxInt64
				own := *rev
				if own.Before != nil {
					own.Before = own.Before.Clone()
				}
				if own.After != nil {
					own.After = own.After.Clone()
				}
				return yield(&own)
			})
			if !errors.Is(err, ErrSkipLayer) {
				return err
			}
		}
	})
}
