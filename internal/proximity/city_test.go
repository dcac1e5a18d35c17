package proximity

import (
	"bufio"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
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
	b := snapshot.NewBuilder(1)
	for id, geometries := range layers {
		loader, err := b.Layer(layerOf(id))
		if err != nil {
			tb.Fatal(err)
		}
		for i, g := range geometries {
			status := city.InOperation
			if i%3 == 0 {
				status = city.Planned
			}
			f := city.Feature{ID: int64(i + 1), Geometry: g, Values: []city.Value{city.String(string(status))}}
			if err := loader.Add(&f); err != nil {
				tb.Fatal(err)
			}
		}
		rejected, err := loader.Finish()
		if err != nil || len(rejected) > 0 {
			tb.Fatal(err, rejected)
		}
	}
	s, err := b.Build()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// realLayer reads the geometries of one of the real Hanoi layers.
func realLayer(tb testing.TB, file string) []orb.Geometry {
	tb.Helper()
	f, err := os.Open(filepath.Join(realdata.Hanoi(tb), filepath.FromSlash(file)))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var all []orb.Geometry
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var feature struct {
			Geometry *geojson.Geometry `json:"geometry"`
		}
		if err := json.Unmarshal(lines.Bytes(), &feature); err != nil {
			tb.Fatal(err)
		}
		if feature.Geometry != nil {
			all = append(all, feature.Geometry.Geometry())
		}
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return all
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
