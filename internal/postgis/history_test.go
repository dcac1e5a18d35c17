package postgis_test

import (
	"reflect"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// outbox returns what followers would read: layer and ids, by change set.
func outbox(db *pgtest.DB) [][]any {
	return db.QueryRows(`SELECT dense_rank() OVER (ORDER BY changeset), layer, features::text FROM twin.twin_outbox ORDER BY id`)
}

// TestEditsBySQL edits a layer as psql and QGIS do; each transaction that
// changed something is one version, whatever its statements.
func TestEditsBySQL(t *testing.T) {
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	put(t, s, stop(0, "A"), stop(0, "B"), stop(0, "C"))
	const point = `ST_SetSRID(ST_Point(105.8, 21), 4326)`
	want := version(t, s)
	db.Exec(`DELETE FROM twin.twin_outbox`)
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
		{`INSERT INTO twin.stops (geom) SELECT ` + point + ` FROM generate_series(1, 10001)`, 1},
		{`SET session_replication_role = replica; DELETE FROM twin.stops; SET session_replication_role = origin`, 0}, // by design
	} {
		db.Exec(step.sql)
		want += step.grows
		if got := version(t, s); got != want {
			t.Fatalf("version %d after %s, want %d", got, step.sql, want)
		}
	}
	wantOutbox := [][]any{
		{int64(1), "stops", "{1}"},
		{int64(2), "stops", "{4,5}"},
		{int64(3), "stops", "{4}"},
		{int64(3), "stops", "{1}"},
		{int64(4), "stops", "{2}"},
		{int64(5), "stops", "{3}"},
		{int64(5), "stops", "{1,70}"},
		{int64(6), "stops", nil},
		{int64(7), "stops", nil},
	}
	if got := outbox(db); !reflect.DeepEqual(got, wantOutbox) {
		t.Errorf("outbox\n got %v\nwant %v", got, wantOutbox)
	}
}

// TestWhoAndWhy keeps the message of a Write and the name of an editor, who may
// write the layer and nothing else.
func TestWhoAndWhy(t *testing.T) {
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
	// A follower reads below the oldest running transaction: not yet.
	const readable = `SELECT count(*) FROM twin.twin_outbox WHERE layer = 'terminals' AND features IS NOT NULL
		AND xid < pg_snapshot_xmin(pg_current_snapshot())`
	follower := pgtest.Connect(t, db.DSN())
	var n int
	if follower.QueryRow(readable).Scan(&n); n != 0 {
		t.Errorf("%d rows of an open transaction are readable", n)
	}
	db.Exec(`COMMIT`)
	if got := version(t, s); got != v0+2 {
		t.Errorf("version %d after the edit, want %d", got, v0+2)
	}
	if follower.QueryRow(readable).Scan(&n); n != 1 {
		t.Errorf("%d rows are readable after the commit, want 1", n)
	}
}

// TestIDsAfterSQL mixes inserts by SQL, deletions and Writes: no id comes twice.
func TestIDsAfterSQL(t *testing.T) {
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
