package postgis_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// pooled starts PgBouncer in front of the database of dsn, with a server connection
// for a transaction at a time, as docs/postgis.md has it, and returns the way
// through it.
func pooled(t *testing.T, dsn string) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if program = "/usr/sbin/pgbouncer"; !exists(program) {
			realdata.Missing(t, "%v", err)
		}
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	dir, err := os.MkdirTemp("", "pb") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := filepath.Join(dir, "pgbouncer.ini")
	text := fmt.Sprintf(`[databases]
* = host=%s user=%s
[pgbouncer]
listen_port = 6432
unix_socket_dir = %s
auth_type = any
pool_mode = transaction
default_pool_size = 3
ignore_startup_parameters = search_path
`, q.Get("host"), q.Get("user"), dir)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, config)
	pgtest.AsServerUser(t, cmd, dir)
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("unix", filepath.Join(dir, ".s.PGSQL.6432"))
		if err == nil {
			conn.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("PgBouncer does not start: %s", log.String())
		}
	}
	q.Set("host", dir)
	q.Set("port", "6432")
	u.RawQuery = q.Encode()
	return u.String()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestPooler opens two stores behind one pooler. One hears of what the other and a
// plain client write, although no notification comes, and nothing of a session is
// left behind for others.
func TestPooler(t *testing.T) {
	plain := pgtest.DSN(t)
	dsn := pooled(t, plain)
	a, b := open(t, dsn), open(t, dsn)
	direct := pgtest.Connect(t, plain)
	var locks int
	if direct.QueryRow(`SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'`).Scan(&locks); locks != 0 {
		t.Errorf("%d locks are left behind in the pool", locks)
	}
	v, err := a.Write(t.Context(), "lớp", func(w twin.Writer) error {
		return w.PutLayer(t.Context(), city.Layer{ID: "stops", Title: "Trạm", TitleEN: "Stops", Geometry: city.GeometryPoint})
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		heard := make(chan error, 1)
		after := v
		go func() { heard <- b.Await(ctx, after) }()
		if i%2 == 0 {
			_, err = a.Write(ctx, "trạm", func(w twin.Writer) error {
				_, err := w.Save(ctx, "stops", &city.Feature{Geometry: orb.Point{105.8, 21}})
				return err
			})
		} else {
			direct.Exec(`INSERT INTO twin.stops (geom) VALUES (ST_SetSRID(ST_MakePoint(105.8, 21), 4326))`)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := <-heard; err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := b.Read(t.Context(), func(r twin.Reader) error {
			sets, err := r.Changes(t.Context(), after, 10)
			if err == nil && (r.Version() != after+1 || len(sets) != 1 || len(sets[0].Revisions) != 1) {
				t.Errorf("version %d after %d, %d change sets", r.Version(), after, len(sets))
			}
			v = r.Version()
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}
