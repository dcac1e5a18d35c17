package reader

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// changeSet is a row of twin_changeset.
type changeSet struct {
	id, seq int64
	layers  []int64 // generations; 0: definitions
	kept    bool
	city.ChangeSet
}

// definitionsChanged stands among the generations of a change set.
const definitionsChanged = 0

const changeSetColumns = `id, seq, layers, kept, at, author, message`

// changeSets returns those after a version, oldest first, at most limit.
func (r *Reader) changeSets(ctx context.Context, after city.Version, limit int) ([]*changeSet, error) {
	if after < 0 || after > r.version {
		return nil, fmt.Errorf("version %d of %d: %w", after, r.version, city.ErrHistoryGone)
	}
	if after == r.version {
		return nil, nil
	}
	// The first page is asked for in words of its own, whose plan can be kept.
	rows, err := catalogue.Rows(ctx, r.tx, `SELECT `+changeSetColumns+` FROM twin.twin_changeset
		WHERE seq > (SELECT twin.twin_seq_of($1)) ORDER BY seq LIMIT `+strconv.Itoa(firstPage), int64(after))
	var sets []*changeSet
	for page := firstPage; ; {
		if err != nil {
			return nil, err
		}
		var more []*changeSet
		if more, err = pgx.CollectRows(rows, scanChangeSet); err != nil {
			return nil, err
		}
		for _, c := range more[:max(min(len(more), limit-len(sets)), 0)] {
			sets = append(sets, c)
			c.Version = after + city.Version(len(sets))
		}
		if len(more) < page || len(sets) >= limit {
			return sets, nil
		}
		page = min(8*page, limit-len(sets))
		rows, err = r.tx.Query(ctx, `SELECT `+changeSetColumns+` FROM twin.twin_changeset
			WHERE seq > $1 ORDER BY seq LIMIT $2`, pgx.QueryExecModeExec, sets[len(sets)-1].seq, page)
	}
}

// firstPage is how many change sets are asked for first: a follower needs the last
// few, and for few the planner takes the index, also when it knows nothing of the
// table yet and thinks that a third of it is new.
const firstPage = 32

func scanChangeSet(row pgx.CollectableRow) (*changeSet, error) {
	var c changeSet
	err := row.Scan(&c.id, &c.seq, &c.layers, &c.kept, &c.At, &c.Author, &c.Message)
	c.At = c.At.UTC()
	return &c, err
}

// ChangeSets returns who, when and why.
func (r *Reader) ChangeSets(ctx context.Context, after city.Version, limit int) ([]city.ChangeSet, error) {
	sets, err := r.changeSets(ctx, min(max(after, 0), r.version), limit)
	if err != nil {
		return nil, fmt.Errorf("change sets after %d: %w", after, err)
	}
	return plain(sets), nil
}

func plain(sets []*changeSet) []city.ChangeSet {
	out := make([]city.ChangeSet, len(sets))
	for i, c := range sets {
		out[i] = c.ChangeSet
	}
	return out
}

// changeSetsBeside is how many change sets Changes returns beyond most: those
// that only changed definitions, or whose changes cancel out, have no revisions.
const changeSetsBeside = 1000

// Changes returns the change sets after a version with everything in them.
func (r *Reader) Changes(ctx context.Context, after city.Version, most int) ([]city.ChangeSet, error) {
	sets, err := r.changes(ctx, after, most)
	if err != nil {
		return nil, fmt.Errorf("changes after %d: %w", after, err)
	}
	return plain(sets), nil
}

func (r *Reader) changes(ctx context.Context, after city.Version, most int) ([]*changeSet, error) {
	sets, err := r.changeSets(ctx, after, most+changeSetsBeside+1)
	if err != nil {
		return nil, err
	}
	for _, c := range sets {
		if !c.kept {
			return nil, fmt.Errorf("version %d: %w", c.Version, city.ErrHistoryGone)
		}
	}
	if len(sets) > most+changeSetsBeside {
		return nil, city.ErrTooManyChanges
	}
	if err := r.addDefinitions(ctx, sets); err != nil {
		return nil, err
	}
	eras, err := r.listed(ctx, sets)
	if err != nil {
		return nil, err
	}
	if err := r.addRevisions(ctx, sets, eras, most); err != nil {
		return nil, err
	}
	for _, c := range sets {
		slices.SortFunc(c.Revisions, func(a, b city.Revision) int {
			return cmp.Or(strings.Compare(string(a.Layer), string(b.Layer)), cmp.Compare(a.ID, b.ID))
		})
	}
	return sets, nil
}

// addRevisions fills in Revisions, at most so many.
func (r *Reader) addRevisions(ctx context.Context, sets []*changeSet, eras []*listing, most int) error {
	if few, err := r.addFew(ctx, sets, eras, most); few || err != nil {
		return err
	}
	n := 0
	for _, l := range eras {
		count, err := l.count(ctx, r.tx, most-n+1)
		if err != nil {
			return err
		}
		if n += count; n > most {
			return city.ErrTooManyChanges
		}
	}
	byID := map[int64]*changeSet{}
	for _, c := range sets {
		byID[c.id], c.Revisions = c, nil
	}
	for _, l := range eras {
		_, _, err := r.revisions(ctx, l.era, l.era.OfChangeSets(), []any{l.changeSets}, func(id int64, v *city.Revision) error {
			byID[id].Revisions = append(byID[id].Revisions, *v)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// listing is the change sets whose revisions of one era Changes lists.
type listing struct {
	era        *era
	changeSets []int64
}

// listed says which revisions to list: all but those of layers whose definition
// changed in the same change set.
func (r *Reader) listed(ctx context.Context, sets []*changeSet) ([]*listing, error) {
	var all []*listing
	byGeneration := map[int64]*listing{}
	for _, c := range sets {
		for _, generation := range c.layers {
			if generation == definitionsChanged {
				continue
			}
			e, err := r.era(ctx, generation)
			if err != nil {
				return nil, err
			}
			if e == nil || !e.at(c) || c.defines(e.Layer.ID) {
				continue
			}
			l := byGeneration[generation]
			if l == nil {
				l = &listing{era: e}
				byGeneration[generation], all = l, append(all, l)
			}
			l.changeSets = append(l.changeSets, c.id)
		}
	}
	return all, nil
}

func (c *changeSet) defines(layer city.LayerID) bool {
	return slices.ContainsFunc(c.Definitions, func(d city.LayerRevision) bool { return d.ID == layer })
}

// count returns the number of revisions, at most limit.
func (l *listing) count(ctx context.Context, tx pgx.Tx, limit int) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT FROM `+l.era.OfChangeSets()+` LIMIT $2) AS counted`, pgx.QueryExecModeExec, l.changeSets, limit).Scan(&n)
	return n, err
}

// addDefinitions fills in Definitions and Whole.
func (r *Reader) addDefinitions(ctx context.Context, sets []*changeSet) error {
	var ids []int64
	byID := map[int64]*changeSet{}
	for _, c := range sets {
		if slices.Contains(c.layers, definitionsChanged) {
			ids = append(ids, c.id)
			byID[c.id] = c
		}
	}
	if len(ids) == 0 {
		return nil
	}
	// From the newest to the oldest: what a layer was before one is what it was
	// after the one before.
	rows, err := r.tx.Query(ctx, `SELECT w.changeset, w.id, coalesce(w.definition::text, ''), coalesce(w.source::text, ''), coalesce(w.generation, 0)
		FROM twin.twin_layer_was AS w `+placed+`
		WHERE w.changeset = ANY($1) ORDER BY c.seq DESC, w.id COLLATE "C"`, pgx.QueryExecModeExec, ids)
	if err != nil {
		return err
	}
	now := map[city.LayerID]*catalogue.Entry{}
	for _, e := range r.entries {
		now[e.Layer.ID] = e
	}
	var changeSet, generation int64
	var id, definition, where string
	_, err = pgx.ForEachRow(rows, []any{&changeSet, &id, &definition, &where, &generation}, func() error {
		before, err := decodeWas(id, definition, where, generation)
		if err != nil {
			return err
		}
		after := now[city.LayerID(id)]
		now[city.LayerID(id)] = before
		return byID[changeSet].define(city.LayerID(id), before, after)
	})
	return err
}

// decodeWas is DecodeEntry for a row of twin_layer_was, nil where there was no
// such layer.
func decodeWas(id, definition, where string, generation int64) (*catalogue.Entry, error) {
	if definition == "" {
		return nil, nil
	}
	return catalogue.DecodeEntry(id, definition, where, generation)
}

// define notes the change of a layer, unless nothing changed in the end.
func (c *changeSet) define(id city.LayerID, before, after *catalogue.Entry) error {
	if before == nil && after == nil {
		return nil
	}
	revision := city.LayerRevision{ID: id}
	if before != nil {
		revision.Before = &before.Layer
	}
	if after != nil {
		revision.After = &after.Layer
	}
	if before != nil && after != nil && before.Generation == after.Generation {
		same, err := catalogue.SameJSON(before.Layer, after.Layer)
		if err != nil || same {
			return err
		}
	}
	c.Definitions = append(c.Definitions, revision)
	if after != nil {
		c.Whole = append(c.Whole, id)
	}
	return nil
}

// VersionAt returns the newest version that was committed at or before t.
func (r *Reader) VersionAt(ctx context.Context, t time.Time) (v city.Version, err error) {
	err = r.tx.QueryRow(ctx, `SELECT twin.twin_version_of(seq) FROM twin.twin_changeset
		WHERE at <= $1 ORDER BY at DESC, seq DESC LIMIT 1`, pgx.QueryExecModeExec, t).Scan(&v)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("version at %s: %w", t.Format(time.RFC3339Nano), err)
	}
	return v, nil
}
