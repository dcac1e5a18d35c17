package record

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
)

// Undo tells the way back to a version. See twin.Reader.
func (r *Reader) Undo(ctx context.Context, v city.Version, yield func(*city.Change) error) error {
	if err := r.reach(v); err != nil {
		return err
	}
	for _, id := range r.ids() {
		then, now := r.at(id, v), r.at(id, r.version)
		if then == nil {
			continue
		}
		if err := r.undo(ctx, then, now, v, yield); err != nil {
			return fmt.Errorf("layer %q at version %d: %w", id, v, err)
		}
	}
	return nil
}

func (r *Reader) undo(ctx context.Context, then, now *life, v city.Version, yield func(*city.Change) error) error {
	if then.lost() {
		return fmt.Errorf("another program has dropped the table: %w", city.ErrHistoryGone)
	}
	s, err := r.source(ctx, then)
	if err != nil {
		return err
	}
	had := map[int64]bool{}
	start, ok, err := s.start(ctx, v)
	if err != nil {
		return err
	}
	if ok {
		err := r.c.Scan(ctx, s.firstAfter(start, v), func(row []driver.Value) error {
			_, id, f := s.decodeRecord(row)
			if then != now {
				had[id] = true
			}
			return yield(&city.Change{Layer: then.id, ID: id, Feature: f})
		})
		if err != nil {
			return err
		}
	}
	if now == nil || now == then {
		return nil
	}
	// Another layer has the name now: what is in it was not there.
	return r.c.Scan(ctx, "SELECT "+lite.Quote(now.table.ID)+" FROM "+lite.Quote(now.table.Name)+" ORDER BY 1", func(row []driver.Value) error {
		if id, _ := row[0].(int64); !had[id] {
			return yield(&city.Change{Layer: now.id, ID: id})
		}
		return nil
	})
}

// firstAfter selects what each feature that changed after version v was at v, by
// id; start is the first row after v. One that came and went since is left out.
func (s *source) firstAfter(start int64, v city.Version) string {
	existed := "twin_was"
	if t := s.life.table; t != nil {
		existed = fmt.Sprintf("(twin_was OR EXISTS (SELECT 1 FROM %s WHERE %s = twin_id))", lite.Quote(t.Name), lite.Quote(t.ID))
	}
	return fmt.Sprintf("%s AS twin_r WHERE twin_seq >= %d AND %s AND NOT EXISTS (SELECT 1 FROM %s AS twin_e WHERE twin_e.twin_id = twin_r.twin_id AND twin_e.twin_version > %d AND twin_e.twin_version < twin_r.twin_version) ORDER BY twin_id",
		s.record, start, existed, s.name(), v)
}

// History returns the recorded states of a feature, through all lives of its
// layer. See twin.Reader.
func (r *Reader) History(ctx context.Context, layer city.LayerID, id int64, after city.Version, limit int) ([]city.State, error) {
	h := &history{after: max(after, 0), limit: limit}
	known := false
	for _, l := range r.lives {
		if l.id != layer {
			continue
		}
		known = true
		if err := h.walk(ctx, r, l, id); err != nil && !errors.Is(err, errEnough) {
			return nil, fmt.Errorf("history of feature %d of layer %q: %w", id, layer, err)
		}
	}
	if !known {
		return nil, fmt.Errorf("layer %q: %w", layer, city.ErrNotFound)
	}
	for i := range h.states {
		state := &h.states[i]
		if state.Version == 0 {
			continue
		}
		set, err := r.header(ctx, state.Version)
		if err != nil {
			return nil, err
		}
		state.At, state.Author, state.Message = set.At, set.Author, set.Message
	}
	return h.states, nil
}

// history collects the states of one feature.
type history struct {
	after  city.Version
	limit  int
	states []city.State
}

// walk goes through the record of the feature in one life. A row says what a
// state was that ended; the row before says when it began.
func (h *history) walk(ctx context.Context, r *Reader, l *life, id int64) error {
	s, err := r.source(ctx, l)
	if err != nil {
		return err
	}
	began, first := city.Version(0), true
	var last *city.Feature
	next := func(f *city.Feature) error {
		differs := !first && !same(last, f) || first && f != nil && h.after == 0
		first, last = false, f
		if !differs || began <= h.after && h.after > 0 {
			return nil
		}
		return h.add(city.State{Version: began, Feature: f, Definition: s.past})
	}
	if s.record != "" {
		query := s.record + " WHERE twin_id = ? AND twin_version > ? ORDER BY twin_version"
		err := r.c.Each(ctx, query, []driver.Value{id, int64(h.after)}, func(row []driver.Value) error {
			v, _, f := s.decodeRecord(row)
			err := next(f)
			began = v
			return err
		})
		if err != nil {
			return err
		}
	}
	if l.lost() {
		// What it was in the end is lost; that it went is not.
		if !first && l.died() > h.after {
			return h.add(city.State{Version: l.died(), Definition: s.past})
		}
		return nil
	}
	f, err := s.now(ctx, id)
	if err != nil {
		return err
	}
	return next(f)
}

// add takes a state. What was removed and made again in one version counts once.
func (h *history) add(state city.State) error {
	if n := len(h.states); n > 0 && h.states[n-1].Version == state.Version {
		h.states[n-1] = state
		return nil
	}
	if len(h.states) >= h.limit {
		return errEnough
	}
	h.states = append(h.states, state)
	return nil
}
