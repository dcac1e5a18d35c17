//go:build compare

package benchcompare

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tegola names the environment variable with the path of a program of
// github.com/go-spatial/tegola, a tile server in Go that lets PostGIS make its tiles.
const tegola = "TEGOLA"

// tegolaLayer is what Tegola's manual suggests for tiles made by PostGIS, with the
// buffer that our tiles have. !BBOX! are the bounds of the tile without one.
const tegolaLayer = `
[[providers.layers]]
name = "%[1]s"
geometry_fieldname = "g"
geometry_type = "geometrycollection"
id_fieldname = "id"
srid = 3857
sql = '''SELECT ST_AsMVTGeom(ST_Transform(lonlat, 3857), !BBOX!, 4096, 64, true) AS g, id%[2]s FROM "%[1]s"
 WHERE lonlat && ST_Transform(ST_Expand(!BBOX!, (ST_XMax(!BBOX!) - ST_XMin(!BBOX!)) / 64), 4326)'''
`

// startTegola serves the rival's tables with Tegola, without its cache, for the
// length of the test and returns its address.
func startTegola(t *testing.T, program string, r *rival, layers []layer, jit string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(addr)
	// It takes no settings but those of the role; it wants a host and a password, too,
	// which the socket in the query overrules.
	role := "tegola_" + jit
	for _, sql := range []string{"CREATE ROLE " + role + " LOGIN SUPERUSER", "ALTER ROLE " + role + " SET jit = " + jit} {
		if _, err := r.pool.Exec(background, sql); err != nil {
			t.Fatal(err)
		}
	}
	dsn := strings.Replace(strings.Replace(r.dsn, ":///", "://"+role+":none@localhost:5432/", 1), "user=postgres", "sslmode=disable", 1)
	config := fmt.Sprintf("[webserver]\nport = \":%s\"\n[[providers]]\nname = \"p\"\ntype = \"mvt_postgis\"\nuri = %q\n", port, dsn)
	maps := "[[maps]]\nname = \"hanoi\"\n"
	for _, l := range layers {
		columns := ""
		for _, p := range l.def.Properties {
			columns += fmt.Sprintf(", %q", p.Name)
		}
		config += fmt.Sprintf(tegolaLayer, l.def.ID, columns)
		maps += fmt.Sprintf("[[maps.layers]]\nprovider_layer = \"p.%s\"\nmax_zoom = 22\n", l.def.ID)
	}
	file := filepath.Join(t.TempDir(), "tegola.toml")
	if err := os.WriteFile(file, []byte(config+maps), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	serve := exec.Command(program, "serve", "--no-cache", "--config", file)
	serve.Stdout, serve.Stderr = &log, &log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = serve.Wait(); close(ended) }()
	t.Cleanup(func() { _ = serve.Process.Kill(); <-ended })
	for {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			_ = conn.Close()
			return addr
		}
		select {
		case <-ended:
			t.Fatalf("Tegola ended: %s", log.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
