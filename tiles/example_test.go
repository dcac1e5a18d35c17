package tiles_test

import (
	"encoding/json"
	"fmt"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/tiles"
	"github.com/hanoitwin/hanoitwin/tiles/mvttest"
)

// names is a Table of one key.
type names []string

func (n names) NumKeys() int      { return 1 }
func (n names) NumValues() int    { return len(n) }
func (n names) Key(uint32) string { return "name" }
func (n names) AppendValue(dst []byte, i uint32) []byte {
	return tiles.AppendString(dst, n[i])
}

// Prepare once, encode for any tile.
func Example() {
	var preparer tiles.Preparer
	bridge, err := preparer.Prepare(orb.LineString{{105.8529998, 21.0307572}, {105.8525673, 21.0308055}})
	if err != nil {
		fmt.Println(err)
		return
	}
	table := names{"Cầu Thê Húc", "Tháp Rùa"}

	var e tiles.Encoder
	e.Begin(tiles.At(orb.Point{105.8525, 21.0308}, 14))
	e.BeginLayer("bridges", table, tiles.LayerOptions{Simplify: 1})
	e.Add(1, bridge, []tiles.Tag{{Key: 0, Value: 0}})
	e.EndLayer()
	e.BeginLayer("landmarks", table, tiles.LayerOptions{})
	e.AddPoint(1, orb.Point{105.852236, 21.027812}, []tiles.Tag{{Key: 0, Value: 1}})
	e.EndLayer()

	tile, err := mvttest.Decode(e.Bytes())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, layer := range tile.Layers {
		for _, f := range layer.Features {
			fmt.Println(layer.Name, f.ID, f.Tags["name"], f.Lines, f.Points)
		}
	}
	// Output:
	// bridges 1 Cầu Thê Húc [[{1997 2543} {1917 2534}]] []
	// landmarks 1 Tháp Rùa [] [{1855 3132}]
}

func ExampleParseTile() {
	fmt.Println(tiles.ParseTile("14", "13009", "7211"))
	_, err := tiles.ParseTile("3", "8", "-1")
	fmt.Println(err)
	// Output:
	// 14/13009/7211 <nil>
	// not a tile of the grid: x is "8", want a whole number from 0 to 7
	// not a tile of the grid: y is "-1", want a whole number from 0 to 7
}

func ExampleCover() {
	hanoi := orb.Bound{Min: orb.Point{105.28, 20.56}, Max: orb.Point{106.02, 21.39}}
	for z := uint8(6); z <= 12; z += 3 {
		fmt.Println(z, tiles.Cover(hanoi, z).Count())
	}
	for t := range tiles.Cover(hanoi, 8).All() {
		fmt.Println(t)
	}
	// Output:
	// 6 1
	// 9 6
	// 12 110
	// 8/202/112
	// 8/203/112
	// 8/202/113
	// 8/203/113
}

func ExampleTileJSON() {
	text, err := json.Marshal(tiles.TileJSON{
		Name:        "Hà Nội",
		Attribution: "© OpenStreetMap contributors",
		Tiles:       []string{"https://example.org/tiles/roads/{z}/{x}/{y}.mvt"},
		MaxZoom:     16,
		Bounds:      orb.Bound{Min: orb.Point{105.28, 20.56}, Max: orb.Point{106.02, 21.39}},
		VectorLayers: []tiles.VectorLayer{
			{ID: "roads", MaxZoom: 16, Fields: map[string]string{"name": "String"}},
		},
	})
	fmt.Println(string(text), err)
	// Output:
	// {"tilejson":"3.0.0","name":"Hà Nội","attribution":"© OpenStreetMap contributors","scheme":"xyz","tiles":["https://example.org/tiles/roads/{z}/{x}/{y}.mvt"],"minzoom":0,"maxzoom":16,"bounds":[105.28,20.56,106.02,21.39],"vector_layers":[{"id":"roads","minzoom":0,"maxzoom":16,"fields":{"name":"String"}}]} <nil>
}
