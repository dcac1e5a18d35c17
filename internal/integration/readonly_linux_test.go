package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestReadOnlyStore asks a GeoPackage that may not be written, in a directory that
// may not be either, as on a share of the office: what only reads works, and leaves
// nothing beside it; what would write is refused.
func TestReadOnlyStore(t *testing.T) {
	t.Parallel()
	program := program(t)
	dir := filepath.Join(shared.dir, "read-only")
	store := seeded(t, filepath.Join(t.TempDir(), "store.gpkg"))
	for _, err := range []error{
		os.Chmod(shared.dir, 0o755), // nobody runs the program in it
		os.Mkdir(dir, 0o755),
		os.WriteFile(filepath.Join(dir, "store.gpkg"), []byte(readFile(t, store)), 0o444),
		os.Chmod(dir, 0o555),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	asNobody := func(args ...string) result {
		cmd := exec.CommandContext(t.Context(), program, append(args, "--store", "store.gpkg")...)
		cmd.Dir, cmd.Env = dir, cleanEnvironment()
		if os.Geteuid() == 0 { // who may write everything
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		return execute(t, cmd)
	}
	for _, args := range readers() {
		asNobody(args...).want(t, 0)
	}
	if r := asNobody("export", "intersections").want(t, 0); r.out != run(t, "export", "intersections", "--store", store).out {
		t.Error("what is exported is not what is exported of a store that may be written")
	}
	for _, args := range [][]string{{"key", "create", "anna", "--role", "viewer"}, {"serve", "--addr", "127.0.0.1:0"}} {
		if r := asNobody(args...).want(t, 3); !strings.Contains(r.err, "the file may not be written") {
			t.Errorf("%v says\n%s", args, r.err)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the directory has %v (%v), want the store alone", entries, err)
	}
}
