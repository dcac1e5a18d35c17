package style

import (
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// areaSource has the areas that are named, in tiles of few zooms: a map places one
// name for each part of an area that a tile has, so that in the tiles that are drawn
// a large area would be named again and again.
const areaSource = "hanoi-areas"

// areaZoom is the zoom of those tiles. One is 73 km wide in Hà Nội, and an edge of
// an area is at most 9 m from where it is.
const areaZoom = 9

// namedAreas are the layers whose areas are named.
var namedAreas = []city.LayerID{"high_tech_zones", "projects"}

// areaNames are the names of zones and of projects that have an extent: the larger
// first and the retired last, each from the zoom on at which there is room for it.
func (m *maker) areaNames() []Layer {
	p := &m.palette
	hectares := []any{"coalesce", get("area_ha"), 0}
	from := func(least float64, yes, no any) []any { return []any{"step", hectares, no, least, yes} }
	const large = 1000
	name := func(layer, colour string) Layer {
		return Layer{
			ID: layer + "-area-name", Type: "symbol", Source: areaSource, SourceLayer: layer, MinZoom: 10.3,
			Filter: all(geometry("Polygon"), []any{
				"step", []any{"zoom"}, from(large, true, false), 11, from(250, true, false), 12, from(100, true, false), 13, true,
			}),
			Layout: map[string]any{
				"text-field": m.label(), "text-font": []string{regular}, "text-max-width": 10,
				"text-size":   linear(10, from(large, 11, 10), 15, from(large, 14.5, 12.5)),
				"text-anchor": "center", "text-line-height": 1.15, "text-padding": 4,
				"symbol-sort-key": []any{"case", is("status", "retired"), 0, []any{"-", -1, hectares}},
			},
			Paint: map[string]any{"text-color": colour, "text-halo-color": p.halo, "text-halo-width": 1.5},
		}
	}
	var layers []Layer
	for _, l := range []Layer{name("projects", p.project), name("high_tech_zones", p.zone)} {
		if m.has(city.LayerID(l.SourceLayer)) {
			layers = append(layers, l)
		}
	}
	return layers
}

// areaTiles is the source of the names; false where there is no layer of them.
func (m *maker) areaTiles() (Source, bool) {
	var there []string
	for _, id := range namedAreas {
		if m.has(id) {
			there = append(there, string(id))
		}
	}
	return Source{
		Type: "vector", MaxZoom: areaZoom,
		Tiles: []string{m.options.Base + "/tiles/" + strings.Join(there, ",") + "/{z}/{x}/{y}.mvt" + m.options.Query},
	}, len(there) > 0
}
