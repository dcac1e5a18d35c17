package integration

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/peterstace/simplefeatures/geom"

	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// count is what a layer has in all tiles of a zoom.
type count struct {
	features int
	ids      uint64 // their sum
	polygons int
	area     float64 // of polygons, square tile units
}

func (c count) plus(d count) count {
	return count{c.features + d.features, c.ids + d.ids, c.polygons + d.polygons, c.area + d.area}
}

// counts holds the count of each layer of a zoom.
type counts map[string]count

// TestEveryTile asks the server for every tile of Hà Nội from z6 to z16, with
// all layers, and reads them three times: by the strict decoder, by GDAL, and the
// polygons by another library's rules of validity.
func TestEveryTile(t *testing.T) {
	t.Parallel()
	gdaltest.Need(t, "ogrinfo")
	c := servedCity(t)
	bound := c.hanoi(t)
	var summary strings.Builder
	for z := uint8(6); z <= 16; z++ {
		w := &tileWalk{server: c, counts: counts{}, bodies: map[tiles.Tile][]byte{}}
		each(slices.Collect(tiles.Touched(bound, z).All()), runtime.GOMAXPROCS(0), func(at tiles.Tile) { w.visit(t, at) })
		if t.Failed() {
			return
		}
		fmt.Fprintf(&summary, "z%d: %d tiles, %d empty\n", z, len(w.bodies), w.empty)
		for _, name := range slices.Sorted(maps.Keys(w.counts)) {
			fmt.Fprintf(&summary, "  %-20s %7d features, %6d of them polygons\n", name, w.counts[name].features, w.counts[name].polygons)
		}
		w.compareGDAL(t, z)
	}
	frozen(t, "tiles.txt", summary.String())
}

// tileWalk reads the tiles of one zoom. Its methods may be called by several
// goroutines.
type tileWalk struct {
	server *served

	mu     sync.Mutex
	bodies map[tiles.Tile][]byte // those that are not empty
	empty  int
	counts counts
}

func (w *tileWalk) visit(t *testing.T, at tiles.Tile) {
	code, body := w.server.get(fmt.Sprintf("/tiles/all/%s.mvt", at))
	if code == http.StatusNoContent && len(body) == 0 {
		w.mu.Lock()
		w.empty++
		w.mu.Unlock()
		return
	}
	if code != http.StatusOK {
		t.Errorf("%v: status %d: %s", at, code, body)
		return
	}
	tile, err := mvttest.Decode(body)
	if err != nil {
		t.Errorf("%v: %v", at, err)
		return
	}
	sums := counts{}
	for i := range tile.Layers {
		l := &tile.Layers[i]
		sum := count{features: len(l.Features)}
		for j := range l.Features {
			f := &l.Features[j]
			sum.ids += f.ID
			if len(f.Polygons) == 0 {
				continue
			}
			g := toGeom(f)
			if err := g.Validate(); err != nil {
				t.Errorf("%v %s %d: %v", at, l.Name, f.ID, err)
			}
			sum.polygons++
			sum.area += g.Area()
		}
		sums[l.Name] = sum
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bodies[at] = body
	for name, sum := range sums {
		w.counts[name] = w.counts[name].plus(sum)
	}
}

// toGeom converts the polygons of a feature for simplefeatures, whose Validate
// is the OGC's definition and none of our code.
func toGeom(f *mvttest.Feature) geom.MultiPolygon {
	members := make([]geom.Polygon, 0, len(f.Polygons))
	for _, polygon := range f.Polygons {
		rings := make([]geom.LineString, 0, len(polygon))
		for _, ring := range polygon {
			xy := make([]float64, 0, 2*len(ring)+2)
			for _, p := range ring {
				xy = append(xy, float64(p.X), float64(p.Y))
			}
			xy = append(xy, xy[0], xy[1])
			rings = append(rings, geom.NewLineString(geom.NewSequence(xy, geom.DimXY)))
		}
		members = append(members, geom.NewPolygon(rings))
	}
	return geom.NewMultiPolygon(members)
}

// frozen compares text with the file in testdata that holds it.
func frozen(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		realdata.Missing(t, "%s, which -update writes", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s has changed. It was\n%s\nand is\n%s", path, want, got)
	}
}
