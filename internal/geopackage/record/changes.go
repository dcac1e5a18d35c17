package record

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// errEnough ends a scan early.
var errEnough = errors.New("enough")

// emptyVersions is how many versions more than revisions Changes returns: not
// every version changes a feature.
const emptyVersions = 1000

// Changes returns the change sets after a version, complete. See twin.Reader.
func (r *Reader) Changes(ctx context.Context, after city.Version, most int) ([]city.ChangeSet, error) {
	if err := r.reach(after); err != nil {
		return nil, err
	}
	sets, err := r.ChangeSets(ctx, after, most+emptyVersions+1)
	if err != nil {
		return nil, err
	}
	if len(sets) > most+emptyVersions {
		return nil, fmt.Errorf("more than %d versions after %d: %w", most+emptyVersions, after, city.ErrTooManyChanges)
	}
	g := &gathering{r: r, after: after, left: most, sets: make(map[city.Version]*city.ChangeSet, len(sets))}
	for i := range sets {
		g.sets[sets[i].Version] = &sets[i]
	}
	if err := g.definitions(ctx); err != nil {
		return nil, err
	}
	for _, l := range r.lives {
		if err := g.life(ctx, l); err != nil {
			return nil, fmt.Errorf("changes of layer %q: %w", l.id, err)
		}
	}
	for i := range sets {
		slices.SortFunc(sets[i].Revisions, func(a, b city.Revision) int {
			return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.ID, b.ID))
		})
	}
	return sets, nil
}

// gathering collects change sets.
type gathering struct {
	r     *Reader
	after city.Version
	left  int // how many revisions may come
	sets  map[city.Version]*city.ChangeSet
}

// definitions finds which layers were made, changed and removed.
func (g *gathering) definitions(ctx context.Context) error {
	for _, id := range g.r.ids() {
		for _, v := range g.turning(id) {
			before, err := g.r.definition(ctx, g.r.at(id, v-1), v-1)
			if err != nil {
				return err
			}
			after, err := g.r.definition(ctx, g.r.at(id, v), v)
			if err != nil {
				return err
			}
			set := g.sets[v]
			if set == nil || before == nil && after == nil {
				continue
			}
			set.Definitions = append(set.Definitions, city.LayerRevision{ID: id, Before: before, After: after})
			if after != nil {
				set.Whole = append(set.Whole, id)
			}
		}
	}
	return nil
}

// turning returns the versions in which the layer was made, changed or removed,
// ascending.
func (g *gathering) turning(id city.LayerID) []city.Version {
	var versions []city.Version
	for _, l := range g.r.lives {
		if l.id != id {
			continue
		}
		for _, t := range l.turns {
			if t.version > g.after {
				versions = append(versions, t.version)
			}
		}
	}
	slices.Sort(versions)
	return slices.Compact(versions)
}

// defined reports whether the definition of the layer changed in a version, so
// that its features are not listed.
func (l *life) defined(v city.Version) bool {
	return slices.ContainsFunc(l.turns, func(t turn) bool { return t.version == v })
}

// life adds the revisions of the features of one life. It walks the record from
// its end, so that what a feature became is what was found last.
func (g *gathering) life(ctx context.Context, l *life) error {
	if l.table == nil && l.died() <= g.after {
		return nil
	}
	s, err := g.r.source(ctx, l)
	if err != nil {
		return err
	}
	from := max(g.after, l.born()) // all that was there when it was made is told as a whole
	if last, err := s.last(ctx); err != nil || last <= from {
		return err
	}
	scan := g.r.kept
	query := s.record + " ORDER BY twin_seq DESC"
	if l.table == nil {
		scan = g.r.c.Scan // it has a number in it
		start, ok, err := s.start(ctx, l.died()-1)
		if err != nil {
			return err
		}
		if ok {
			query = fmt.Sprintf("%s WHERE twin_seq < %d ORDER BY twin_seq DESC", s.record, start)
		}
	}
	became := map[int64]*city.Feature{}
	err = scan(ctx, query, func(row []driver.Value) error {
		v, id, before := s.decodeRecord(row)
		if v <= from {
			return errEnough
		}
		after, known := became[id]
		lost := false
		if !known {
			after, err = s.at(ctx, id, v)
			lost = errors.Is(err, errLost)
			if err != nil && !lost {
				return err
			}
		}
		became[id] = before
		if lost || l.defined(v) || same(before, after) {
			return nil
		}
		if g.left--; g.left < 0 {
			return city.ErrTooManyChanges
		}
		set := g.sets[v]
		if set == nil {
			return fmt.Errorf("version %d is not in twin_versions: %w", v, city.ErrHistoryGone)
		}
		set.Revisions = append(set.Revisions, city.Revision{Layer: l.id, ID: id, Before: before, After: after, Was: s.past, Is: s.past})
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// Revisions tells what one version changed, by layer and id. See twin.Reader.
func (r *Reader) Revisions(ctx context.Context, v city.Version, layer city.LayerID, id int64, yield func(*city.Revision) error) error {
	if err := errors.Join(r.reach(v), r.reach(v-1)); err != nil {
		return err
	}
	for _, each := range r.ids() {
		if each < layer {
			continue
		}
		var after *int64
		if each == layer {
			after = &id
		}
		if err := r.revisions(ctx, each, v, after, yield); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reader) revisions(ctx context.Context, layer city.LayerID, v city.Version, after *int64, yield func(*city.Revision) error) error {
	var ids []int64
	sides := [2]*source{} // before and after
	for i, l := range []*life{r.at(layer, v-1), r.at(layer, v)} {
		if l == nil {
			continue
		}
		s, err := r.source(ctx, l)
		if err != nil {
			return err
		}
		sides[i] = s
		if i == 1 && s == sides[0] {
			break
		}
		changed, err := s.changedIn(ctx, v, after)
		if err != nil {
			return err
		}
		ids = append(ids, changed...)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		revision := city.Revision{Layer: layer, ID: id}
		for i, state := range []**city.Feature{&revision.Before, &revision.After} {
			if sides[i] == nil {
				continue
			}
			f, err := sides[i].at(ctx, id, v-1+city.Version(i))
			if errors.Is(err, errLost) {
				f = revision.Before // nothing to tell
			} else if err != nil {
				return err
			}
			*state = f
		}
		if same(revision.Before, revision.After) {
			continue
		}
		for i, definition := range []**city.Layer{&revision.Was, &revision.Is} {
			if sides[i] != nil {
				*definition = sides[i].past
			}
		}
		if err := yield(&revision); err != nil {
			return err
		}
	}
	return nil
}

// Differs reports whether a version changed any feature.
func (r *Reader) Differs(ctx context.Context, v city.Version) (bool, error) {
	err := r.Revisions(ctx, v, "", 0, func(*city.Revision) error { return errEnough })
	if errors.Is(err, errEnough) {
		return true, nil
	}
	return false, err
}

// kept is Conn.Scan of a query that every follower asks.
func (r *Reader) kept(ctx context.Context, query string, fn func(row []driver.Value) error) error {
	s, err := r.c.Keep(ctx, query)
	if err != nil {
		return err
	}
	return s.Each(ctx, fn)
}
