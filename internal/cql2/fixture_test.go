package cql2

import (
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

// schema has a property of each kind.
func schema() city.Layer {
	return city.Layer{
		ID: "things", Geometry: city.GeometryAny, Title: "đồ", TitleEN: "things",
		Properties: []city.Property{
			{Name: "name", Type: city.KindString}, {Name: "status", Type: city.KindString},
			{Name: "lanes", Type: city.KindInteger}, {Name: "width", Type: city.KindNumber},
			{Name: "oneway", Type: city.KindBoolean},
			{Name: "valid_from", Type: city.KindDate}, {Name: "valid_to", Type: city.KindDate},
			{Name: "seen", Type: city.KindInstant}, {Name: "gone", Type: city.KindInstant},
			{Name: "tags", Type: city.KindJSON}, {Name: "mặt đường", Type: city.KindString},
		},
	}
}

// thing is a feature in the order of the schema; nil is null.
type thing struct {
	geometry orb.Geometry
	values   []any
}

func valueOf(tb testing.TB, v any, k city.Kind) city.Value {
	tb.Helper()
	switch v := v.(type) {
	case nil:
		return city.Null
	case bool:
		return city.Boolean(v)
	case int:
		return city.Integer(int64(v))
	case float64:
		return city.Number(v)
	case string:
		switch k {
		case city.KindDate, city.KindInstant:
			layout, of := time.DateOnly, city.Date
			if k == city.KindInstant {
				layout, of = time.RFC3339Nano, city.Instant
			}
			t, err := time.Parse(layout, v)
			if err != nil {
				tb.Fatal(err)
			}
			return of(t)
		case city.KindJSON:
			j, err := city.JSON([]byte(v))
			if err != nil {
				tb.Fatal(err)
			}
			return j
		}
		return city.String(v)
	}
	tb.Fatalf("no value: %v", v)
	return city.Null
}

// build makes a layer of things, whose ids are their positions from 1.
func build(tb testing.TB, def city.Layer, things []thing) *snapshot.Layer {
	tb.Helper()
	var features []city.Feature
	for i, x := range things {
		f := city.Feature{ID: int64(i + 1), Geometry: x.geometry}
		for j, v := range x.values {
			f.Values = append(f.Values, valueOf(tb, v, def.Properties[j].Type))
		}
		features = append(features, f)
	}
	return snapshottest.Layer(tb, def, features)
}

// compile parses and compiles.
func compile(tb testing.TB, l *snapshot.Layer, text string, o Options) *Filter {
	tb.Helper()
	e, err := expr.ParseText(text, expr.Limits{})
	if err != nil {
		tb.Fatalf("%s\n%v", text, err)
	}
	f, err := Compile(e, l.Definition(), o)
	if err != nil {
		tb.Fatalf("%s\n%v", text, err)
	}
	return f
}

// matching returns the ids of what matches, in order, and demands that all of
// them are among the candidates.
func matching(tb testing.TB, l *snapshot.Layer, f *Filter) []int64 {
	tb.Helper()
	ids := []int64{}
	l.All(func(feature *snapshot.Feature) bool {
		if f.Match(l, feature, feature.Tags()) {
			ids = append(ids, feature.ID())
		}
		return true
	})
	candidates := map[int64]bool{}
	f.Candidates(l, func(feature *snapshot.Feature) bool {
		if candidates[feature.ID()] {
			tb.Errorf("feature %d is a candidate twice", feature.ID())
		}
		candidates[feature.ID()] = true
		return true
	})
	for _, id := range ids {
		if !candidates[id] {
			tb.Errorf("feature %d matches and is no candidate", id)
		}
	}
	return ids
}
