package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// changesError is what Changes says of a version.
func changesError(t *testing.T, s *postgis.Store, after city.Version) error {
	t.Helper()
	return s.Read(t.Context(), func(r postgis.Reader) error {
		_, err := r.Changes(t.Context(), after, 1000)
		return err
	})
}

// TestRecordPruned deletes old history: what is left of it is told, and that it
// does not reach further back.
func TestRecordPruned(t *testing.T) {
	t.Parallel()
	for _, prune := range []string{
		`DELETE FROM twin.twin_was_1 WHERE changeset <= 3`,
		`BEGIN; CREATE TEMP TABLE kept AS SELECT * FROM twin.twin_was_1 WHERE changeset > 3; TRUNCATE twin.twin_was_1;
			INSERT INTO twin.twin_was_1 SELECT * FROM kept; UPDATE twin.twin_changeset SET kept = true WHERE id > 3; COMMIT`,
	} {
		db := pgtest.Open(t)
		s := open(t, db.DSN())
		put(t, s, stop(1, "A"))
		for i := range 4 {
			db.Exec(`UPDATE twin.stops SET name = $1`, fmt.Sprint(i))
		}
		before := version(t, s)
		db.Exec(prune)
		if got := version(t, s); got != before {
			t.Errorf("version %d after pruning, was %d", got, before)
		}
		if err := changesError(t, s, 2); !errors.Is(err, city.ErrHistoryGone) {
			t.Errorf("error %v, want %v", err, city.ErrHistoryGone)
		}
		wantChanges(t, s, 3, "1: stops/1 1>2", "2: stops/1 2>3")
		err := s.Read(t.Context(), func(r postgis.Reader) error {
			states, err := r.History(t.Context(), "stops", 1, 0, 9)
			var got []string
			for _, state := range states {
				got = append(got, fmt.Sprint(int64(state.Version), nameOf(state.Feature)))
			}
			if want := []string{"01", "42", "53"}; !slices.Equal(got, want) {
				t.Errorf("history %q, want %q", got, want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestVersionsCannotBeDeleted tries to make versions be counted anew, and to take
// away a layer behind the store's back.
func TestVersionsCannotBeDeleted(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	put(t, s, stop(1, "A"))
	conn, err := pgx.Connect(t.Context(), db.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, sql := range []string{`DELETE FROM twin.twin_changeset`, `TRUNCATE twin.twin_changeset`} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s was done", sql)
		}
	}
	v := version(t, s)
	db.Exec(`DELETE FROM twin.twin_layer`)
	if err := changesError(t, s, v); !errors.Is(err, city.ErrHistoryGone) {
		t.Errorf("error %v, want %v: what the features were is not in the record", err, city.ErrHistoryGone)
	}
}

// TestTableOfOthersChanges lets the owner of an adopted table change its columns
// under us. His edits go on; that they are not kept is told.
func TestTableOfOthersChanges(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	db.Exec(`CREATE TABLE lamps (id int PRIMARY KEY, height int, note text, geom geometry(Point, 4326));
		INSERT INTO lamps VALUES (1, 8, 'n', 'SRID=4326;POINT(105.8 21)')`)
	layer := city.Layer{ID: "lamps", Table: "public.lamps", Title: "Đèn", TitleEN: "Lamps", Geometry: city.GeometryPoint,
		Properties: []city.Property{{Name: "height", Type: city.KindInteger}, {Name: "note", Type: city.KindString}}}
	v := putLayer(t, s, layer)
	db.Exec(`ALTER TABLE lamps ADD COLUMN extra text, ALTER COLUMN height TYPE bigint, ALTER COLUMN note TYPE varchar(20)`)
	db.Exec(`UPDATE lamps SET note = 'm'`)
	db.Exec(`UPDATE lamps SET extra = 'not served'`)
	wantChanges(t, s, v, "1: lamps/1 n>m")
	v = version(t, s)
	for _, ddl := range []string{
		`ALTER TABLE lamps ALTER COLUMN height TYPE text USING 'high'`, // cannot be read as an integer
		`ALTER TABLE lamps RENAME COLUMN height TO tall`,
		`ALTER TABLE lamps DROP COLUMN note`,
	} {
		db.Exec(ddl)
		db.Exec(`UPDATE lamps SET geom = ST_Translate(geom, 0.1, 0)`)
		if got := version(t, s); got != v+1 {
			t.Errorf("version %d after %d and %s", got, v, ddl)
		}
		if err := changesError(t, s, v); !errors.Is(err, city.ErrHistoryGone) {
			t.Errorf("%s: error %v, want %v", ddl, err, city.ErrHistoryGone)
		}
		v = version(t, s)
	}
}

// TestAdoptedIsReadOnly refuses every way to write a table of others, and tells
// its history like any other's.
func TestAdoptedIsReadOnly(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	db.Exec(`CREATE TABLE lamps (id int PRIMARY KEY, at timestamp, name text, geog geography(Point, 4326), mood int[]);
		INSERT INTO lamps VALUES (1, '2026-01-02 03:04:05', 'a', 'SRID=4326;POINT(105.8 21)', '{1,2}')`)
	if err := s.Adopt(t.Context(), "lamps", "lamps"); err != nil {
		t.Fatal(err)
	}
	adopted := version(t, s)
	point := city.Feature{ID: 1, Geometry: orb.Point{1, 2}}
	for what, write := range map[string]func(postgis.Writer) error{
		"put":    func(w postgis.Writer) error { return w.Put(t.Context(), "lamps", &point) },
		"save":   func(w postgis.Writer) error { _, err := w.Save(t.Context(), "lamps", &point); return err },
		"delete": func(w postgis.Writer) error { return w.Delete(t.Context(), "lamps", 1) },
	} {
		if _, err := s.Write(t.Context(), what, write); !errors.Is(err, city.ErrReadOnly) {
			t.Errorf("%s: error %v, want %v", what, err, city.ErrReadOnly)
		}
	}
	before := features(t, s, "lamps")
	db.Exec(`UPDATE lamps SET at = '2027-01-02 03:04:05', geog = 'SRID=4326;POINT(105.9 21)', mood = '{3}'`)
	db.Exec(`DELETE FROM lamps`)
	err := s.Read(t.Context(), func(r postgis.Reader) error {
		sets, err := r.Changes(t.Context(), adopted, 9)
		if err != nil || len(sets) != 2 || len(sets[0].Revisions) != 1 {
			t.Fatalf("changes %+v, %v", sets, err)
		}
		was := sets[0].Revisions[0].Before
		if !slices.Equal(was.Values, before[0].Values) || !orb.Equal(was.Geometry, before[0].Geometry) {
			t.Errorf("before %+v, want %+v", was, before[0])
		}
		after := sets[0].Revisions[0].After
		if last := sets[1].Revisions[0].Before; !slices.Equal(last.Values, after.Values) || after.Geometry != orb.Geometry(orb.Point{105.9, 21}) {
			t.Errorf("after %+v, before the next %+v", after, last)
		}
		states, err := r.History(t.Context(), "lamps", 1, 0, 9)
		if len(states) != 3 || states[0].Version != 0 || states[2].Feature != nil {
			t.Errorf("history %+v", states)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestRemoveAndAdoptAgain removes a layer whose table's owner is somebody else:
// the triggers have to stay, and do nothing. Adopted again, the table has another
// history.
func TestRemoveAndAdoptAgain(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	db.Exec(`CREATE ROLE keeper LOGIN; CREATE SCHEMA twin AUTHORIZATION keeper;
		CREATE TABLE lamps (id int PRIMARY KEY, code text, name text, geom geometry(Point, 4326)); GRANT SELECT, TRIGGER ON lamps TO keeper`)
	t.Cleanup(func() { db.Exec(`DROP OWNED BY keeper CASCADE; DROP ROLE keeper`) })
	s := open(t, strings.Replace(db.DSN(), "user=postgres", "user=keeper", 1))
	defer s.Close()
	adopt := func() {
		t.Helper()
		if err := s.Adopt(t.Context(), "lamps", "lamps"); err != nil {
			t.Fatal(err)
		}
	}
	adopt()
	db.Exec(`INSERT INTO lamps VALUES (1, 'A', 'a', 'SRID=4326;POINT(105.8 21)')`)
	with := version(t, s)
	// An edit that began before sees the layer still, and is committed after.
	late := pgtest.Connect(t, db.DSN())
	late.Exec(`BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM twin.twin_layer`)
	gone, err := s.Write(t.Context(), "remove", func(w postgis.Writer) error { return w.DropLayer(t.Context(), "lamps") })
	if err != nil || gone != with+1 {
		t.Fatalf("version %d after %d: %v", gone, with, err)
	}
	db.Exec(`INSERT INTO lamps VALUES (2, 'B', 'b', 'SRID=4326;POINT(105.8 21)'); DELETE FROM lamps WHERE id = 2`)
	if got := version(t, s); got != gone {
		t.Errorf("version %d: an edit of a table that is no layer counts", got)
	}
	late.Exec(`UPDATE lamps SET name = 'late'; COMMIT`)
	wantChanges(t, s, with, "1:", "2:")
	adopt()
	again := version(t, s)
	db.Exec(`UPDATE lamps SET name = 'seen'`)
	wantChanges(t, s, again, "1: lamps/1 late>seen")
	err = s.Read(t.Context(), func(r postgis.Reader) error {
		var undone []string
		err := r.Undo(t.Context(), with, func(c *city.Change) error { undone = append(undone, nameOf(c.Feature)); return nil })
		if !slices.Equal(undone, []string{"a"}) {
			t.Errorf("undo %q", undone)
		}
		states, errHistory := r.History(t.Context(), "lamps", 1, 0, 9)
		var told []string
		for _, state := range states {
			told = append(told, fmt.Sprint(int64(state.Version), nameOf(state.Feature)))
		}
		want := []string{fmt.Sprint(int64(with), "a"), fmt.Sprint(int64(gone), "-"), fmt.Sprint(int64(again), "late"), fmt.Sprint(int64(again)+1, "seen")}
		if !slices.Equal(told, want) {
			t.Errorf("history %q, want %q", told, want)
		}
		return errors.Join(err, errHistory)
	})
	if err != nil {
		t.Error(err)
	}
}

// TestEditorsCannotForge lets an editor, who may write the layer and nothing else,
// try to write history, sign as another, and hide what he does.
func TestEditorsCannotForge(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	put(t, s, stop(1, "A"))
	v := version(t, s)
	db.Exec(`CREATE ROLE forger LOGIN; GRANT USAGE ON SCHEMA twin TO forger; GRANT SELECT, UPDATE ON twin.stops TO forger; GRANT CREATE ON SCHEMA public TO forger`)
	t.Cleanup(func() { db.Exec(`DROP OWNED BY forger CASCADE; DROP ROLE forger`) })
	conn, err := pgx.Connect(t.Context(), strings.Replace(db.DSN(), "user=postgres", "user=forger", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, sql := range []string{
		`SELECT twin.twin_record(1)`,
		`SELECT twin.twin_lost(1)`,
		`INSERT INTO twin.twin_changeset (message) VALUES ('x')`,
		`DELETE FROM twin.twin_was_1`,
		`SELECT * FROM twin.twin_document`,
		`CREATE TABLE mine (id int); CREATE TRIGGER t AFTER INSERT ON mine EXECUTE FUNCTION twin.twin_keep('1', 'DROP TABLE twin.stops')`,
		`CREATE TABLE mine (id int); CREATE TRIGGER t AFTER UPDATE ON mine EXECUTE FUNCTION twin.twin_keep_1_update()`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	for _, sql := range []string{
		`SET twin.author = 'boss'; SET twin.token = '00000000-0000-0000-0000-000000000001'; SET twin.changeset = '(0,1)'`,
		`UPDATE twin.stops SET name = 'x'`,
		`BEGIN; UPDATE twin.stops SET name = 'y'; SET LOCAL twin.changeset = '(0,1)'; UPDATE twin.stops SET name = 'z'; COMMIT`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	// Whoever makes his transaction forget what it did gets one version more.
	wantChanges(t, s, v, "1: stops/1 Bến xe Mỹ Đình>x", "2: stops/1 x>y", "3: stops/1 y>z")
	authors := db.QueryRows(`SELECT DISTINCT author, by_user FROM twin.twin_changeset WHERE version > $1`, int64(v))
	if len(authors) != 1 || authors[0][0] != "forger" || authors[0][1] != "forger" {
		t.Errorf("authors %v", authors)
	}
}

// TestLayerThatViewsNeed is not removed from under them.
func TestLayerThatViewsNeed(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	put(t, s, stop(1, "A"))
	v := version(t, s)
	db.Exec(`CREATE VIEW named AS SELECT name FROM twin.stops`)
	_, err := s.Write(t.Context(), "remove", func(w postgis.Writer) error { return w.DropLayer(t.Context(), "stops") })
	if err == nil || !strings.Contains(err.Error(), "depend on it") {
		t.Errorf("error %v", err)
	}
	if got := version(t, s); got != v || len(features(t, s, "stops")) != 1 {
		t.Errorf("version %d, want %d", got, v)
	}
}

// TestDocumentLimits refuses what does not fit, before and in the database.
func TestDocumentLimits(t *testing.T) {
	t.Parallel()
	s := open(t, pgtest.DSN(t))
	for what, put := range map[string]error{
		"large":    s.PutDocument(t.Context(), "keys", "a", make([]byte, 65537)),
		"no name":  s.PutDocument(t.Context(), "keys", "", []byte("x")),
		"no kind":  s.PutDocument(t.Context(), "", "a", []byte("x")),
		"NUL":      s.PutDocument(t.Context(), "keys", "a\x00", []byte("x")),
		"not UTF8": s.PutDocument(t.Context(), "keys", "a\xff", []byte("x")),
	} {
		if !errors.Is(put, catalogue.ErrValue) {
			t.Errorf("%s: %v", what, put)
		}
	}
	if err := s.PutDocument(t.Context(), "keys", "a", make([]byte, 65536)); err != nil {
		t.Error(err)
	}
}
