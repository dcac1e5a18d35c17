package catalogue

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Features have integer ids. A table of others whose unique key is something else, a
// code, a UUID, two columns together, has its rows numbered in a table of ours:
//
//	public.drains   code  geom …        "code" is unique
//	twin.twin_key_17  id  k0            k0 is a code, id its number
//
// A trigger numbers new keys, before the one that writes the history needs their
// numbers. A key keeps its number for ever: a row that is deleted and comes again is
// the same feature. A row whose key changes is another.

// Rows is what the layer's rows are selected from, with the column ID: the table, or a
// subquery that joins the numbers. An alias has to follow.
func (s *Source) Rows() string { return s.numbered(s.Identifier()) }

// numbered joins the numbers to rows of the table, where it has numbers.
func (s *Source) numbered(rows string) string {
	if s.Numbers == "" {
		return rows
	}
	list := "number.id AS " + Quote(s.ID) + ", r." + Quote(s.Geometry)
	for _, c := range s.Columns {
		list += ", r." + Quote(c.Name)
	}
	return "(SELECT " + list + " FROM " + rows + " r JOIN " + s.numbers() + " number ON " + s.sameKey() + ")"
}

// sameKey is the condition that a number is that of a row r. Operators are named with
// their schemas: those of the types of extensions are not where our triggers look.
func (s *Source) sameKey() string {
	equal := make([]string, len(s.Keys))
	for i, name := range s.Keys {
		schema := "pg_catalog"
		if i < len(s.Equals) {
			schema = s.Equals[i]
		}
		equal[i] = "number." + keyColumn(i) + " OPERATOR(" + Quote(schema) + ".=) r." + Quote(name)
	}
	return strings.Join(equal, " AND ")
}

// numbers is the table of the numbers, quoted.
func (s *Source) numbers() string { return pgx.Identifier{Schema, s.Numbers}.Sanitize() }

func keyColumn(i int) string { return "k" + strconv.Itoa(i) }

// number is the statement that numbers those of rows whose key has no number yet. A
// conflict would be with a transaction that ends in between.
func (s *Source) number(rows, order string) string {
	columns, keys := make([]string, len(s.Keys)), make([]string, len(s.Keys))
	for i, name := range s.Keys {
		columns[i], keys[i] = keyColumn(i), "r."+Quote(name)
	}
	list := strings.Join(keys, ", ")
	sql := "INSERT INTO " + s.numbers() + " (" + strings.Join(columns, ", ") + ") SELECT " + list + " FROM " + rows +
		" r WHERE NOT EXISTS (SELECT FROM " + s.numbers() + " number WHERE " + s.sameKey() + ")"
	if order != "" {
		sql += " " + order + " " + list
	}
	return sql + " ON CONFLICT DO NOTHING"
}

// NumberBy makes the source one whose rows are numbered by a unique key, whose columns
// the operators = of these schemas compare, under a name that none of its columns has.
// The numbers are those of a generation.
func (s *Source) NumberBy(keys, equals []string, generation int64) {
	s.Keys, s.Equals, s.Numbers, s.ID = keys, equals, "twin_key_"+strconv.FormatInt(generation, 10), "twin_id"
	taken := map[string]bool{s.Geometry: true}
	for _, c := range s.Columns {
		taken[c.Name] = true
	}
	for n := 2; taken[s.ID]; n++ {
		s.ID = "twin_id_" + strconv.Itoa(n)
	}
}

// CreateNumbers makes the table of the numbers. Its columns have the types and the
// collations of the key, so that the same values are equal here and there. Of a domain
// they have the type below it, which is what coalesce makes of it: else a constraint
// that is added to the domain would be held against keys that are gone.
func (e *Entry) CreateNumbers(ctx context.Context, tx pgx.Tx) error {
	s := &e.Source
	columns, selected, alter := make([]string, len(s.Keys)), make([]string, len(s.Keys)), ""
	for i, name := range s.Keys {
		columns[i] = keyColumn(i)
		selected[i] = "coalesce(r." + Quote(name) + ", NULL) AS " + columns[i]
		alter += ", ALTER COLUMN " + columns[i] + " SET NOT NULL"
	}
	for _, sql := range []string{
		"CREATE TABLE " + s.numbers() + " AS SELECT " + strings.Join(selected, ", ") + " FROM " + s.Identifier() + " r WITH NO DATA",
		"ALTER TABLE " + s.numbers() + " ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ADD UNIQUE (" + strings.Join(columns, ", ") + ")" + alter,
		"COMMENT ON TABLE " + s.numbers() + " IS " + literal("The ids of the features of "+string(e.Layer.ID)+", by the key that they have in "+s.Identifier()+"."),
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("numbers: %w", err)
		}
	}
	return nil
}

// NumberAll numbers the rows that are there, in the order of their keys. The triggers
// are there already, and with them a lock that lets nobody add a row in between.
func (e *Entry) NumberAll(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, e.Source.number(e.Source.Identifier(), "ORDER BY"))
	return err
}

// NumberMissed numbers the rows that came while the triggers were off (as what a
// replication applies does, see ADR 0037) and tells the record that they did not exist
// before: to whoever follows they are new with this transaction. Without any it makes
// no change set.
func (e *Entry) NumberMissed(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `SELECT set_config('twin.message', $1, true)`, pgx.QueryExecModeExec,
		"rows of "+e.Layer.Table+" that came while its triggers were off")
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "WITH missed AS ("+e.Source.number(e.Source.Identifier(), "ORDER BY")+" RETURNING id) "+
		e.keepNew("(SELECT id AS "+Quote(e.Source.ID)+" FROM missed) now"))
	return err
}

// dropNumbers removes them with the layer; its history has numbers alone.
func (e *Entry) dropNumbers(ctx context.Context, tx pgx.Tx) error {
	if e.Source.Numbers == "" {
		return nil
	}
	_, err := tx.Exec(ctx, "DROP TABLE "+e.Source.numbers())
	return err
}

// numbering lists the triggers that number new keys. By their names they fire before
// those that write the history, which PostgreSQL promises to do in that order.
func (e *Entry) numbering(partitioned bool) []trigger {
	switch {
	case e.Source.Numbers == "":
		return nil
	case partitioned:
		sql := e.Source.number("(SELECT ($2).*)", "")
		return []trigger{{"first_insert", "AFTER INSERT", "ROW", sql}, {"first_update", "AFTER UPDATE", "ROW", sql}}
	default:
		sql := e.Source.number("new_rows", "")
		return []trigger{{"first_insert", "AFTER INSERT", "STATEMENT", sql}, {"first_update", "AFTER UPDATE", "STATEMENT", sql}}
	}
}
