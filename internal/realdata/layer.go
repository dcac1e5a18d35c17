package realdata

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"
)

// Features reads a real layer, a file of one GeoJSON feature a line named from the
// directory of the layers as "layers/hanoi_wards.geojsonl", and calls each with every
// feature, in the order of the file. Coordinates are lon, lat on WGS 84; a geometry
// that is null is nil.
func Features(tb testing.TB, file string, each func(geometry orb.Geometry, properties map[string]any)) {
	tb.Helper()
	Sample(tb, file, 1, each)
}

// Sample is Features for the first of every so many features alone; the others are not
// decoded.
func Sample(tb testing.TB, file string, every int, each func(geometry orb.Geometry, properties map[string]any)) {
	tb.Helper()
	f, err := os.Open(filepath.Join(Hanoi(tb), filepath.FromSlash(file)))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for n := 0; lines.Scan(); n++ {
		if n%every != 0 {
			continue
		}
		var feature struct {
			Geometry   shape          `json:"geometry"`
			Properties map[string]any `json:"properties"`
		}
		if err := json.Unmarshal(lines.Bytes(), &feature); err != nil {
			tb.Fatal(err)
		}
		each(feature.Geometry.Geometry, feature.Properties)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
}

// Geometries reads the geometries of a real layer, but for those that are null.
func Geometries(tb testing.TB, file string) []orb.Geometry {
	tb.Helper()
	var all []orb.Geometry
	Features(tb, file, func(g orb.Geometry, _ map[string]any) {
		if g != nil {
			all = append(all, g)
		}
	})
	return all
}
