package schema

import (
	"context"
	"database/sql/driver"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
)

// recordTables remember what the definitions of layers were: before is null
// where a layer did not exist yet; lost is 1 where a table went away without
// telling what was in it. twin_documents belongs to no version.
const recordTables = `
CREATE TABLE twin_layers_was (
  seq INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  number INTEGER NOT NULL,
  layer_id TEXT NOT NULL,
  before TEXT,
  lost INTEGER NOT NULL DEFAULT 0);
CREATE TABLE twin_documents (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (kind, name)) WITHOUT ROWID;`

// The record's own columns. The others are properties, by their names.
const (
	colSeq     = "twin_seq" // grows with the version
	colVersion = "twin_version"
	colWas     = "twin_was" // 1: the row is what the feature was; 0: it did not exist
	colID      = "twin_id"
	colGeom    = "twin_geom"
)

// SelectRecord selects from the record with a number: version, whether the
// feature existed, id, geometry and, where the record has them, columns.
func SelectRecord(ctx context.Context, c *lite.Conn, number int64, columns []Column) (string, error) {
	has, err := RecordColumns(ctx, c, number)
	if err != nil || len(has) == 0 {
		return "", err
	}
	list := ""
	for _, col := range columns {
		if slices.ContainsFunc(has, func(name string) bool { return strings.EqualFold(name, col.Name) }) {
			list += selectColumns([]Column{{Name: col.Name, Declared: codec.SQLType(col.Kind)}})
		} else {
			list += ", NULL"
		}
	}
	return fmt.Sprintf("SELECT %s, %s, %s, %s%s FROM %s", colVersion, colWas, colID, colGeom, list, RecordName(number)), nil
}

// own lists the record's own columns.
func own() []string { return []string{colSeq, colVersion, colWas, colID, colGeom} }

// reserved reports whether a column may not be a property for the record's sake.
func reserved(name string) bool {
	return slices.ContainsFunc(own(), func(own string) bool { return strings.EqualFold(own, name) })
}

// CheckProperty refuses a property that the record has no place for.
func CheckProperty(name string) error {
	if reserved(name) {
		return fmt.Errorf("property %q: the record of changes has a column of this name: %w", name, city.ErrBadLayer)
	}
	return nil
}

// RecordName names the record of the layer with this number.
func RecordName(number int64) string { return fmt.Sprintf("twin_was_%d", number) }

// next is the version that the present transaction will get.
const next = "(SELECT version FROM twin_state) + 1"

// createRecord makes the record of a table that has a number, or gives an
// existing one the columns that it lacks.
func (t *Table) createRecord(ctx context.Context, c *lite.Conn) error {
	name := RecordName(t.Number)
	columns, err := RecordColumns(ctx, c, t.Number)
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		ddl := fmt.Sprintf("CREATE TABLE %s (%s INTEGER PRIMARY KEY, %s INTEGER NOT NULL, %s INTEGER NOT NULL, %s INTEGER NOT NULL, %s BLOB",
			name, colSeq, colVersion, colWas, colID, colGeom)
		for _, col := range t.Columns {
			ddl += ", " + lite.Quote(col.Name) + " " + codec.SQLType(col.Kind)
		}
		// Each feature once a version; and the way to its history.
		index := fmt.Sprintf("CREATE UNIQUE INDEX %s_id ON %s (%s, %s)", name, name, colID, colVersion)
		if err := c.Exec(ctx, ddl+")"); err != nil {
			return err
		}
		return c.Exec(ctx, index)
	}
	for _, col := range t.Columns {
		if slices.ContainsFunc(columns, func(name string) bool { return strings.EqualFold(name, col.Name) }) {
			continue
		}
		if err := c.Exec(ctx, "ALTER TABLE "+name+" ADD COLUMN "+lite.Quote(col.Name)+" "+codec.SQLType(col.Kind)); err != nil {
			return err
		}
	}
	return nil
}

// RecordColumns lists the columns of the record with a number; none when there
// is no such record.
func RecordColumns(ctx context.Context, c *lite.Conn, number int64) ([]string, error) {
	var columns []string
	err := c.Lookup(ctx, "SELECT name FROM pragma_table_info(?)", []driver.Value{RecordName(number)}, func(row []driver.Value) error {
		name, _ := row[0].(string)
		columns = append(columns, name)
		return nil
	})
	return columns, err
}

// image records what the rows that the condition chooses are now, unless the
// record has them for this version already.
//
// The join with an empty row gives each column a second home. In this way
// another program can drop a column of the table: SQLite refuses to drop one
// that a trigger needs, as it would one that is named after OLD.
func (t *Table) image(condition string) string {
	table, record := lite.Quote(t.Name), RecordName(t.Number)
	id, geom := table+"."+lite.Quote(t.ID), lite.Quote(t.Geom)
	into, from, spare := "", "", "NULL AS "+geom
	for _, col := range t.Columns {
		name := ", " + lite.Quote(col.Name)
		into, from, spare = into+name, from+name, spare+", NULL AS "+lite.Quote(col.Name)
	}
	return fmt.Sprintf("INSERT INTO %s (%s, %s, %s, %s%s) SELECT %s, 1, %s, %s%s FROM %s NATURAL LEFT JOIN (SELECT %s WHERE 0) WHERE (%s) AND %s;",
		record, colVersion, colWas, colID, colGeom, into, next, id, geom, from, table, spare, condition, t.unrecorded(id))
}

// absent records that there was no feature with the id.
func (t *Table) absent(id string) string {
	return fmt.Sprintf("INSERT INTO %s (%s, %s, %s) SELECT %s, 0, %s WHERE %s;",
		RecordName(t.Number), colVersion, colWas, colID, next, id, t.unrecorded(id))
}

// unrecorded is the condition that the record has nothing of the id in this
// version yet: the first counts.
func (t *Table) unrecorded(id string) string {
	return fmt.Sprintf("NOT EXISTS (SELECT 1 FROM %s AS twin_w WHERE twin_w.%s = %s AND twin_w.%s = %s)",
		RecordName(t.Number), colID, id, colVersion, next)
}

// watch are the triggers that record what any program does to the rows of t, by
// name. They are plain SQL, so that they work in every program.
//
//	insert ──► was another row with this id or key? (INSERT OR REPLACE) ─► image
//	       ──► did not exist
//	update ──► image; with another id or key, as for insert
//	delete ──► image
func (t *Table) watch() map[string]string {
	table, id := lite.Quote(t.Name), lite.Quote(t.ID)
	const mark = "UPDATE twin_state SET edited = 1 WHERE edited = 0;"
	same := fmt.Sprintf("%s.%s = NEW.%s", table, id, id)
	moved := fmt.Sprintf("NEW.%s IS NOT OLD.%s", id, id)
	taken := fmt.Sprintf("EXISTS (SELECT 1 FROM %s WHERE %s)", table, same)
	if t.Layer.Key != "" {
		key := lite.Quote(t.Layer.Key)
		equal := fmt.Sprintf("%s.%s = NEW.%s", table, key, key)
		taken += fmt.Sprintf(" OR EXISTS (SELECT 1 FROM %s WHERE %s)", table, equal)
		moved += fmt.Sprintf(" OR NEW.%s IS NOT OLD.%s", key, key)
		same += " OR " + equal
	}
	old := t.image(fmt.Sprintf("%s.%s = OLD.%s", table, id, id))
	triggers := map[string]string{}
	add := func(name, when string, body ...string) {
		name = fmt.Sprintf("twin_was_%d_%s", t.Number, name)
		triggers[name] = fmt.Sprintf("CREATE TRIGGER %s %s BEGIN %s END", name, when, strings.Join(body, " "))
	}
	add("insert", "AFTER INSERT ON "+table, t.absent("NEW."+id), mark)
	add("replace", "BEFORE INSERT ON "+table+" WHEN "+taken, t.image(same), mark)
	add("update", "BEFORE UPDATE ON "+table, old, mark)
	add("move", "BEFORE UPDATE ON "+table+" WHEN "+moved, old, t.image(same), t.absent("NEW."+id))
	add("delete", "BEFORE DELETE ON "+table, old, mark)
	return triggers
}

// settle finds out whether the triggers of the record are there. In a file of the
// first format other triggers noted that something was edited.
func (t *Table) settle(format int64) {
	if format < Format {
		t.Watched = t.triggers["twin_edit_insert_"+t.Name] != ""
		return
	}
	t.Watched = t.Number != 0
	for name := range t.watch() {
		t.Watched = t.Watched && t.triggers[name] != ""
	}
	t.Outdated = !t.current()
}

// current reports whether the triggers are as they would be made now.
func (t *Table) current() bool { return maps.Equal(t.triggers, t.watch()) }

// Watch makes the record and its triggers as the layer is now defined. Rows
// that are there and were not watched are recorded as new.
func (t *Table) Watch(ctx context.Context, c *lite.Conn) error {
	if t.current() {
		return nil
	}
	if err := t.createRecord(ctx, c); err != nil {
		return err
	}
	if !t.Watched {
		fill := fmt.Sprintf("INSERT INTO %s (%s, %s, %s) SELECT %s, 0, %s FROM %s",
			RecordName(t.Number), colVersion, colWas, colID, next, lite.Quote(t.ID), lite.Quote(t.Name))
		if err := c.Exec(ctx, fill); err != nil {
			return err
		}
	}
	if err := t.Unwatch(ctx, c); err != nil {
		return err
	}
	t.triggers = t.watch()
	for _, name := range slices.Sorted(maps.Keys(t.triggers)) {
		if err := c.Exec(ctx, t.triggers[name]); err != nil {
			return err
		}
	}
	t.Watched, t.Outdated = true, false
	return nil
}

// Unwatch removes the triggers of the record, and those of older formats.
func (t *Table) Unwatch(ctx context.Context, c *lite.Conn) error {
	for name := range t.triggers {
		if err := c.Exec(ctx, "DROP TRIGGER "+lite.Quote(name)); err != nil {
			return err
		}
	}
	t.triggers, t.Watched = nil, false
	return nil
}

// Bury records all features of t as they are, before the table goes or is no
// layer any more.
func (t *Table) Bury(ctx context.Context, c *lite.Conn) error {
	if err := t.createRecord(ctx, c); err != nil { // others may have added columns
		return err
	}
	return c.Exec(ctx, strings.TrimSuffix(t.image("1"), ";"))
}

// Forget takes a version out of the record that nobody has been told of.
func (t *Table) Forget(ctx context.Context, c *lite.Conn, v city.Version) error {
	record := RecordName(t.Number)
	// It is the end of the record, which has no index by version.
	return c.Exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE %s > coalesce((SELECT %s FROM %s WHERE %s < %d ORDER BY %s DESC LIMIT 1), 0)",
		record, colSeq, colSeq, record, colVersion, v, colSeq))
}
