package style

import (
	"hash/fnv"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// drawn are the layers that the other files draw by hand.
var drawn = []city.LayerID{
	"ring_roads", "roads", "intersections", "high_tech_zones", "projects", "bridges", "metro_lines",
	"metro_stations", "wards", "city_outline", "water", "osm_roads", "osm_intersections", "buildings",
	"pois", "bus_stops", "osm_water", "railways", "landuse", "osm_wards",
}

// others are the layers that the package does not know by name.
func (m *maker) others() []city.Layer {
	var unknown []city.Layer
	for _, l := range m.layers {
		if !slices.Contains(drawn, l.ID) {
			unknown = append(unknown, l)
		}
	}
	return unknown
}

// colourOf gives a layer the same colour on every server and each day.
func (m *maker) colourOf(id city.LayerID) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return m.palette.others[int(h.Sum32()%uint32(len(m.palette.others)))]
}

// may tells whether a layer can have geometries of a kind.
func may(l *city.Layer, kind string) bool {
	switch l.Geometry {
	case city.GeometryAny, city.GeometryCollection:
		return true
	case city.GeometryType(kind), city.GeometryType("Multi" + kind):
		return true
	}
	return false
}

// othersWith are those of the others that can have geometries of a kind.
func (m *maker) othersWith(kind string) []city.Layer {
	return slices.DeleteFunc(m.others(), func(l city.Layer) bool { return !may(&l, kind) })
}

func (m *maker) otherAreas() []Layer {
	var layers []Layer
	for _, l := range m.othersWith("Polygon") {
		id, colour := string(l.ID), m.colourOf(l.ID)
		layers = append(layers,
			Layer{ID: id + "-fill", Type: "fill", SourceLayer: id, Filter: geometry("Polygon"), Paint: map[string]any{"fill-color": colour, "fill-opacity": 0.16}},
			Layer{ID: id + "-edge", Type: "line", SourceLayer: id, Filter: geometry("Polygon"), Paint: map[string]any{"line-color": colour, "line-width": linear(9, 0.7, 15, 1.8)}},
		)
	}
	return m.keep(layers...)
}

// hasStatus tells whether the features of a layer have stages, which then show in
// how they are drawn, as those of the layers that are drawn by hand do.
func hasStatus(l *city.Layer) bool { return l.PropertyIndex(city.PropStatus) >= 0 }

func (m *maker) otherLines() []Layer {
	var layers []Layer
	for _, l := range m.othersWith("LineString") {
		id, colour := string(l.ID), m.colourOf(l.ID)
		line := func(name, end string, filter any, dashes []any) Layer {
			paint := map[string]any{"line-color": colour, "line-width": byZoom(8, 1, 12, 2, 16, 5)}
			if dashes != nil {
				paint["line-dasharray"] = dashes
			}
			return Layer{
				ID: id + name, Type: "line", SourceLayer: id, Filter: filter,
				Layout: map[string]any{"line-cap": end, "line-join": "round"}, Paint: paint,
			}
		}
		lines := geometry("LineString")
		if !hasStatus(&l) {
			layers = append(layers, line("-line", "round", lines, nil))
			continue
		}
		building, planned := is("status", "under_construction"), is("status", "planned")
		layers = append(layers,
			line("-line", "round", all(lines, not(building), not(planned)), nil),
			line("-line-building", "butt", all(lines, building), []any{2.4, 1.1}),
			line("-line-planned", "round", all(lines, planned), []any{0, 1.9}),
		)
	}
	return m.keep(layers...)
}

func (m *maker) otherSpots() []Layer {
	var layers []Layer
	for _, l := range m.othersWith("Point") {
		id, colour := string(l.ID), m.colourOf(l.ID)
		dot := Layer{
			ID: id + "-dot", Type: "circle", SourceLayer: id, Filter: geometry("Point"),
			Paint: map[string]any{
				"circle-color": colour, "circle-radius": linear(8, 2, 12, 3.5, 16, 6),
				"circle-stroke-color": m.palette.halo, "circle-stroke-width": 1.2,
			},
		}
		if hasStatus(&l) { // what is to come is a ring
			open := is("status", "in_operation")
			dot.Paint["circle-color"] = []any{"case", open, colour, m.palette.halo}
			dot.Paint["circle-stroke-color"] = []any{"case", open, m.palette.halo, colour}
			dot.Paint["circle-stroke-width"] = 1.6
		}
		layers = append(layers, dot)
	}
	return m.keep(layers...)
}

// labelled are the properties that features of unknown layers may be named by, the
// best first.
var labelled = []string{city.PropName, city.PropNameEN, "ten", "title", "label", "ref", city.PropCode}

// labelOf is what a layer's features are named by, nil when they have no names.
func (m *maker) labelOf(l *city.Layer) []any {
	if l.PropertyIndex(city.PropName) >= 0 && l.PropertyIndex(city.PropNameEN) >= 0 {
		return m.label()
	}
	for _, name := range labelled {
		if i := l.PropertyIndex(name); i >= 0 && l.Properties[i].Type == city.KindString {
			return []any{"coalesce", get(name), ""}
		}
	}
	return nil
}

// otherLabels names the features of those layers that have names or codes.
func (m *maker) otherLabels() []Layer {
	var layers []Layer
	for _, l := range m.others() {
		label := m.labelOf(&l)
		if label == nil {
			continue
		}
		id := string(l.ID)
		layers = append(layers, Layer{
			ID: id + "-name", Type: "symbol", SourceLayer: id, MinZoom: 13,
			Layout: map[string]any{
				"text-field": label, "text-font": []string{regular}, "text-size": linear(13, 10, 16, 12.5),
				"text-variable-anchor": []string{"top", "bottom", "left", "right"}, "text-radial-offset": 0.6, "text-justify": "auto",
			},
			Paint: map[string]any{"text-color": m.colourOf(l.ID), "text-halo-color": m.palette.halo, "text-halo-width": 1.4},
		})
	}
	return m.keep(layers...)
}
