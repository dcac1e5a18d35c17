package integration

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// TestExportThenImport writes every layer of the seed and of an OSM extract in
// every format, and imports what was written into the same store: nothing may
// change, neither the version nor a digit.
func TestExportThenImport(t *testing.T) {
	t.Parallel()
	store := filepath.Join(t.TempDir(), "store.gpkg")
	run(t, "import", "--store", store, filepath.Join(realdata.Hanoi(t), "osm", "hoankiem_2019-06.osm.pbf")).want(t, 0)
	before := storeText(t, store)
	sizes := map[city.LayerID]int64{}
	readStore(t, store, func(l *city.Layer, _ *city.Feature) { sizes[l.ID]++ })
	if len(sizes) != 19 {
		t.Fatalf("%d layers, want 11 of the seed and 8 of OSM", len(sizes))
	}
	for _, extension := range []string{".geojson", ".geojsonl", ".geojsonl.gz", ".gpkg"} {
		t.Run(extension, func(t *testing.T) {
			dir := t.TempDir()
			var files []string
			if extension == ".gpkg" {
				files = append(files, filepath.Join(dir, "all.gpkg"))
				run(t, "export", "--store", store, "-o", files[0]).want(t, 0)
			} else {
				for id, size := range sizes {
					name := filepath.Join(dir, string(id)+extension)
					r := run(t, "export", "--store", store, string(id), "-o", name).want(t, 0)
					if r.out != "" {
						t.Errorf("%v writes to standard output:\n%s", r.args, r.out)
					}
					if extension == ".geojson" {
						gdalHas(t, name, size)
					}
					files = append(files, name)
				}
			}
			report := importJSON(t, store, files...)
			if len(report.Layers) != len(sizes) {
				t.Errorf("%d layers came back of %d", len(report.Layers), len(sizes))
			}
			for id, size := range sizes {
				if got := report.Tally[id]; got != (city.Tally{Unchanged: size}) {
					t.Errorf("%s: %+v, want %d unchanged", id, got, size)
				}
			}
			if after := storeText(t, store); after != before {
				t.Errorf("the store has changed:\n%s", firstDifference(before, after))
			}
			if extension != ".gpkg" {
				return
			}
			// A GeoPackage carries layers whole: a new store made of it is the same.
			other := filepath.Join(dir, "other.gpkg")
			run(t, "import", "--store", other, "--empty", files[0]).want(t, 0)
			if after := storeText(t, other); withoutVersion(after) != withoutVersion(before) {
				t.Errorf("a new store of the export differs:\n%s", firstDifference(withoutVersion(before), withoutVersion(after)))
			}
		})
	}
}

func withoutVersion(text string) string {
	_, rest, _ := strings.Cut(text, "\n")
	return rest
}

var featureCount = regexp.MustCompile(`(?m)^Feature Count: (\d+)$`)

// gdalHas checks that GDAL finds so many features in a file of one layer.
func gdalHas(t *testing.T, path string, want int64) {
	t.Helper()
	out := gdaltest.Run(t, "ogrinfo", "-ro", "-so", "-al", path)
	m := featureCount.FindAllStringSubmatch(out, -1)
	if len(m) != 1 || m[0][1] != strconv.FormatInt(want, 10) {
		t.Errorf("%s: GDAL does not find %d features:\n%s", path, want, out)
	}
}

// TestExportToStandardOutput reads the features from the stream, and nothing
// else stands there.
func TestExportToStandardOutput(t *testing.T) {
	t.Parallel()
	store := filepath.Join(t.TempDir(), "store.gpkg")
	run(t, "import", "--store", store, filepath.Join(realdata.Hanoi(t), "layers", "hanoi_wards.geojsonl")).want(t, 0)
	lines := run(t, "export", "--store", store, "intersections", "--format", "geojsonl").want(t, 0)
	if n := strings.Count(lines.out, "\n"); n != 82 || strings.Count(lines.out, `{"type":"Feature",`) != 82 {
		t.Errorf("%d lines, want 82", n)
	}
	whole := filepath.Join(t.TempDir(), "whole.geojson")
	run(t, "export", "--store", store, "intersections", "-o", whole).want(t, 0)
	stdout := run(t, "export", "--store", store, "intersections").want(t, 0)
	if stdout.out != readFile(t, whole) {
		t.Error("standard output is not what the file is")
	}
}
