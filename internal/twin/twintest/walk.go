// Package twintest reads whole stores, for the tests of what goes in and out of them.
package twintest

import (
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// Walk calls visit with every feature of a store, layer by layer, in one
// transaction, and returns the version that it read. enter, which may be nil, is
// called at the beginning of each layer, also of one without features. What they
// get is only good until they return.
func Walk(tb testing.TB, s twin.Store, enter func(*city.Layer), visit func(*city.Layer, *city.Feature)) (version city.Version) {
	tb.Helper()
	err := s.Read(tb.Context(), func(r twin.Reader) error {
		version = r.Version()
		for _, l := range r.Layers() {
			if enter != nil {
				enter(&l)
			}
			err := r.Features(tb.Context(), l.ID, func(f *city.Feature) error { visit(&l, f); return nil })
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return version
}
