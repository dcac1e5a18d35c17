package integration

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

var tokenLine = regexp.MustCompile(`^ht_[0-9a-f]{16}_[0-9a-f]{64}\n$`)

// TestKeys makes, lists and revokes keys in both stores, by the command.
func TestKeys(t *testing.T) {
	t.Parallel()
	for kind, where := range map[string]string{"file": filepath.Join(t.TempDir(), "store.gpkg"), "database": pgtest.DSN(t)} {
		t.Run(kind, func(t *testing.T) {
			store := seeded(t, where)
			before := readStore(t, store, func(*city.Layer, *city.Feature) {})

			made := run(t, "key", "create", "survey-team", "--role", "editor", "--layers", "bridges,nosuch", "--store", store).want(t, 0)
			if !tokenLine.MatchString(made.out) || strings.Contains(made.err, made.out[20:]) || !strings.Contains(made.err, "nosuch") {
				t.Errorf("stdout:\n%s\nstderr:\n%s", made.out, made.err)
			}
			token := strings.TrimSpace(made.out)
			run(t, "key", "create", "boss", "--role", "admin", "--store", store).want(t, 0)
			if again := run(t, "key", "create", "boss", "--role", "viewer", "--store", store).want(t, 2); again.out != "" || !strings.Contains(again.err, `"boss"`) {
				t.Errorf("a name twice:\n%s%s", again.out, again.err)
			}

			table := run(t, "key", "list", "--store", store).want(t, 0)
			if lines := strings.Split(table.out, "\n"); len(lines) != 4 || !strings.HasPrefix(lines[1], "boss ") ||
				!strings.Contains(lines[2], "bridges,nosuch") || !strings.Contains(lines[2], token[3:19]) {
				t.Errorf("the table:\n%s", table.out)
			}
			listed := run(t, "key", "list", "--json", "--store", store).want(t, 0)
			var keys []access.Key
			if err := json.Unmarshal([]byte(listed.out), &keys); err != nil || len(keys) != 2 || keys[1].Name != "survey-team" || keys[1].Role != city.Editor {
				t.Errorf("%v\n%s", err, listed.out)
			}
			if strings.Contains(table.out+listed.out, token[20:]) {
				t.Error("the list tells the secret")
			}
			if kind == "file" {
				for _, name := range []string{store, store + "-wal"} {
					if body, err := os.ReadFile(name); err == nil && strings.Contains(string(body), token[20:]) {
						t.Errorf("%s holds the secret", name)
					}
				}
			}
			wantKey(t, store, token, nil)

			run(t, "key", "revoke", "survey-team", "--store", store).want(t, 0)
			run(t, "key", "revoke", "survey-team", "--store", store).want(t, 2)
			wantKey(t, store, token, access.ErrBadCredentials)
			if after := readStore(t, store, func(*city.Layer, *city.Feature) {}); after != before {
				t.Errorf("keys made version %d of %d", after, before)
			}
		})
	}
}

// wantKey holds what a server that has just opened the store says of a token.
func wantKey(t *testing.T, where, token string, want error) {
	t.Helper()
	store := openStore(t, where)
	keys := access.NewKeyring(store)
	if err := keys.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := access.NewAuthenticator(keys, nil).Authenticate(t.Context(), access.Credentials{APIKey: []string{token}})
	if want == nil && (err != nil || p.Name != "survey-team" || len(p.Layers) != 2) || want != nil && !errors.Is(err, want) {
		t.Errorf("%+v, %v, want %v", p, err, want)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestKeyMistakes: each is told on standard error, with the right code.
func TestKeyMistakes(t *testing.T) {
	t.Parallel()
	store := seeded(t, filepath.Join(t.TempDir(), "store.gpkg"))
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{2, "--role", []string{"create", "ops"}},
		{2, `"root"`, []string{"create", "ops", "--role", "root"}},
		{2, `"Ops"`, []string{"create", "Ops", "--role", "viewer"}},
		{2, "editor", []string{"create", "ops", "--role", "admin", "--layers", "roads"}},
		{2, `"Roads"`, []string{"create", "ops", "--role", "editor", "--layers", "Roads"}},
		{2, `"nobody"`, []string{"revoke", "nobody"}},
		{3, "missing.gpkg", []string{"list", "--store", "missing.gpkg"}},
		{3, "missing.gpkg", []string{"create", "ops", "--role", "viewer", "--store", "missing.gpkg"}},
	} {
		args := append([]string{"key"}, c.args...)
		if c.code != 3 {
			args = append(args, "--store", store)
		}
		if r := run(t, args...).want(t, c.code); r.out != "" || !strings.Contains(r.err, c.says) {
			t.Errorf("%q does not say %q, or something on standard output:\n%s%s", args, c.says, r.out, r.err)
		}
	}
	if r := run(t, "key", "list", "--store", store).want(t, 0); r.out != "" || !strings.Contains(r.err, "key create") {
		t.Errorf("no keys:\n%s%s", r.out, r.err)
	}
}

// TestPrivateStaysPrivate takes a private layer from store to store.
func TestPrivateStaysPrivate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from := seeded(t, filepath.Join(dir, "from.gpkg"))
	store := openStore(t, from)
	_, err := store.Write(t.Context(), "hide the bridges", func(w twin.Writer) error {
		for _, l := range w.Layers() {
			if l.ID == "bridges" {
				l.VisibleTo = []city.Role{city.Editor}
				return w.PutLayer(t.Context(), l)
			}
		}
		return city.ErrNotFound
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	hidden := func(where string) {
		t.Helper()
		store := openStore(t, where)
		err := store.Read(t.Context(), func(r twin.Reader) error {
			for _, l := range r.Layers() {
				if l.ID != "bridges" {
					continue
				}
				if l.VisibleAt(city.Viewer) {
					t.Errorf("%s: bridges are visible to %q", where, l.VisibleTo)
				}
				return nil
			}
			return city.ErrNotFound
		})
		if err := errors.Join(err, store.Close()); err != nil {
			t.Fatal(err)
		}
	}
	hidden(from)
	exported := filepath.Join(dir, "exported.gpkg")
	run(t, "export", "--store", from, "-o", exported).want(t, 0)
	hidden(exported)
	for _, to := range []string{filepath.Join(dir, "to.gpkg"), pgtest.DSN(t)} {
		run(t, "import", exported, "--empty", "--store", to).want(t, 0)
		hidden(to)
	}
	// Importing again into a layer that is hidden does not show it.
	bridges := filepath.Join(dir, "bridges.geojson")
	run(t, "export", "bridges", "--store", from, "-o", bridges).want(t, 0)
	run(t, "import", bridges, "--store", from).want(t, 0)
	hidden(from)
}
