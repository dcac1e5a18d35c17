package catalogue

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// What a feature was before each change lies in a table of its layer, beside the
// layer's own:
//
//	twin.roads      id  geom  code  name          the present
//	twin_was_17     id  changeset  existed  geom  p0  p1
//
// A row of twin_was_17 is a feature before a change set: the first change in the
// transaction counts. Existed is false where there was no such feature. So what
// a feature was at version v is the row of the first change set after v that has
// one, else the present; an unchanged feature costs nothing, and tables that are
// full already need no history to be made up.
//
// 17 is the generation of the layer. Columns have the types of the readings (see
// Reading.expression), not those of the table, so that history needs neither the
// types nor the domains of others, and one decoder reads both.

// Was returns where the history of e is.
func (e *Entry) Was() *Source {
	s := &Source{
		Schema: Schema, Table: "twin_was_" + strconv.FormatInt(e.Generation, 10), ID: idColumn, Geometry: geometryColumn,
		SRID: e.Source.SRID, Geography: e.Source.Geography, Curves: e.Source.Curves,
		Columns: make([]Column, len(e.Source.Columns)),
	}
	for i, c := range e.Source.Columns {
		_, how := c.Reading.kept()
		s.Columns[i] = Column{Name: "p" + strconv.Itoa(i), Reading: how}
	}
	return s
}

// kept returns the type of a history column that holds what the reading reads,
// and how that is read.
func (r Reading) kept() (sqlType string, how Reading) {
	switch r {
	case ReadInteger:
		return "bigint", ReadInteger
	case ReadReal:
		return "real", ReadReal
	case ReadNumber:
		return "double precision", ReadNumber
	case ReadBoolean:
		return "boolean", ReadBoolean
	case ReadDate:
		return "date", ReadDate
	case ReadTimestamp, ReadInstant:
		return "timestamp with time zone", ReadInstant
	case ReadJSON, ReadToJSON:
		return "json", ReadJSON
	default:
		return "text", ReadText
	}
}

// CreateHistory makes the table of what e's features were.
func (e *Entry) CreateHistory(ctx context.Context, tx pgx.Tx) error {
	geometry := "geometry"
	if e.Source.Geography {
		geometry = "geography"
	}
	table := e.Was().Identifier()
	sql := "CREATE TABLE " + table + " (id bigint NOT NULL, changeset bigint NOT NULL, existed boolean NOT NULL, geom " + geometry
	for i, c := range e.Source.Columns {
		sqlType, _ := c.Reading.kept()
		sql += fmt.Sprintf(", p%d %s", i, sqlType)
	}
	for _, sql := range []string{
		sql + ", PRIMARY KEY (id, changeset))",
		"CREATE INDEX ON " + table + " (changeset, id)",
		"CREATE TRIGGER twin_truncate BEFORE TRUNCATE ON " + table + " FOR EACH STATEMENT EXECUTE FUNCTION twin.twin_lose()",
		"CREATE TRIGGER twin_delete AFTER DELETE ON " + table + " REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION twin.twin_lose()",
		"COMMENT ON TABLE " + table + " IS " + literal("What the features of "+string(e.Layer.ID)+" were before each change."),
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("history: %w", err)
		}
	}
	return nil
}

// trigger is one of those that write the history of a table.
type trigger struct{ name, event, level, sql string }

// triggers lists those of e's table. A partitioned table has row triggers, for
// its statement triggers would not see an edit of a partition.
func (e *Entry) triggers(partitioned bool) ([]trigger, error) {
	image, differs, err := e.image()
	if err != nil {
		return nil, err
	}
	level, old, put := "STATEMENT", "old_rows", "new_rows"
	if partitioned {
		level, old, put = "ROW", "(SELECT ($1).*)", "(SELECT ($2).*)"
	}
	old, put = e.Source.numbered(old)+" was", e.Source.numbered(put)+" now"
	return append(e.numbering(partitioned),
		trigger{"truncate", "BEFORE TRUNCATE", "STATEMENT", e.keep(image, e.Source.Rows()+" was")},
		trigger{"insert", "AFTER INSERT", level, e.keepNew(put)},
		trigger{"update", "AFTER UPDATE", level, e.keepChanged(old, put, image, differs)},
		trigger{"delete", "AFTER DELETE", level, e.keep(image, old)},
	), nil
}

// keepNew is the statement that notes features which did not exist before.
func (e *Entry) keepNew(now string) string {
	return "INSERT INTO " + e.Was().Identifier() + " (id, changeset, existed) SELECT now." + Quote(e.Source.ID) + ", " +
		e.record() + ", false FROM " + now + " ON CONFLICT DO NOTHING"
}

// keep is the statement that copies the rows of was, which may have a condition,
// into the history.
func (e *Entry) keep(image []string, was string) string {
	return e.keepInto() + " SELECT was." + Quote(e.Source.ID) + ", " + e.record() + ", true, " +
		strings.Join(image, ", ") + " FROM " + was + " ON CONFLICT DO NOTHING"
}

// keepChanged is the statement for an update, which may change ids too.
func (e *Entry) keepChanged(was, now string, image []string, differs string) string {
	id := Quote(e.Source.ID)
	return e.keepInto() + " SELECT coalesce(was." + id + ", now." + id + "), " + e.record() + ", was." + id + " IS NOT NULL, " +
		strings.Join(image, ", ") + " FROM " + was + " FULL JOIN " + now + " ON now." + id + " = was." + id +
		" WHERE was." + id + " IS NULL OR now." + id + " IS NULL OR " + differs + " ON CONFLICT DO NOTHING"
}

func (e *Entry) keepInto() string {
	was := e.Was()
	columns := "id, changeset, existed, geom"
	for _, c := range was.Columns {
		columns += ", " + c.Name
	}
	return "INSERT INTO " + was.Identifier() + " (" + columns + ")"
}

// record is the change set of the transaction. As a subquery that depends on
// nothing it is evaluated once, when the first row needs it: a statement that
// touches no row makes no change set.
func (e *Entry) record() string {
	return "(SELECT twin.twin_record(" + strconv.FormatInt(e.Generation, 10) + "))"
}

// image lists the expressions of geometry and columns of a row called was, and
// the condition that a row called now differs from it as served. Geometry is
// compared as bytes: the operator = of geometries is about the same, but not by
// contract; json has no equality, and text may have a collation to which
// different texts are equal.
func (e *Entry) image() (image []string, differs string, err error) {
	geometry := Quote(e.Source.Geometry)
	image = []string{"was." + geometry}
	old, put := []string{"was." + geometry + "::bytea"}, []string{"now." + geometry + "::bytea"}
	for _, c := range e.Source.Columns {
		was, err := c.Reading.expression("was." + Quote(c.Name))
		if err != nil {
			return nil, "", err
		}
		now, _ := c.Reading.expression("now." + Quote(c.Name)) // as above
		image = append(image, "("+was+")")
		old, put = append(old, c.Reading.comparable(was)), append(put, c.Reading.comparable(now))
	}
	return image, "ROW(" + strings.Join(old, ", ") + ") IS DISTINCT FROM ROW(" + strings.Join(put, ", ") + ")", nil
}

// comparable makes an expression of the reading one that differs when, and only
// when, what is served differs.
func (r Reading) comparable(expression string) string {
	switch _, how := r.kept(); how {
	case ReadJSON:
		return "(" + expression + ")::text COLLATE \"C\""
	case ReadText:
		return "(" + expression + ") COLLATE \"C\""
	default:
		return "(" + expression + ")"
	}
}

// CreateTriggers lets every change of the table's rows be written to the
// history, in the same transaction. Names hold the generation: a layer that was
// removed may have to leave its triggers behind (see DropLayer).
func (e *Entry) CreateTriggers(ctx context.Context, tx pgx.Tx, partitioned bool) error {
	triggers, err := e.triggers(partitioned)
	if err != nil {
		return err
	}
	for _, t := range triggers {
		tables := ""
		if t.level == "STATEMENT" {
			tables = map[string]string{
				"AFTER INSERT": " REFERENCING NEW TABLE AS new_rows",
				"AFTER UPDATE": " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
				"AFTER DELETE": " REFERENCING OLD TABLE AS old_rows",
			}[t.event]
		}
		function, err := e.function(ctx, tx, t)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "CREATE TRIGGER "+e.triggerName(t.name)+" "+t.event+" ON "+e.Source.Identifier()+tables+
			" FOR EACH "+t.level+" EXECUTE FUNCTION "+function)
		if err != nil {
			return err
		}
	}
	return nil
}

// function returns what a trigger calls. For the changes of a table of ours it makes
// a function of its own, whose statement PostgreSQL plans once for each connection;
// twin_keep, to which the statement is an argument, has it planned each time, which
// takes as long again as the edit of one feature.
func (e *Entry) function(ctx context.Context, tx pgx.Tx, t trigger) (string, error) {
	if e.Layer.Table != "" {
		return "twin.twin_keep(" + literal(strconv.FormatInt(e.Generation, 10)) + ", " + literal(t.sql) + ", 'adopted')", nil
	}
	changed := map[string]string{"insert": "new_rows", "update": "old_rows", "delete": "old_rows"}[t.name]
	if changed == "" {
		return "twin.twin_keep(" + literal(strconv.FormatInt(e.Generation, 10)) + ", " + literal(t.sql) + ")", nil
	}
	name := e.functionName(t.name)
	for _, sql := range []string{
		"CREATE OR REPLACE FUNCTION " + name + " RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS " +
			literal("BEGIN IF EXISTS (SELECT FROM "+changed+") THEN "+t.sql+"; END IF; RETURN NULL; END"),
		"REVOKE ALL ON FUNCTION " + name + " FROM PUBLIC",
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return "", err
		}
	}
	return name, nil
}

func (e *Entry) functionName(event string) string {
	return "twin." + Quote("twin_keep_"+strconv.FormatInt(e.Generation, 10)+"_"+event) + "()"
}

// dropFunctions removes those of the triggers that went with their table.
func (e *Entry) dropFunctions(ctx context.Context, tx pgx.Tx) error {
	for _, event := range []string{"insert", "update", "delete"} {
		if _, err := tx.Exec(ctx, "DROP FUNCTION IF EXISTS "+e.functionName(event)); err != nil {
			return err
		}
	}
	return nil
}

func (e *Entry) triggerName(event string) string {
	return Quote("twin_" + strconv.FormatInt(e.Generation, 10) + "_" + event)
}

// dropTriggers takes them off again.
func (e *Entry) dropTriggers(ctx context.Context, tx pgx.Tx) error {
	for _, event := range []string{"first_insert", "first_update", "truncate", "insert", "update", "delete"} {
		if _, err := tx.Exec(ctx, "DROP TRIGGER IF EXISTS "+e.triggerName(event)+" ON "+e.Source.Identifier()); err != nil {
			return err
		}
	}
	return nil
}

// NextGeneration numbers a new layer.
func NextGeneration(ctx context.Context, tx pgx.Tx) (generation int64, err error) {
	err = tx.QueryRow(ctx, `SELECT nextval('twin.twin_generation')`).Scan(&generation)
	return generation, err
}
