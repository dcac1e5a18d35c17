package geopackage

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/twin/storetest"
)

// asTwin lets a Store stand as a twin.Store, whose callbacks take named types.
type asTwin struct{ *Store }

func (s asTwin) Read(ctx context.Context, read func(twin.Reader) error) error {
	return s.Store.Read(ctx, func(r Reader) error { return read(r) })
}

func (s asTwin) Write(ctx context.Context, message string, write func(twin.Writer) error) (city.Version, error) {
	return s.Store.Write(ctx, message, func(w Writer) error { return write(w) })
}

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
		return asTwin{mustOpen(t, filepath.Join(t.TempDir(), "hà nội #1?.gpkg"))}
	}, func(t *testing.T, s twin.Store) twin.Store {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return asTwin{mustOpen(t, s.(asTwin).path)}
	})
}
