package integration

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func writeFile(t *testing.T, content string, path ...string) string {
	t.Helper()
	name := filepath.Join(path...)
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// seeded makes a store that holds the seed and one feature more.
func seeded(t *testing.T, store string) string {
	t.Helper()
	const point = `{"type":"Feature","geometry":{"type":"Point","coordinates":[105.85,21.03]},"properties":{"code":"X1"}}`
	run(t, "import", "--store", store, writeFile(t, point, t.TempDir(), "extra.geojson")).want(t, 0)
	return store
}

// TestExitCodes runs the program into every kind of trouble. What went wrong is
// said in one place, standard error, and with the value that is wrong.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := seeded(t, filepath.Join(dir, "store.gpkg"))
	text := writeFile(t, "This is no GeoPackage, but long enough to be one.\n"+strings.Repeat("x", 4096), dir, "text.gpkg")
	torn := writeFile(t, readFile(t, store)[:20000], dir, "torn.gpkg")
	foreign := filepath.Join(dir, "foreign.gpkg")
	bowtie := writeFile(t, `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[105,21],[105.1,21.1],[105.1,21],[105,21.1],[105,21]]]},"properties":{"code":"B"}}`, dir, "bowtie.geojson")
	gdaltest.Run(t, "ogr2ogr", "-f", "GPKG", foreign, bowtie)
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	missing := filepath.Join(dir, "missing.gpkg")
	link := filepath.Join(dir, "link.geojson")
	if err := os.Symlink(store, link); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{0, "", []string{"--help"}},
		{0, "", []string{"serve", "--help"}},
		{0, "", []string{"version"}},
		{0, "", []string{"check", "--store", store}},
		{0, "", []string{"near", "intersections/NG01", "--radius", "800", "--store", store}},
		{0, "", []string{"export", "intersections", "--store", store}},

		{1, "bowtie.geojson", []string{"import", bowtie, "--strict", "--store", store}},

		{2, "frob", []string{"frob"}},
		{2, "--frob", []string{"serve", "--frob"}},
		{2, "place", []string{"near", "--store", store}},
		{2, `"Hà Nội"`, []string{"near", "Hà Nội", "--store", store}},
		{2, "missing.geojson", []string{"import", "missing.geojson", "--store", store}},
		{2, "4711", []string{"import", bowtie, "--crs", "4711", "--store", store}},
		{2, `"nosuch"`, []string{"export", "nosuch", "--store", store}},
		{2, "GeoJSON holds one layer", []string{"export", "--store", store}},
		{2, "longitude comes first: 105.85,21.03", []string{"near", "21.03,105.85", "--store", store}},
		{2, `"all.shp": not a file name`, []string{"export", "-o", "all.shp", "--store", store}},
		{2, "or .gpkg, .pmtiles", []string{"export", "wards", "-o", "wards.tif", "--store", store}},

		{2, "--store is empty", []string{"check", "--store", ""}},
		{2, "--store mysql://…", []string{"check", "--store", "mysql://root:b1-m4t@127.0.0.1/hanoi"}},
		{2, "--store mysql://…", []string{"serve", "--store", "mysql://root:b1-m4t@127.0.0.1/hanoi", "--addr", "127.0.0.1:0"}},
		{2, store, []string{"export", "intersections", "-o", store, "--store", store}},
		{2, link, []string{"export", "intersections", "-o", link, "--store", store}},
		{2, "MiB", []string{"serve", "--store", store, "--max-body-mb", "17592186044417"}},
		{2, "-1s", []string{"serve", "--store", store, "--work-timeout=-1s"}},

		{3, missing, []string{"check", "--store", missing}},
		{3, missing, []string{"near", "105.85,21.03", "--store", missing}},
		{3, missing, []string{"export", "wards", "--store", missing}},
		{3, dir, []string{"serve", "--store", dir, "--addr", "127.0.0.1:0"}},
		{3, text, []string{"serve", "--store", text, "--addr", "127.0.0.1:0"}},
		{3, text, []string{"import", bowtie, "--store", text}},
		{3, torn, []string{"serve", "--store", torn, "--addr", "127.0.0.1:0"}},
		{3, foreign, []string{"serve", "--store", foreign, "--addr", "127.0.0.1:0"}},
		{3, "no such file or directory", []string{"serve", "--store", filepath.Join(dir, "nowhere", "store.gpkg"), "--addr", "127.0.0.1:0"}},
		{3, "127.0.0.1:1", []string{"check", "--store", "postgres://twin@127.0.0.1:1/hanoi"}},

		{4, busy.Addr().String(), []string{"serve", "--store", store, "--addr", busy.Addr().String()}},
		{4, "nonsense", []string{"serve", "--store", store, "--addr", "nonsense"}},
		{4, "the file is empty", []string{"import", writeFile(t, " \n", dir, "nothing.geojson"), "--store", store}},
		{4, "no-layers", []string{"import", writeFile(t, "neither this nor that", dir, "no-layers.xyz"), "--store", store}},
	} {
		r := run(t, c.args...)
		if r.code != c.code {
			t.Errorf("%q: exit code %d, want %d\n%s", c.args, r.code, c.code, r.err)
			continue
		}
		switch {
		case c.code == 0 && (r.out == "" || strings.Contains(r.err, "hanoitwin:")):
			t.Errorf("%q succeeds\nstdout:\n%s\nstderr:\n%s", c.args, r.out, r.err)
		case c.code != 0 && (r.out != "" || !strings.HasPrefix(r.err, "hanoitwin: ") || !strings.Contains(r.err, c.says)):
			t.Errorf("%q does not say %q on standard error, or something on standard output\nstdout:\n%s\nstderr:\n%s", c.args, c.says, r.out, r.err)
		case strings.Contains(r.err, "panic") || strings.Contains(r.err, "goroutine"):
			t.Errorf("%q panics:\n%s", c.args, r.err)
		}
	}
}

// TestCheckFindsErrors breaks a store by another program's hand: check has to
// tell, with exit code 1, and the report on standard output.
func TestCheckFindsErrors(t *testing.T) {
	t.Parallel()
	store := seeded(t, filepath.Join(t.TempDir(), "store.gpkg"))
	gdaltest.Run(t, "ogrinfo", "-q", store, "-sql", "UPDATE intersections SET status = 'haunted' WHERE code = 'NG01'")
	r := run(t, "check", "--store", store).want(t, 1)
	if !strings.Contains(r.out, "haunted") || !strings.Contains(r.out, "NG01") || !strings.Contains(r.err, store) {
		t.Errorf("the report says nothing of it\nstdout:\n%s\nstderr:\n%s", r.out, r.err)
	}
	r = run(t, "check", "--json", "--store", store).want(t, 1)
	if !json.Valid([]byte(r.out)) || !strings.Contains(r.out, "haunted") {
		t.Errorf("not the report as JSON:\n%s", r.out)
	}
}

// TestImportOfNothing gives features of which none can be imported: a script hears
// of it, a person reads why, and the store is as before.
func TestImportOfNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := writeFile(t, "name,lon,lat\nHồ Tây,here,there\n", dir, "bad.csv")
	good := writeFile(t, "name,lon,lat\nHồ Tây,105.82,21.05\nHồ Gươm,here,there\n", dir, "good.csv")
	empty := writeFile(t, `{"type":"FeatureCollection","features":[]}`, dir, "empty.geojson")
	for _, store := range []string{seeded(t, filepath.Join(dir, "store.gpkg")), seeded(t, pgtest.DSN(t))} {
		before := storeText(t, store)
		r := run(t, "import", "--store", store, bad).want(t, 1)
		if !strings.Contains(r.out, "bad") || !strings.Contains(r.out, "version 2\n") || !strings.Contains(r.err, "line 2") || !strings.Contains(r.err, "hanoitwin: none of the features could be imported\n") {
			t.Errorf("stdout:\n%s\nstderr:\n%s", r.out, r.err)
		}
		report := importReport{}
		if err := json.Unmarshal([]byte(run(t, "import", "--store", store, bad, "--json").want(t, 1).out), &report); err != nil || len(report.Layers) != 1 || report.Layers[0].Skipped != 1 || report.Layers[0].Created {
			t.Errorf("%v: %+v", err, report)
		}
		if after := storeText(t, store); after != before {
			t.Errorf("the store has changed:\n%s", firstDifference(before, after))
		}
		run(t, "import", "--store", store, bad, good).want(t, 0)
		run(t, "import", "--store", store, good).want(t, 0) // unchanged is imported
		run(t, "import", "--store", store, empty).want(t, 0)
	}
}

// TestVersionOfStore asks a store for its version, which makes none.
func TestVersionOfStore(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing.gpkg")
	for _, store := range []string{seeded(t, filepath.Join(t.TempDir(), "store.gpkg")), seeded(t, pgtest.DSN(t))} {
		if r := run(t, "version", "--store", store).want(t, 0); !strings.Contains(r.out, " holds version 2 of the city\n") {
			t.Errorf("stdout:\n%s", r.out)
		}
		var info struct {
			Stored string `json:"store_version"`
		}
		if err := json.Unmarshal([]byte(run(t, "version", "--json", "--store", store).want(t, 0).out), &info); err != nil || info.Stored != "2" {
			t.Errorf("%v: %+v", err, info)
		}
	}
	if r := run(t, "version", "--store", missing).want(t, 3); r.out != "" || !strings.Contains(r.err, missing) {
		t.Errorf("stdout:\n%s\nstderr:\n%s", r.out, r.err)
	}
}

// TestJSONOutput parses what each command with --json prints.
func TestJSONOutput(t *testing.T) {
	t.Parallel()
	store := seeded(t, filepath.Join(t.TempDir(), "store.gpkg"))
	for _, args := range [][]string{
		{"version", "--json"},
		{"check", "--json", "--store", store},
		{"near", "105.8523,21.0287", "--k", "3", "--json", "--store", store},
		{"near", "0,0", "--radius", "10", "--json", "--store", store}, // nothing there
		{"serve", "--discover", "--json", "--store", pgtest.DSN(t)},
	} {
		r := run(t, args...).want(t, 0)
		var value any
		if err := json.Unmarshal([]byte(r.out), &value); err != nil || value == nil {
			t.Errorf("%q: %v\n%s", args, err, r.out)
		}
	}
}

// TestPasswordsStaySecret gives a password in every way that a connection
// string has, and looks for it in all that the program says.
func TestPasswordsStaySecret(t *testing.T) {
	t.Parallel()
	const secret = "b1-m4t"
	good := func() string { // trust lets any password in
		u, err := url.Parse(pgtest.DSN(t))
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("password", secret)
		u.RawQuery = q.Encode()
		return u.String()
	}()
	wards := filepath.Join(realdata.Hanoi(t), "layers", "hanoi_wards.geojsonl")
	for _, c := range []struct {
		code int
		args []string
	}{
		{3, []string{"serve", "--addr", "127.0.0.1:0", "--store", "postgres://twin:" + secret + "@127.0.0.1:1/hanoi"}},
		{3, []string{"check", "--store", "postgres://127.0.0.1:1/hanoi?user=twin&password=" + secret}},
		{3, []string{"check", "--store", "postgres://twin:" + secret + "@127.0.0.1:port/hanoi"}},
		{3, []string{"check", "--store", "postgresql://twin:" + secret + "%zz@127.0.0.1/hanoi"}},
		{3, []string{"check", "--store", "postgres://twin:" + secret + "@a@127.0.0.1:1/hanoi?sslmode=nonsense"}},
		{0, []string{"import", wards, "--store", good}},
		{1, []string{"check", "--store", good}},
		{2, []string{"near", "nowhere", "--store", good}},
	} {
		r := run(t, c.args...)
		if r.code == 0 && c.args[0] == "import" {
			pgtest.Connect(t, good).Exec(`UPDATE twin.intersections SET status = 'haunted' WHERE code = 'NG01'`)
		}
		if r.code != c.code {
			t.Errorf("%q: exit code %d, want %d\n%s", c.args, r.code, c.code, r.err)
		}
		if strings.Contains(r.out+r.err, secret) {
			t.Errorf("%q gives the password away:\n%s\n%s", c.args, r.out, r.err)
		}
	}
}

// readers are the commands that change no store.
func readers() [][]string {
	return [][]string{{"check"}, {"near", "intersections/NG01", "-k", "3"}, {"export", "intersections"}, {"version"}, {"key", "list"}}
}

// TestEmptyDatabase asks a database that no twin is in: only what writes a twin
// makes one.
func TestEmptyDatabase(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	for _, args := range append(readers(), []string{"key", "create", "anna", "--role", "viewer"}) {
		if r := run(t, append(args, "--store", dsn)...).want(t, 3); !strings.Contains(r.err, "there is no store in postgres://") {
			t.Errorf("%v says\n%s", args, r.err)
		}
	}
	if _, err := postgis.Open(t.Context(), dsn, postgis.Options{Existing: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the database has a twin now: %v", err)
	}
	seeded(t, dsn)
	for _, args := range readers() {
		run(t, append(args, "--store", dsn)...).want(t, 0)
	}
}
