package postgis

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// merge brings the staged puts into the layer's table, as if they had been done
// one after the other, and drops the stage.
//
// First a plan says, for each feature that was put, which row it is (target,
// null for a new one), its last put (n) and its first (born), which decides the
// id that a new one asks for. Then one statement updates what differs and one
// inserts what is new. Two puts are the same feature when they mean the same
// row; when they have the same key; when they have no key and the same id. (Put
// one by one, a put without key would also find a feature that a put with a key
// made under that id before it in the same transaction. Here they are two.)
func (s *stage) merge(ctx context.Context, tx pgx.Tx) (city.Tally, error) {
	var t city.Tally
	if err := s.send(ctx, tx); err != nil {
		return t, err
	}
	// Others may read the layer meanwhile but not write it: between finding
	// that a key or an id is new and inserting it nobody else does.
	_, err := tx.Exec(ctx, "LOCK TABLE "+s.entry.Source.Identifier()+" IN SHARE ROW EXCLUSIVE MODE")
	if err != nil {
		return t, err
	}
	if _, err := tx.Exec(ctx, s.planSQL()); err != nil {
		return t, err
	}
	tag, err := tx.Exec(ctx, s.updateSQL())
	if err != nil {
		return t, err
	}
	t.Updated = tag.RowsAffected()
	var known int64
	if err := tx.QueryRow(ctx, "SELECT count(target) FROM "+s.plan).Scan(&known); err != nil {
		return t, err
	}
	t.Unchanged = known - t.Updated
	if t.Created, err = s.insert(ctx, tx); err != nil {
		return t, err
	}
	_, err = tx.Exec(ctx, "DROP TABLE "+s.table+", "+s.plan)
	return t, err
}

func (s *stage) planSQL() string {
	id := catalogue.Quote(s.entry.Source.ID)
	table := s.entry.Source.Identifier()
	key, join, target := "NULL::int", "LEFT JOIN "+table+" i ON i."+id+" = s.id", "i."+id
	if k := s.entry.Layer.PropertyIndex(s.entry.Layer.Key); s.entry.Layer.Key != "" {
		key = fmt.Sprintf("s.p%d", k)
		join = "LEFT JOIN " + table + " k ON k." + catalogue.Quote(s.entry.Source.Columns[k].Name) + " = " + key + "\n" +
			join + " AND " + key + " IS NULL"
		target = "coalesce(k." + id + ", i." + id + ")"
	}
	return "CREATE TEMPORARY TABLE " + s.plan + ` ON COMMIT DROP AS
		SELECT n, born, wanted, target FROM (
			SELECT n, target,
				first_value(n) OVER same AS born,
				first_value(id) OVER same AS wanted,
				lead(n) OVER same IS NULL AS is_last
			FROM (SELECT s.n, s.id, ` + key + ` AS key, ` + target + ` AS target FROM ` + s.table + ` s ` + join + `) put
			WINDOW same AS (
				PARTITION BY target,
					CASE WHEN target IS NULL THEN key END,
					CASE WHEN target IS NULL AND key IS NULL THEN id END,
					CASE WHEN target IS NULL AND key IS NULL AND id IS NULL THEN n END
				ORDER BY n)
		) puts
		WHERE is_last`
}

// updateSQL writes the rows that differ. Geometry is compared as bytes: the
// operator = of geometries is about the same, but not by contract.
func (s *stage) updateSQL() string {
	geometry := catalogue.Quote(s.entry.Source.Geometry)
	sets := []string{geometry + " = s.geom"}
	var old, put []string
	for i, c := range s.entry.Source.Columns {
		sets = append(sets, fmt.Sprintf("%s = s.p%d", catalogue.Quote(c.Name), i))
		cast := ""
		if c.Reading == catalogue.ReadJSON {
			cast = "::text" // json has no equality
		}
		old = append(old, "t."+catalogue.Quote(c.Name)+cast)
		put = append(put, fmt.Sprintf("s.p%d%s", i, cast))
	}
	differs := "t." + geometry + "::bytea <> s.geom::bytea"
	if len(old) > 0 {
		differs += " OR ROW(" + strings.Join(old, ", ") + ") IS DISTINCT FROM ROW(" + strings.Join(put, ", ") + ")"
	}
	return "UPDATE " + s.entry.Source.Identifier() + " t SET " + strings.Join(sets, ", ") +
		" FROM " + s.plan + " p JOIN " + s.table + " s ON s.n = p.n" +
		" WHERE t." + catalogue.Quote(s.entry.Source.ID) + " = p.target AND (" + differs + ")"
}

// insert writes the new features and returns how many there are.
func (s *stage) insert(ctx context.Context, tx pgx.Tx) (int64, error) {
	id, table := catalogue.Quote(s.entry.Source.ID), s.entry.Source.Identifier()
	var unnamed, named, free int64
	err := tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE wanted IS NULL), count(wanted),
			count(DISTINCT wanted) FILTER (WHERE t.`+id+` IS NULL)
		FROM `+s.plan+` p LEFT JOIN `+table+` t ON t.`+id+` = p.wanted WHERE target IS NULL`).Scan(&unnamed, &named, &free)
	if err != nil || unnamed+named == 0 {
		return 0, err
	}
	newID, join := "p.wanted", ""
	if unnamed > 0 || free < named {
		last, err := s.entry.LastID(ctx, tx)
		if err != nil {
			return 0, err
		}
		if named == 0 {
			newID = fmt.Sprintf("%d + row_number() OVER (ORDER BY p.born)", last)
		} else {
			if join, err = s.assign(ctx, tx, last); err != nil {
				return 0, fmt.Errorf("choose ids: %w", err)
			}
			newID = "a.id"
		}
	}
	columns, values := []string{id, catalogue.Quote(s.entry.Source.Geometry)}, []string{newID, "s.geom"}
	for i, c := range s.entry.Source.Columns {
		columns, values = append(columns, catalogue.Quote(c.Name)), append(values, fmt.Sprintf("s.p%d", i))
	}
	tag, err := tx.Exec(ctx, "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") SELECT "+strings.Join(values, ", ")+
		" FROM "+s.plan+" p JOIN "+s.table+" s ON s.n = p.n"+join+" WHERE p.target IS NULL ORDER BY p.born")
	return tag.RowsAffected(), err
}

// assign chooses ids where some new features ask for one and others do not, or
// ask for one that is taken: in the order of their first puts, so that the
// answer is that of putting them one by one. It takes memory for the features
// that are new (about 60 bytes each) and returns the join to the table of ids.
func (s *stage) assign(ctx context.Context, tx pgx.Tx, last int64) (join string, err error) {
	rows, err := tx.Query(ctx, `SELECT p.n, CASE WHEN t.`+catalogue.Quote(s.entry.Source.ID)+` IS NULL THEN p.wanted END
		FROM `+s.plan+` p LEFT JOIN `+s.entry.Source.Identifier()+` t ON t.`+catalogue.Quote(s.entry.Source.ID)+` = p.wanted
		WHERE p.target IS NULL ORDER BY p.born`)
	if err != nil {
		return "", err
	}
	used := map[int64]bool{}
	buf := []byte(copyHeader)
	var n int64
	var wanted *int64
	_, err = pgx.ForEachRow(rows, []any{&n, &wanted}, func() error {
		id := last + 1
		if wanted != nil && !used[*wanted] {
			id = *wanted
		}
		used[id] = true
		last = max(last, id)
		buf = catalogue.AppendInt64(catalogue.AppendInt64(binary.BigEndian.AppendUint16(buf, 2), n), id)
		return nil
	})
	if err != nil {
		return "", err
	}
	table := strings.Replace(s.plan, "twin_plan_", "twin_ids_", 1)
	if _, err := tx.Exec(ctx, "CREATE TEMPORARY TABLE "+table+" (n bigint, id bigint) ON COMMIT DROP"); err != nil {
		return "", err
	}
	_, err = tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(append(buf, copyTrailer...)), "COPY "+table+" FROM STDIN (FORMAT binary)")
	return " JOIN " + table + " a ON a.n = p.n", err
}
