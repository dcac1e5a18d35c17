package integration

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // MBTiles, the form in which GDAL reads buffers too

	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// readAsDirectory says which zooms GDAL reads as a directory too: it spends
// 0.3 ms on each layer of each tile there, whether the layer is there or not.
func readAsDirectory(z uint8) bool { return z == 10 || z == 12 }

// compareGDAL has GDAL read all tiles of the zoom at once, twice.
//
// As a directory of files (some zooms) GDAL counts the features of the whole zoom, but shows
// their geometry only within the tiles' squares, whatever its option CLIP says
// (3.6). As MBTiles it shows the buffers too: then ids and areas must be ours.
func (w *tileWalk) compareGDAL(t *testing.T, z uint8) {
	t.Helper()
	vectorLayers, names := w.server.vectorLayers(t)
	if readAsDirectory(z) {
		dir := t.TempDir()
		w.writeDirectory(t, dir, vectorLayers)
		got := gdalDirectory(t, filepath.Join(dir, fmt.Sprint(z)))
		for _, name := range names {
			if n, listed := got[name]; !listed || n != w.counts[name].features {
				t.Errorf("z%d %s: GDAL counts %d features, the strict decoder %d", z, name, n, w.counts[name].features)
			}
		}
	}
	dir, about := t.TempDir(), metadata(t, vectorLayers)
	each(slices.Collect(maps.Keys(w.counts)), runtime.GOMAXPROCS(0), func(name string) {
		want := w.counts[name]
		allPolygons := want.polygons == want.features // GDAL complains when it shall measure others
		path := filepath.Join(dir, name+".mbtiles")
		if err := w.writeMBTiles(t.Context(), path, name, about); err != nil {
			t.Error(err)
			return
		}
		got, err := gdalMBTiles(t, path, z, name, allPolygons)
		sameArea := !allPolygons || math.Abs(got.area-want.area) <= 1e-6*want.area
		if err != nil || got.features != want.features || got.ids != want.ids || !sameArea {
			t.Errorf("z%d %s: GDAL reads %+v (%v), the strict decoder %+v", z, name, got, err, want)
		}
	})
}

// vectorLayers returns that part of our TileJSON, and the names in it.
func (c *served) vectorLayers(t *testing.T) (raw json.RawMessage, names []string) {
	t.Helper()
	code, body := c.get("/tiles/all.json")
	var document struct {
		VectorLayers json.RawMessage `json:"vector_layers"`
	}
	var list []struct{ ID string }
	err := json.Unmarshal(body, &document)
	if err == nil {
		err = json.Unmarshal(document.VectorLayers, &list)
	}
	if code != http.StatusOK || err != nil || len(list) != len(c.Snapshot().Layers()) {
		t.Fatalf("TileJSON: status %d, %d layers, %v", code, len(list), err)
	}
	for _, l := range list {
		names = append(names, l.ID)
	}
	return document.VectorLayers, names
}

// metadata describes tiles as MBTiles 1.3 wants it, which directories follow.
func metadata(t *testing.T, vectorLayers json.RawMessage) map[string]string {
	t.Helper()
	inner, err := json.Marshal(map[string]any{"vector_layers": vectorLayers})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"name": "hanoi", "format": "pbf", "json": string(inner)}
}

// writeDirectory writes z/x/y.mvt and metadata.json.
func (w *tileWalk) writeDirectory(t *testing.T, dir string, vectorLayers json.RawMessage) {
	t.Helper()
	about, err := json.Marshal(metadata(t, vectorLayers))
	err = errors.Join(err, os.WriteFile(filepath.Join(dir, "metadata.json"), about, 0o600))
	for at, body := range w.bodies {
		column := filepath.Join(dir, fmt.Sprint(at.Z), fmt.Sprint(at.X))
		err = errors.Join(err, os.MkdirAll(column, 0o700),
			os.WriteFile(filepath.Join(column, fmt.Sprint(at.Y)+".mvt"), body, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// writeMBTiles writes the tiles that have the layer into one SQLite file; rows
// count from the south.
func (w *tileWalk) writeMBTiles(ctx context.Context, path, layer string, about map[string]string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `CREATE TABLE metadata (name TEXT, value TEXT);
		CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);
		CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)`)
	for name, value := range about {
		_, bad := tx.ExecContext(ctx, `INSERT INTO metadata VALUES (?, ?)`, name, value)
		err = errors.Join(err, bad)
	}
	for _, at := range w.holding[layer] {
		_, bad := tx.ExecContext(ctx, `INSERT INTO tiles VALUES (?, ?, ?, ?)`, at.Z, at.X, uint32(1)<<at.Z-1-at.Y, w.bodies[at])
		err = errors.Join(err, bad)
	}
	return errors.Join(err, tx.Commit())
}

var (
	summaryLine = regexp.MustCompile(`(?m)^(?:Layer name: (\w+)|Feature Count: (\d+))$`)
	valueLine   = regexp.MustCompile(`(?m)^  (n|ids|area) \(\w+\) = (\S+)$`)
)

// gdalDirectory returns the number of features of each layer of a zoom.
func gdalDirectory(t *testing.T, dir string) map[string]int {
	t.Helper()
	out := gdaltest.Run(t, "ogrinfo", "-so", "-al", "-ro", "-oo", "TILE_EXTENSION=mvt", "MVT:"+dir)
	got, name := map[string]int{}, ""
	for _, m := range summaryLine.FindAllStringSubmatch(out, -1) {
		if m[1] != "" {
			name = m[1]
			continue
		}
		n, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		got[name] = n
	}
	return got
}

// gdalMBTiles reads every feature of a layer, buffers included, and measures
// polygons when it is asked to.
func gdalMBTiles(t *testing.T, path string, z uint8, layer string, measure bool) (count, error) {
	columns := []string{"COUNT(*) AS n", "SUM(mvt_id) AS ids"}
	if measure {
		columns = append(columns, "SUM(OGR_GEOM_AREA) AS area")
	}
	out, err := gdaltest.Ask(t, "ogrinfo", "-ro", "-q", "-oo", "CLIP=NO", "-oo", fmt.Sprintf("ZOOM_LEVEL=%d", z), "-dialect", "OGRSQL",
		"-sql", "SELECT "+strings.Join(columns, ", ")+" FROM "+layer, path)
	values := valueLine.FindAllStringSubmatch(out, -1)
	if err == nil && len(values) != len(columns) {
		err = fmt.Errorf("%d values:\n%s", len(values), out)
	}
	var got count
	for _, m := range values {
		var bad error
		switch m[1] {
		case "n":
			got.features, bad = strconv.Atoi(m[2])
		case "ids":
			got.ids, bad = strconv.ParseUint(m[2], 10, 64)
		case "area":
			got.area, bad = strconv.ParseFloat(m[2], 64)
		}
		err = errors.Join(err, bad)
	}
	unit := 2 * math.Pi * 6378137 / math.Exp2(float64(z)) / tiles.Extent // metres of Web Mercator
	got.area /= unit * unit
	return got, err
}
