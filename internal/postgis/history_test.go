package postgis_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// changes returns who changed what, one line a revision.
func changes(t *testing.T, s *postgis.Store, after city.Version) (lines []string) {
	t.Helper()
	err := s.Read(t.Context(), func(r postgis.Reader) error {
		sets, err := r.Changes(t.Context(), after, 100_000)
		for _, c := range sets {
			lines = append(lines, fmt.Sprint(int64(c.Version-after), ":"))
			for _, v := range c.Revisions {
				lines[len(lines)-1] += fmt.Sprint(" ", v.Layer, "/", v.ID, " ", nameOf(v.Before), ">", nameOf(v.After))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func nameOf(f *city.Feature) string {
	if f == nil {
		return "-"
	}
	return f.Value(1).String()
}

// TestEditsBySQL edits a layer as psql and QGIS do; each transaction that
// changed something is one version, whatever its statements.
func TestEditsBySQL(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	put(t, s, stop(0, "A"), stop(0, "B"), stop(0, "C"))
	const point = `ST_SetSRID(ST_Point(105.8, 21), 4326)`
	before := version(t, s)
	want := before
	for _, step := range []struct {
		sql   string
		grows city.Version
	}{
		{`UPDATE twin.stops SET name = 'Giáp Bát' WHERE code = 'A'`, 1},
		{`UPDATE twin.stops SET name = 'nobody' WHERE code = 'Z'; DELETE FROM twin.stops WHERE false`, 0},
		{`INSERT INTO twin.stops (geom, code) VALUES (` + point + `, 'D'), (` + point + `, 'E')`, 1},
		{`BEGIN; DELETE FROM twin.stops WHERE code = 'D'; UPDATE twin.stops SET name = 'x' WHERE id = 1; COMMIT`, 1},
		{`BEGIN; DELETE FROM twin.stops; ROLLBACK`, 0},
		{`BEGIN; SAVEPOINT a; DELETE FROM twin.stops; ROLLBACK TO a; COMMIT`, 0},
		{`BEGIN; SAVEPOINT a; DELETE FROM twin.stops WHERE id = 1; ROLLBACK TO a; DELETE FROM twin.stops WHERE id = 2; COMMIT`, 1},
		{`BEGIN; SAVEPOINT a; DELETE FROM twin.stops WHERE id = 3; RELEASE a; UPDATE twin.stops SET id = 70 WHERE id = 1; COMMIT`, 1},
		{`TRUNCATE twin.stops`, 1},
		{`TRUNCATE twin.stops`, 0}, // of nothing
		{`INSERT INTO twin.stops (id, geom, name) VALUES (80, ` + point + `, 'n')`, 1},
		{`UPDATE twin.stops SET name = name, geom = ST_SetSRID(geom, 4326)`, 0},
		{`BEGIN; UPDATE twin.stops SET name = 'm'; UPDATE twin.stops SET name = 'l'; COMMIT`, 1},
		{`INSERT INTO twin.stops (id, geom, name) VALUES (80, ` + point + `, 'k'), (81, ` + point + `, 'j')
			ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name`, 1},
		{`SET twin.changeset = '(0,1)'; UPDATE twin.stops SET name = 'i' WHERE id = 81; RESET twin.changeset`, 1},
		{`SET session_replication_role = replica; INSERT INTO twin.stops (id, geom) VALUES (99, ` + point + `); SET session_replication_role = origin`, 0}, // by design
	} {
		db.Exec(step.sql)
		want += step.grows
		if got := version(t, s); got != want {
			t.Fatalf("version %d after %s, want %d", got, step.sql, want)
		}
	}
	wantChanges := []string{
		"1: stops/1 Bến xe Mỹ Đình>Giáp Bát",
		"2: stops/4 -> stops/5 ->",
		"3: stops/1 Giáp Bát>x stops/4 >-",
		"4: stops/2 Bến xe Mỹ Đình>-",
		"5: stops/1 x>- stops/3 Bến xe Mỹ Đình>- stops/70 ->x",
		"6: stops/5 >- stops/70 x>-",
		"7: stops/80 ->n",
		"8: stops/80 n>l",
		"9: stops/80 l>k stops/81 ->j",
		"10: stops/81 j>i",
	}
	if got := changes(t, s, before); !slices.Equal(got, wantChanges) {
		t.Errorf("changes\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(wantChanges, "\n"))
	}
}

// TestWhoAndWhy keeps the message of a Write and the name of an editor, who may
// write the layer and nothing else.
func TestWhoAndWhy(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	put(t, s, stop(0, "A"))
	db.Exec(`CREATE ROLE editor; GRANT USAGE ON SCHEMA twin TO editor; GRANT SELECT, UPDATE ON twin.stops TO editor`)
	t.Cleanup(func() { db.Exec(`RESET ROLE; DROP OWNED BY editor; DROP ROLE editor`) })
	db.Exec(`SET SESSION AUTHORIZATION editor`)
	db.Exec(`UPDATE twin.stops SET name = 'Giáp Bát'`)
	db.Exec(`RESET SESSION AUTHORIZATION`)
	got := db.QueryRows(`SELECT by_user, message FROM twin.twin_changeset ORDER BY id`)
	want := [][]any{{"postgres", "test"}, {"editor", ""}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("change sets %v, want %v", got, want)
	}
}

// TestSlowEditor keeps an edit open over a Write: neither waits for the other,
// and the edit counts when it is committed, not before.
func TestSlowEditor(t *testing.T) {
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	put(t, s, stop(0, "A"))
	other := stops()
	other.ID = "terminals"
	v0 := putLayer(t, s, other)
	db.Exec(`BEGIN; UPDATE twin.terminals SET name = 'x'; INSERT INTO twin.terminals (geom) VALUES (ST_SetSRID(ST_Point(105.8, 21), 4326))`)
	put(t, s, stop(0, "A"), stop(0, "B"))
	if got := version(t, s); got != v0+1 {
		t.Errorf("version %d while the edit is open, want %d", got, v0+1)
	}
	db.Exec(`COMMIT`)
	if got := version(t, s); got != v0+2 {
		t.Errorf("version %d after the edit, want %d", got, v0+2)
	}
	want := []string{"1: stops/2 ->Bến xe Mỹ Đình", "2: terminals/1 ->"}
	if got := changes(t, s, v0); !slices.Equal(got, want) {
		t.Errorf("changes %q, want %q", got, want)
	}
}

// TestIDsAfterSQL mixes inserts by SQL, deletions and Writes: no id comes twice.
func TestIDsAfterSQL(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	put(t, s, stop(40, "A"))
	var id int64
	db.QueryRow(`INSERT INTO twin.stops (geom, code) VALUES (ST_SetSRID(ST_Point(105.8, 21), 4326), 'B') RETURNING id`).Scan(&id)
	if id != 41 {
		t.Errorf("SQL got id %d after 40", id)
	}
	db.Exec(`DELETE FROM twin.stops WHERE id = 41`)
	put(t, s, stop(0, "C"))
	fs := features(t, s, "stops")
	if len(fs) != 2 || fs[1].ID != 42 {
		t.Errorf("features %v; want ids 40 and 42: 41 is used up", fs)
	}
}
