package geopackage

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// glutton imports so many features of 2 kB as the name of the file says, and prints
// the most memory that the process has had, in kB.
func glutton(path string) error {
	ctx, cancel := contextOfVictim()
	defer cancel()
	debug.SetGCPercent(20) // what Go has not collected yet is not asked for
	var features int
	if _, err := fmt.Sscan(filepath.Base(path), &features); err != nil {
		return err
	}
	s, err := Open(ctx, path, Options{Create: true})
	if err != nil {
		return err
	}
	layer := city.Layer{ID: "points", Geometry: city.GeometryPoint, Properties: []city.Property{{Name: "note", Type: city.KindString}}}
	r := rand.New(rand.NewPCG(1, 2))
	_, err = s.Write(ctx, "test", func(w Writer) error {
		if err := w.PutLayer(ctx, layer); err != nil {
			return err
		}
		f := city.Feature{Values: make([]city.Value, 1)}
		for i := range features {
			f.Geometry, f.Values[0] = orb.Point{105 + r.Float64(), 20.5 + r.Float64()}, city.String(strings.Repeat(fmt.Sprintf("%08d", i), 250))
			if err := w.Put(ctx, "points", &f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	fmt.Println(number)
	return s.Close()
}

// TestMemoryDoesNotGrowWithAnImport compares two imports, each in a process of its
// own: SQLite's memory is none of Go's.
func TestMemoryDoesNotGrowWithAnImport(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		realdata.Missing(t, "/proc, which tells how much memory a process has had")
	}
	const slack = 8 << 10 // kB
	most := func(features int) (kB int) {
		cmd, stdout := startVictim(t, gluttonStore, filepath.Join(t.TempDir(), fmt.Sprint(features)))
		if _, err := fmt.Fscan(stdout, &kB); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		return kB
	}
	few, many := most(10_000), most(30_000)
	if many > few+slack {
		t.Errorf("%d kB for 10,000 features, %d kB for 30,000", few, many)
	}
	t.Logf("%d kB and %d kB", few, many)
}
