package pgtest

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"reflect"
	"testing"
	"time"

	"github.com/paulmach/orb"
)

func TestOracle(t *testing.T) {
	t.Parallel()
	db := Open(t)
	db.Exec(`CREATE TABLE roads (id bigint PRIMARY KEY, name text, geom geometry(LineString, 4326))`)
	db.Copy("public.roads", []string{"id", "name", "geom"}, [][]any{
		{int64(1), "Phố Huế", orb.LineString{{105.85, 21.01}, {105.85, 21.02}}},
		{int64(2), nil, orb.LineString{{105.86, 21.01}, {105.86, 21.02}}},
	})
	if n := db.Exec(`UPDATE roads SET name = $1 WHERE id = $2`, "Phố Bạch Mai", 2); n != 1 {
		t.Errorf("Exec = %d rows, want 1", n)
	}
	got := db.QueryRows(`SELECT id, name, ST_AsText(geom) FROM roads WHERE ST_Intersects(geom, $1::geometry) ORDER BY id`,
		orb.Bound{Min: orb.Point{105.855, 21}, Max: orb.Point{105.9, 21.1}})
	want := [][]any{{int64(2), "Phố Bạch Mai", "LINESTRING(105.86 21.01,105.86 21.02)"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("QueryRows = %v, want %v", got, want)
	}
	// One degree of latitude at 45° is 111,131.8 m on WGS 84 (EPSG Guidance
	// Note 7-2 formulas for the meridian arc, from 44.5° to 45.5°).
	var metres float64
	db.QueryRow(`SELECT ST_Distance($1::geometry::geography, $2::geometry::geography)`,
		orb.Point{105, 44.5}, orb.Point{105, 45.5}).Scan(&metres)
	if metres < 111131.7 || metres > 111131.9 {
		t.Errorf("one degree at 45° = %v m, want 111131.8", metres)
	}
	var kind string
	if db.QueryRow(`SELECT to_jsonb(roads)->'geom'->>'type' FROM roads LIMIT 1`).Scan(&kind); kind != "LineString" {
		t.Errorf("a geometry in JSON has type %q: PostGIS is not as it is where it was installed by a server", kind)
	}
}

// TestDatabasesAreSeparate makes the same table in two databases at once.
func TestDatabasesAreSeparate(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a", "b", "c"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := Open(t)
			db.Exec(`CREATE TABLE mine (x int)`)
			Connect(t, db.DSN()).Exec(`INSERT INTO mine VALUES (1)`)
			var n int
			if db.QueryRow(`SELECT count(*) FROM mine`).Scan(&n); n != 1 {
				t.Errorf("%d rows, want 1", n)
			}
		})
	}
}

// TestKilled starts this test binary again, kills it without warning while its
// server runs, and waits until the server's directory is gone.
func TestKilled(t *testing.T) {
	if os.Getenv("PGTEST_CHILD") == "1" {
		DSN(t)
		s, err := start()
		if err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString(s.dir + "\n")
		<-t.Context().Done() // never: the parent kills us
		return
	}
	DSN(t) // skips where there is no PostGIS
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), "PGTEST_CHILD=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dir, err := bufio.NewReader(out).ReadString('\n')
	killed := errors.Join(cmd.Process.Kill(), err)
	cmd.Wait() // an error, for it was killed
	if killed != nil {
		t.Fatal(killed)
	}
	dir = dir[:len(dir)-1]
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there", dir)
		}
	}
}
