package style

import (
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// Options say which of its looks the style has.
type Options struct {
	// Base is the address that tiles, sprite and fonts lie under, such as
	// https://twin.example.vn, without a slash at its end.
	Base string
	// Query stands behind the addresses of tiles: ?version=41 where all is to be of
	// one version, or nothing.
	Query   string
	Dark    bool
	English bool
	// Center and Zoom are where a map opens that is told nothing else:
	// lon, lat in degrees.
	Center [2]float64
	Zoom   float64
	// Dates are the first and the last day in the data, YYYY-MM-DD.
	Dates []string
}

// Style is a document of the MapLibre Style Specification, version 8.
type Style struct {
	Version  int                   `json:"version"`
	Name     string                `json:"name"`
	Metadata Metadata              `json:"metadata"`
	Center   [2]float64            `json:"center"`
	Zoom     float64               `json:"zoom"`
	Sprite   string                `json:"sprite"`
	Fonts    map[string][]FontFace `json:"font-faces"`
	Sources  map[string]Source     `json:"sources"`
	Layers   []Layer               `json:"layers"`
}

// Metadata is what the web map and other programs may want to know beside how
// to draw.
type Metadata struct {
	Legend []Entry `json:"hanoitwin:legend"`
	Dark   bool    `json:"hanoitwin:dark"`
	// Dates are the first and the last day in the data, when there are any.
	Dates []string `json:"hanoitwin:dates,omitempty"`
}

// FontFace is one file of a font and the characters that it is used for.
type FontFace struct {
	URL    string   `json:"url"`
	Ranges []string `json:"unicode-range"`
}

// Source is a source of vector tiles, or of the GeoJSON in it.
type Source struct {
	Type        string   `json:"type"`
	Tiles       []string `json:"tiles,omitempty"`
	MaxZoom     int      `json:"maxzoom,omitempty"`
	Attribution string   `json:"attribution,omitempty"`
	Data        any      `json:"data,omitempty"`
}

// Layer is one drawing layer. Filter, layout and paint hold expressions.
type Layer struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	Source      string         `json:"source,omitempty"`
	SourceLayer string         `json:"source-layer,omitempty"`
	MinZoom     float64        `json:"minzoom,omitempty"`
	MaxZoom     float64        `json:"maxzoom,omitempty"`
	Filter      any            `json:"filter,omitempty"`
	Layout      map[string]any `json:"layout,omitempty"`
	Paint       map[string]any `json:"paint,omitempty"`
}

// The sources of the style: the city, and the place of its name; areanames.go has
// the third.
const (
	sourceName = "hanoi"
	nameSource = "hanoi-name"
)

// deepestTiles is the zoom up to which tiles are asked for; a map that shows
// more stretches them. Their grid is 0.15 m there.
const deepestTiles = 16

// maker holds what the parts of a style need to know.
type maker struct {
	options Options
	palette palette
	layers  []city.Layer
}

// Make returns the style of the layers, which may come in any order.
func Make(layers []city.Layer, options Options) Style {
	m := &maker{options: options, palette: lightPalette(), layers: layers}
	if options.Dark {
		m.palette = darkPalette()
	}
	name := "Hà Nội"
	if options.Dark {
		name += " (tối)"
	}
	s := Style{
		Version: 8, Name: name, Center: options.Center, Zoom: options.Zoom,
		Sprite: options.Base + "/styles/sprite",
		Fonts:  fontFaces(options.Base),
		Sources: map[string]Source{sourceName: {
			Type: "vector", MaxZoom: m.deepest(),
			Tiles:       []string{options.Base + "/tiles/all/{z}/{x}/{y}.mvt" + options.Query},
			Attribution: attribution(layers),
		}},
		Metadata: Metadata{Legend: m.legend(), Dark: options.Dark, Dates: options.Dates},
	}
	s.Layers = slices.Concat(
		m.ground(), m.network(), m.areas(), m.otherAreas(), m.structures(), m.rings(),
		m.otherLines(), m.spots(), m.otherSpots(), m.labels(),
	)
	if source, is := m.areaTiles(); is {
		s.Sources[areaSource] = source
	}
	if m.has("city_outline") {
		source, name := m.cityName()
		s.Sources[nameSource], s.Layers = source, append(s.Layers, name)
	}
	return s
}

// has tells whether the catalogue has a layer.
func (m *maker) has(id city.LayerID) bool {
	return slices.ContainsFunc(m.layers, func(l city.Layer) bool { return l.ID == id })
}

// keep leaves out the drawing layers of what the catalogue does not have.
func (m *maker) keep(all ...Layer) []Layer {
	var kept []Layer
	for _, l := range all {
		if l.SourceLayer == "" || m.has(city.LayerID(l.SourceLayer)) {
			if l.SourceLayer != "" {
				l.Source = sourceName
			}
			kept = append(kept, l)
		}
	}
	return kept
}

// deepest is the zoom of the deepest tiles: the usual one, or that at which the
// last feature appears.
func (m *maker) deepest() int {
	z := deepestTiles
	for _, l := range m.layers {
		z = max(z, int(l.Tiles.MinZoom))
		for _, c := range l.Tiles.Classes {
			z = max(z, int(c.MinZoom))
		}
	}
	return z
}

// attribution joins what the layers ask to be shown, each text once.
func attribution(layers []city.Layer) string {
	text := ""
	var seen []string
	for _, l := range layers {
		if l.Attribution == "" || slices.Contains(seen, l.Attribution) {
			continue
		}
		seen = append(seen, l.Attribution)
		if text != "" {
			text += " · "
		}
		text += l.Attribution
	}
	return text
}

// The fonts of labels, by the names that text-font uses.
const (
	regular = "Be Vietnam Pro Regular"
	bold    = "Be Vietnam Pro SemiBold"
)

// fontFaces names the files of each font. The first that covers a character is
// used; ranges are those of the files.
func fontFaces(base string) map[string][]FontFace {
	subsets := []struct {
		name   string
		ranges []string
	}{
		{"vietnamese", []string{
			"U+0102-0103", "U+0110-0111", "U+0128-0129", "U+0168-0169", "U+01A0-01A1", "U+01AF-01B0",
			"U+0300-0301", "U+0303-0304", "U+0308-0309", "U+0323", "U+0329", "U+1EA0-1EF9", "U+20AB",
		}},
		{"latin", []string{"U+0000-00FF", "U+0131", "U+0152-0153", "U+02BB-02BC", "U+02C6", "U+02DA", "U+02DC", "U+2000-206F", "U+20AC", "U+2122", "U+2212", "U+2215"}},
		{"latin-ext", []string{"U+0100-02BA", "U+1E00-1E9F"}},
	}
	faces := map[string][]FontFace{}
	for name, weight := range map[string]string{regular: "400", bold: "600"} {
		for _, s := range subsets {
			faces[name] = append(faces[name], FontFace{
				URL: base + "/viewer/fonts/be-vietnam-pro-" + s.name + "-" + weight + ".woff2", Ranges: s.ranges,
			})
		}
	}
	return faces
}
