package tiles

import (
	"encoding/json"
	"fmt"

	"github.com/paulmach/orb"
)

// TileJSON describes a tile set by the TileJSON 3.0.0 specification. Marshal
// writes the version and scheme itself; the zero Bounds means the whole world.
type TileJSON struct {
	Name         string
	Description  string
	Version      string // of the tiles, as semver; empty leaves it out
	Attribution  string // may hold HTML, as the specification allows
	Tiles        []string
	VectorLayers []VectorLayer
	MinZoom      uint8
	MaxZoom      uint8
	Bounds       orb.Bound // lon/lat
	Center       Center
}

// Center is where a map opens. The zero Center is left out.
type Center struct {
	LonLat orb.Point
	Zoom   uint8
}

// VectorLayer describes one layer of the tiles.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description,omitempty"`
	MinZoom     uint8             `json:"minzoom"`
	MaxZoom     uint8             `json:"maxzoom"`
	Fields      map[string]string `json:"fields"` // name to description, such as "Number"
}

// tileJSON has the names and the order of the specification.
type tileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name,omitempty"`
	Description  string        `json:"description,omitempty"`
	Version      string        `json:"version,omitempty"`
	Attribution  string        `json:"attribution,omitempty"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	MinZoom      uint8         `json:"minzoom"`
	MaxZoom      uint8         `json:"maxzoom"`
	Bounds       []float64     `json:"bounds,omitempty"`
	Center       []float64     `json:"center,omitempty"`
	VectorLayers []VectorLayer `json:"vector_layers"`
}

// MarshalJSON writes TileJSON 3.0.0. Bounds are cut to the square world, which
// is what the specification's range allows of it.
func (t TileJSON) MarshalJSON() ([]byte, error) {
	out := tileJSON{
		TileJSON: "3.0.0", Name: t.Name, Description: t.Description, Version: t.Version,
		Attribution: t.Attribution, Scheme: "xyz", Tiles: t.Tiles,
		MinZoom: t.MinZoom, MaxZoom: t.MaxZoom,
		VectorLayers: make([]VectorLayer, 0, len(t.VectorLayers)),
	}
	if b := t.Bounds; b != (orb.Bound{}) {
		out.Bounds = []float64{
			max(b.Min[0], -180), max(b.Min[1], -maxLatitude),
			min(b.Max[0], 180), min(b.Max[1], maxLatitude),
		}
	}
	if c := t.Center; c != (Center{}) {
		out.Center = []float64{c.LonLat[0], c.LonLat[1], float64(c.Zoom)}
	}
	for _, l := range t.VectorLayers {
		if l.Fields == nil {
			l.Fields = map[string]string{} // required, as an object
		}
		out.VectorLayers = append(out.VectorLayers, l)
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads TileJSON 3. Bounds and a centre that have not as many numbers as
// they should are left out.
func (t *TileJSON) UnmarshalJSON(data []byte) error {
	var in tileJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	if in.TileJSON == "" || in.TileJSON[0] != '3' || len(in.Tiles) == 0 {
		return fmt.Errorf("tilejson %q with %d tile addresses: want version 3 and at least one", in.TileJSON, len(in.Tiles))
	}
	*t = TileJSON{
		Name: in.Name, Description: in.Description, Version: in.Version, Attribution: in.Attribution,
		Tiles: in.Tiles, VectorLayers: in.VectorLayers, MinZoom: in.MinZoom, MaxZoom: in.MaxZoom,
	}
	if len(in.Bounds) == 4 {
		t.Bounds = orb.Bound{Min: orb.Point{in.Bounds[0], in.Bounds[1]}, Max: orb.Point{in.Bounds[2], in.Bounds[3]}}
	}
	if len(in.Center) == 3 {
		t.Center = Center{orb.Point{in.Center[0], in.Center[1]}, uint8(in.Center[2])}
	}
	return nil
}

// Validate reports the first thing that the specification would not accept.
func (t TileJSON) Validate() error {
	switch {
	case len(t.Tiles) == 0:
		return fmt.Errorf("tilejson %q: no tile addresses", t.Name)
	case t.MinZoom > t.MaxZoom || t.MaxZoom > 30:
		return fmt.Errorf("tilejson %q: zoom %d to %d", t.Name, t.MinZoom, t.MaxZoom)
	}
	seen := map[string]bool{}
	for _, l := range t.VectorLayers {
		if l.ID == "" || seen[l.ID] {
			return fmt.Errorf("tilejson %q: layer id %q is empty or repeated", t.Name, l.ID)
		}
		seen[l.ID] = true
	}
	return nil
}
