package geopackage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// contextOfVictim bounds the life of the victim of the kill test, in case its
// parent dies first.
func contextOfVictim() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Minute)
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := filepath.Join(dir, "plain.sqlite")
	d, err := lite.NewDriver()
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Connect(plain, "rwc", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Exec(t.Context(), "CREATE TABLE t (x)"), c.Close()); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(dir, "foreign.gpkg")
	c, err = d.Connect(foreign, "rwc", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(schema.CreateFile(t.Context(), c), c.Exec(t.Context(), "DROP TABLE twin_state"), c.Close()); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path string
		want error
		says string
	}{
		{filepath.Join(dir, "absent.gpkg"), fs.ErrNotExist, "absent.gpkg"},
		{dir, ErrNotGeoPackage, "a directory"},
		{write("empty.gpkg", ""), ErrNotGeoPackage, "0 bytes"},
		{write("short.gpkg", "SQLite format 3\x00"), ErrNotGeoPackage, "16 bytes"},
		{write("text.gpkg", strings.Repeat("Hà Nội ", 100)), ErrNotGeoPackage, "does not begin as an SQLite file"},
		{plain, ErrNotGeoPackage, "application id 0x0"},
		{foreign, ErrNotStore, "import it"},
	} {
		_, err := Open(t.Context(), test.path, Options{})
		if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: error %v, want %v that says %q", test.path, err, test.want, test.says)
		}
	}
	// A file that is something else is not replaced either.
	if _, err := Open(t.Context(), filepath.Join(dir, "text.gpkg"), Options{Create: true}); !errors.Is(err, ErrNotGeoPackage) {
		t.Errorf("create over a text file: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 5 {
		t.Errorf("%d files left, want the 5 made here: %v %v", len(entries), entries, err)
	}
}

func TestReadOnlyChangesNothing(t *testing.T) {
	path := kindsFile(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if n := countFeatures(t, s, "kinds"); n != 4 {
		t.Errorf("%d features", n)
	}
	if _, err := s.Write(t.Context(), "", func(Writer) error { return nil }); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("write: %v", err)
	}
	mustClose(t, s)
	after, err := os.ReadFile(path)
	if err != nil || string(before) != string(after) {
		t.Errorf("the file changed: %v", err)
	}
	wantSingleFile(t, path)
}

func TestOpenAndCloseChangeNoVersion(t *testing.T) {
	path := kindsFile(t)
	first := mustOpen(t, path)
	v := version(t, first)
	mustClose(t, first)
	for range 3 {
		s := mustOpen(t, path)
		if got := version(t, s); got != v {
			t.Errorf("version %d, want %d", got, v)
		}
		mustClose(t, s)
		wantSingleFile(t, path)
	}
}

// Two processes may have the store open; here two Stores stand for them.
func TestTwoStoresOnOneFile(t *testing.T) {
	path := kindsFile(t)
	a, b := mustOpen(t, path), mustOpen(t, path)
	v := version(t, a)
	feature := kindsFeatures(t)[1]
	feature.Values[2] = city.Integer(100)
	putAll(t, b, kinds(), []city.Feature{feature})
	if got := version(t, a); got != v+1 {
		t.Errorf("version %d, want %d", got, v+1)
	}
	if !strings.Contains(state(t, a), "lanes=100") {
		t.Errorf("a does not see what b wrote:\n%s", state(t, a))
	}
	mustClose(t, b)
	if !strings.Contains(state(t, a), "lanes=100") {
		t.Error("a lost it when b closed")
	}
	mustClose(t, a)
	wantSingleFile(t, path)
}

func TestWriteWaitsForItsTurnOnlyAsLongAsItsContext(t *testing.T) {
	s := mustOpen(t, kindsFile(t))
	_, err := s.Write(t.Context(), "outer", func(Writer) error {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		_, err := s.Write(ctx, "inner", func(Writer) error { return nil })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("inner write: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestExport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.gpkg")
	put := func(count int, then error) error {
		return Export(t.Context(), path, func(w Writer) error {
			if err := w.PutLayer(t.Context(), kinds()); err != nil {
				return err
			}
			for _, f := range kindsFeatures(t)[:count] {
				if err := w.Put(t.Context(), "kinds", &f); err != nil {
					return err
				}
			}
			return then
		})
	}
	stop := errors.New("stop")
	if err := put(1, stop); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a failed export left a file: %v", err)
	}
	for _, test := range []struct {
		put  int
		then error
		want int
	}{{2, nil, 2}, {4, nil, 4}, {1, stop, 4}} {
		if err := put(test.put, test.then); !errors.Is(err, test.then) {
			t.Errorf("error %v", err)
		}
		s := mustOpen(t, path)
		if n := countFeatures(t, s, "kinds"); n != test.want {
			t.Errorf("%d features, want %d", n, test.want)
		}
		if tally := putAll(t, s, kinds(), kindsFeatures(t)[:test.want]); tally.Unchanged != int64(test.want) {
			t.Errorf("import after export: %+v", tally)
		}
		mustClose(t, s)
		wantSingleFile(t, path)
	}
}
