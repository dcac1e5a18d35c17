// Package realdata finds the real Hanoi layers that tests measure against.
// They are not part of the project: they lie in a directory named shared
// beside the checkout. Where they are absent tests skip and say so, except in
// CI, where absence is a failure.
package realdata

import (
	"os"
	"path/filepath"
	"testing"
)

// Shared returns the directory named shared beside the module's root.
func Shared(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("no go.mod above the test")
		}
		dir = parent
	}
	shared := filepath.Join(filepath.Dir(dir), "shared")
	if _, err := os.Stat(shared); err != nil {
		Missing(tb, "the shared directory with real data beside the checkout: %v", err)
	}
	return shared
}

// Hanoi returns the directory of the real Hanoi layers.
func Hanoi(tb testing.TB) string {
	tb.Helper()
	dir := filepath.Join(Shared(tb), "data", "hanoi")
	if _, err := os.Stat(dir); err != nil {
		Missing(tb, "the real Hanoi layers: %v", err)
	}
	return dir
}

// Missing skips the test because something it needs is not on this machine;
// when CI=true nothing may be skipped and it fails instead.
func Missing(tb testing.TB, format string, args ...any) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf("missing in CI: "+format, args...)
	}
	tb.Skipf("skipped, missing: "+format, args...)
}
