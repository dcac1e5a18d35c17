package search

import (
	"context"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"Nút giao Ngã Tư Sở":   "nut giao nga tu so",
		"Đường Láng – Láng Hạ": "duong lang lang ha",
		"VĐ3,5":                "vd3.5",
		"VD3-4":                "vd3-4",
		"  a ,  b  ":           "a b",
		"O\u031b":              "o", // decomposed
		"…":                    "",
		"":                     "",
	} {
		if got := Fold(text); got != want {
			t.Errorf("Fold(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Nút giao – VD3-4")
	f.Fuzz(func(t *testing.T, text string) {
		once := Fold(text)
		if twice := Fold(once); twice != once {
			t.Errorf("%q folds to %q, and that to %q", text, once, twice)
		}
	})
}

type place struct {
	id       int64
	code     string
	name     string
	lon, lat float64
}

func layer(t *testing.T, id city.LayerID, key string, places ...place) *snapshot.Layer {
	t.Helper()
	def := city.Layer{ID: id, Geometry: city.GeometryPoint, Key: key, Properties: []city.Property{
		{Name: "code", Type: city.KindString}, {Name: "name", Type: city.KindString}, {Name: "external_key", Type: city.KindString},
	}}
	var features []city.Feature
	for _, p := range places {
		features = append(features, city.Feature{ID: p.id, Geometry: orb.Point{p.lon, p.lat}, Values: []city.Value{city.String(p.code), city.String(p.name), city.Null}})
	}
	return snapshottest.Layer(t, def, features)
}

func find(t *testing.T, x *Index, q Query, layers ...*snapshot.Layer) []int64 {
	t.Helper()
	hits, err := x.Find(context.Background(), layers, q)
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, h := range hits {
		ids = append(ids, h.Feature.ID())
	}
	return ids
}

func TestFind(t *testing.T) {
	nodes := layer(t, "nodes", "code",
		place{1, "NG01", "Nút giao Ngã Tư Sở", 105.82, 21.00},
		place{2, "NG02", "Nút giao Ngã Tư Vọng", 105.84, 21.00},
		place{3, "VD3-4", "Cầu Thanh Trì", 105.9, 20.99},
		place{0, "S", "Sở", 105.8, 21.0})
	streets := layer(t, "streets", "external_key",
		place{10, "", "Ngã Tư Sở", 105.82, 21.00},
		place{11, "", "Phố Huế", 105.85, 21.01},
		place{12, "", "Phố Huế", 105.85, 21.02})
	var x Index
	for _, c := range []struct {
		name string
		q    Query
		want []int64
	}{
		{"accents and case do not matter", Query{Text: "NGA tu So", Limit: 9}, []int64{10, 1}},
		{"words in any order", Query{Text: "vọng ngã", Limit: 9}, []int64{2}},
		{"a code", Query{Text: "vd3-4", Limit: 9}, []int64{3}},
		{"the beginning of a code", Query{Text: "ng0", Limit: 9}, []int64{1, 2}},
		{"the whole name before the beginning of a word", Query{Text: "so", Limit: 9}, []int64{0, 1, 10}},
		{"a name once, the nearest", Query{Text: "phố huế", Limit: 9, Near: &orb.Point{105.85, 21.03}}, []int64{12}},
		{"a name once, anywhere", Query{Text: "phố huế", Limit: 9}, []int64{11}},
		{"no more than asked", Query{Text: "nga", Limit: 1}, []int64{10}},
		{"nothing", Query{Text: "xyz", Limit: 9}, nil},
		{"no letters", Query{Text: " - ", Limit: 9}, nil},
	} {
		if got := find(t, &x, c.q, nodes, streets); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q finds %v, want %v", c.name, c.q.Text, got, c.want)
		}
	}
}

// TestNextVersion holds that a layer that has changed is searched as it is.
func TestNextVersion(t *testing.T) {
	var x Index
	before := layer(t, "nodes", "code", place{1, "A", "Cũ", 105, 21})
	after := layer(t, "nodes", "code", place{1, "A", "Mới", 105, 21})
	for _, l := range []*snapshot.Layer{before, after, before} {
		want := "cu"
		if l == after {
			want = "moi"
		}
		if got := find(t, &x, Query{Text: want, Limit: 9}, l); !slices.Equal(got, []int64{1}) {
			t.Errorf("%q finds %v", want, got)
		}
		if got := find(t, &x, Query{Text: map[string]string{"cu": "moi", "moi": "cu"}[want], Limit: 9}, l); got != nil {
			t.Errorf("the other state's name finds %v", got)
		}
	}
	if len(x.layers["nodes"]) != keptStates || x.kept(before) == nil || x.kept(after) == nil {
		t.Errorf("the names of %d states are kept, want those of both", len(x.layers["nodes"]))
	}
	find(t, &x, Query{Text: "x", Limit: 1}, layer(t, "nodes", "code"))
	if len(x.layers["nodes"]) != keptStates || x.kept(before) != nil || x.kept(after) == nil {
		t.Error("it is not the state asked for longest ago that is forgotten")
	}
}
