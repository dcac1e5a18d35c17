package httpapi

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/tms"
)

// TestGDALReadsTilesets has GDAL read all tiles of a matrix of every tile matrix
// set, and finds each of 2,000 places where it belongs in the set's CRS, to half a
// unit in x and y.
//
// GDAL reads MVT in other systems than Web Mercator when metadata.json gives it the
// CRS and the origin. Its OGCAPI driver of 3.6 knows tile matrix sets by drafts of
// 17-083r4 alone ("topLeftCorner", "identifier"), and opens none that conforms.
func TestGDALReadsTilesets(t *testing.T) {
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		realdata.Missing(t, "GDAL (Debian: apt-get install gdal-bin): %v", err)
	}
	r := rand.New(rand.NewPCG(1, 5897))
	var places []city.Feature
	for i := range 2000 {
		at := orb.Point{105.3 + 0.7*r.Float64(), 20.6 + 0.8*r.Float64()}
		places = append(places, city.Feature{ID: int64(i + 1), Geometry: at, Values: []city.Value{text(strconv.Itoa(i))}})
	}
	server := newTested(t, Config{})
	server.source.set(build(t, 43, map[city.LayerID][]city.Feature{"places": places}))
	const matrix = 8
	for _, set := range tms.Sets() {
		t.Run(set.ID(), func(t *testing.T) {
			dir := t.TempDir()
			writeTileset(t, server, set, matrix, dir)
			found := readPoints(t, filepath.Join(dir, fmt.Sprint(matrix)))
			half := set.CellSize(matrix) * tms.TileSize / tiles.Extent / 2 * 1.02 // and what projections and world units round
			for i := range places {
				want := atsProject(t, set, places[i].Geometry.(orb.Point))
				near := false
				for _, got := range found[places[i].ID] {
					near = near || math.Abs(got[0]-want[0]) <= half && math.Abs(got[1]-want[1]) <= half
				}
				if !near {
					t.Fatalf("%d: %v, GDAL reads %v", places[i].ID, want, found[places[i].ID])
				}
			}
			if len(found) != len(places) {
				t.Errorf("%d of %d read", len(found), len(places))
			}
		})
	}
}

// writeTileset writes the tiles of a matrix as a directory that GDAL reads. GDAL
// takes matrix 0 for one tile, and so gets the eastern half of WorldCRS84Quad.
func writeTileset(t *testing.T, server *tested, set *tms.Set, matrix uint8, dir string) {
	t.Helper()
	var full atsTileset
	if err := json.Unmarshal(body(t, server.get("/collections/places/tiles/"+set.ID())), &full); err != nil {
		t.Fatal(err)
	}
	limits := full.TileMatrixSetLimits[matrix]
	origin, west := set.Extent().Min[0], uint32(0)
	if set.ID() == tms.WorldCRS84Quad {
		origin, west = 0, 1<<matrix
	}
	shown := 0
	for row := limits.MinTileRow; row <= limits.MaxTileRow; row++ {
		for col := limits.MinTileCol; col <= limits.MaxTileCol; col++ {
			res := server.get(fmt.Sprintf("/collections/places/tiles/%s/%d/%d/%d", set.ID(), matrix, row, col))
			if res.StatusCode == http.StatusNoContent {
				continue
			}
			shown++
			column := filepath.Join(dir, fmt.Sprint(matrix), fmt.Sprint(col-west))
			if err := os.MkdirAll(column, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(column, fmt.Sprint(row)+".mvt"), body(t, res), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	srid, err := crs.ParseSRID(set.CRS())
	if err != nil || shown == 0 {
		t.Fatal(shown, err)
	}
	about, err := json.Marshal(map[string]any{
		"name": "hanoi", "format": "pbf", "minzoom": matrix, "maxzoom": matrix,
		"crs": srid.String(), "tile_origin_upper_left_x": origin, "tile_origin_upper_left_y": set.Extent().Max[1],
		"tile_dimension_zoom_0": set.CellSize(0) * tms.TileSize,
		"json":                  fmt.Sprintf(`{"vector_layers":[{"id":"places","minzoom":%d,"maxzoom":%d,"fields":{"code":"String"}}]}`, matrix, matrix),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "metadata.json"), about, 0o600); err != nil {
		t.Fatal(err)
	}
}

// readPoints has GDAL read a directory and returns where it finds each feature.
func readPoints(t *testing.T, dir string) map[int64][]orb.Point {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ogr2ogr", "-f", "CSV", "-lco", "GEOMETRY=AS_XY", "-explodecollections", "-nlt", "POINT",
		"-oo", "TILE_EXTENSION=mvt", "/vsistdout/", "MVT:"+dir)
	var talk strings.Builder
	cmd.Stderr = &talk
	out, err := cmd.Output()
	if err != nil || talk.Len() > 0 {
		t.Fatalf("%v: %s", err, talk.String())
	}
	rows, err := csv.NewReader(strings.NewReader(string(out))).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	found := map[int64][]orb.Point{}
	for _, row := range rows[1:] {
		id, err1 := strconv.ParseInt(row[column["mvt_id"]], 10, 64)
		x, err2 := strconv.ParseFloat(row[column["X"]], 64)
		y, err3 := strconv.ParseFloat(row[column["Y"]], 64)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatalf("%v", row)
		}
		found[id] = append(found[id], orb.Point{x, y})
	}
	return found
}
