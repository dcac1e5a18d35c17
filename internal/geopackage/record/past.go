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
				if f == nil {
					return nil // made later, gone with the layer
				}
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
// id; start is the first row after v.
func (s *source) firstAfter(start int64, v city.Version) string {
	return fmt.Sprintf("%s AS twin_r WHERE twin_seq >= %d AND NOT EXISTS (SELECT 1 FROM %s AS twin_e WHERE twin_e.twin_id = twin_r.twin_id AND twin_e.twin_version > %d AND twin_e.twin_version < twin_r.twin_version) ORDER BY twin_id",
		s.record, start, s.name(), v)
}

// History returns the recorded states of a feature. See twin.Reader.
func (r *Reader) History(ctx context.Context, layer city.LayerID, id int64, after city.Version, limit int) ([]city.State, error) {
	var l *life
	for _, each := range r.lives {
		if each.id == layer && (l == nil || l.table == nil) {
			l = each
		}
	}
	if l == nil {
		return nil, fmt.Errorf("layer %q: %w", layer, city.ErrNotFound)
	}
	s, err := r.source(ctx, l)
	if err != nil {
		return nil, err
	}
	h := &history{after: after, limit: limit}
	if err := h.walk(ctx, s, id); err != nil {
		return nil, fmt.Errorf("history of feature %d of layer %q: %w", id, layer, err)
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
	last   *city.Feature // the state before
	first  bool          // there was one
}

// walk goes through the record of the feature. A row says what a state was that
// ended; the row before says when it began.
func (h *history) walk(ctx context.Context, s *source, id int64) error {
	began := max(h.after, 0)
	if s.record != "" {
		query := s.record + " WHERE twin_id = ? AND twin_version > ? ORDER BY twin_version"
		err := s.r.c.Each(ctx, query, []driver.Value{id, int64(began)}, func(row []driver.Value) error {
			v, _, f := s.decodeRecord(row)
			if err := h.add(began, f); err != nil {
				return err
			}
			began = v
			return nil
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	var err error
	switch l := s.life; {
	case !l.lost():
		var f *city.Feature
		if f, err = s.now(ctx, id); err == nil {
			err = h.add(began, f)
		}
	case h.first: // what it was in the end is lost; that it went is not
		err = h.add(l.died(), nil)
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// add takes the next state, unless it is no other than the one before.
func (h *history) add(began city.Version, f *city.Feature) error {
	fresh := !h.first || !same(h.last, f)
	// The first is what the feature was before all that is asked for.
	if !h.first && (h.after > 0 || f == nil) {
		fresh = false
	}
	h.first, h.last = true, f
	if !fresh {
		return nil
	}
	if len(h.states) >= h.limit {
		return errEnough
	}
	h.states = append(h.states, city.State{Version: began, Feature: f})
	return nil
}
