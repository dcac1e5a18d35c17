package postgis_test

import (
	"context"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/twin/storetest"
)

// open opens a store on a database until the test ends.
func open(t testing.TB, dsn string) *postgis.Store {
	t.Helper()
	s, err := postgis.Open(t.Context(), dsn, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// tested remembers where its data is, for reopening, and has the interfaces'
// names of package twin.
type tested struct {
	*postgis.Store
	dsn string
}

var _ twin.Store = tested{}

func (s tested) Read(ctx context.Context, read func(twin.Reader) error) error {
	return s.Store.Read(ctx, func(r postgis.Reader) error { return read(r) })
}

func (s tested) Write(ctx context.Context, message string, write func(twin.Writer) error) (city.Version, error) {
	return s.Store.Write(ctx, message, func(w postgis.Writer) error { return write(w) })
}

func TestStore(t *testing.T) {
	storetest.Run(t,
		func(t *testing.T) twin.Store {
			dsn := pgtest.DSN(t)
			return tested{open(t, dsn), dsn}
		},
		func(t *testing.T, s twin.Store) twin.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			dsn := s.(tested).dsn
			return tested{open(t, dsn), dsn}
		})
}
