package data

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

//go:embed seed/*.geojson
var seedFiles embed.FS

// SeedLayers lists the layers that have a seed file, in the order of the
// catalogue.
func SeedLayers() []city.LayerID {
	return []city.LayerID{
		"ring_roads", "roads", "intersections", "high_tech_zones", "projects", "bridges",
		"metro_lines", "metro_stations", "wards", "city_outline", "water",
	}
}

// Features calls yield with each seed feature of the layer in the order of its
// id and stops at the first error, which it returns. Values stand in the order
// of the layer's properties in Layers. The feature and its slices belong to
// the caller. A layer without a seed file is city.ErrNotFound.
func Features(layer city.LayerID, yield func(*city.Feature) error) error {
	text, err := seedFiles.ReadFile("seed/" + string(layer) + ".geojson")
	if err != nil {
		return fmt.Errorf("seed of layer %q: %w", layer, city.ErrNotFound)
	}
	layers, err := Layers()
	if err != nil {
		return err
	}
	for i := range layers {
		if layers[i].ID == layer {
			return readSeed(text, &layers[i], yield)
		}
	}
	return fmt.Errorf("seed of layer %q, which is not in layers.yaml: %w", layer, city.ErrNotFound)
}

// collection and feature mirror the seed files; other members are errors.
type collection struct {
	Type     string            `json:"type"`
	Features []json.RawMessage `json:"features"`
}

type feature struct {
	Type       string                     `json:"type"`
	ID         int64                      `json:"id"`
	Properties map[string]json.RawMessage `json:"properties"`
	Geometry   geometry                   `json:"geometry"`
}

// readSeed reads a seed file strictly: the files are our own, so that anything
// unexpected is a mistake in them and names the feature.
func readSeed(text []byte, layer *city.Layer, yield func(*city.Feature) error) error {
	var c collection
	if err := strictJSON(text, &c); err != nil {
		return fmt.Errorf("seed of layer %q: %w", layer.ID, err)
	}
	if c.Type != "FeatureCollection" {
		return fmt.Errorf("seed of layer %q: type %q is no FeatureCollection", layer.ID, c.Type)
	}
	for i, raw := range c.Features {
		f, err := readFeature(raw, layer)
		if err != nil {
			return fmt.Errorf("seed of layer %q, feature %d: %w", layer.ID, i+1, err)
		}
		if err := yield(f); err != nil {
			return err
		}
	}
	return nil
}

func readFeature(raw []byte, layer *city.Layer) (*city.Feature, error) {
	var f feature
	if err := strictJSON(raw, &f); err != nil {
		return nil, err
	}
	if f.Type != "Feature" || f.ID <= 0 {
		return nil, fmt.Errorf("type %q, id %d: want a Feature with a positive id", f.Type, f.ID)
	}
	g, err := f.Geometry.orb()
	if err != nil {
		return nil, err
	}
	if layer.Geometry != city.GeometryAny && string(layer.Geometry) != g.GeoJSONType() {
		return nil, fmt.Errorf("geometry %s in a layer of %s", g.GeoJSONType(), layer.Geometry)
	}
	values := make([]city.Value, len(layer.Properties))
	for name, text := range f.Properties {
		at := layer.PropertyIndex(name)
		if at < 0 {
			return nil, fmt.Errorf("property %q is not in layers.yaml", name)
		}
		values[at], err = readValue(layer.Properties[at].Type, text)
		if err != nil {
			return nil, fmt.Errorf("property %q: %w", name, err)
		}
	}
	return &city.Feature{ID: f.ID, Geometry: g, Values: values}, nil
}

// readValue reads a JSON value as a value of kind k. Unlike city.ParseValue it
// does not turn text into numbers: the JSON type must already be right.
func readValue(k city.Kind, raw json.RawMessage) (city.Value, error) {
	switch k {
	case city.KindString, city.KindDate, city.KindInstant:
		var s string
		if err := json.Unmarshal(raw, &s); err != nil || s == "" {
			return city.Null, fmt.Errorf("%s is no %s", raw, k)
		}
		return city.ParseValue(k, s)
	case city.KindInteger, city.KindNumber:
		if raw[0] == '"' || raw[0] == 'n' {
			return city.Null, fmt.Errorf("%s is no %s", raw, k)
		}
		return city.ParseValue(k, string(raw))
	case city.KindBoolean:
		var b bool
		if err := json.Unmarshal(raw, &b); err != nil || raw[0] == 'n' {
			return city.Null, fmt.Errorf("%s is no %s", raw, k)
		}
		return city.Boolean(b), nil
	case city.KindJSON:
		if raw[0] != '[' && raw[0] != '{' {
			return city.Null, fmt.Errorf("%s is no %s", raw, k)
		}
		return city.JSON(raw)
	default:
		return city.Null, fmt.Errorf("%s: %w", raw, city.ErrUnknownKind)
	}
}

// strictJSON decodes one JSON value and refuses unknown members and anything
// after it.
func strictJSON(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		rest := strings.TrimSpace(string(text[d.InputOffset():]))
		return fmt.Errorf("%.20q after the end", rest)
	}
	return nil
}
