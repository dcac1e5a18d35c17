package style

// The kinds of land that are drawn green, and those that are drawn as industry.
var (
	greens     = []string{"grass", "forest", "park", "recreation_ground", "village_green", "meadow", "orchard", "farmland", "cemetery", "garden", "allotments", "wood", "pitch", "golf_course"}
	industries = []string{"industrial", "commercial", "retail", "military", "railway", "construction"}
)

// ground is what lies beneath everything: land, water, buildings.
func (m *maker) ground() []Layer {
	p := &m.palette
	return m.keep(
		Layer{ID: "background", Type: "background", Paint: map[string]any{"background-color": p.outside}},
		Layer{
			ID: "city_outline-fill", Type: "fill", SourceLayer: "city_outline",
			Paint: map[string]any{"fill-color": p.city},
		},
		Layer{
			ID: "landuse-fill", Type: "fill", SourceLayer: "landuse", MinZoom: 11,
			Paint: map[string]any{
				"fill-color": []any{
					"case",
					[]any{"any", oneOf("landuse", greens...), oneOf("leisure", greens...), oneOf("natural", greens...)}, p.green,
					oneOf("landuse", industries...), p.industry,
					p.built,
				},
				"fill-opacity": 0.9,
			},
		},
		Layer{
			ID: "osm_water-fill", Type: "fill", SourceLayer: "osm_water", Filter: geometry("Polygon"),
			Paint: map[string]any{"fill-color": p.water},
		},
		Layer{
			ID: "osm_water-line", Type: "line", SourceLayer: "osm_water", Filter: geometry("LineString"),
			Layout: map[string]any{"line-cap": "round", "line-join": "round"},
			Paint:  map[string]any{"line-color": p.water, "line-width": byZoom(8, 0.6, 12, 1.6, 16, 6)},
		},
		Layer{
			ID: "water-line", Type: "line", SourceLayer: "water", Filter: geometry("LineString"),
			Layout: map[string]any{"line-cap": "round", "line-join": "round"},
			Paint: map[string]any{
				// No wider than the buffer of tiles allows: what reaches further is cut
				// at their borders.
				"line-color": p.water, "line-blur": linear(8, 0.5, 12, 3), "line-width": linear(7, 2, 9, 4.5, 12, 15),
			},
		},
		Layer{
			ID: "water-fill", Type: "fill", SourceLayer: "water", Filter: geometry("Polygon"),
			Paint: map[string]any{"fill-color": p.water},
		},
		Layer{
			ID: "osm_wards-line", Type: "line", SourceLayer: "osm_wards", MinZoom: 10,
			Paint: map[string]any{"line-color": p.ward, "line-width": linear(10, 0.5, 15, 1.6), "line-dasharray": []any{4, 2}},
		},
		Layer{
			ID: "city_outline-line", Type: "line", SourceLayer: "city_outline",
			Layout: map[string]any{"line-join": "round"},
			Paint:  map[string]any{"line-color": p.outline, "line-width": linear(7, 0.8, 12, 1.6), "line-dasharray": []any{5, 2, 1, 2}},
		},
		Layer{
			ID: "buildings-fill", Type: "fill", SourceLayer: "buildings", MinZoom: 14,
			Paint: map[string]any{
				"fill-color": p.building, "fill-outline-color": p.buildingEdge,
				"fill-opacity": linear(14, 0.4, 15.5, 1),
			},
		},
	)
}

// Classes of roads from OpenStreetMap, from the widest.
var (
	widest = []string{"motorway", "trunk", "motorway_link", "trunk_link"}
	wide   = []string{"primary", "secondary", "primary_link", "secondary_link"}
	paths  = []string{"footway", "path", "steps", "cycleway", "pedestrian", "track", "corridor", "elevator", "platform"}
	middle = []string{"tertiary", "tertiary_link", "construction"}
)

// network is railways and roads: the OpenStreetMap ones, then the radial roads of
// the seed.
func (m *maker) network() []Layer {
	p := &m.palette
	round := map[string]any{"line-cap": "round", "line-join": "round"}
	minor := not(oneOf("highway", append(append(append(append([]string{}, widest...), wide...), paths...), middle...)...))
	class := func(id string, zoom float64, filter, casing, width []any, colour string) []Layer {
		return []Layer{
			{ID: "osm_roads-" + id + "-casing", Type: "line", SourceLayer: "osm_roads", MinZoom: max(zoom, 11), Filter: filter, Layout: round, Paint: map[string]any{"line-color": p.roadEdge, "line-width": casing}},
			{ID: "osm_roads-" + id, Type: "line", SourceLayer: "osm_roads", MinZoom: zoom, Filter: filter, Layout: round, Paint: map[string]any{"line-color": colour, "line-width": width}},
		}
	}
	var casings, fills []Layer
	for _, pair := range [][]Layer{
		class("minor", 13, minor, byZoom(13, 1.4, 16, 7, 19, 26), byZoom(13, 0.7, 16, 5.4, 19, 23), p.road),
		class("middle", 12, oneOf("highway", middle...), byZoom(12, 1.8, 16, 9, 19, 32), byZoom(12, 1, 16, 7.2, 19, 29), p.road),
		class("wide", 9, oneOf("highway", wide...), byZoom(11, 2.2, 16, 11, 19, 38), byZoom(9, 0.6, 11, 1.3, 16, 9, 19, 34), p.roadMajor),
		class("widest", 7, oneOf("highway", widest...), byZoom(11, 2.8, 16, 13, 19, 42), byZoom(7, 0.6, 11, 1.8, 16, 11, 19, 38), p.roadMajor),
	} {
		casings, fills = append(casings, pair[0]), append(fills, pair[1])
	}
	layers := []Layer{{
		ID: "osm_roads-path", Type: "line", SourceLayer: "osm_roads", MinZoom: 15, Filter: oneOf("highway", paths...),
		Paint: map[string]any{"line-color": p.roadEdge, "line-width": byZoom(15, 0.8, 19, 3), "line-dasharray": []any{2, 1}},
	}}
	layers = append(append(layers, casings...), fills...)
	layers = append(layers,
		Layer{ID: "railways-line", Type: "line", SourceLayer: "railways", Paint: map[string]any{"line-color": p.rail, "line-width": byZoom(9, 0.8, 14, 1.6, 18, 4)}},
		Layer{ID: "railways-ties", Type: "line", SourceLayer: "railways", MinZoom: 12, Paint: map[string]any{"line-color": p.rail, "line-width": byZoom(12, 3, 14, 5, 18, 11), "line-dasharray": []any{0.25, 2.2}}},
		Layer{ID: "roads-casing", Type: "line", SourceLayer: "roads", Layout: round, Paint: map[string]any{"line-color": p.radialEdge, "line-width": byZoom(7, 1.8, 11, 3.6, 14, 6.5, 18, 18)}},
		Layer{ID: "roads-line", Type: "line", SourceLayer: "roads", Layout: round, Paint: map[string]any{
			"line-color": p.radial,
			"line-width": byZoom(7, 0.9, 11, 2, 14, 4, 18, 13),
		}},
	)
	return m.keep(layers...)
}
