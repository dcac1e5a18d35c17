package encode

import (
	"context"
	"fmt"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/source"
	"github.com/hanoitwin/hanoitwin/internal/ingest"
)

// sink keeps what an import puts into a layer.
type sink struct {
	layer    city.Layer
	features map[int64]city.Feature
}

func (s *sink) Layers() []city.Layer                           { return []city.Layer{s.layer} }
func (s *sink) PutLayer(_ context.Context, l city.Layer) error { s.layer = l; return nil }

func (s *sink) Put(_ context.Context, _ city.LayerID, f *city.Feature) error {
	s.features[f.ID] = city.Feature{ID: f.ID, Geometry: orb.Clone(f.Geometry), Values: append([]city.Value(nil), f.Values...)}
	return nil
}

// opened shows a GeoPackage to the importer.
type opened struct{ *source.Source }

func open(ctx context.Context, path string) (ingest.GeoPackage, error) {
	s, err := source.Open(ctx, path)
	return opened{s}, err
}

func (o opened) Tables() (out []city.Layer) {
	for _, l := range o.Layers() {
		l.Layer.Table = l.Name
		out = append(out, l.Layer)
	}
	return out
}

func (o opened) Key(string) string { return "fid" }

func (o opened) CRS(table string) string {
	for _, l := range o.Layers() {
		if l.Name == table {
			return l.Definition
		}
	}
	return ""
}

func (o opened) Rows(ctx context.Context, table string, yield func(*city.Feature, error) error) error {
	return o.Features(ctx, table, func(_ int64, f *city.Feature, bad error) error { return yield(f, bad) })
}

// TestImportAfterDownload reads each format that we import by id back into the
// layer it came from: nothing is lost in WGS 84, and a millimetre in VN-2000.
func TestImportAfterDownload(t *testing.T) {
	layer := everything(t, city.GeometryLineString, allGeometries()[1], orb.LineString{{105.1, 20.9}, {105.2, 21}},
		orb.LineString{{105.3, 20.9}, {105.2, 21}, {105.7, 21.1}})
	for _, name := range []Name{GeoJSON, JSONFG, Lines, Sequence, GeoPackage} {
		for _, srid := range []crs.SRID{0, crs.VN2000TM3482} {
			if name != GeoPackage && srid != 0 {
				continue // GeoJSON is WGS 84 to every importer
			}
			t.Run(fmt.Sprint(name, srid), func(t *testing.T) {
				path := file(t, name, &Selection{Layer: layer, Space: Space{SRID: srid}})
				got := sink{layer: *layer.Definition(), features: map[int64]city.Feature{}}
				opt := ingest.Options{Layer: layer.ID(), Strict: true, OpenGeoPackage: open, CRS: srid}
				if _, err := ingest.Run(t.Context(), &got, []string{path}, opt); err != nil {
					t.Fatal(err)
				}
				if len(got.features) != layer.Len() {
					t.Fatalf("%d features, want %d", len(got.features), layer.Len())
				}
				for f := range layer.All {
					back, want := got.features[f.ID()], layer.Exchange(f)
					far, same := apart(back.Geometry, want.Geometry)
					if !same || far > 2e-8 || srid == 0 && far != 0 {
						t.Errorf("%d is %v, want %v", f.ID(), back.Geometry, want.Geometry)
					}
					for i, p := range layer.Definition().Properties {
						if v := back.Value(i); v != want.Value(i) {
							t.Errorf("%d: %s is %v, want %v", f.ID(), p.Name, v, want.Value(i))
						}
					}
				}
			})
		}
	}
}
