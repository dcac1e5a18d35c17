package integration

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/export"
	"github.com/hanoitwin/hanoitwin/internal/geopackage"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/twin/twintest"
)

// openStore opens a store as the program does.
func openStore(t *testing.T, where string) twin.Store {
	t.Helper()
	var store twin.Store
	var err error
	if strings.HasPrefix(where, "postgres") || strings.Contains(where, "host=") {
		store, err = postgis.Open(t.Context(), where, postgis.Options{})
	} else {
		store, err = geopackage.Open(t.Context(), where, geopackage.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// readStore calls fn with every feature of a store and returns its version.
func readStore(t *testing.T, where string, fn func(*city.Layer, *city.Feature)) (version city.Version) {
	t.Helper()
	store := openStore(t, where)
	version = twintest.Walk(t, store, nil, fn)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return version
}

// storeText writes down all that a store says, its version included, so that
// two states can be compared.
func storeText(t *testing.T, where string) string {
	t.Helper()
	var text []byte
	last := city.LayerID("")
	version := readStore(t, where, func(l *city.Layer, f *city.Feature) {
		if l.ID != last {
			last = l.ID
			text = fmt.Appendf(text, "%+v\n", *l)
		}
		var err error
		if text, err = export.AppendFeature(text, l, f); err != nil {
			t.Fatal(err)
		}
		text = append(text, '\n')
	})
	return fmt.Sprintf("version %d\n%s", version, text)
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(a, b string) string {
	linesA, linesB := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(linesA), len(linesB)) {
		if linesA[i] != linesB[i] {
			return fmt.Sprintf("line %d\n%.2000s\n%.2000s", i+1, linesA[i], linesB[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(linesA), len(linesB))
}
