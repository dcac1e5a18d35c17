package reader

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// era is one generation of a layer, with its newest definition.
type era struct {
	*catalogue.Entry
	current bool  // its rows are in its table; otherwise it was removed
	gone    int64 // the place at which it was removed
}

// at reports whether what a change set says of the era counts. Of a table of
// others that is no layer any more an edit that began before may still be noted.
func (e *era) at(c *changeSet) bool { return e.current || c.seq <= e.gone }

// past returns the definition of an era that is over, nil of one that is not.
func (e *era) past() *city.Layer {
	if e.current {
		return nil
	}
	return &e.Layer
}

// era returns the era of a generation, nil when no snapshot ever saw it: a layer
// that was made and removed in one transaction.
func (r *Reader) era(ctx context.Context, generation int64) (*era, error) {
	if r.eras == nil {
		r.eras = map[int64]*era{}
		for _, e := range r.entries {
			r.eras[e.Generation] = &era{Entry: e, current: true}
		}
	}
	if e, known := r.eras[generation]; known || r.pastLoaded {
		return e, nil
	}
	if err := r.loadPast(ctx); err != nil {
		return nil, fmt.Errorf("layers of the past: %w", err)
	}
	return r.eras[generation], nil
}

// loadPast reads the layers that were removed, by their last definitions.
func (r *Reader) loadPast(ctx context.Context) error {
	rows, err := r.tx.Query(ctx, `SELECT DISTINCT ON (w.generation) w.generation, w.id, w.definition::text, w.source::text, c.seq
		FROM twin.twin_layer_was AS w `+placed+`
		WHERE w.generation IS NOT NULL AND NOT EXISTS (SELECT FROM twin.twin_layer AS l WHERE l.generation = w.generation)
		ORDER BY w.generation, c.seq DESC`, pgx.QueryExecModeExec)
	if err != nil {
		return err
	}
	var generation, gone int64
	var id, definition, where string
	_, err = pgx.ForEachRow(rows, []any{&generation, &id, &definition, &where, &gone}, func() error {
		e, err := catalogue.DecodeEntry(id, definition, where, generation)
		r.eras[generation] = &era{Entry: e, gone: gone}
		return err
	})
	r.pastLoaded = err == nil
	return err
}

// erasOf returns the eras of a layer, oldest first.
func (r *Reader) erasOf(ctx context.Context, layer city.LayerID) ([]*era, error) {
	if _, err := r.era(ctx, -1); err != nil { // loads them all
		return nil, err
	}
	var eras []*era
	for _, e := range r.eras {
		if e.Layer.ID == layer {
			eras = append(eras, e)
		}
	}
	slices.SortFunc(eras, func(a, b *era) int { return int(a.Generation - b.Generation) })
	if len(eras) == 0 {
		return nil, fmt.Errorf("layer %q: %w", layer, city.ErrNotFound)
	}
	return eras, nil
}

// complete reports whether everything after a place is known.
func (r *Reader) complete(ctx context.Context, seq int64) error {
	var lost bool
	err := r.tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM twin.twin_changeset WHERE NOT kept AND seq > $1)`,
		pgx.QueryExecModeExec, seq).Scan(&lost)
	if err == nil && lost {
		err = city.ErrHistoryGone
	}
	return err
}

// placed joins a row w of history to its change set c. Each is looked up by
// itself: a join would let the planner, which often knows nothing of these tables
// yet, walk through all of the change sets for the sake of a few.
const placed = `CROSS JOIN LATERAL (
	SELECT one.seq, one.at, one.author, one.message FROM twin.twin_changeset AS one WHERE one.id = w.changeset OFFSET 0) AS c`

// revisions calls yield with each revision of an era that from, rows w of its
// history, selects, in the order of ids, and with its change set. What a feature
// was after a change set is what it was before the next, else what it is. It
// returns the number of rows, of which some may be no revisions, and the last id.
func (r *Reader) revisions(ctx context.Context, e *era, from string, args []any, yield func(changeSet int64, v *city.Revision) error) (rows int, last int64, err error) {
	sql, err := e.revisionsSQL(from)
	if err != nil {
		return 0, 0, fmt.Errorf("layer %q: %w", e.Layer.ID, err)
	}
	d := catalogue.NewDecoder(e.Was(), &e.Layer)
	var failed error
	err = catalogue.Query(ctx, r.tx, sql, args, func(raw [][]byte) error {
		rows++
		changeSet, err := catalogue.DecodeInteger(raw[0])
		if err != nil {
			return err
		}
		if last, err = catalogue.DecodeInteger(raw[3]); err != nil {
			return err
		}
		before, err := d.Optional(raw[1], raw[3:3+d.Width()])
		if err != nil {
			return err
		}
		after, err := d.Optional(raw[2], raw[3+d.Width():])
		if err != nil || sameFeature(before, after) {
			return err
		}
		failed = yield(changeSet, &city.Revision{Layer: e.Layer.ID, ID: last, Before: before, After: after, Was: e.past(), Is: e.past()})
		return failed
	})
	if err != nil && failed == nil {
		err = fmt.Errorf("history of layer %q: %w", e.Layer.ID, err)
	}
	return rows, last, err
}

// revisionsSQL selects change set, whether the feature existed before and
// whether after, then the feature before and after. From is evaluated first, by its
// own index: it has an OFFSET 0 or a LIMIT.
func (e *era) revisionsSQL(from string) (string, error) {
	was := e.Was()
	before, err := was.SelectList("w")
	if err != nil {
		return "", err
	}
	after, err := was.SelectList("n")
	if err != nil {
		return "", err
	}
	exists, join := "coalesce(n.existed, false)", ""
	if e.current {
		exists = "coalesce(n.existed, t." + catalogue.Quote(e.Source.ID) + " IS NOT NULL)"
		join = e.Present("n.id IS NULL")
		if after, err = e.Either("n", "t"); err != nil {
			return "", err
		}
	}
	return `SELECT w.changeset, w.existed, ` + exists + `, ` + before + `, ` + after + `
		FROM ` + from + ` LEFT JOIN LATERAL (
			SELECT * FROM (
				SELECT *, (SELECT c.seq FROM twin.twin_changeset AS c WHERE c.id = later.changeset) AS seq
				FROM ` + was.Identifier() + ` AS later WHERE later.id = w.id OFFSET 0) AS placed
			WHERE placed.seq > (SELECT c.seq FROM twin.twin_changeset AS c WHERE c.id = w.changeset)
			ORDER BY placed.seq LIMIT 1) AS n ON true` + join + ` ORDER BY w.id`, nil
}

// Revisions calls yield with what one version changed.
func (r *Reader) Revisions(ctx context.Context, version city.Version, layer city.LayerID, id int64, yield func(*city.Revision) error) error {
	c, eras, err := r.touched(ctx, version)
	if err != nil {
		return fmt.Errorf("revisions of version %d: %w", version, err)
	}
	for len(eras) > 0 {
		same := 1 // generations of one layer: it was removed and made again
		for same < len(eras) && eras[same].Layer.ID == eras[0].Layer.ID {
			same++
		}
		of := eras[:same]
		eras = eras[same:]
		after := int64(0)
		switch strings.Compare(string(of[0].Layer.ID), string(layer)) {
		case -1:
			continue
		case 0:
			after = id
		}
		if err := r.revisionsOf(ctx, c, of, after, yield); err != nil {
			return err
		}
	}
	return nil
}

// touched returns a change set and the eras whose features it changed, by layer
// and age.
func (r *Reader) touched(ctx context.Context, version city.Version) (*changeSet, []*era, error) {
	if version < 1 || version > r.version {
		return nil, nil, city.ErrNotFound
	}
	sets, err := r.changeSets(ctx, version-1, 1)
	if err != nil {
		return nil, nil, err
	}
	c := sets[0]
	if err := r.complete(ctx, c.seq-1); err != nil {
		return nil, nil, err
	}
	var eras []*era
	for _, generation := range c.layers {
		e, err := r.era(ctx, generation)
		if err != nil {
			return nil, nil, err
		}
		if e != nil && generation != definitionsChanged && e.at(c) {
			eras = append(eras, e)
		}
	}
	slices.SortFunc(eras, func(a, b *era) int {
		if c := strings.Compare(string(a.Layer.ID), string(b.Layer.ID)); c != 0 {
			return c
		}
		return int(a.Generation - b.Generation)
	})
	return c, eras, nil
}

// revisionsOf yields the revisions of one layer. Of several eras the last one is
// the layer after the change set: the features of those before are held in memory
// and become what was before theirs.
func (r *Reader) revisionsOf(ctx context.Context, c *changeSet, eras []*era, after int64, yield func(*city.Revision) error) error {
	var held []city.Revision
	for _, e := range eras[:len(eras)-1] {
		err := r.revisionsByPage(ctx, e, c, after, func(v *city.Revision) error {
			held = append(held, *v)
			return nil
		})
		if err != nil {
			return err
		}
	}
	slices.SortFunc(held, func(a, b city.Revision) int { return int(a.ID - b.ID) })
	err := r.revisionsByPage(ctx, eras[len(eras)-1], c, after, func(v *city.Revision) error {
		for len(held) > 0 && held[0].ID < v.ID {
			if err := yield(&held[0]); err != nil {
				return err
			}
			held = held[1:]
		}
		if len(held) > 0 && held[0].ID == v.ID {
			v.Before, v.Was = held[0].Before, held[0].Was
			held = held[1:]
			if sameFeature(v.Before, v.After) {
				return nil
			}
		}
		return yield(v)
	})
	for i := 0; err == nil && i < len(held); i++ {
		err = yield(&held[i])
	}
	return err
}

// revisionsPage is the number of revisions that are asked for at once, so that a
// reader of the first few of a large import does not wait for all.
const revisionsPage = 1000

func (r *Reader) revisionsByPage(ctx context.Context, e *era, c *changeSet, after int64, yield func(*city.Revision) error) error {
	page := "(SELECT * FROM " + e.Was().Identifier() + " WHERE changeset = $1 AND id > $2 ORDER BY changeset, id LIMIT $3) AS w"
	for {
		rows, last, err := r.revisions(ctx, e, page, []any{c.id, after, int64(revisionsPage)},
			func(_ int64, v *city.Revision) error { return yield(v) })
		if err != nil || rows < revisionsPage {
			return err
		}
		after = last
	}
}
