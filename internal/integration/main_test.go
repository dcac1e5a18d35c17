package integration

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

var update = flag.Bool("update", false, "write the measured numbers in testdata anew")

// TestMain gives the process a directory for what all tests share.
func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "integration-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	shared.dir = dir
	code := m.Run()
	if shared.city != nil {
		shared.city.server.Close()
	}
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// fixture is what all tests of the process share, made when first asked for.
type fixture struct {
	dir string

	build    sync.Once
	program  string
	buildErr error

	fill    sync.Once
	store   string
	fillErr error

	load    sync.Once
	city    *served
	loadErr error
}

var shared fixture

// plainLayers are the layers of the shared store that show everything at every
// zoom, ruledLayers the same things under the catalogue's rules.
func plainLayers() []string {
	return []string{"hanoi_buildings", "hanoi_intersections", "hanoi_roads", "hanoi_wards"}
}

func ruledLayers() []string {
	return []string{"buildings", "osm_intersections", "osm_roads", "osm_wards"}
}

// fillStore makes the shared store: the seed, the real layers as the files name
// them, and the same once more where the catalogue has a layer for them.
func (f *fixture) fillStore(program, hanoi string) (string, error) {
	path := filepath.Join(f.dir, "city.gpkg")
	layer := func(name string) string { return filepath.Join(hanoi, "layers", "hanoi_"+name+".geojsonl") }
	osm := func(name string) string { return filepath.Join(hanoi, "osm", name+".osm.pbf") }
	for _, args := range [][]string{
		{layer("roads"), layer("intersections"), layer("wards"), layer("buildings")},
		{osm("hanoi_roads_merged"), osm("hanoi_admin_boundaries_2025-11-29")},
		{layer("buildings"), "--layer", "buildings"},
	} {
		cmd := exec.Command(program, append([]string{"import", "--store", path}, args...)...)
		cmd.Env = cleanEnvironment()
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%v: %w\n%s", cmd.Args, err, out)
		}
	}
	return path, nil
}

// cityStore returns a GeoPackage with the seed and the real layers of Hà Nội.
// Tests must not change it.
func cityStore(t *testing.T) string {
	t.Helper()
	hanoi, program := realdata.Hanoi(t), program(t)
	shared.fill.Do(func() { shared.store, shared.fillErr = shared.fillStore(program, hanoi) })
	if shared.fillErr != nil {
		t.Fatal(shared.fillErr)
	}
	return shared.store
}

// program returns the path of the command, built as make builds it.
func program(t *testing.T) string {
	t.Helper()
	shared.build.Do(func() {
		shared.program = filepath.Join(shared.dir, "hanoitwin")
		build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", shared.program,
			"github.com/hanoitwin/hanoitwin/cmd/hanoitwin")
		build.Env = append(os.Environ(), "CGO_ENABLED=0") // with -trimpath in the cache since lint
		if out, err := build.CombinedOutput(); err != nil {
			shared.buildErr = fmt.Errorf("build hanoitwin: %w\n%s", err, out)
		}
	})
	if shared.buildErr != nil {
		t.Fatal(shared.buildErr)
	}
	return shared.program
}

// copyOf copies a store that nobody has open.
func copyOf(t *testing.T, path string) string {
	t.Helper()
	from, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	name := filepath.Join(t.TempDir(), filepath.Base(path))
	to, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

// result is what a run of a program left.
type result struct {
	args     []string
	out, err string
	code     int
}

// run executes hanoitwin with arguments and without the environment variables
// that would be flags of it.
func run(t *testing.T, args ...string) result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), args...)
	cmd.Dir = t.TempDir()
	cmd.Env = cleanEnvironment()
	return execute(t, cmd)
}

func cleanEnvironment() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "HANOITWIN_") && !strings.HasPrefix(v, "PG") {
			env = append(env, v)
		}
	}
	return env
}

func execute(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	return result{args: cmd.Args, out: out.String(), err: talk.String(), code: cmd.ProcessState.ExitCode()}
}

// want fails the test unless the program ended with the code.
func (r result) want(t *testing.T, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("%v: exit code %d, want %d\nstdout:\n%s\nstderr:\n%s", r.args, r.code, code, r.out, r.err)
	}
	return r
}
