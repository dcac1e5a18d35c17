package style

import "github.com/hanoitwin/hanoitwin/internal/city"

// Entry is a layer of the catalogue as a legend shows it.
type Entry struct {
	Layer city.LayerID `json:"layer"`
	// Group is rings, works, places, other or base: the order of a legend.
	Group    string   `json:"group"`
	Swatches []Swatch `json:"swatches"`
	// Off tells that a map starts without the layer.
	Off bool `json:"off,omitempty"`
}

// Swatch is one line of an entry: a small drawing and what it stands for.
type Swatch struct {
	Shape  string `json:"shape"` // line, dashed, dotted, area, dot, ring, icon
	Colour string `json:"colour,omitempty"`
	Icon   string `json:"icon,omitempty"` // a name of the sprite
	// Value is the value of the layer's property that the swatch is about.
	Property string `json:"property,omitempty"`
	Value    string `json:"value,omitempty"`
}

// legend lists the layers, those that are about first.
func (m *maker) legend() []Entry {
	p := &m.palette
	rings := Entry{Layer: "ring_roads", Group: "rings"}
	for i := 0; i < len(p.rings); i += 2 {
		rings.Swatches = append(rings.Swatches, Swatch{Shape: "line", Colour: p.rings[i+1].(string), Property: "ring", Value: p.rings[i].(string)})
	}
	nodes := Entry{Layer: "intersections", Group: "rings"}
	for _, kind := range []string{"grade_separated", "mixed", "at_grade", "unknown"} {
		nodes.Swatches = append(nodes.Swatches, Swatch{Shape: "icon", Icon: "node-" + kind, Property: "type", Value: kind})
	}
	one := func(layer city.LayerID, group, shape, colour string) Entry {
		return Entry{Layer: layer, Group: group, Swatches: []Swatch{{Shape: shape, Colour: colour}}}
	}
	hidden := func(e Entry) Entry { e.Off = true; return e }
	known := []Entry{
		rings, nodes,
		one("roads", "rings", "line", p.radial),
		one("bridges", "rings", "parapet", p.bridge),
		one("metro_lines", "works", "rail", p.metro),
		one("metro_stations", "works", "ring", p.metro),
		one("projects", "works", "area", p.project),
		one("high_tech_zones", "works", "area", p.zone),
		one("wards", "places", "text", p.textQuiet),
		one("city_outline", "places", "dashed", p.outline),
		one("water", "base", "line", p.water),
		one("osm_water", "base", "area", p.water),
		one("osm_roads", "base", "line", p.roadEdge),
		one("railways", "base", "dashed", p.rail),
		one("buildings", "base", "area", p.building),
		one("landuse", "base", "area", p.green),
		one("osm_wards", "base", "dashed", p.ward),
		one("bus_stops", "base", "dot", p.waterText),
		one("pois", "base", "dot", p.textQuiet),
		hidden(one("osm_intersections", "base", "dot", p.textQuiet)),
	}
	var entries []Entry
	for _, e := range known {
		if m.has(e.Layer) {
			entries = append(entries, e)
		}
	}
	for _, l := range m.others() {
		shape := "area"
		switch {
		case l.Geometry == city.GeometryPoint || l.Geometry == city.GeometryMultiPoint:
			shape = "dot"
		case !may(&l, "Polygon"):
			shape = "line"
		}
		entries = append(entries, one(l.ID, "other", shape, m.colourOf(l.ID)))
	}
	return entries
}
