package reader

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// place returns where a version stands in the order of commits.
func (r *Reader) place(ctx context.Context, version city.Version) (seq int64, err error) {
	if version < 0 || version > r.version {
		return 0, fmt.Errorf("version %d of %d: %w", version, r.version, city.ErrNotFound)
	}
	err = r.tx.QueryRow(ctx, `SELECT twin.twin_seq_of($1)`, pgx.QueryExecModeExec, int64(version)).Scan(&seq)
	return seq, err
}

// LayersAt returns the definitions as of a version.
func (r *Reader) LayersAt(ctx context.Context, version city.Version) ([]city.Layer, error) {
	entries, _, err := r.entriesAt(ctx, version)
	if err != nil {
		return nil, fmt.Errorf("layers of version %d: %w", version, err)
	}
	return catalogue.LayersOf(entries), nil
}

// entriesAt returns the catalogue as of a version, by id, and its place. The
// error wraps city.ErrHistoryGone when the record does not reach back so far.
func (r *Reader) entriesAt(ctx context.Context, version city.Version) ([]*catalogue.Entry, int64, error) {
	seq, err := r.place(ctx, version)
	if err != nil {
		return nil, 0, err
	}
	if err := r.complete(ctx, seq); err != nil {
		return nil, 0, err
	}
	rows, err := r.tx.Query(ctx, `SELECT DISTINCT ON (w.id) w.id, coalesce(w.definition::text, ''), coalesce(w.source::text, ''), coalesce(w.generation, 0)
		FROM twin.twin_layer_was AS w `+placed+`
		WHERE c.seq > $1 ORDER BY w.id, c.seq`, pgx.QueryExecModeExec, seq)
	if err != nil {
		return nil, 0, err
	}
	at := map[city.LayerID]*catalogue.Entry{}
	for _, e := range r.entries {
		at[e.Layer.ID] = e
	}
	var id, definition, where string
	var generation int64
	_, err = pgx.ForEachRow(rows, []any{&id, &definition, &where, &generation}, func() error {
		e, err := decodeWas(id, definition, where, generation)
		at[city.LayerID(id)] = e
		return err
	})
	entries := []*catalogue.Entry{}
	for _, e := range at {
		if e != nil {
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b *catalogue.Entry) int { return strings.Compare(string(a.Layer.ID), string(b.Layer.ID)) })
	return entries, seq, err
}

// Undo calls yield with what each feature that changed after a version was then.
func (r *Reader) Undo(ctx context.Context, version city.Version, yield func(*city.Change) error) error {
	entries, seq, err := r.entriesAt(ctx, version)
	if err != nil {
		return fmt.Errorf("undo to version %d: %w", version, err)
	}
	touched, err := r.touchedAfter(ctx, seq)
	if err != nil {
		return fmt.Errorf("undo to version %d: %w", version, err)
	}
	for _, then := range entries {
		e, err := r.era(ctx, then.Generation)
		if err != nil {
			return err
		}
		if e == nil {
			return fmt.Errorf("undo to version %d: layer %q: generation %d is not known", version, then.Layer.ID, then.Generation)
		}
		changeSets := touched[then.Generation]
		if len(changeSets) == 0 && e.current {
			continue
		}
		if err := r.undoEra(ctx, e, changeSets, yield); err != nil {
			return err
		}
	}
	return nil
}

// touchedAfter returns the change sets after a place by the generations whose
// features they changed.
func (r *Reader) touchedAfter(ctx context.Context, seq int64) (map[int64][]int64, error) {
	rows, err := r.tx.Query(ctx, `SELECT id, layers FROM twin.twin_changeset WHERE seq > $1`, pgx.QueryExecModeExec, seq)
	if err != nil {
		return nil, err
	}
	touched := map[int64][]int64{}
	var id int64
	var layers []int64
	_, err = pgx.ForEachRow(rows, []any{&id, &layers}, func() error {
		for _, generation := range layers {
			touched[generation] = append(touched[generation], id)
		}
		return nil
	})
	return touched, err
}

// undoEra tells an era as it was before some change sets. When another has its
// name now, the features that only that one has are told as absent.
func (r *Reader) undoEra(ctx context.Context, e *era, changeSets []int64, yield func(*city.Change) error) error {
	var other *catalogue.Entry
	if now, err := catalogue.Find(r.entries, e.Layer.ID); err == nil && !e.current {
		other = now
	}
	told := map[int64]bool{}
	was := e.Was()
	list, err := was.SelectList("w")
	if err != nil {
		return err
	}
	present, join := "false", ""
	if e.current {
		present = "t." + catalogue.Quote(e.Source.ID) + " IS NOT NULL"
		join = e.Present("true")
	}
	// A feature that came and went in between is absent in both states.
	sql := `SELECT w.existed, ` + list + ` FROM (
			SELECT DISTINCT ON (w.id) w.* FROM ` + e.OfChangeSets() + ` ` + placed + `
			ORDER BY w.id, c.seq) AS w` + join + ` WHERE w.existed OR ` + present + ` ORDER BY w.id`
	d := catalogue.NewDecoder(was, &e.Layer)
	var failed error
	err = catalogue.Query(ctx, r.tx, sql, []any{changeSets}, func(raw [][]byte) error {
		f, err := d.Optional(raw[0], raw[1:])
		if err != nil {
			return err
		}
		change := city.Change{Layer: e.Layer.ID, Feature: f}
		if change.ID, err = catalogue.DecodeInteger(raw[1]); err != nil {
			return err
		}
		if other != nil {
			told[change.ID] = true
		}
		failed = yield(&change)
		return failed
	})
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return fmt.Errorf("history of layer %q: %w", e.Layer.ID, err)
	case other != nil:
		return r.undoOther(ctx, other, told, yield)
	}
	return nil
}

// undoOther tells the features of e as absent, but those that are told already.
func (r *Reader) undoOther(ctx context.Context, e *catalogue.Entry, told map[int64]bool, yield func(*city.Change) error) error {
	id := catalogue.Quote(e.Source.ID)
	return catalogue.Query(ctx, r.tx, "SELECT "+id+"::int8 FROM "+e.Source.Rows()+" t ORDER BY "+id, nil, func(raw [][]byte) error {
		gone, err := catalogue.DecodeInteger(raw[0])
		if err != nil || told[gone] {
			return err
		}
		return yield(&city.Change{Layer: e.Layer.ID, ID: gone})
	})
}

// History returns the recorded states of a feature after a version; after 0 also
// the one that is older than the record.
func (r *Reader) History(ctx context.Context, layer city.LayerID, id int64, after city.Version, limit int) ([]city.State, error) {
	eras, err := r.erasOf(ctx, layer)
	if err != nil {
		return nil, err
	}
	h := &history{after: max(after, 0), limit: limit}
	for i, e := range eras {
		h.open, h.before, h.past = nil, nil, e.past()
		if i > 0 {
			if h.open, err = r.madeAgain(ctx, layer, eras[i-1].gone); err != nil {
				return nil, fmt.Errorf("history of layer %q: %w", layer, err)
			}
		}
		if err := r.historyOf(ctx, e, id, h); err != nil {
			return nil, fmt.Errorf("history of feature %d of layer %q: %w", id, layer, err)
		}
	}
	return h.states, nil
}

// madeAgain says when and by whom a layer was made that had been removed at a
// place: by a change set after it, else by the same.
func (r *Reader) madeAgain(ctx context.Context, layer city.LayerID, gone int64) (*city.State, error) {
	var s city.State
	err := r.tx.QueryRow(ctx, `SELECT twin.twin_version_of(c.seq), c.at, c.author, c.message
		FROM twin.twin_changeset AS c WHERE c.seq = coalesce((
			SELECT min(c.seq) FROM twin.twin_layer_was AS w `+placed+` WHERE w.id = $1 AND w.definition IS NULL AND c.seq > $2), $2)`,
		pgx.QueryExecModeExec, string(layer), gone).Scan(&s.Version, &s.At, &s.Author, &s.Message)
	s.At = s.At.UTC()
	return &s, err
}

// history collects states.
type history struct {
	after  city.Version
	limit  int
	states []city.State
	// open is the state whose Feature is what the next row says, nil for the one
	// that is older than the record; before is the Feature before it.
	open   *city.State
	before *city.Feature
	past   *city.Layer // see era.past
}

// next takes what the feature was until a change set, or is now.
func (h *history) next(f *city.Feature) {
	switch {
	case h.open == nil: // the state before the first row
		if f != nil && h.after == 0 && len(h.states) == 0 && h.limit > 0 {
			h.states = append(h.states, city.State{Feature: f, Definition: h.past})
		}
	case !sameFeature(h.before, f) && h.open.Version > h.after && len(h.states) < h.limit:
		h.open.Feature, h.open.Definition = f, h.past
		if n := len(h.states); n > 0 && h.states[n-1].Version == h.open.Version {
			h.states = h.states[:n-1] // removed and made again at once
		}
		h.states = append(h.states, *h.open)
	}
	h.before = f
}

// historyOf appends the states of one era.
func (r *Reader) historyOf(ctx context.Context, e *era, id int64, h *history) error {
	was := e.Was()
	list, err := was.SelectList("w")
	if err != nil {
		return err
	}
	d := catalogue.NewDecoder(was, &e.Layer)
	until := int64(math.MaxInt64)
	if !e.current {
		until = e.gone
	}
	// What is left of a record with a gap counts from the gap on.
	err = catalogue.Query(ctx, r.tx, `SELECT twin.twin_version_of(c.seq), c.at, c.author, c.message, w.existed, `+list+`
		FROM `+was.Identifier()+` AS w `+placed+`
		WHERE w.id = $1 AND c.seq > coalesce((SELECT max(seq) FROM twin.twin_changeset WHERE NOT kept), 0)
			AND c.seq <= $2
		ORDER BY c.seq`, []any{id, until}, func(raw [][]byte) error {
		if len(h.states) >= h.limit {
			return nil
		}
		f, err := d.Optional(raw[4], raw[5:])
		if err != nil {
			return err
		}
		h.next(f)
		h.open, err = decodeState(raw)
		return err
	})
	if err != nil || len(h.states) >= h.limit {
		return err
	}
	f, err := r.present(ctx, e, id)
	if err != nil {
		return err
	}
	h.next(f)
	return nil
}

// decodeState decodes version, time, author and message.
func decodeState(raw [][]byte) (*city.State, error) {
	version, err := catalogue.DecodeInteger(raw[0])
	if err != nil {
		return nil, err
	}
	at, err := catalogue.DecodeValue(city.KindInstant, catalogue.ReadInstant, raw[1], nil)
	return &city.State{Version: city.Version(version), At: at.Time(), Author: string(raw[2]), Message: string(raw[3])}, err
}

// present returns what a feature is now, nil when it is not.
func (r *Reader) present(ctx context.Context, e *era, id int64) (f *city.Feature, err error) {
	if !e.current {
		return nil, nil
	}
	list, err := e.Source.SelectList("t")
	if err != nil {
		return nil, err
	}
	sql := "SELECT " + list + " FROM " + e.Source.Rows() + " t WHERE t." + catalogue.Quote(e.Source.ID) + " = $1"
	err = catalogue.Query(ctx, r.tx, sql, []any{id}, func(raw [][]byte) error {
		f, err = catalogue.NewDecoder(&e.Source, &e.Layer).Feature(raw)
		return err
	})
	return f, err
}

// sameFeature reports whether two states of a feature are served alike; nil is
// no feature.
func sameFeature(a, b *city.Feature) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return slices.Equal(a.Values, b.Values) && city.SameGeometry(a.Geometry, b.Geometry)
}
