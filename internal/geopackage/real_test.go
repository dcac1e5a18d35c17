package geopackage

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

var extentLine = regexp.MustCompile(`Extent: .*`)

// TestRealLayers takes real layers from a GeoPackage of GDAL's into a store of
// ours: every feature, the same extent, and nothing new the second time.
func TestRealLayers(t *testing.T) {
	dir := filepath.Join(realdata.Hanoi(t), "layers")
	for file, count := range map[string]int64{"hanoi_wards.geojsonl": 126, "hanoi_bus_stops.geojson": 3326} {
		theirs, ours := filepath.Join(t.TempDir(), "theirs.gpkg"), filepath.Join(t.TempDir(), "ours.gpkg")
		gdaltest.Run(t, "ogr2ogr", "-f", "GPKG", theirs, filepath.Join(dir, file), "-nln", "real")
		source := mustOpenSource(t, theirs)
		layer := source.Layers()[0].Layer
		s := mustOpen(t, ours)
		for _, want := range []city.Tally{{Created: count}, {Unchanged: count}} {
			_, err := s.Write(t.Context(), file, func(w Writer) error {
				if err := w.PutLayer(t.Context(), layer); err != nil {
					return err
				}
				err := source.Features(t.Context(), "real", func(position int64, f *city.Feature, bad error) error {
					if bad != nil {
						t.Errorf("%s: feature %d: %v", file, position, bad)
					}
					return w.Put(t.Context(), "real", f)
				})
				if err != nil {
					return err
				}
				tally, err := w.Tally(t.Context())
				if tally["real"] != want {
					t.Errorf("%s: tally %+v, want %+v", file, tally["real"], want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		mustClose(t, s)
		want, got := gdaltest.Run(t, "ogrinfo", "-so", theirs, "real"), gdaltest.Run(t, "ogrinfo", "-so", ours, "real")
		if w, g := extentLine.FindString(want), extentLine.FindString(got); w == "" || w != g {
			t.Errorf("%s: %s, want %s", file, g, w)
		}
	}
}
