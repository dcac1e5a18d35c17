package jsonschema

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// MediaType is what schemas are sent as.
const MediaType = "application/schema+json"

// Purpose says what the properties of a schema are for.
type Purpose uint8

// The purposes.
const (
	Returnables Purpose = iota // and receivables, apart from those that are read-only
	Queryables
	Sortables
)

// Schema is the schema of a layer.
type Schema struct {
	Schema      string     `json:"$schema"`
	ID          string     `json:"$id"` // the URI at which it is, without a query
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Type        string     `json:"type"`
	Properties  Properties `json:"properties"`
	Required    []string   `json:"required,omitempty"`
	// AdditionalProperties is false: what is not listed does not exist.
	AdditionalProperties bool `json:"additionalProperties"`
}

// Property is one member of a Schema.
type Property struct {
	Name        string   `json:"-"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Type        any      `json:"type,omitempty"` // a string, or strings; nil for geometry
	Format      string   `json:"format,omitempty"`
	Enum        []string `json:"enum,omitempty"`
	ReadOnly    bool     `json:"readOnly,omitempty"`
	Role        string   `json:"x-ogc-role,omitempty"`
	Sequence    int      `json:"x-ogc-propertySeq"`
	Unit        string   `json:"x-ogc-unit,omitempty"` // UCUM
}

// Properties is an object whose members keep their order.
type Properties []Property

// MarshalJSON writes the object.
func (ps Properties) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i := range ps {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(ps[i].Name)
		if err != nil {
			return nil, err
		}
		member, err := json.Marshal(ps[i])
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(member)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// What filters call the geometry and the id, whatever properties there are: a
// property geometry cannot be named in them, and one that is called id hides the
// id of the features.
const (
	cql2Geometry = "geometry"
	cql2ID       = "id"
)

const dialect = "https://json-schema.org/draft/2020-12/schema"

// Of returns the schema of a layer for a purpose. uri is where it is.
func Of(l *city.Layer, purpose Purpose, uri string) Schema {
	s := Schema{Schema: dialect, ID: uri, Title: both(l.Title, l.TitleEN), Description: both(l.Description, l.DescriptionEN), Type: "object"}
	add := func(p Property) {
		p.Sequence = len(s.Properties) + 1
		s.Properties = append(s.Properties, p)
	}
	geometry := GeometryName(l)
	if purpose == Queryables {
		geometry = cql2Geometry
	}
	if purpose != Queryables || l.PropertyIndex(cql2ID) < 0 {
		add(Property{Name: IDName(l), Title: "Mã số · Id", Type: "integer", ReadOnly: true, Role: "id"})
	}
	for i := range l.Properties {
		p := &l.Properties[i]
		if purpose == Sortables && p.Type == city.KindJSON || purpose == Queryables && p.Name == cql2Geometry {
			continue
		}
		add(property(l, p))
	}
	if purpose != Sortables {
		add(Property{Name: geometry, Title: "Hình học · Geometry", Format: geometryFormat(l.Geometry), Role: "primary-geometry"})
	}
	if purpose == Returnables {
		s.Required = []string{geometry}
	}
	return s
}

func property(l *city.Layer, p *city.Property) Property {
	out := Property{Name: p.Name, Title: both(p.Title, p.TitleEN), Role: role(l, p)}
	if out.Title == "" {
		out.Title = p.Name
	}
	out.Type, out.Format = typeOf(p.Type)
	if p.Name == city.PropStatus && p.Type == city.KindString {
		for _, status := range city.Statuses() {
			out.Enum = append(out.Enum, string(status))
		}
	}
	if p.Unit != "" && (p.Type == city.KindInteger || p.Type == city.KindNumber) {
		if out.Unit = ucum(p.Unit); out.Unit == "" {
			out.Description = "Unit: " + p.Unit
		}
	}
	return out
}

func typeOf(k city.Kind) (kind any, format string) {
	switch k {
	case city.KindInteger:
		return "integer", ""
	case city.KindNumber:
		return "number", ""
	case city.KindBoolean:
		return "boolean", ""
	case city.KindDate:
		return "string", "date"
	case city.KindInstant:
		return "string", "date-time"
	case city.KindJSON:
		return []string{"object", "array"}, ""
	default:
		return "string", ""
	}
}

// role is what a property means. The interval has both ends or none, and both of
// one granularity (requirement primary-temporal-constraints).
func role(l *city.Layer, p *city.Property) string {
	from, to := l.PropertyIndex(city.PropValidFrom), l.PropertyIndex(city.PropValidTo)
	if from < 0 || to < 0 || l.Properties[from].Type != l.Properties[to].Type {
		return ""
	}
	if p.Type != city.KindDate && p.Type != city.KindInstant {
		return ""
	}
	switch p.Name {
	case city.PropValidFrom:
		return "primary-interval-start"
	case city.PropValidTo:
		return "primary-interval-end"
	default:
		return ""
	}
}

func geometryFormat(g city.GeometryType) string {
	if g == city.GeometryAny {
		return "geometry-any"
	}
	return "geometry-" + strings.ToLower(string(g))
}

// ucum returns the code of a unit in the Unified Code for Units of Measure, case
// sensitive; "" for one that is not known here.
func ucum(unit string) string {
	switch unit {
	case "m", "km", "cm", "mm", "m2", "km2", "m3", "t", "kg", "s", "min", "h", "d", "%":
		return unit
	case "m²":
		return "m2"
	case "km²":
		return "km2"
	case "m³":
		return "m3"
	case "ha":
		return "har"
	case "km/h":
		return "km/h"
	case "°":
		return "deg"
	default:
		return ""
	}
}

// IDName is what the id of features is called beside their properties: id, or
// where a property has that name, fid, or _id.
func IDName(l *city.Layer) string { return free(l, "id", "fid", "_id") }

// GeometryName is what the geometry is called: geometry, geom, or _geometry.
func GeometryName(l *city.Layer) string { return free(l, "geometry", "geom", "_geometry") }

// free returns the first of the names that no property has, the last if all are
// taken.
func free(l *city.Layer, names ...string) string {
	for _, name := range names {
		if l.PropertyIndex(name) < 0 {
			return name
		}
	}
	return names[len(names)-1]
}

// both joins a Vietnamese and an English text.
func both(vietnamese, english string) string {
	switch {
	case vietnamese == "":
		return english
	case english == "" || english == vietnamese:
		return vietnamese
	default:
		return vietnamese + " · " + english
	}
}
