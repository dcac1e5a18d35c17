package integration

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// archiveHeader is what pmtiles' reader finds in an archive.
type archiveHeader struct {
	Header struct {
		SpecVersion                               int
		MinZoom, MaxZoom                          uint8
		TileType, TileCompression                 int
		Clustered                                 bool
		NumAddressedTiles, NumTileContents        int
		MinLon, MinLat, MaxLon, MaxLat, CenterLon float64
	}
	Metadata struct {
		Attribution  string
		VectorLayers []tiles.VectorLayer `json:"vector_layers"`
	}
}

// readTile is what the readers of others find in a tile.
type readTile struct {
	Bytes    string
	Features int
	Digest   string
}

// TestArchiveByReadersOfOthers writes real layers into a PMTiles archive and has
// pmtiles, and @mapbox/vector-tile, which MapLibre draws by, read every tile in
// it: the bytes are those that the server serves, the features what our strict
// decoder finds in these, and there is no tile that the server has and the archive
// does not.
func TestArchiveByReadersOfOthers(t *testing.T) {
	t.Parallel()
	c := servedCity(t)
	path := filepath.Join(t.TempDir(), "hanoi.pmtiles")
	layers := []string{"bridges", "hanoi_wards", "intersections", "osm_roads"}
	run(t, append([]string{"export", "--store", cityStore(t), "-o", path, "--zooms", "3-13"}, layers...)...).want(t, 0)
	var asked []tiles.Tile
	var bound orb.Bound
	for i, name := range layers {
		if b, _ := c.Snapshot().Layer(city.LayerID(name)).Bound(); i == 0 {
			bound = b
		} else {
			bound = bound.Union(b)
		}
	}
	for z := uint8(2); z <= 14; z++ {
		asked = slices.AppendSeq(asked, tiles.Touched(bound, z).All())
	}
	head, got := readArchive(t, path, asked)
	wantTiles, features := 0, 0
	contents := map[string]bool{}
	for i, at := range asked {
		code, body := c.get(fmt.Sprintf("/tiles/%s/%s.mvt", strings.Join(layers, ","), at))
		if code == http.StatusNoContent || at.Z < 3 || at.Z > 13 {
			if got[i] != nil {
				t.Errorf("%v: the archive has a tile that it should not have", at)
			}
			continue
		}
		wantTiles++
		want := described(t, body)
		contents[want.Bytes] = true
		features += want.Features
		if got[i] == nil || *got[i] != want {
			t.Errorf("%v: read %+v, the server's tile is %+v", at, got[i], want)
		}
	}
	if features < 30_000 || wantTiles < 300 {
		t.Errorf("only %d features in %d tiles compared", features, wantTiles)
	}
	h := head.Header
	if h.SpecVersion != 3 || h.MinZoom != 3 || h.MaxZoom != 13 || h.TileType != 1 || h.TileCompression != 2 || !h.Clustered ||
		h.NumAddressedTiles != wantTiles || h.NumTileContents != len(contents) ||
		h.MinLon < 105.28 || h.MaxLon > 106.1 || h.MinLat < 20.5 || h.MaxLat > 21.4 || h.CenterLon < h.MinLon || h.CenterLon > h.MaxLon {
		t.Errorf("header %+v, want %d tiles, %d different", h, wantTiles, len(contents))
	}
	var names []string
	for _, l := range head.Metadata.VectorLayers {
		names = append(names, l.ID)
		if l.MaxZoom != 13 || len(l.Fields) == 0 {
			t.Errorf("layer %+v in the metadata", l)
		}
	}
	if !slices.Equal(names, layers) || head.Metadata.Attribution == "" {
		t.Errorf("metadata %+v", head.Metadata)
	}
}

// described describes a tile as read.ts does, by our own decoder.
func described(t *testing.T, body []byte) readTile {
	t.Helper()
	tile, err := mvttest.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(tile.Layers, func(a, b mvttest.Layer) int { return strings.Compare(a.Name, b.Name) })
	var lines bytes.Buffer
	out := json.NewEncoder(&lines)
	out.SetEscapeHTML(false)
	n := 0
	for _, l := range tile.Layers {
		for i := range l.Features {
			f := &l.Features[i]
			n++
			properties := [][2]any{}
			for _, k := range slices.Sorted(maps.Keys(f.Tags)) {
				properties = append(properties, [2]any{k, f.Tags[k]})
			}
			if err := out.Encode([]any{l.Name, l.Extent, f.ID, f.Type, properties, parts(f)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return readTile{Bytes: hexSum(body), Features: n, Digest: hexSum(lines.Bytes())}
}

// parts returns a geometry as @mapbox/vector-tile does: a point is a part, and so
// is a ring, which ends where it begins.
func parts(f *mvttest.Feature) (all [][][2]int64) {
	add := func(part []mvttest.XY) {
		xy := make([][2]int64, len(part))
		for i, p := range part {
			xy[i] = [2]int64{p.X, p.Y}
		}
		all = append(all, xy)
	}
	for _, p := range f.Points {
		add([]mvttest.XY{p})
	}
	for _, l := range f.Lines {
		add(l)
	}
	for _, polygon := range f.Polygons {
		for _, ring := range polygon {
			add(append(slices.Clone(ring), ring[0]))
		}
	}
	return all
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// readArchive has npm's readers read tiles of an archive.
func readArchive(t *testing.T, path string, asked []tiles.Tile) (head archiveHeader, got []*readTile) {
	t.Helper()
	dir := filepath.Join("..", "..", "tiles", "mvttest")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "pmtiles")); err != nil {
		realdata.Missing(t, "pmtiles' reader (npm ci in tiles/mvttest): %v", err)
	}
	list := make([][3]uint32, len(asked))
	for i, at := range asked {
		list[i] = [3]uint32{uint32(at.Z), at.X, at.Y}
	}
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	listed := filepath.Join(t.TempDir(), "list.json")
	if err := os.WriteFile(listed, text, 0o600); err != nil {
		t.Fatal(err)
	}
	script, err := os.Open(filepath.Join(dir, "read.ts"))
	if err != nil {
		t.Fatal(err)
	}
	defer script.Close()
	cmd := exec.CommandContext(t.Context(), "node", "--input-type=module", "-", path, listed)
	cmd.Dir, cmd.Stdin = dir, script
	r := execute(t, cmd).want(t, 0)
	lines := bufio.NewScanner(strings.NewReader(r.out))
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); n++ {
		into := any(&head)
		if n > 0 {
			got = append(got, nil)
			into = &got[n-1]
		}
		if err := json.Unmarshal(lines.Bytes(), into); err != nil {
			t.Fatalf("%v: %s", err, lines.Text())
		}
	}
	if len(got) != len(asked) {
		t.Fatalf("%d tiles read of %d", len(got), len(asked))
	}
	return head, got
}

// TestArchiveRefuses has the command say what it cannot do, and leave nothing
// behind.
func TestArchiveRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := filepath.Join(dir, "store.gpkg")
	run(t, "import", "--store", store, filepath.Join(realdata.Hanoi(t), "layers", "hanoi_wards.geojsonl")).want(t, 0)
	out := filepath.Join(dir, "out.pmtiles")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--zooms", "14-3"}, 2, "the smaller first"},
		{[]string{"--zooms", "0-23"}, 2, "from 0 to 22"},
		{[]string{"roads", "rods"}, 2, `"rods"`},
		{[]string{"hanoi_wards", "--zooms", "0-22"}, 2, "too many tiles"},
	} {
		r := run(t, append([]string{"export", "--store", store, "-o", out}, c.args...)...).want(t, c.code)
		if !strings.Contains(r.err, c.says) {
			t.Errorf("%v says %q", c.args, r.err)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*pmtiles*"))
	hidden, _ := filepath.Glob(filepath.Join(dir, ".*pmtiles*"))
	if err != nil || len(left)+len(hidden) > 0 {
		t.Errorf("left behind: %v %v %v", left, hidden, err)
	}
}
