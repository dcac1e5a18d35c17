package integration

import (
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
	"sync"
	"testing"

	"github.com/peterstace/simplefeatures/geom"

	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
)

// asDirectory is the zoom that GDAL reads as a directory too: it looks for each layer
// in each tile there, several times.
const asDirectory = 12

// compareGDAL has GDAL read all tiles of the zoom.
//
// As a directory of files (one zoom) GDAL counts the features of the whole zoom, but shows
// their geometry only within the tiles' squares, whatever its option CLIP says
// (3.6). As single files it shows the buffers too: then ids and areas must be ours.
func (w *tileWalk) compareGDAL(t *testing.T, z uint8) {
	t.Helper()
	if z == asDirectory {
		vectorLayers, names := w.server.vectorLayers(t)
		dir := t.TempDir()
		w.writeDirectory(t, dir, vectorLayers)
		got := gdalDirectory(t, filepath.Join(dir, fmt.Sprint(z)))
		for _, name := range names {
			if n, listed := got[name]; !listed || n != w.counts[name].features {
				t.Errorf("z%d %s: GDAL counts %d features, the strict decoder %d", z, name, n, w.counts[name].features)
			}
		}
	}
	got := counts{}
	var mu sync.Mutex
	each(w.batches(), runtime.GOMAXPROCS(0), func(batch []byte) {
		read, err := gdalTiles(t, batch)
		if err != nil {
			t.Errorf("z%d: %v", z, err)
		}
		mu.Lock()
		defer mu.Unlock()
		for name, sum := range read {
			got[name] = got[name].plus(sum)
		}
	})
	for _, name := range slices.Sorted(maps.Keys(w.counts)) {
		got, want := got[name], w.counts[name]
		sameArea := math.Abs(got.area-want.area) <= 1e-6*want.area
		if got.features != want.features || got.ids != want.ids || got.polygons != want.polygons || !sameArea {
			t.Errorf("z%d %s: GDAL reads %+v, the strict decoder %+v", z, name, got, want)
		}
	}
	if len(got) != len(w.counts) {
		t.Errorf("z%d: GDAL reads %d layers, the strict decoder %d", z, len(got), len(w.counts))
	}
}

// batchBytes is how much GDAL shall read at once: of a single file it takes no more
// than ten million bytes.
const batchBytes = 4 << 20

// batches returns the tiles, as they were served, several after another: by the rules
// of Protocol Buffers that is one tile with the layers of all of them. GDAL spends a
// tenth on them of what it does on as many files, most of which is opening them.
func (w *tileWalk) batches() (batches [][]byte) {
	var batch []byte
	for _, body := range w.bodies {
		if len(batch)+len(body) > batchBytes && len(batch) > 0 {
			batches, batch = append(batches, batch), nil
		}
		batch = append(batch, body...)
	}
	return append(batches, batch)
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

var summaryLine = regexp.MustCompile(`(?m)^(?:Layer name: (\w+)|Feature Count: (\d+))$`)

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

// gdalTiles has GDAL print every feature, buffers included, and adds up what it says of
// each layer, areas in square tile units.
func gdalTiles(t *testing.T, batch []byte) (counts, error) {
	path := filepath.Join(t.TempDir(), "tiles.mvt")
	if err := os.WriteFile(path, batch, 0o600); err != nil {
		return nil, err
	}
	out, err := gdaltest.Ask(t, "ogrinfo", "-ro", "-q", "-al", "-oo", "CLIP=NO", path)
	if err != nil {
		return nil, err
	}
	got, name := counts{}, ""
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if layer, ok := strings.CutPrefix(line, "Layer name: "); ok {
			name = layer
			continue
		}
		sum := got[name]
		if strings.HasPrefix(line, "OGRFeature("+name+"):") {
			sum.features++
		} else if id, ok := strings.CutPrefix(line, "  mvt_id (Integer64) = "); ok {
			n, err := strconv.ParseUint(id, 10, 64)
			if err != nil {
				return nil, err
			}
			sum.ids += n
		} else if strings.HasPrefix(line, "  POLYGON (") || strings.HasPrefix(line, "  MULTIPOLYGON (") {
			g, err := geom.UnmarshalWKT(line, geom.NoValidate{})
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			sum.polygons++
			sum.area += g.Area()
		} else {
			continue
		}
		got[name] = sum
	}
	return got, nil
}
