package reader

import (
	"context"
	"slices"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// fewRevisions is how many changed features a follower asks for before it asks how
// many there are.
const fewRevisions = 64

// addFew is addRevisions for what a follower usually finds: few features, and no
// layer defined anew. It reports whether it was that; if not, what it has filled
// in is not whole.
//
// Since the change sets are all those up to the present, what a feature was after
// one of them is what it was before its next among them, or what it is now. To
// plan this query takes PostgreSQL half as long as that of revisions, which looks
// for the next by itself, and the plan takes longer than the work.
func (r *Reader) addFew(ctx context.Context, sets []*changeSet, eras []*listing, most int) (few bool, err error) {
	byID := map[int64]*changeSet{}
	for _, c := range sets {
		if slices.Contains(c.layers, definitionsChanged) {
			return false, nil
		}
		byID[c.id] = c
	}
	left := min(most, fewRevisions)
	for _, l := range eras {
		rows, err := r.news(ctx, l, left+1)
		if err != nil {
			return false, err
		}
		if left -= len(rows); left < 0 {
			return false, nil
		}
		for i := range rows {
			v := &rows[i]
			if i+1 < len(rows) && rows[i+1].ID == v.ID {
				v.After = rows[i+1].Before
			}
			if !sameFeature(v.Before, v.After) {
				c := byID[v.changeSet]
				c.Revisions = append(c.Revisions, v.Revision)
			}
		}
	}
	return true, nil
}

// newest is a row of history with what the feature is now.
type newest struct {
	city.Revision
	changeSet int64
}

// news returns the rows of history of some change sets, feature by feature in the
// order of the change sets, at most limit.
func (r *Reader) news(ctx context.Context, l *listing, limit int) ([]newest, error) {
	e := l.era
	was := e.Was()
	before, err := was.SelectList("w")
	if err != nil {
		return nil, err
	}
	now, join := "", ""
	if e.current {
		list, err := e.Source.SelectList("t")
		if err != nil {
			return nil, err
		}
		now, join = ", t."+catalogue.Quote(e.Source.ID)+" IS NOT NULL, "+list, e.Present("true")
	}
	sql := "SELECT w.changeset, w.existed, " + before + now + " FROM (" + changesOf(was, len(l.changeSets)) +
		" LIMIT " + strconv.Itoa(limit) + ") AS w" + join + " ORDER BY w.id, w.n"
	args := []any{l.changeSets}
	if len(l.changeSets) == 1 {
		args = []any{l.changeSets[0]}
	}
	then, current := catalogue.NewDecoder(was, &e.Layer), catalogue.NewDecoder(&e.Source, &e.Layer)
	var rows []newest
	err = e.Query(ctx, r.tx, sql, args, func(raw [][]byte) error {
		v := newest{Revision: city.Revision{Layer: e.Layer.ID}}
		var err error
		if v.changeSet, err = catalogue.DecodeInteger(raw[0]); err != nil {
			return err
		}
		if v.ID, err = catalogue.DecodeInteger(raw[2]); err != nil {
			return err
		}
		if v.Before, err = then.Optional(raw[1], raw[2:2+then.Width()]); err != nil {
			return err
		}
		if e.current {
			raw = raw[2+then.Width():]
			if v.After, err = current.Optional(raw[0], raw[1:]); err != nil {
				return err
			}
		}
		rows = append(rows, v)
		return nil
	})
	return rows, err
}

// changesOf selects the rows of history of the change sets $1 with the place of each
// in the list, each change set by itself, as with placed. Of a single one, which is
// what a follower mostly finds, PostgreSQL keeps the plan.
func changesOf(was *catalogue.Source, changeSets int) string {
	if changeSets == 1 {
		return "SELECT w.*, 1 AS n FROM " + was.Identifier() + " AS w WHERE w.changeset = $1"
	}
	return "SELECT w.*, changed.n FROM unnest($1::bigint[]) WITH ORDINALITY AS changed (id, n) CROSS JOIN LATERAL (SELECT * FROM " +
		was.Identifier() + " WHERE changeset = changed.id OFFSET 0) AS w"
}
