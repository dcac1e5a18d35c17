package city

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// LayerID names a layer in URLs, in stores and in tiles: a lower-case ASCII
// letter, then up to 62 letters, digits or underscores.
type LayerID string

var layerIDPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// ParseLayerID checks s. Names that stores keep for themselves (twin_, gpkg_, rtree_,
// sqlite_) are refused too. The error wraps ErrBadName.
func ParseLayerID(s string) (LayerID, error) {
	if !layerIDPattern.MatchString(s) || strings.HasPrefix(s, "twin_") || strings.HasPrefix(s, "gpkg_") || strings.HasPrefix(s, "rtree_") || strings.HasPrefix(s, "sqlite_") {
		return "", fmt.Errorf("layer name %q: %w", s, ErrBadName)
	}
	return LayerID(s), nil
}

// GeometryType is the declared geometry of a layer, by its OGC Simple Features
// name. GeometryAny admits all of them.
type GeometryType string

// The geometry types that a layer can declare.
const (
	GeometryAny             GeometryType = "Geometry"
	GeometryPoint           GeometryType = "Point"
	GeometryLineString      GeometryType = "LineString"
	GeometryPolygon         GeometryType = "Polygon"
	GeometryMultiPoint      GeometryType = "MultiPoint"
	GeometryMultiLineString GeometryType = "MultiLineString"
	GeometryMultiPolygon    GeometryType = "MultiPolygon"
	GeometryCollection      GeometryType = "GeometryCollection"
)

// Names of the properties that mean the same in every layer. A layer need not
// have them; where it has one, this is its name.
const (
	PropCode        = "code"               // human key, unique in the layer, such as VD3-4
	PropName        = "name"               // Vietnamese
	PropNameEN      = "name_en"            // English
	PropStatus      = "status"             // a Status
	PropValidFrom   = "valid_from"         // date, first day on which it is true in the world
	PropValidTo     = "valid_to"           // date, first day on which it is no longer true
	PropStarted     = "started"            // date on which the works began
	PropCompletion  = "planned_completion" // date on which it is planned to be in operation
	PropAccuracy    = "accuracy_m"         // number, metres
	PropSource      = "source"             // where it is known from
	PropExternalKey = "external_key"       // key in the source it was imported from, such as way/599647458
)

// Property is one column of a layer.
type Property struct {
	Name    string `json:"name" yaml:"name"`                             // as in the store, unique in the layer
	Type    Kind   `json:"type" yaml:"type"`                             // never null
	Title   string `json:"title,omitempty" yaml:"title,omitempty"`       // Vietnamese label
	TitleEN string `json:"title_en,omitempty" yaml:"title_en,omitempty"` // English label
	Unit    string `json:"unit,omitempty" yaml:"unit,omitempty"`         // such as m, km, ha
}

// Layer is a named collection of features with one schema.
//
// The order of Properties is the order of Feature.Values. Properties are only
// ever appended while a store lives.
type Layer struct {
	ID            LayerID      `json:"id" yaml:"id"`
	Title         string       `json:"title" yaml:"title"`       // Vietnamese
	TitleEN       string       `json:"title_en" yaml:"title_en"` // English
	Description   string       `json:"description,omitempty" yaml:"description,omitempty"`
	DescriptionEN string       `json:"description_en,omitempty" yaml:"description_en,omitempty"`
	Geometry      GeometryType `json:"geometry" yaml:"geometry"`
	Properties    []Property   `json:"properties" yaml:"properties"`
	// Key names the property by which an import recognises a feature: code,
	// external_key or another unique column. Empty: the feature id itself.
	Key         string    `json:"key,omitempty" yaml:"key,omitempty"`
	Attribution string    `json:"attribution,omitempty" yaml:"attribution,omitempty"`
	Tiles       TileRules `json:"tiles,omitzero" yaml:"tiles,omitempty"`
	// Table is the existing database table that the layer is served from, as
	// schema.table; empty for layers that the store itself made.
	Table string `json:"table,omitempty" yaml:"table,omitempty"`
	// VisibleTo names the roles that may know of the layer; a higher role sees
	// what a lower one may. Empty: everyone. See VisibleAt.
	VisibleTo []Role `json:"visible_to,omitempty" yaml:"visible_to,omitempty"`
	// Extent bounds what may be written into the layer: west, south, east, north in
	// degrees (WGS 84), as a GeoJSON bbox. Empty: the writer's default. What the
	// store holds already, and imports, are not held against it.
	Extent []float64 `json:"extent,omitempty" yaml:"extent,omitempty"`
}

// TileRules say which features of a layer stand in a tile and how they are
// drawn. The zero value means all features at every zoom, not simplified.
type TileRules struct {
	// MinZoom is the first zoom of a feature that no class matches.
	MinZoom uint8 `json:"min_zoom,omitempty" yaml:"min_zoom,omitempty"`
	// Classes are tried in order; the first that matches sets the first zoom.
	Classes []ZoomClass `json:"classes,omitempty" yaml:"classes,omitempty"`
	// Simplify is the distance, in units of 1/4096 of the tile's side, by which
	// a line may differ from the stored one.
	Simplify float64 `json:"simplify,omitempty" yaml:"simplify,omitempty"`
	// MinSize leaves out lines and polygons whose bounds are smaller in both
	// directions, in the same unit.
	MinSize float64 `json:"min_size,omitempty" yaml:"min_size,omitempty"`
	// Attributes are the properties that tiles carry; empty means all.
	Attributes []string `json:"attributes,omitempty" yaml:"attributes,omitempty"`
}

// ZoomClass gives a first zoom to the features whose property has one of the
// values, compared as text.
type ZoomClass struct {
	Property string   `json:"property" yaml:"property"`
	Values   []string `json:"values" yaml:"values"`
	MinZoom  uint8    `json:"min_zoom" yaml:"min_zoom"`
}

// MaxZoom is the largest zoom of a tile and of a rule.
const MaxZoom = 22

// MinZoomOf returns the first zoom at which f, a feature of l, stands in tiles.
func (l *Layer) MinZoomOf(f *Feature) uint8 {
	for _, c := range l.Tiles.Classes {
		i := l.PropertyIndex(c.Property)
		if f.Value(i).IsNull() {
			continue
		}
		text := f.Value(i).String()
		for _, want := range c.Values {
			if want == text {
				return c.MinZoom
			}
		}
	}
	return l.Tiles.MinZoom
}

// PropertyIndex returns the position of the named property, or -1.
func (l *Layer) PropertyIndex(name string) int {
	for i := range l.Properties {
		if l.Properties[i].Name == name {
			return i
		}
	}
	return -1
}

// Validate returns the Faults, joined by errors.Join; nil where there are none.
func (l *Layer) Validate() error { return errors.Join(l.Faults()...) }

// Faults returns everything that is wrong with the layer's definition: errors that
// wrap ErrBadName, for the id, or ErrBadLayer.
func (l *Layer) Faults() (wrong []error) {
	if _, err := ParseLayerID(string(l.ID)); err != nil {
		wrong = append(wrong, err)
	}
	switch l.Geometry {
	case GeometryAny, GeometryPoint, GeometryLineString, GeometryPolygon, GeometryMultiPoint,
		GeometryMultiLineString, GeometryMultiPolygon, GeometryCollection:
	default:
		wrong = append(wrong, l.bad("geometry %q", l.Geometry))
	}
	wrong = append(wrong, l.validateProperties()...)
	for _, err := range []error{l.validateVisibility(), l.validateExtent()} {
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	return append(wrong, l.validateTiles()...)
}

// bad returns an error about the definition.
func (l *Layer) bad(format string, args ...any) error {
	return fmt.Errorf("layer %s: %s: %w", l.ID, fmt.Sprintf(format, args...), ErrBadLayer)
}

func (l *Layer) validateProperties() (wrong []error) {
	seen := map[string]bool{}
	for _, p := range l.Properties {
		folded := strings.ToLower(p.Name)
		switch {
		case p.Name == "" || len(p.Name) > 63 || strings.ContainsAny(p.Name, "\x00\"\n\r"):
			wrong = append(wrong, l.bad("property name %q", p.Name))
		case seen[folded]:
			wrong = append(wrong, l.bad("property %q twice", p.Name))
		case p.Type == KindNull:
			wrong = append(wrong, l.bad("property %q has no type", p.Name))
		}
		seen[folded] = true
	}
	if l.Key != "" && l.PropertyIndex(l.Key) < 0 {
		wrong = append(wrong, l.bad("key %q is no property", l.Key))
	}
	return wrong
}

func (l *Layer) validateTiles() (wrong []error) {
	t := &l.Tiles
	if t.MinZoom > MaxZoom || t.Simplify < 0 || t.Simplify > 4096 || t.MinSize < 0 || t.MinSize > 4096 {
		wrong = append(wrong, l.bad("tile rules out of range: zooms go to %d, simplification and sizes from 0 to 4096", MaxZoom))
	}
	for _, c := range t.Classes {
		if c.MinZoom > MaxZoom || l.PropertyIndex(c.Property) < 0 {
			wrong = append(wrong, l.bad("zoom class on %q", c.Property))
		}
	}
	for _, a := range t.Attributes {
		if l.PropertyIndex(a) < 0 {
			wrong = append(wrong, l.bad("tile attribute %q is no property", a))
		}
	}
	return wrong
}

// validateExtent demands a rectangle on the globe that does not cross the
// antimeridian.
func (l *Layer) validateExtent() error {
	e := l.Extent
	if len(e) == 0 {
		return nil
	}
	// Written so that NaN fails.
	if len(e) != 4 || !(-180 <= e[0] && e[0] < e[2] && e[2] <= 180 && -90 <= e[1] && e[1] < e[3] && e[3] <= 90) {
		return l.bad("extent %v is not west, south, east, north in degrees", e)
	}
	return nil
}
