package encode

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/crs"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

// roads are the 42,292 real ones, their properties as text.
func roads(tb testing.TB) *snapshot.Layer {
	tb.Helper()
	def := city.Layer{ID: "roads", Geometry: city.GeometryLineString}
	var features []city.Feature
	var values []map[string]any
	realdata.Features(tb, "layers/hanoi_roads.geojsonl", func(g orb.Geometry, properties map[string]any) {
		features = append(features, city.Feature{ID: int64(len(features) + 1), Geometry: g})
		values = append(values, properties)
		for name := range properties {
			if def.PropertyIndex(name) < 0 {
				def.Properties = append(def.Properties, city.Property{Name: name, Type: city.KindString})
			}
		}
	})
	slices.SortFunc(def.Properties, func(a, b city.Property) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	for i := range features {
		for _, p := range def.Properties {
			v := city.Null
			if value, ok := values[i][p.Name]; ok && value != nil {
				v = city.String(fmt.Sprint(value))
			}
			features[i].Values = append(features[i].Values, v)
		}
	}
	return snapshottest.Layer(tb, def, features)
}

// counter counts bytes.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// BenchmarkRoads writes a whole real layer; naive is encoding/json on orb's
// features, a feature at a time.
func BenchmarkRoads(b *testing.B) {
	layer := roads(b)
	for _, f := range All() {
		for _, srid := range []crs.SRID{crs.WGS84, crs.VN2000TM3482} {
			b.Run(fmt.Sprintf("%s/%d", f.Name, srid), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					var out counter
					if err := f.Write(context.Background(), &out, &Selection{Layer: layer, Space: Space{SRID: srid}}); err != nil {
						b.Fatal(err)
					}
					b.SetBytes(out.n)
				}
			})
		}
	}
	b.Run("naive/4326", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var out counter
			encoder := json.NewEncoder(&out)
			for f := range layer.All {
				g := geojson.NewFeature(f.Geometry())
				g.ID = f.ID()
				for _, tag := range f.Tags() {
					g.Properties[layer.Table().Key(tag.Key)] = layer.Table().Value(tag.Value)
				}
				if err := encoder.Encode(g); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(out.n)
		}
	})
}
