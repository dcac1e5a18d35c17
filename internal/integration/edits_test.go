package integration

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

var extentLine = regexp.MustCompile(`(?m)^Extent: \(([-\d.]+), ([-\d.]+)\) - \(([-\d.]+), ([-\d.]+)\)$`)

// TestGDALReadsTheStore compares every layer of the store as GDAL sees it with
// what we serve: number, extent, and a spatial index that is in use.
func TestGDALReadsTheStore(t *testing.T) {
	t.Parallel()
	path := copyOf(t, cityStore(t))
	c := servedCity(t)
	for _, l := range c.Snapshot().Layers() {
		name := string(l.ID())
		out := gdaltest.Run(t, "ogrinfo", "-ro", "-so", path, name)
		n := featureCount.FindStringSubmatch(out)
		if n == nil || n[1] != strconv.Itoa(l.Len()) {
			t.Errorf("%s: GDAL does not count %d features:\n%s", name, l.Len(), out)
		}
		got, err := parseExtent(extentLine.FindStringSubmatch(out))
		if want := bounds(l); err != nil || !nearBound(got, want, 1e-6) { // GDAL prints six decimals
			t.Errorf("%s: GDAL's extent is %v (%v), want %v", name, got, err, want)
		}
		has := gdaltest.Run(t, "ogrinfo", "-ro", "-q", path, "-sql", fmt.Sprintf("SELECT HasSpatialIndex('%s', 'geom') AS has", name))
		if !strings.Contains(has, "HasSpatialIndex (Integer) = 1") {
			t.Errorf("%s has no spatial index:\n%s", name, has)
		}
	}
	// The index says the same as a look at every point.
	box := orb.Bound{Min: orb.Point{105.84, 21.02}, Max: orb.Point{105.86, 21.04}}
	want := 0
	c.Snapshot().Layer("hanoi_intersections").All(func(f *snapshot.Feature) bool {
		if box.Contains(f.Geometry().(orb.Point)) {
			want++
		}
		return true
	})
	out := gdaltest.Run(t, "ogrinfo", "-ro", "-so", path, "hanoi_intersections", "-spat", "105.84", "21.02", "105.86", "21.04")
	if n := featureCount.FindStringSubmatch(out); want == 0 || n == nil || n[1] != strconv.Itoa(want) {
		t.Errorf("GDAL does not find %d points in the box:\n%s", want, out)
	}
}

func parseExtent(m []string) (b orb.Bound, err error) {
	if m == nil {
		return b, errors.New("no extent")
	}
	for i, side := range []*float64{&b.Min[0], &b.Min[1], &b.Max[0], &b.Max[1]} {
		v, bad := strconv.ParseFloat(m[i+1], 64)
		*side, err = v, errors.Join(err, bad)
	}
	return b, err
}

// bounds is computed from the geometries and not from our index.
func bounds(l *snapshot.Layer) (b orb.Bound) {
	first := true
	l.All(func(f *snapshot.Feature) bool {
		if first {
			b, first = f.Geometry().Bound(), false
		}
		b = b.Union(f.Geometry().Bound())
		return true
	})
	return b
}

func nearBound(a, b orb.Bound, by float64) bool {
	near := func(p, q orb.Point) bool { return math.Abs(p[0]-q[0]) <= by && math.Abs(p[1]-q[1]) <= by }
	return near(a.Min, b.Min) && near(a.Max, b.Max)
}

// TestServerServesEditsOfGDAL changes, adds and deletes features with GDAL's
// programs and starts the server again.
func TestServerServesEditsOfGDAL(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startServer(t, dir)
	if _, _, body := p.get(t, "/collections/intersections/items/NG01"); !strings.Contains(body, "Pháp Vân") {
		t.Fatalf("not the intersection of Pháp Vân:\n%s", body)
	}
	if code, _, _ := p.get(t, "/collections/intersections/items/NG02"); code != http.StatusOK {
		t.Fatalf("NG02: status %d", code)
	}
	p.stop(t)

	store := filepath.Join(dir, "hanoi.gpkg")
	gdaltest.Run(t, "ogrinfo", "-q", store, "-sql", "UPDATE intersections SET name = 'Nút giao mới', levels = 4 WHERE code = 'NG01'")
	gdaltest.Run(t, "ogrinfo", "-q", store, "-sql", "DELETE FROM intersections WHERE code = 'NG02'")
	added := writeFile(t, `{"type":"Feature","geometry":{"type":"Point","coordinates":[105.123456,21.234567]},"properties":{"code":"NG99","name":"Nút giao thêm"}}`, dir, "added.geojson")
	gdaltest.Run(t, "ogr2ogr", "-update", "-append", store, added, "-nln", "intersections")

	p = startServer(t, dir)
	code, header, body := p.get(t, "/collections/intersections/items/NG01")
	if code != http.StatusOK || !strings.Contains(body, `"name":"Nút giao mới"`) || header.Get("Twin-Version") != "2" {
		t.Errorf("NG01: status %d, version %s\n%s", code, header.Get("Twin-Version"), body)
	}
	if code, _, _ := p.get(t, "/collections/intersections/items/NG02"); code != http.StatusNotFound {
		t.Errorf("NG02 was deleted: status %d", code)
	}
	if code, _, body := p.get(t, "/collections/intersections/items/NG99"); code != http.StatusOK || !strings.Contains(body, "[105.123456,21.234567]") {
		t.Errorf("NG99: status %d\n%s", code, body)
	}
	if _, _, body := p.get(t, "/nearby?lon=105.123456&lat=21.234567&radius=1&layers=intersections"); !strings.Contains(body, "Nút giao thêm") {
		t.Errorf("NG99 is not near itself:\n%s", body)
	}
	at := tiles.At(orb.Point{105.123456, 21.234567}, 14)
	_, _, raw := p.get(t, fmt.Sprintf("/tiles/intersections/%s.mvt", at))
	tile, err := mvttest.Decode([]byte(raw))
	if err != nil || len(tile.Layers) != 1 || len(tile.Layers[0].Features) != 1 || tile.Layers[0].Features[0].Tags["code"] != "NG99" {
		t.Errorf("tile %s: %v %+v", at, err, tile)
	}
	p.stop(t)
}
