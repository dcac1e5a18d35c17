package export_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/export"
	"github.com/hanoitwin/hanoitwin/internal/geopackage"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/gpkgtest"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/source"
	"github.com/hanoitwin/hanoitwin/internal/ingest"
	"github.com/hanoitwin/hanoitwin/internal/ingest/osm"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/twin/twintest"
)

func load(t *testing.T, s *geopackage.Store, opt ingest.Options, files ...string) (city.Version, ingest.Report) {
	t.Helper()
	var report ingest.Report
	version, err := s.Write(t.Context(), "test", func(w geopackage.Writer) error {
		var err error
		report, err = ingest.Run(t.Context(), w, files, opt)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return version, report
}

// exportAll writes every layer of a store and returns the files by layer.
func exportAll(t *testing.T, s *geopackage.Store, extension string) map[city.LayerID]string {
	t.Helper()
	dir, files := t.TempDir(), map[city.LayerID]string{}
	err := s.Read(t.Context(), func(r geopackage.Reader) error {
		layers := r.Layers()
		for i := range layers {
			path := filepath.Join(dir, string(layers[i].ID)+extension)
			files[layers[i].ID] = path
			_, err := export.WriteFile(t.Context(), path, &layers[i], func(yield func(*city.Feature) error) error {
				return r.Features(t.Context(), layers[i].ID, yield)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func seed(t *testing.T, s *geopackage.Store) {
	t.Helper()
	layers, err := data.Layers()
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Write(t.Context(), "seed", func(w geopackage.Writer) error {
		for _, l := range layers {
			if err := w.PutLayer(t.Context(), l); err != nil {
				return err
			}
		}
		for _, id := range data.SeedLayers() {
			err := data.Features(id, func(f *city.Feature) error { return w.Put(context.Background(), id, f) })
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestImportAfterExport changes nothing: neither in the store that was
// exported nor, beyond the first import, in an empty one.
func TestImportAfterExport(t *testing.T) {
	s := gpkgtest.New(t)
	seed(t, s)
	importsNothing(t, s, ".geojson", 300)
	profile, err := osm.ParseProfile(data.OSMProfile())
	if err != nil {
		t.Fatal(err)
	}
	dir := realdata.Hanoi(t)
	load(t, s, ingest.Options{Profile: profile},
		filepath.Join(dir, "osm", "dongda_quoctugiam_2023-12.osm.pbf"), filepath.Join(dir, "shapefile", "naturals.shp"),
		filepath.Join(dir, "layers", "hanoi_bus_stops.geojson"))
	importsNothing(t, s, ".geojsonl.gz", 4_000)
}

// importsNothing exports every layer and imports it again: nothing changes, and
// at least so many features are there.
func importsNothing(t *testing.T, s *geopackage.Store, extension string, least int64) {
	t.Helper()
	files := exportAll(t, s, extension)
	if len(files) < 9 {
		t.Fatalf("%d layers exported", len(files))
	}
	version := city.Version(0)
	err := s.Read(t.Context(), func(r geopackage.Reader) error { version = r.Version(); return nil })
	if err != nil {
		t.Fatal(err)
	}
	stored := int64(0)
	for id, path := range files {
		after, report := load(t, s, ingest.Options{Layer: id, Strict: true}, path)
		if after != version {
			t.Errorf("%s%s: version %d became %d; %+v", id, extension, version, after, report)
			version = after
		}
		for _, l := range report.Layers {
			stored += l.Stored
			if l.Skipped != 0 || l.Stored != l.Read || len(l.Added) != 0 || len(report.Issues) != 0 {
				t.Errorf("%s%s: %+v %+v", id, extension, l, report.Issues)
			}
		}
	}
	if stored < least {
		t.Errorf("%s: only %d features", extension, stored)
	}
}

// foreign shows a GeoPackage to the importer.
type foreign struct{ *source.Source }

func openForeign(ctx context.Context, path string) (ingest.GeoPackage, error) {
	s, err := source.Open(ctx, path)
	return foreign{s}, err
}

func (f foreign) Tables() []city.Layer {
	var out []city.Layer
	for _, l := range f.Layers() {
		l.Layer.Table = l.Name
		out = append(out, l.Layer)
	}
	return out
}

func (f foreign) Key(string) string { return "fid" }

func (f foreign) CRS(string) string { return "EPSG:4326" }

func (f foreign) Rows(ctx context.Context, table string, yield func(*city.Feature, error) error) error {
	return f.Features(ctx, table, func(_ int64, feature *city.Feature, bad error) error { return yield(feature, bad) })
}

// TestImportAfterGeoPackageExport does the same through GeoPackage files.
func TestImportAfterGeoPackageExport(t *testing.T) {
	s := gpkgtest.New(t)
	seed(t, s)
	path := filepath.Join(t.TempDir(), "export.gpkg")
	var version city.Version
	err := geopackage.Export(t.Context(), path, func(w geopackage.Writer) error {
		return s.Read(t.Context(), func(r geopackage.Reader) error {
			version = r.Version()
			for _, l := range r.Layers() {
				if err := w.PutLayer(t.Context(), l); err != nil {
					return err
				}
				err := r.Features(t.Context(), l.ID, func(f *city.Feature) error { return w.Put(t.Context(), l.ID, f) })
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	opt := ingest.Options{OpenGeoPackage: openForeign, Strict: true}
	after, report := load(t, s, opt, path)
	if after != version || len(report.Issues) != 0 {
		t.Errorf("version %d became %d; %+v", version, after, report)
	}
	fresh := gpkgtest.New(t)
	first, _ := load(t, fresh, opt, path)
	second, _ := load(t, fresh, opt, path)
	if first != second {
		t.Errorf("an empty store: version %d became %d", first, second)
	}
	compare(t, s, fresh)
}

// TestForeignGeoPackage imports a file that another program wrote.
func TestForeignGeoPackage(t *testing.T) {
	path := filepath.Join(realdata.Hanoi(t), "osm", "phuongmai.gpkg")
	s := gpkgtest.New(t)
	opt := ingest.Options{OpenGeoPackage: openForeign}
	first, report := load(t, s, opt, path)
	want := map[city.LayerID]int64{"edges": 504, "nodes": 384}
	for _, l := range report.Layers {
		if l.Stored != want[l.Layer] || l.Key != city.PropExternalKey {
			t.Errorf("%+v, want %d", l, want[l.Layer])
		}
	}
	if second, _ := load(t, s, opt, path); len(report.Layers) != 2 || first != second {
		t.Errorf("%+v; version %d became %d", report, first, second)
	}
	opt.Layer = "crossings"
	_, err := s.Write(t.Context(), "test", func(w geopackage.Writer) error {
		_, err := ingest.Run(t.Context(), w, []string{path}, opt)
		return err
	})
	if !errors.Is(err, ingest.ErrNoLayer) {
		t.Errorf("a table that is not there: %v", err)
	}
}

// compare expects the same layers and features in two stores.
func compare(t *testing.T, a, b *geopackage.Store) {
	t.Helper()
	read := func(s *geopackage.Store) (layers map[city.LayerID]city.Layer, features map[city.LayerID][]string) {
		layers, features = map[city.LayerID]city.Layer{}, map[city.LayerID][]string{}
		twintest.Walk(t, s, func(l *city.Layer) { layers[l.ID] = *l }, func(l *city.Layer, f *city.Feature) {
			line, err := export.AppendFeature(nil, l, f)
			if err != nil {
				t.Fatal(err)
			}
			features[l.ID] = append(features[l.ID], string(line))
		})
		return layers, features
	}
	layersA, featuresA := read(a)
	layersB, featuresB := read(b)
	for id := range layersA {
		if !reflect.DeepEqual(layersA[id], layersB[id]) {
			t.Errorf("layer %s\n%+v\nbecame\n%+v", id, layersA[id], layersB[id])
		}
		if !reflect.DeepEqual(featuresA[id], featuresB[id]) {
			t.Errorf("layer %s: features differ", id)
		}
	}
}
