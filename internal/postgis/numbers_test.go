package postgis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// TestNumbered adopts tables whose keys are no integers, and follows every kind of
// edit: a key keeps its id, also one that comes again.
func TestNumbered(t *testing.T) {
	t.Parallel()
	const list = " PARTITION BY LIST (side)"
	for name, table := range map[string]struct{ types, street, side, partition, same, later string }{
		"table":       {"", "varchar(40)", `"char"`, "", "Phố Huế", ""},
		"partitioned": {"", "varchar(40)", `"char"`, list, "Phố Huế", ""},
		"citext and enumeration": {`CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE TYPE side AS ENUM ('L', 'R')`,
			"ext.citext", "side", "", "phố huế", `ALTER TYPE side ADD VALUE 'M'`},
		"domains, partitioned": {`CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE DOMAIN street AS ext.citext; CREATE DOMAIN side AS "char"`,
			"street", "side", list, "phố huế", `ALTER DOMAIN street ADD CHECK (VALUE = 'Lê Duẩn')`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.Open(t)
			s := open(t, db.DSN())
			db.Exec(table.types)
			db.Exec(`CREATE TABLE drains (street ` + table.street + `, side ` + table.side + `, depth int, twin_id text, geom geometry(Point, 4326), PRIMARY KEY (street, side))` + table.partition)
			if table.partition != "" {
				db.Exec(`CREATE TABLE drains_l PARTITION OF drains FOR VALUES IN ('L'); CREATE TABLE drains_r PARTITION OF drains DEFAULT`)
			}
			db.Exec(`INSERT INTO drains VALUES ('Phố Huế', 'R', 2, 'x', 'SRID=4326;POINT(105.85 21.01)'), ('Phố Huế', 'L', 1, 'y', 'SRID=4326;POINT(105.85 21.01)')`)
			if err := s.Adopt(t.Context(), "drains", "drains"); err != nil {
				t.Fatal(err)
			}
			v := version(t, s)
			for i, step := range []struct{ sql, want string }{
				{`INSERT INTO drains VALUES ('Hàng Bài', 'L', 3, NULL, 'SRID=4326;POINT(105.85 21.02)')`, "1=Phố Huế L 1, 2=Phố Huế R 2, 3=Hàng Bài L 3"},
				{`UPDATE drains SET depth = 9 WHERE street = 'Phố Huế' AND side = 'L'`, "1=Phố Huế L 9, 2=Phố Huế R 2, 3=Hàng Bài L 3"},
				{`UPDATE drains SET street = 'Tràng Tiền' WHERE side = 'R'`, "1=Phố Huế L 9, 3=Hàng Bài L 3, 4=Tràng Tiền R 2"},
				{`DELETE FROM drains WHERE street = 'Phố Huế'`, "3=Hàng Bài L 3, 4=Tràng Tiền R 2"},
				{`INSERT INTO drains VALUES ('` + table.same + `', 'L', 5, '', 'SRID=4326;POINT(105.85 21.01)')`, "1=" + table.same + " L 5, 3=Hàng Bài L 3, 4=Tràng Tiền R 2"},
				{`INSERT INTO drains VALUES ('Phố Huế', 'L', 6) ON CONFLICT (street, side) DO UPDATE SET depth = excluded.depth`, "1=" + table.same + " L 6, 3=Hàng Bài L 3, 4=Tràng Tiền R 2"},
				{`TRUNCATE drains`, ""},
			} {
				db.Exec(step.sql)
				if got := version(t, s); got != v+city.Version(i)+1 {
					t.Errorf("version %d after %d and %s", got, v, step.sql)
				}
				if got := numberedDrains(features(t, s, "drains")); got != step.want {
					t.Errorf("after %s\n got %s\nwant %s", step.sql, got, step.want)
				}
			}
			db.Exec(table.later) // of the types is not held against keys that are gone
			// What was is told by the same ids.
			err := s.Read(t.Context(), func(r postgis.Reader) error {
				var absent, present []int64
				err := r.Undo(t.Context(), v, func(c *city.Change) error {
					if c.Feature == nil {
						absent = append(absent, c.ID)
					} else {
						present = append(present, c.ID)
					}
					return nil
				})
				if !slices.Equal(present, []int64{1, 2}) || len(absent) != 0 {
					t.Errorf("at version %d there were %v, and not %v", v, present, absent)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
			_, err = s.Write(t.Context(), "drop", func(w postgis.Writer) error { return w.DropLayer(t.Context(), "drains") })
			if err != nil {
				t.Fatal(err)
			}
			db.Exec(`INSERT INTO drains VALUES ('Lê Duẩn', 'L')`) // nothing of ours is in the way
			if err := s.Adopt(t.Context(), "drains", "drains"); err != nil {
				t.Errorf("adopted again: %v", err)
			}
		})
	}
}

// numberedDrains writes features as id=street side depth.
func numberedDrains(fs []city.Feature) string {
	var all []string
	for _, f := range fs {
		all = append(all, fmt.Sprintf("%d=%s %s %d", f.ID, f.Values[0].Text(), f.Values[1].Text(), f.Values[2].Int()))
	}
	return strings.Join(all, ", ")
}

// TestNumberMissed lets rows come while the triggers are off: the next start numbers
// them, as a version, which a server that runs is told too.
func TestNumberMissed(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	db.Exec(`CREATE TABLE drains (street text PRIMARY KEY, side text, depth int, geom geometry(Point, 4326)); INSERT INTO drains VALUES ('Phố Huế', 'L', 1)`)
	if err := s.Adopt(t.Context(), "drains", "drains"); err != nil {
		t.Fatal(err)
	}
	v := version(t, s)
	db.Exec(`SET session_replication_role = replica; INSERT INTO drains VALUES ('Tràng Tiền', 'R', 3), ('Hàng Bài', 'L', 2); RESET session_replication_role`)
	if got := numberedDrains(features(t, s, "drains")); version(t, s) != v || got != "1=Phố Huế L 1" {
		t.Errorf("version %d after %d: %s", version(t, s), v, got)
	}
	open(t, db.DSN()+"&default_transaction_read_only=on") // as a standby is
	for range 2 {
		again := open(t, db.DSN())
		if got := numberedDrains(features(t, again, "drains")); version(t, again) != v+1 || got != "1=Phố Huế L 1, 2=Hàng Bài L 2, 3=Tràng Tiền R 3" {
			t.Errorf("version %d after %d: %s", version(t, again), v, got)
		}
	}
	wantChanges(t, s, v, "1: drains/2 ->L drains/3 ->R")
	db.Exec(`DROP TABLE drains`)
	open(t, db.DSN()) // the other layers are there
}
