// Package style makes the map style of the city from its layer catalogue: a
// document of the MapLibre Style Specification, light or dark, in Vietnamese or
// English.
//
//	[]city.Layer ──► Make ──► Style ──► /styles/hanoi.json
//	                  │
//	                  ├─ base.go     the quiet ground: land, water, roads, buildings
//	                  ├─ rings.go    the heroes
//	                  ├─ works.go    bridges, metro, zones, projects, intersections
//	                  ├─ labels.go   names, in the order in which they give way
//	                  └─ unknown.go  layers that users add, by their geometry
//
// A layer of the catalogue becomes drawing layers whose source-layer is its id;
// the one of them that stands for it in a legend says so in the style's metadata
// (see Legend). The layers that the package knows by name are drawn by hand; every
// other one gets a sensible style from its geometry and properties.
//
// The style names no glyphs: labels are drawn with the font files in font-faces.
package style
