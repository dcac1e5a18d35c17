package geopackage

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
)

const (
	killedStore = "GEOPACKAGE_TEST_KILLED_STORE"
	killedOften = "GEOPACKAGE_TEST_KILLED_OFTEN"
)

// TestMain is also the victim: with the variable set, this program writes into
// the store and is killed by its parent.
func TestMain(m *testing.M) {
	if path := os.Getenv(killedStore); path != "" {
		victim(path)
		return
	}
	if path := os.Getenv(killedOften); path != "" {
		if err := diligent(path); err != nil {
			fmt.Println("error:", err)
		}
		return
	}
	os.Exit(m.Run())
}

// victim changes everything inside one transaction and says so, then waits to
// be killed.
func victim(path string) {
	ctx, cancel := contextOfVictim()
	defer cancel()
	s, err := Open(ctx, path, Options{})
	if err != nil {
		fmt.Println("error:", err)
		return
	}
	// A cache of a few pages, so that pages reach the disk before the commit.
	if err := s.writer.Exec(ctx, "PRAGMA cache_size = 50"); err != nil {
		fmt.Println("error:", err)
		return
	}
	_, err = s.Write(ctx, "killed", func(w Writer) error {
		other := benchRoads()
		other.ID = "half"
		if err := w.PutLayer(ctx, other); err != nil {
			return err
		}
		features := benchFeatures(600)
		for i := range features {
			f := &features[i]
			f.Values[1] = city.String(strings.Repeat("đã sửa ", 300))
			f.Geometry = orb.LineString{{0, 0}, {1, 1}}
			for _, layer := range []city.LayerID{"roads", "half"} {
				if err := w.Put(ctx, layer, f); err != nil {
					return err
				}
			}
		}
		if _, err := w.Tally(ctx); err != nil {
			return err
		}
		fmt.Println("ready")
		<-ctx.Done()
		return ctx.Err()
	})
	fmt.Println("error:", err)
}

// startVictim runs these tests as a process that is to be killed: an environment
// variable names the store on which it works. It tells how far it is on stdout.
func startVictim(t *testing.T, variable, path string) (cmd *exec.Cmd, stdout io.Reader) {
	t.Helper()
	cmd = exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), variable+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, out
}

func TestKilledProcessLeavesTheStoreAsBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hanoi.gpkg")
	s := mustOpen(t, path)
	features := benchFeatures(600)
	putAll(t, s, benchRoads(), features)
	want, wantVersion := state(t, s), version(t, s)
	mustClose(t, s)

	cmd, stdout := startVictim(t, killedStore, path)
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || line != "ready\n" {
		t.Fatalf("the victim says %q: %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // reports the kill
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() < 1<<20 {
		t.Fatalf("the victim had written nothing yet: the test proves nothing: %v", err)
	}

	// GDAL comes first and sees the state of before.
	if _, err := exec.LookPath("ogrinfo"); err == nil {
		if out := gdaltest.Run(t, "ogrinfo", "-ro", "-so", "-al", path); !strings.Contains(out, "Feature Count: 600") || strings.Contains(out, "Layer name: half") {
			t.Errorf("GDAL after the kill:\n%s", out)
		}
	}
	s = mustOpen(t, path)
	if v := version(t, s); v != wantVersion {
		t.Errorf("version %d, want %d", v, wantVersion)
	}
	if got := state(t, s); got != want {
		t.Errorf("the state differs: %d bytes, want %d", len(got), len(want))
	}
	if tally := putAll(t, s, benchRoads(), features); tally.Unchanged != 600 {
		t.Errorf("the same import: %+v", tally)
	}
	mustClose(t, s)
	wantSingleFile(t, path)
}
