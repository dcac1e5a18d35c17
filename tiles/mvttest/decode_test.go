package mvttest_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// fixturesDir finds the npm package @mapbox/mvt-fixtures, which package.json
// beside this file names. It is not part of the project.
func fixturesDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("MVT_FIXTURES")
	if dir == "" {
		dir = filepath.Join("node_modules", "@mapbox", "mvt-fixtures", "fixtures")
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("missing in CI: the MVT fixtures (npm ci in tiles/mvttest): %v", err)
		}
		t.Skipf("skipped, missing: the MVT fixtures (npm ci in tiles/mvttest): %v", err)
	}
	return dir
}

// Fixtures that are marked valid although another one, marked invalid, has the
// same flaw. We refuse both of each pair.
var contradictions = map[string]string{
	"016": "same bytes as 003: no type field",
	"057": "same geometry as 051: a MoveTo that claims 2^29-1 positions and has one",
}

func TestFixtures(t *testing.T) {
	dir := fixturesDir(t)
	names, err := filepath.Glob(filepath.Join(dir, "*", "tile.mvt"))
	if err != nil || len(names) != 74 {
		t.Fatalf("found %d fixtures (%v), want 74", len(names), err)
	}
	for _, name := range names {
		id := filepath.Base(filepath.Dir(name))
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		about, err := os.ReadFile(filepath.Join(filepath.Dir(name), "info.json"))
		if err != nil {
			t.Fatal(err)
		}
		var info struct {
			Description string
			Validity    struct{ V1, V2 bool }
		}
		if err := json.Unmarshal(about, &info); err != nil {
			t.Fatal(err)
		}
		tile, err := mvttest.Decode(data)
		want := info.Validity.V2
		if contradictions[id] != "" {
			want = false
		}
		if err == nil && len(tile.Layers) > 0 && tile.Layers[0].Version == 1 {
			want = info.Validity.V1
		}
		if (err == nil) != want {
			t.Errorf("%s: error %v, want valid %v: %s", id, err, want, info.Description)
		}
		if err != nil && !errors.Is(err, mvttest.ErrInvalid) {
			t.Errorf("%s: %v does not wrap ErrInvalid", id, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x1a\x14\x78\x02\x0a\x05hello\x12\x09\x08\x01\x18\x01\x22\x03\x09\x32\x22"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tile, err := mvttest.Decode(data)
		if (tile == nil) == (err == nil) {
			t.Fatalf("tile %v, error %v", tile, err)
		}
	})
}
