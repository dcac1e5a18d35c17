//go:build compare

package benchcompare

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

// layer is one real layer in exchange form.
type layer struct {
	def      city.Layer
	features []city.Feature
}

var compared = []struct {
	id   city.LayerID
	file string
}{
	{"roads", "hanoi_roads.geojsonl"},
	{"intersections", "hanoi_intersections.geojsonl"},
	{"wards", "hanoi_wards.geojsonl"},
	{"buildings", "hanoi_buildings.geojsonl"},
}

func readLayers(t testing.TB) []layer {
	t.Helper()
	var layers []layer
	for _, c := range compared {
		layers = append(layers, readLayer(t, c.id, "layers/"+c.file))
	}
	return layers
}

// readLayer reads a real layer, ids 1, 2, 3 … in file order.
func readLayer(t testing.TB, id city.LayerID, file string) layer {
	t.Helper()
	type feature struct {
		geometry   orb.Geometry
		properties map[string]any
	}
	var raw []feature
	names := map[string]city.Kind{}
	realdata.Features(t, file, func(g orb.Geometry, properties map[string]any) {
		raw = append(raw, feature{g, properties})
		for name, v := range properties {
			if k := kindOf(v); k != city.KindNull {
				names[name] = merge(names[name], k)
			}
		}
	})
	l := layer{def: city.Layer{ID: id, Title: string(id), TitleEN: string(id), Geometry: city.GeometryAny}}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		l.def.Properties = append(l.def.Properties, city.Property{Name: name, Type: names[name]})
	}
	for i, f := range raw {
		out := city.Feature{ID: int64(i + 1), Geometry: f.geometry, Values: make([]city.Value, len(l.def.Properties))}
		for j, p := range l.def.Properties {
			out.Values[j] = valueOf(t, p.Type, f.properties[p.Name])
		}
		l.features = append(l.features, out)
	}
	return l
}

func kindOf(v any) city.Kind {
	switch v := v.(type) {
	case nil:
		return city.KindNull
	case string:
		return city.KindString
	case bool:
		return city.KindBoolean
	case float64:
		if v == math.Trunc(v) {
			return city.KindInteger
		}
		return city.KindNumber
	default:
		return city.KindJSON
	}
}

func merge(a, b city.Kind) city.Kind {
	switch {
	case a == city.KindNull || a == b:
		return b
	case a == city.KindInteger && b == city.KindNumber, a == city.KindNumber && b == city.KindInteger:
		return city.KindNumber
	default:
		return city.KindString
	}
}

func valueOf(t testing.TB, kind city.Kind, v any) city.Value {
	if v == nil {
		return city.Null
	}
	switch kind {
	case city.KindInteger:
		return city.Integer(int64(v.(float64)))
	case city.KindNumber:
		return city.Number(v.(float64))
	case city.KindBoolean:
		return city.Boolean(v.(bool))
	case city.KindString:
		if s, ok := v.(string); ok {
			return city.String(s)
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if kind == city.KindString {
		return city.String(string(text))
	}
	value, err := city.JSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func buildSnapshot(t testing.TB, layers []layer) *snapshot.Snapshot {
	t.Helper()
	var definitions []city.Layer
	features := map[city.LayerID][]city.Feature{}
	for _, l := range layers {
		definitions = append(definitions, l.def)
		features[l.def.ID] = l.features
	}
	return snapshottest.Build(t, 1, definitions, features)
}

// replicate returns the layer n times, each copy shifted east by the width of
// Hà Nội: synthetic data, ten times as many features at the same density.
func replicate(l layer, n int) layer {
	out := layer{def: l.def}
	code := l.def.PropertyIndex(city.PropCode)
	for copy := range n {
		for i, f := range l.features {
			if copy > 0 && code >= 0 { // codes are unique
				f.Values = slices.Clone(f.Values)
				f.Values[code] = city.Null
			}
			f.ID = int64(copy*len(l.features) + i + 1)
			f.Geometry = shift(orb.Clone(f.Geometry), float64(copy)*0.8)
			out.features = append(out.features, f)
		}
	}
	return out
}

func shift(g orb.Geometry, east float64) orb.Geometry {
	switch g := g.(type) {
	case orb.Point:
		return orb.Point{g[0] + east, g[1]}
	case orb.LineString:
		for i := range g {
			g[i][0] += east
		}
	case orb.Polygon:
		for _, r := range g {
			shift(orb.LineString(r), east)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			shift(p, east)
		}
	case orb.MultiLineString:
		for _, l := range g {
			shift(l, east)
		}
	}
	return g
}
