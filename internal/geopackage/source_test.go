package geopackage

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/gdaltest"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/source"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

func mustOpenSource(t *testing.T, path string) *source.Source {
	t.Helper()
	s, err := source.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func TestSourceOfAnotherProgram(t *testing.T) {
	path := filepath.Join(realdata.Hanoi(t), "osm", "phuongmai.gpkg")
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	s := mustOpenSource(t, path)
	layers := s.Layers()
	if len(layers) != 2 || layers[0].Name != "edges" || layers[1].Name != "nodes" {
		t.Fatalf("layers %+v", layers)
	}
	nodes := layers[1]
	if nodes.SRID != 4326 || nodes.Count != 384 || nodes.Layer.Geometry != city.GeometryPoint {
		t.Errorf("nodes: %+v", nodes)
	}
	var kinds []string
	for _, p := range nodes.Layer.Properties {
		kinds = append(kinds, p.Name+" "+p.Type.String())
	}
	want := []string{"osmid integer", "y number", "x number", "street_count integer", "highway string"}
	for i := range want {
		if i >= len(kinds) || kinds[i] != want[i] {
			t.Fatalf("properties %v, want first %v", kinds, want)
		}
	}
	count := 0
	err = s.Features(t.Context(), "nodes", func(position int64, f *city.Feature, bad error) error {
		count++
		p, ok := f.Geometry.(orb.Point)
		if bad != nil || !ok || position != f.ID {
			t.Fatalf("feature %d at %d: %v %v", f.ID, position, f.Geometry, bad)
		}
		// The file says the coordinates twice.
		if math.Abs(p[0]-f.Value(2).Float()) > 1e-9 || math.Abs(p[1]-f.Value(1).Float()) > 1e-9 {
			t.Errorf("feature %d lies at %v, its properties say %v %v", f.ID, p, f.Value(2), f.Value(1))
		}
		return nil
	})
	if err != nil || count != 384 {
		t.Errorf("%d features: %v", count, err)
	}
	if err := s.Features(t.Context(), "nowhere", nil); !errors.Is(err, city.ErrNotFound) {
		t.Errorf("unknown table: %v", err)
	}
	if _, err := Open(t.Context(), path, Options{Create: true}); !errors.Is(err, ErrNotStore) {
		t.Errorf("as a store: %v", err)
	}
	after, err := os.Stat(path)
	if err != nil || after.ModTime() != before.ModTime() {
		t.Errorf("the file was touched: %v", err)
	}
}

func TestSourceInAnotherSystemWithOddGeometries(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "odd.csv")
	rows := "id,ten,WKT\n1,một,POINT Z (587000 2325000 12)\n2,hai,\"LINESTRING M (587000 2325000 0,587100 2325100 9)\"\n3,ba,POINT EMPTY\n4,bốn,\n"
	if err := os.WriteFile(text, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "odd.gpkg")
	gdaltest.Run(t, "ogr2ogr", "-f", "GPKG", path, text, "-oo", "GEOM_POSSIBLE_NAMES=WKT", "-oo", "KEEP_GEOM_COLUMNS=NO", "-a_srs", "EPSG:32648", "-nln", "Lẻ 2", "-nlt", "GEOMETRYZM")
	s := mustOpenSource(t, path)
	layers := s.Layers()
	if len(layers) != 1 || layers[0].SRID != 32648 || layers[0].Name != "Lẻ 2" || layers[0].Layer.ID != "le_2" || layers[0].Count != 4 {
		t.Fatalf("layers %+v", layers)
	}
	want := []orb.Geometry{orb.Point{587000, 2325000}, orb.LineString{{587000, 2325000}, {587100, 2325100}}, nil, nil}
	i := 0
	err := s.Features(t.Context(), "Lẻ 2", func(position int64, f *city.Feature, bad error) error {
		if position != int64(i+1) {
			t.Errorf("position %d, want %d", position, i+1)
		}
		if want[i] == nil {
			if f.Geometry != nil || !errors.Is(bad, ErrEmpty) {
				t.Errorf("feature %d: %v %v", f.ID, f.Geometry, bad)
			}
		} else if bad != nil || !orb.Equal(f.Geometry, want[i]) {
			t.Errorf("feature %d: %v %v, want %v", f.ID, f.Geometry, bad, want[i])
		}
		i++
		return nil
	})
	if err != nil || i != 4 {
		t.Errorf("%d features: %v", i, err)
	}
}

func TestSourceOfOurOwnKnowsTheLayer(t *testing.T) {
	s := mustOpenSource(t, kindsFile(t))
	layers := s.Layers()
	if len(layers) != 1 || layers[0].Layer.Key != "code" || layers[0].Layer.Title != "Các loại" || layers[0].Layer.Properties[7].Type != city.KindJSON {
		t.Errorf("layers %+v", layers)
	}
}

func TestLayerIDOfTable(t *testing.T) {
	for name, want := range map[string]city.LayerID{
		"roads": "roads", "Đường phố 2024": "duong_pho_2024", "ĐƯỜNG": "duong", "2024": "layer_2024", "": "layer",
		"gpkg_x": "layer_gpkg_x", "a--b": "a_b", "a__b": "a_b", "道路": "layer", "x_": "x_",
	} {
		got := schema.LayerID(name)
		if got != want {
			t.Errorf("schema.LayerID(%q) = %q, want %q", name, got, want)
		}
		if _, err := city.ParseLayerID(string(got)); err != nil {
			t.Error(err)
		}
	}
}
