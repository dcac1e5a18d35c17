package integration

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// TestKilledImport kills an import without warning, at several moments of its
// progress. The store must be as before, or, when the commit was done already,
// as after: never between.
func TestKilledImport(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		realdata.Missing(t, "/proc, which tells how far an import is")
	}
	hanoi := realdata.Hanoi(t)
	file := filepath.Join(hanoi, "layers", "hanoi_pois.geojsonl")
	store := filepath.Join(t.TempDir(), "store.gpkg")
	run(t, "import", "--store", store, filepath.Join(hanoi, "layers", "hanoi_wards.geojsonl")).want(t, 0)
	before := storeText(t, store)

	complete := copyOf(t, store)
	total := importUntil(t, complete, file, func(int64) bool { return false })
	after := storeText(t, complete)
	if before == after || total == 0 {
		t.Fatalf("the import changes nothing, or %d bytes are no measure of it", total)
	}
	// The first third is reading, then comes the commit.
	asBefore, writing := 0, false
	for _, percent := range []int64{5, 20, 30, 40, 50, 60, 70, 80, 90} {
		killed := copyOf(t, store)
		importUntil(t, killed, file, func(bytes int64) bool { return bytes >= total*percent/100 })
		if info, err := os.Stat(killed + "-wal"); err == nil && info.Size() > 0 {
			writing = true
		}
		switch text := storeText(t, killed); text {
		case before:
			asBefore++
		case after:
		default:
			t.Errorf("killed at %d %%: the store is neither as before nor as after\n%s", percent, firstDifference(before, text))
		}
		if percent != 40 {
			continue
		}
		run(t, "import", "--store", killed, file).want(t, 0)
		if text := storeText(t, killed); text != after {
			t.Errorf("killed at %d %%, then imported: the store is not as after\n%s", percent, firstDifference(after, text))
		}
	}
	if asBefore < 3 || !writing {
		t.Errorf("%d kills came before the commit, want 3; one came while it was writing: %v", asBefore, writing)
	}
}

// importUntil runs an import and kills it when stop says so of the bytes that
// it has read and written. It returns the last number seen.
func importUntil(t *testing.T, store, file string, stop func(int64) bool) int64 {
	t.Helper()
	var talk bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program(t), "import", "--store", store, file)
	cmd.Env, cmd.Stderr = cleanEnvironment(), &talk
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	last := int64(0)
	for tick := time.NewTicker(time.Millisecond); ; {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v: %v\n%s", cmd.Args, err, talk.String())
			}
			return last
		case <-tick.C:
		}
		last = max(last, transferred(cmd.Process.Pid))
		if stop(last) {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-ended // reports the kill
			return last
		}
	}
}

// transferred returns how many bytes a process has read and written, 0 when it
// is gone.
func transferred(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		return 0
	}
	sum := int64(0)
	for _, line := range bytes.Split(text, []byte("\n")) {
		name, number, _ := bytes.Cut(line, []byte(": "))
		if string(name) == "rchar" || string(name) == "wchar" {
			n, err := strconv.ParseInt(string(number), 10, 64)
			if err != nil {
				return 0
			}
			sum += n
		}
	}
	return sum
}

// TestKilledImportIntoPostGIS kills an import while the database holds a
// transaction of it that has written.
func TestKilledImportIntoPostGIS(t *testing.T) {
	t.Parallel()
	hanoi := realdata.Hanoi(t)
	dsn := pgtest.DSN(t)
	run(t, "import", "--store", dsn, filepath.Join(hanoi, "layers", "hanoi_wards.geojsonl")).want(t, 0)
	before := storeText(t, dsn)
	db := pgtest.Connect(t, dsn)
	file := filepath.Join(hanoi, "osm", "hanoi_roads_merged.osm.pbf")
	sessions := func(condition string) (n int) {
		db.QueryRow(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND ` + condition).Scan(&n)
		return n
	}
	for moment, condition := range []string{
		"backend_xid IS NOT NULL",
		"backend_xid IS NOT NULL AND query ILIKE '%copy%'",
	} {
		cmd := exec.CommandContext(t.Context(), program(t), "import", "--store", dsn, file)
		cmd.Env = cleanEnvironment()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		for seen := false; !seen; {
			select {
			case err := <-ended:
				t.Fatalf("moment %d never came: %v", moment, err)
			default:
				seen = sessions(condition) > 0
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-ended // reports the kill
		for sessions("application_name = 'hanoitwin'") > 0 {
			// The server is noticing that its client is gone.
		}
		if text := storeText(t, dsn); text != before {
			t.Errorf("moment %d: the store is not as before\n%s", moment, firstDifference(before, text))
		}
	}
	report := importJSON(t, dsn, file)
	if got := report.Tally["osm_roads"].Created; got != 42292 {
		t.Errorf("the next import creates %d roads", got)
	}
}
