// Package snapshottest makes the small snapshots that tests ask their questions
// of. Whatever a layer does not take ends the test.
//
//	definitions ─┐
//	             ├─ Build, Load ──► Snapshot
//	features ────┘  Layer ────────► its one layer
package snapshottest

import (
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// Build makes a snapshot of layers, in the order of their definitions, with the
// features that are listed for each.
func Build(tb testing.TB, version city.Version, definitions []city.Layer, features map[city.LayerID][]city.Feature) *snapshot.Snapshot {
	tb.Helper()
	return Load(tb, version, definitions, func(id city.LayerID, add func(*city.Feature) error) error {
		for i := range features[id] {
			if err := add(&features[id][i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Load makes a snapshot of layers with what feed adds to each. A feature may be
// used again after it was added.
func Load(tb testing.TB, version city.Version, definitions []city.Layer, feed func(id city.LayerID, add func(*city.Feature) error) error) *snapshot.Snapshot {
	tb.Helper()
	b := snapshot.NewBuilder(version)
	for _, definition := range definitions {
		loader, err := b.Layer(definition)
		if err != nil {
			tb.Fatal(err)
		}
		if err := feed(definition.ID, loader.Add); err != nil {
			tb.Fatal(err)
		}
		if rejected, err := loader.Finish(); err != nil || len(rejected) > 0 {
			tb.Fatal(err, rejected)
		}
	}
	s, err := b.Build()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Layer makes a snapshot of version 1 with one layer, and returns that.
func Layer(tb testing.TB, definition city.Layer, features []city.Feature) *snapshot.Layer {
	tb.Helper()
	return Build(tb, 1, []city.Layer{definition}, map[city.LayerID][]city.Feature{definition.ID: features}).Layer(definition.ID)
}
