package integration

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// TestImportMemory imports 20 MB and 60 MB into stores of both kinds. What the
// process takes is bounded by its caches, which the smaller file fills.
func TestImportMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		realdata.Missing(t, "/proc, which tells how much memory a process has had")
	}
	const slack = 12 << 10 // kB
	dir := t.TempDir()
	notes := func(features int) string {
		var lines strings.Builder
		for i := range features {
			fmt.Fprintf(&lines, `{"type":"Feature","id":%d,"geometry":{"type":"Point","coordinates":[%.5f,21.01]},"properties":{"note":"%s"}}`+"\n",
				i+1, 105+float64(i)/1e5, strings.Repeat(fmt.Sprintf("%08d", i), 250))
		}
		return writeFile(t, lines.String(), dir, fmt.Sprint(features, ".geojsonl"))
	}
	few, many := notes(10_000), notes(30_000)
	for _, kind := range []string{"GeoPackage", "PostGIS"} {
		most := func(file string) int {
			store := file + ".gpkg"
			if kind == "PostGIS" {
				store = pgtest.DSN(t)
			}
			return mostMemory(t, "import", "--empty", "--store", store, "--layer", "notes", file)
		}
		a, b := most(few), most(many)
		if b > a+slack {
			t.Errorf("%s: %d kB for %s, %d kB for %s", kind, a, filepath.Base(few), b, filepath.Base(many))
		}
		t.Logf("%s: %d kB and %d kB", kind, a, b)
	}
}

// mostMemory runs the program and returns the most memory that it has had, in kB.
// What the kernel counts at the end of a process begins with the memory of the one
// that started it, and tells nothing.
func mostMemory(t *testing.T, args ...string) (kB int) {
	t.Helper()
	var talk bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program(t), args...)
	cmd.Env, cmd.Stderr = cleanEnvironment(), &talk
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case err := <-ended:
			if err != nil || kB == 0 {
				t.Fatalf("%v: %v, %d kB\n%s", cmd.Args, err, kB, talk.String())
			}
			return kB
		case <-tick.C:
		}
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
		if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok && err == nil {
			n := 0
			if _, err := fmt.Sscan(rest, &n); err == nil {
				kB = max(kB, n)
			}
		}
	}
}
