package style

// areas are the zones, and the projects that have an extent.
func (m *maker) areas() []Layer {
	p := &m.palette
	area := func(layer, colour string) []Layer {
		polygon := geometry("Polygon")
		alive := all(polygon, not(is("status", "retired")))
		return []Layer{
			{ID: layer + "-fill", Type: "fill", SourceLayer: layer, Filter: alive, Paint: map[string]any{
				"fill-color":   colour,
				"fill-opacity": []any{"match", get("status"), "in_operation", 0.2, "under_construction", 0.15, 0.09},
			}},
			{ID: layer + "-edge", Type: "line", SourceLayer: layer, Filter: all(alive, is("status", "in_operation")), Paint: map[string]any{
				"line-color": colour, "line-width": linear(9, 0.8, 14, 2),
			}},
			{ID: layer + "-edge-building", Type: "line", SourceLayer: layer, Filter: all(alive, is("status", "under_construction")), Paint: map[string]any{
				"line-color": colour, "line-width": linear(9, 0.8, 14, 2), "line-dasharray": []any{4, 2},
			}},
			{ID: layer + "-edge-planned", Type: "line", SourceLayer: layer, Filter: all(alive, is("status", "planned")), Layout: map[string]any{"line-cap": "round"}, Paint: map[string]any{
				"line-color": colour, "line-width": linear(9, 0.8, 14, 2), "line-dasharray": []any{0, 2.5},
			}},
			{ID: layer + "-edge-retired", Type: "line", SourceLayer: layer, Filter: all(polygon, is("status", "retired")), Paint: map[string]any{
				"line-color": p.retired, "line-width": linear(9, 0.8, 14, 1.5), "line-dasharray": []any{1, 3},
			}},
		}
	}
	line := func(id, status string, dashes []any, end string) Layer {
		paint := map[string]any{"line-color": p.project, "line-width": byZoom(8, 0.9, 12, 1.6, 16, 2.5)}
		if dashes != nil {
			paint["line-dasharray"] = dashes
		}
		return Layer{
			ID: "projects-line-" + id, Type: "line", SourceLayer: "projects", Filter: all(geometry("LineString"), is("status", status)),
			Layout: map[string]any{"line-cap": end, "line-join": "round"}, Paint: paint,
		}
	}
	// A band as of a marker pen: what is built there is drawn on it, by its own layer.
	band := Layer{
		ID: "projects-band", Type: "line", SourceLayer: "projects", Filter: geometry("LineString"),
		Layout: map[string]any{"line-cap": "round", "line-join": "round"},
		Paint:  map[string]any{"line-color": p.project, "line-width": byZoom(8, 4, 12, 10, 16, 15, 19, 60), "line-opacity": 0.17},
	}
	layers := append(area("high_tech_zones", p.zone), area("projects", p.project)...)
	return m.keep(append(layers,
		band,
		line("open", "in_operation", nil, "round"),
		line("building", "under_construction", []any{5, 3}, "butt"),
		line("planned", "planned", []any{0, 3}, "round"),
	)...)
}

// structures are the bridges, drawn as parapets left and right of the road that
// comes above them, and the metro.
func (m *maker) structures() []Layer {
	p := &m.palette
	butt := map[string]any{"line-cap": "butt", "line-join": "round"}
	open := is("status", "in_operation")
	metro := byZoom(8, 1.4, 11, 3, 14, 5, 18, 12)
	return m.keep(
		Layer{ID: "bridges-line", Type: "line", SourceLayer: "bridges", Filter: all(geometry("LineString"), open), Layout: butt, Paint: map[string]any{"line-color": p.bridge, "line-width": byZoom(9, 4.5, 12, 9.5, 14, 14, 18, 36)}},
		Layer{ID: "bridges-building", Type: "line", SourceLayer: "bridges", Filter: all(geometry("LineString"), not(open)), Layout: butt, Paint: map[string]any{"line-color": p.bridge, "line-width": byZoom(9, 4.5, 12, 9.5, 14, 14, 18, 36), "line-dasharray": []any{0.5, 0.25}}},
		Layer{ID: "bridges-deck", Type: "line", SourceLayer: "bridges", Filter: geometry("LineString"), Layout: butt, Paint: map[string]any{"line-color": p.halo, "line-width": byZoom(9, 2.5, 12, 6.5, 14, 10, 18, 30)}},
		Layer{ID: "metro_lines-line", Type: "line", SourceLayer: "metro_lines", Filter: open, Layout: butt, Paint: map[string]any{"line-color": p.metro, "line-width": metro}},
		Layer{ID: "metro_lines-gap", Type: "line", SourceLayer: "metro_lines", Filter: open, MinZoom: 10, Layout: butt, Paint: map[string]any{"line-color": p.metroGap, "line-width": byZoom(10, 0.8, 14, 2, 18, 5), "line-dasharray": []any{4, 4}}},
		Layer{ID: "metro_lines-building", Type: "line", SourceLayer: "metro_lines", Filter: is("status", "under_construction"), Layout: butt, Paint: map[string]any{"line-color": p.metro, "line-width": byZoom(8, 1, 11, 2, 14, 3.2, 18, 8), "line-dasharray": []any{3, 2}}},
		Layer{ID: "metro_lines-planned", Type: "line", SourceLayer: "metro_lines", Filter: is("status", "planned"), Layout: map[string]any{"line-cap": "round"}, Paint: map[string]any{"line-color": p.metro, "line-width": byZoom(8, 1, 11, 2, 14, 3.2, 18, 8), "line-dasharray": []any{0, 2}}},
	)
}

// gatewayBearing is the direction from the centre, in degrees clockwise from
// north, of each gateway.
var gatewayBearing = []any{
	"N", 0, "N/NE", 22.5, "NE", 45, "E/NE", 67.5, "E", 90, "E/SE", 112.5, "SE", 135, "S", 180,
	"S/SW", 202.5, "SW", 225, "W", 270, "W/NW", 292.5, "NW", 315, "N/NW", 337.5, 0,
}

// spots are what is drawn as points: stations, stops, the directions of gateways.
func (m *maker) spots() []Layer {
	p := &m.palette
	dot := func(layer string, zoom float64, colour string) Layer {
		return Layer{
			ID: layer + "-dot", Type: "circle", SourceLayer: layer, MinZoom: zoom, Filter: geometry("Point"),
			Paint: map[string]any{
				"circle-color": colour, "circle-radius": linear(zoom, 2, zoom+3, 4),
				"circle-stroke-color": p.halo, "circle-stroke-width": 1,
			},
		}
	}
	open := is("status", "in_operation")
	return m.keep(
		dot("osm_intersections", 15, p.textQuiet),
		dot("pois", 16.6, p.textQuiet),
		dot("bus_stops", 15.5, p.waterText),
		Layer{ID: "bridges-dot", Type: "circle", SourceLayer: "bridges", Filter: geometry("Point"), Paint: map[string]any{"circle-color": p.bridge, "circle-radius": linear(9, 3, 14, 6), "circle-stroke-color": p.halo, "circle-stroke-width": 1.5}},
		Layer{ID: "projects-dot", Type: "circle", SourceLayer: "projects", Filter: geometry("Point"), Paint: map[string]any{"circle-color": p.project, "circle-radius": linear(8, 3, 14, 7), "circle-stroke-color": p.halo, "circle-stroke-width": 1.5}},
		Layer{ID: "metro_stations-dot", Type: "circle", SourceLayer: "metro_stations", MinZoom: 11, Paint: map[string]any{
			"circle-color": []any{"case", open, p.halo, p.metro}, "circle-radius": linear(11, 2, 14, 4.5, 17, 8),
			"circle-stroke-color": []any{"case", open, p.metro, p.halo}, "circle-stroke-width": linear(11, 1, 14, 2),
		}},
		Layer{ID: "intersections-gateway", Type: "symbol", SourceLayer: "intersections", MinZoom: 10.5,
			Filter: not([]any{"in", "inner", []any{"coalesce", get("gateway"), "inner"}}),
			Layout: map[string]any{
				"icon-image": "gateway", "icon-allow-overlap": true, "icon-ignore-placement": true,
				"icon-rotate": match("gateway", gatewayBearing...), "icon-rotation-alignment": "map",
				"icon-size": linear(10.5, 0.55, 14, 1),
			},
			Paint: map[string]any{"icon-color": p.pin, "icon-halo-color": p.nodeEdge, "icon-halo-width": 1},
		},
	)
}
