package main

import (
	"bytes"
	"image"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// needModules skips where `npm ci` has not run; in CI it must have.
func needModules(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "node_modules", "maplibre-gl")); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("npm ci has not run: %v", err)
		}
		t.Skipf("skipped, npm ci has not run: %v", err)
	}
	return root
}

// TestBundleIsFresh builds the web map and compares with what is committed.
func TestBundleIsFresh(t *testing.T) {
	root := needModules(t)
	built := t.TempDir()
	if err := run(root, built, ""); err != nil {
		t.Fatal(err)
	}
	committed := filepath.Join(root, "dist")
	want, got := list(t, built), list(t, committed)
	if !slices.Equal(want, got) {
		t.Fatalf("dist has other files than a build makes; run make viewer\nbuilt     %v\ncommitted %v", want, got)
	}
	for _, name := range want {
		a, b := read(t, filepath.Join(built, name)), read(t, filepath.Join(committed, name))
		if strings.HasSuffix(name, ".png") {
			a, b = pixels(t, a), pixels(t, b) // Go may compress otherwise one day
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s is older than its sources; run make viewer", name)
		}
	}
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func pixels(t *testing.T, file []byte) []byte {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.NRGBA).Pix
}

// TestTypes lets the TypeScript compiler judge the sources.
func TestTypes(t *testing.T) {
	root := needModules(t)
	cmd := exec.Command(filepath.Join("node_modules", ".bin", "tsc"), "-p", ".")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestUnits runs the unit tests of the pure modules with node.
func TestUnits(t *testing.T) {
	root := needModules(t)
	out := t.TempDir()
	if err := run(root, "", out); err != nil {
		t.Fatal(err)
	}
	tests, err := filepath.Glob(filepath.Join(out, "*", "*.test.mjs"))
	if err != nil || len(tests) < 5 {
		t.Fatalf("only %d files of tests: %v", len(tests), err)
	}
	text, err := exec.Command("node", append([]string{"--test"}, tests...)...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestLockHasNoAddresses holds that the lock file pins by content alone.
func TestLockHasNoAddresses(t *testing.T) {
	text := read(t, filepath.Join("..", "package-lock.json"))
	for _, word := range []string{`"resolved"`, "https://registry"} {
		if bytes.Contains(text, []byte(word)) {
			t.Errorf("package-lock.json has %s", word)
		}
	}
	if !bytes.Contains(text, []byte(`"integrity"`)) {
		t.Error("package-lock.json pins nothing")
	}
}
