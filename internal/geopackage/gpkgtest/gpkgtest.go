// Package gpkgtest opens GeoPackage stores that live as long as a test.
package gpkgtest

import (
	"path/filepath"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/geopackage"
)

// Open opens the store in a file, which it makes where there is none. The store is
// closed when the test ends, and the test fails when it cannot be.
func Open(tb testing.TB, path string) *geopackage.Store {
	tb.Helper()
	store, err := geopackage.Open(tb.Context(), path, geopackage.Options{Create: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return store
}

// New opens an empty store in a folder of the test's own.
func New(tb testing.TB) *geopackage.Store {
	tb.Helper()
	return Open(tb, filepath.Join(tb.TempDir(), "twin.gpkg"))
}
