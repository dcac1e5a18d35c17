package check_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/check"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// today is fixed so that the golden table does not age.
var today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func run(tb testing.TB, s *store) check.Report {
	tb.Helper()
	catalogue, err := data.Layers()
	if err != nil {
		tb.Fatal(err)
	}
	report, err := check.Run(context.Background(), s, check.Options{Catalogue: catalogue, Today: today})
	if err != nil {
		tb.Fatal(err)
	}
	return report
}

// TestSeed freezes what the checks say of the seed: no errors, and the known
// differences by name.
func TestSeed(t *testing.T) {
	report := run(t, seedStore(t))
	if !report.OK() {
		t.Errorf("the seed has %d errors", report.Summary.Errors)
	}
	var got bytes.Buffer
	if err := report.WriteTable(&got); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "seed.txt")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the table of the seed changed; go test -run TestSeed -update if it should.\ngot:\n%s\nwant:\n%s", got.Bytes(), want)
	}
}
