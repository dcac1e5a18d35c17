package check_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/check"
	"github.com/hanoitwin/hanoitwin/internal/goldentest"
)

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
	goldentest.Compare(t, "seed.txt", got.Bytes())
}
