package proximity

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

// layerOf makes a layer with a status column.
func layerOf(id city.LayerID) city.Layer {
	return city.Layer{
		ID: id, Title: string(id), TitleEN: string(id), Geometry: city.GeometryAny,
		Properties: []city.Property{{Name: city.PropStatus, Type: city.KindString}},
	}
}

// build makes a snapshot of geometries, whose ids are their positions from 1.
// Every third feature is planned, the others in operation.
func build(tb testing.TB, layers map[city.LayerID][]orb.Geometry) *snapshot.Snapshot {
	tb.Helper()
	var definitions []city.Layer
	features := map[city.LayerID][]city.Feature{}
	for id, geometries := range layers {
		definitions = append(definitions, layerOf(id))
		for i, g := range geometries {
			status := city.InOperation
			if i%3 == 0 {
				status = city.Planned
			}
			features[id] = append(features[id], city.Feature{ID: int64(i + 1), Geometry: g, Values: []city.Value{city.String(string(status))}})
		}
	}
	return snapshottest.Build(tb, 1, definitions, features)
}

func seeded(tb testing.TB) *rand.Rand {
	const seed = 20261123
	tb.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// somewhere returns a lon/lat point in the middle of Hanoi's layers, 30 km wide.
func somewhere(r *rand.Rand) orb.Point {
	return orb.Point{105.7 + 0.3*r.Float64(), 20.9 + 0.25*r.Float64()}
}
