package geopackage

import (
	"path/filepath"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/twin/storetest"
)

var _ twin.Store = (*Store)(nil)

func mustOpen(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) twin.Store {
		return mustOpen(t, filepath.Join(t.TempDir(), "hà nội #1?.gpkg"))
	}, func(t *testing.T, s twin.Store) twin.Store {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return mustOpen(t, s.(*Store).path)
	})
}
