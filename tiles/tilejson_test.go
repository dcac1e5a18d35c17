package tiles_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles"
)

func TestTileJSONRoundTrip(t *testing.T) {
	want := tiles.TileJSON{
		Name: "Hà Nội", Description: "d", Version: "1.0.0", Attribution: "© OSM",
		Tiles:   []string{"/tiles/all/{z}/{x}/{y}.mvt"},
		MinZoom: 3, MaxZoom: 16,
		Bounds: orb.Bound{Min: orb.Point{105, 20}, Max: orb.Point{106, 21}},
		Center: tiles.Center{LonLat: orb.Point{105.85, 21.02}, Zoom: 11},
		VectorLayers: []tiles.VectorLayer{
			{ID: "roads", Description: "Đường", MinZoom: 3, MaxZoom: 16, Fields: map[string]string{"lanes": "Number"}},
			{ID: "water", MaxZoom: 16, Fields: map[string]string{}},
		},
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got tiles.TileJSON
	if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, want)
	}
	if err := want.Validate(); err != nil {
		t.Error(err)
	}
}

func TestTileJSONRequired(t *testing.T) {
	text, err := json.Marshal(tiles.TileJSON{
		Tiles:        []string{"t"},
		Bounds:       orb.Bound{Min: orb.Point{-200, -90}, Max: orb.Point{200, 90}},
		VectorLayers: []tiles.VectorLayer{{ID: "a"}},
	})
	want := `{"tilejson":"3.0.0","scheme":"xyz","tiles":["t"],"minzoom":0,"maxzoom":0,` +
		`"bounds":[-180,-85.05112877980659,180,85.05112877980659],` +
		`"vector_layers":[{"id":"a","minzoom":0,"maxzoom":0,"fields":{}}]}`
	if err != nil || string(text) != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, text, want)
	}
	for _, bad := range []string{`{}`, `[]`, `{"tilejson":"2.2.0","tiles":["t"]}`, `{"tilejson":"3.0.0","tiles":[]}`} {
		var v tiles.TileJSON
		if json.Unmarshal([]byte(bad), &v) == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
	for _, bad := range []tiles.TileJSON{
		{},
		{Tiles: []string{"t"}, MinZoom: 3},
		{Tiles: []string{"t"}, VectorLayers: []tiles.VectorLayer{{ID: ""}}},
		{Tiles: []string{"t"}, VectorLayers: []tiles.VectorLayer{{ID: "a"}, {ID: "a"}}},
	} {
		if bad.Validate() == nil {
			t.Errorf("%+v is valid", bad)
		}
	}
}
