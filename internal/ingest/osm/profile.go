package osm

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// ErrProfile means that a profile cannot be used.
var ErrProfile = errors.New("invalid OSM profile")

// Profile maps OSM elements to layers. data/osm.yaml is one, with the format
// explained at its top.
type Profile struct {
	Version int            `yaml:"version"`
	Layers  []LayerProfile `yaml:"layers"`
}

// LayerProfile makes one layer. An element that several rules match is taken
// once, by the first.
type LayerProfile struct {
	Layer       city.LayerID      `yaml:"layer"`
	Title       string            `yaml:"title"`
	TitleEN     string            `yaml:"title_en"`
	Attribution string            `yaml:"attribution"`
	Geometry    city.GeometryType `yaml:"geometry"`
	Rules       []Rule            `yaml:"rules"`
	Junctions   *Junctions        `yaml:"junctions"`
	Properties  []Property        `yaml:"properties"`
}

// Rule selects elements: of one of the kinds, matching at least one condition
// of Match and none of Except.
type Rule struct {
	// From lists node, way (as a line), area (closed ways and multipolygon or
	// boundary relations).
	From   []string    `yaml:"from"`
	Match  []Condition `yaml:"match"`
	Except []Condition `yaml:"except"`
}

// Condition holds when each key has one of its values. A value "*" stands for
// any; one that ends in * for any that begins so.
type Condition map[string][]string

// Junctions selects nodes where ways of a network meet.
type Junctions struct {
	Of   []Condition `yaml:"of"`   // the ways of the network
	Arms int         `yaml:"arms"` // least number of distinct neighbour nodes
	// Nodes selects the nodes whose own tags the properties may take. They are
	// held in memory, so the condition should be narrow.
	Nodes []Condition `yaml:"nodes"`
}

// Property takes a layer's property from tags, the first that is present.
// Junction layers have @degree, @roads and @classes beside the node's tags.
type Property struct {
	Name string    `yaml:"name"`
	Tags []string  `yaml:"tags"`
	Type city.Kind `yaml:"type"`
	Unit string    `yaml:"unit"`
}

// Sources of elements that a rule can name.
const (
	fromNode = "node"
	fromWay  = "way"
	fromArea = "area"
)

// Pseudo-tags of junctions.
const (
	junctionDegree  = "@degree"
	junctionRoads   = "@roads"
	junctionClasses = "@classes"
)

// ParseProfile reads and checks a profile.
func ParseProfile(text []byte) (*Profile, error) {
	var p Profile
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	if err := strict.Decode(&p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	if p.Version != 1 {
		return nil, fmt.Errorf("version %d, not 1: %w", p.Version, ErrProfile)
	}
	if len(p.Layers) == 0 {
		return nil, fmt.Errorf("no layers: %w", ErrProfile)
	}
	seen := map[city.LayerID]bool{}
	for i := range p.Layers {
		l := &p.Layers[i]
		if seen[l.Layer] {
			return nil, fmt.Errorf("layer %s twice: %w", l.Layer, ErrProfile)
		}
		seen[l.Layer] = true
		if err := l.validate(); err != nil {
			return nil, fmt.Errorf("layer %q: %w", l.Layer, err)
		}
	}
	return &p, nil
}

func (l *LayerProfile) validate() error {
	schema := l.Schema()
	if err := schema.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrProfile, err)
	}
	if len(l.Rules) == 0 && l.Junctions == nil {
		return fmt.Errorf("neither rules nor junctions: %w", ErrProfile)
	}
	for _, r := range l.Rules {
		if len(r.From) == 0 || len(r.Match) == 0 {
			return fmt.Errorf("a rule needs from and match: %w", ErrProfile)
		}
		for _, f := range r.From {
			if !slices.Contains([]string{fromNode, fromWay, fromArea}, f) {
				return fmt.Errorf("from %q is none of node, way, area: %w", f, ErrProfile)
			}
		}
	}
	if l.Junctions != nil && (len(l.Junctions.Of) == 0 || l.Junctions.Arms < 1) {
		return fmt.Errorf("junctions need of and arms: %w", ErrProfile)
	}
	for _, p := range l.Properties {
		if len(p.Tags) == 0 {
			return fmt.Errorf("property %q names no tags: %w", p.Name, ErrProfile)
		}
	}
	return nil
}

// Schema returns the layer that the profile describes.
func (l *LayerProfile) Schema() city.Layer {
	out := city.Layer{
		ID: l.Layer, Title: l.Title, TitleEN: l.TitleEN, Attribution: l.Attribution,
		Geometry: l.Geometry, Key: city.PropExternalKey,
	}
	out.Properties = append(out.Properties, city.Property{
		Name: city.PropExternalKey, Type: city.KindString, Title: "Khóa OpenStreetMap", TitleEN: "OpenStreetMap key",
	})
	for _, p := range l.Properties {
		out.Properties = append(out.Properties, city.Property{Name: p.Name, Type: p.Type, Unit: p.Unit})
	}
	return out
}

// match returns whether some rule takes an element of the kind.
func (l *LayerProfile) match(from string, tags Tags) bool {
	for i := range l.Rules {
		r := &l.Rules[i]
		if slices.Contains(r.From, from) && anyHolds(r.Match, tags) && !anyHolds(r.Except, tags) {
			return true
		}
	}
	return false
}

func anyHolds(conditions []Condition, tags Tags) bool {
	for _, c := range conditions {
		if c.holds(tags) {
			return true
		}
	}
	return false
}

func (c Condition) holds(tags Tags) bool {
	for key, values := range c {
		value := tags.Find(key)
		if value == "" || !slices.ContainsFunc(values, func(pattern string) bool { return fits(pattern, value) }) {
			return false
		}
	}
	return true
}

func fits(pattern, value string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(value, prefix)
	}
	return pattern == value
}

// value reads a property from tags. An error says that the tag does not hold
// what the property's type promises; the value is then null.
func (p *Property) value(tags Tags) (city.Value, error) {
	text := ""
	for _, key := range p.Tags {
		if text = tags.Find(key); text != "" {
			break
		}
	}
	if text == "" {
		return city.Null, nil
	}
	switch p.Type {
	case city.KindInteger, city.KindNumber:
		// "3.5 m" in a property measured in m is 3.5.
		number := strings.TrimSpace(text)
		if p.Unit != "" {
			number = strings.TrimSpace(strings.TrimSuffix(number, p.Unit))
		}
		return parse(p.Type, number)
	case city.KindBoolean:
		switch text {
		case "yes", "true", "1":
			return city.Boolean(true), nil
		case "no", "false", "0":
			return city.Boolean(false), nil
		}
	}
	return parse(p.Type, text)
}

var errValue = errors.New("not readable")

func parse(k city.Kind, text string) (city.Value, error) {
	v, err := city.ParseValue(k, text)
	if err != nil {
		return city.Null, fmt.Errorf("%q as %s: %w", text, k, errValue)
	}
	return v, nil
}
