package edit

import (
	"context"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

func properties(kinds ...any) []city.Property {
	var all []city.Property
	for i := 0; i < len(kinds); i += 2 {
		all = append(all, city.Property{Name: kinds[i].(string), Type: kinds[i+1].(city.Kind)})
	}
	return all
}

func nodes() city.Layer {
	return city.Layer{ID: "nodes", Geometry: city.GeometryPoint, Key: "code", Properties: properties(
		"code", city.KindString, "name", city.KindString, "status", city.KindString, "lanes", city.KindInteger,
		"height", city.KindNumber, "open", city.KindBoolean, "valid_from", city.KindDate, "valid_to", city.KindDate,
		"seen", city.KindInstant, "tags", city.KindJSON, "started", city.KindDate, "planned_completion", city.KindDate,
		"accuracy_m", city.KindNumber, "date_precision", city.KindString)}
}

func zones() city.Layer {
	return city.Layer{ID: "zones", Geometry: city.GeometryPolygon, Key: "external_key",
		Properties: properties("external_key", city.KindString, "code", city.KindString)}
}

func square(west, south, side float64) orb.Ring {
	east, north := west+side, south+side
	return orb.Ring{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}
}

func day(text string) city.Value {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return city.Date(t)
}

// state has three nodes, a zone that crosses itself, and an outline from 105 to
// 106 and 20 to 21 degrees.
func state(tb testing.TB) *snapshot.Snapshot {
	tb.Helper()
	tags, err := city.JSON([]byte(`{"a":{"b":1,"c":[1]},"d":"e"}`))
	if err != nil {
		tb.Fatal(err)
	}
	layers := []struct {
		def      city.Layer
		features []city.Feature
	}{
		{city.Layer{ID: "city_outline", Geometry: city.GeometryPolygon}, []city.Feature{{ID: 1, Geometry: orb.Polygon{square(105, 20, 1)}}}},
		{city.Layer{ID: "far", Geometry: city.GeometryAny, Extent: []float64{-10, -10, 10, 10}}, nil},
		{nodes(), []city.Feature{
			{ID: 1, Geometry: orb.Point{105.8, 20.9}, Values: []city.Value{
				city.String("A"), city.String("Ngã tư Vọng"), city.String("planned"), city.Integer(6), city.Number(1.5), city.Boolean(true),
				day("2026-01-01"), day("2027-01-01"), city.Null, tags}},
			// Both of these came from elsewhere with mistakes.
			{ID: 2, Geometry: orb.Point{105.8, 20.8}, Values: []city.Value{city.String("B"), city.String("e\u0301"), city.String("closed")}},
			{ID: 3, Geometry: orb.Point{0, 0}, Values: []city.Value{city.String("C"), city.Null, city.Null, city.Null, city.Null, city.Null, day("2027-01-01"), day("2026-01-01")}},
		}},
		{zones(), []city.Feature{{ID: 5, Geometry: orb.Polygon{{{105, 20}, {105.1, 20.1}, {105.1, 20}, {105, 20.1}, {105, 20}}}, Values: []city.Value{city.String("way/1"), city.String("A")}}}},
	}
	var definitions []city.Layer
	features := map[city.LayerID][]city.Feature{}
	for _, l := range layers {
		definitions = append(definitions, l.def)
		features[l.def.ID] = l.features
	}
	return snapshottest.Build(tb, 7, definitions, features)
}

func planner(tb testing.TB) *Planner {
	s := state(tb)
	return &Planner{
		Snapshot: s, Extent: DefaultExtent(s),
		Matches: func(_ *snapshot.Layer, f *snapshot.Feature, tags string) bool {
			return tags == "*" || f.ID() == 1 && tags == `"one"`
		},
	}
}

// one plans a single step.
func one(tb testing.TB, op Op, layer, feature, body string) (Change, *Mistakes) {
	tb.Helper()
	changes, err := planner(tb).Plan(context.Background(), []Step{{Op: op, Layer: city.LayerID(layer), Feature: feature, Body: []byte(body)}})
	if err != nil {
		m, ok := AsMistakes(err)
		if !ok {
			tb.Fatal(err)
		}
		return Change{}, m
	}
	if len(changes) != 1 {
		tb.Fatalf("%d changes", len(changes))
	}
	return changes[0], nil
}

// told lists mistakes as "pointer detail".
func told(m *Mistakes) []string {
	if m == nil {
		return nil
	}
	var all []string
	for _, one := range m.List {
		all = append(all, one.Pointer+" "+one.Detail)
	}
	return all
}
