package style

import "slices"

// labels are the names, from those that give way first to those that are placed
// first: what comes later in a style is placed earlier.
func (m *maker) labels() []Layer {
	p := &m.palette
	along := func(layer string, zoom float64, filter any, size []any, colour string) Layer {
		return Layer{
			ID: layer + "-name", Type: "symbol", SourceLayer: layer, MinZoom: zoom, Filter: filter,
			Layout: map[string]any{
				"symbol-placement": "line", "text-field": m.label(), "text-font": []string{regular},
				"text-size": size, "symbol-spacing": 350, "text-max-angle": 35, "text-padding": 6,
			},
			Paint: map[string]any{"text-color": colour, "text-halo-color": p.halo, "text-halo-width": 1.4},
		}
	}
	at := func(layer string, zoom float64, filter any, font string, size []any, colour string, offset float64) Layer {
		layout := map[string]any{
			"text-field": m.label(), "text-font": []string{font}, "text-size": size, "text-max-width": 8,
			"text-line-height": 1.15, "text-padding": 4,
		}
		if offset > 0 {
			layout["text-variable-anchor"] = []string{"top", "bottom", "left", "right"}
			layout["text-radial-offset"] = offset
			layout["text-justify"] = "auto"
		}
		return Layer{
			ID: layer + "-name", Type: "symbol", SourceLayer: layer, MinZoom: zoom, Filter: filter, Layout: layout,
			Paint: map[string]any{"text-color": colour, "text-halo-color": p.halo, "text-halo-width": 1.5},
		}
	}
	ward := at("wards", 10.2, nil, regular, linear(10, 10, 14, 13.5), p.textQuiet, 0)
	ward.MaxZoom = 16
	ward.Layout["symbol-sort-key"] = []any{"-", 0, []any{"coalesce", get("area_km2"), 0}}
	river := along("water", 9, geometry("LineString"), linear(9, 12, 14, 17), p.waterText)
	river.Layout["text-letter-spacing"] = 0.2
	river.Layout["symbol-spacing"] = 500
	ring := along("ring_roads", 12.5, nil, linear(12.5, 11, 16, 14), p.text)
	ring.Layout["text-font"] = []string{bold}
	ring.Layout["text-offset"] = []any{0, 1.1}
	works := along("projects", 12.5, geometry("LineString"), linear(12.5, 10.5, 16, 12.5), p.project)
	works.ID, works.Layout["text-offset"] = "projects-name-line", []any{0, -1}
	stations := at("metro_stations", 13.3, nil, regular, linear(13, 10.5, 16, 13), p.metro, 0.7)
	return slices.Concat(m.keep(append([]Layer{
		at("pois", 17, geometry("Point"), regular, linear(17, 10, 19, 12), p.textQuiet, 0.5),
		at("bus_stops", 17, nil, regular, linear(17, 10, 19, 12), p.waterText, 0.5),
		along("osm_roads", 14, nil, linear(14, 10, 18, 13), p.textQuiet),
		at("osm_water", 13, geometry("Polygon"), regular, linear(13, 10.5, 17, 14), p.waterText, 0),
		ward,
	}, append(m.otherLabels(),
		works, at("projects", 10.8, geometry("Point"), regular, linear(11, 10.5, 15, 13.5), p.project, 0.6),
	)...)...), m.areaNames(), m.keep(
		along("bridges", 12.5, geometry("LineString"), linear(12.5, 10.5, 16, 13), p.bridge),
		stations,
		along("metro_lines", 12.5, nil, linear(12.5, 10.5, 16, 12.5), p.metro),
		river,
		ring,
		m.shield("roads", 8.5, []any{"coalesce", get("ref"), ""}, p.radial, p.halo),
		m.nodes(),
		m.shield("ring_roads", 7.5, m.ringName(), p.ring(), "#ffffff"),
	))
}

// cityName is the name of the city itself, for maps that show all of it. Its place
// is a source of its own: of the outline, each tile that has a part of it would name it.
func (m *maker) cityName() (Source, Layer) {
	name := "Hà Nội"
	if m.options.English {
		name = "Hanoi"
	}
	source := Source{Type: "geojson", Data: map[string]any{"type": "Point", "coordinates": m.options.Center}}
	return source, Layer{
		ID: nameSource, Type: "symbol", Source: nameSource, MaxZoom: 8.8,
		Layout: map[string]any{
			"text-field": name, "text-font": []string{bold}, "text-size": linear(6, 13, 8.5, 19),
			"text-padding": 4, "text-letter-spacing": 0.04,
		},
		Paint: map[string]any{"text-color": m.palette.text, "text-halo-color": m.palette.halo, "text-halo-width": 2},
	}
}

// nodes are the intersections, symbol and name in one: the symbol is always drawn,
// and plates of roads and other names make room for both.
func (m *maker) nodes() Layer {
	p := &m.palette
	open := is("status", "in_operation")
	return Layer{
		ID: "intersections-node", Type: "symbol", SourceLayer: "intersections",
		Layout: map[string]any{
			"icon-image": []any{"concat", "node-", []any{
				"match", get("type"), []string{"at_grade", "grade_separated", "mixed"}, get("type"), "unknown",
			}, []any{"case", open, "", "-new"}},
			"icon-allow-overlap": true, "icon-size": linear(9, 0.4, 11, 0.62, 14, 1),
			"symbol-sort-key": []any{"case", open, 0, 1},
			"text-field":      []any{"step", []any{"zoom"}, "", 12, m.withoutKind()}, "text-optional": true,
			"text-font": []string{bold}, "text-size": linear(12, 11, 16, 13.5), "text-max-width": 8,
			"text-line-height": 1.15, "text-padding": 4, "text-justify": "auto",
			"text-variable-anchor": []string{"top", "bottom", "left", "right"}, "text-radial-offset": 1.1,
		},
		Paint: map[string]any{"text-color": p.text, "text-halo-color": p.halo, "text-halo-width": 1.5},
	}
}

// withoutKind is the label of an intersection less the word for what it is, which
// the symbol says already.
func (m *maker) withoutKind() []any {
	name := []any{"var", "label"}
	short := []any{
		"case", []any{"==", []any{"slice", name, 0, 9}, "Nút giao "}, []any{"slice", name, 9},
		[]any{"==", []any{"slice", name, -12}, " interchange"}, []any{"slice", name, 0, -12}, name,
	}
	return []any{"let", "label", m.label(), short}
}

// shield is a plate with a number that is repeated along a road.
func (m *maker) shield(layer string, zoom float64, text, colour any, ink string) Layer {
	return Layer{
		ID: layer + "-shield", Type: "symbol", SourceLayer: layer, MinZoom: zoom,
		Filter: []any{"!=", text, ""},
		Layout: map[string]any{
			"symbol-placement": "line", "symbol-spacing": linear(8, 180, 14, 420),
			"text-field": text, "text-font": []string{bold}, "text-size": linear(8, 9.5, 14, 11.5),
			"text-rotation-alignment": "viewport", "icon-rotation-alignment": "viewport",
			"icon-image": "plate", "icon-text-fit": "both", "icon-text-fit-padding": []any{1, 2, 1, 2},
			"text-padding": 8, "icon-padding": 8,
		},
		Paint: map[string]any{
			"text-color": m.plateInk(ink), "icon-color": colour,
			"icon-halo-color": m.palette.halo, "icon-halo-width": 1.2,
		},
	}
}

// plateInk is the colour of the text on a plate: the plates of the dark look are
// bright.
func (m *maker) plateInk(light string) string {
	if m.options.Dark {
		return "#12161b"
	}
	return light
}

// ringName turns VD2.5 into what stands on the plates: VĐ2,5 or R2.5.
func (m *maker) ringName() []any {
	names := []any{"VD1", "VĐ1", "VD2", "VĐ2", "VD2.5", "VĐ2,5", "VD3", "VĐ3", "VD3.5", "VĐ3,5", "VD4", "VĐ4", "VD5", "VĐ5", ""}
	if m.options.English {
		names = []any{"VD1", "RR1", "VD2", "RR2", "VD2.5", "RR2.5", "VD3", "RR3", "VD3.5", "RR3.5", "VD4", "RR4", "VD5", "RR5", ""}
	}
	return match("ring", names...)
}
