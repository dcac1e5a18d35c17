package openapi

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// fixedSchemas are the schemas that do not depend on the layers, as the components
// of a document.
//
//go:embed schemas.json
var fixedSchemas []byte

// schemaOf refers to a schema by its name.
func schemaOf(name string) Object { return Object{"$ref": "#/components/schemas/" + name} }

// FeatureSchema is the name of the schema of the features of a layer;
// PropertiesSchema that of their properties.
func FeatureSchema(l city.LayerID) string { return string(l) + ".Feature" }

// PropertiesSchema returns the name of the schema of the properties of a layer.
func PropertiesSchema(l city.LayerID) string { return string(l) + ".Properties" }

// schemas are all schemas of the components: the fixed ones, those of each layer,
// and those that depend on which layers there are.
func schemas(api *API) (Object, error) {
	var all Object
	if err := json.Unmarshal(fixedSchemas, &all); err != nil {
		return nil, fmt.Errorf("schemas.json: %w", err)
	}
	members, _ := all["FeatureMembers"].(Object)
	common, ok := members["properties"].(Object)
	if !ok {
		return nil, fmt.Errorf("schemas.json: FeatureMembers has no properties")
	}
	var features, inputs []any
	for _, l := range api.Layers {
		all[PropertiesSchema(l.ID)] = layerProperties(l)
		own := maps.Clone(common)
		own["geometry"] = Object{"oneOf": []any{geometrySchema(l.Geometry), Object{"type": "null"}}} // skipGeometry
		own["properties"] = schemaOf(PropertiesSchema(l.ID))
		all[FeatureSchema(l.ID)] = Object{
			"title": bilingual(l.Title, l.TitleEN), "description": bilingual(l.Description, l.DescriptionEN),
			"type": "object", "required": members["required"], "properties": own,
		}
		features = append(features, schemaOf(FeatureSchema(l.ID)))
		inputs = append(inputs, schemaOf(PropertiesSchema(l.ID)))
	}
	all["Feature"] = Object{
		"description": "A feature of one of the layers; FeatureMembers is one of a layer that is no more, in a state of the past.",
		"anyOf":       append(features, schemaOf("FeatureMembers")),
	}
	all["FeatureInput"] = Object{
		"description": "A GeoJSON Feature as GET answers it. Its id and links are ignored, its properties are those of the layer.",
		"type":        "object", "required": []any{"type"}, "additionalProperties": true,
		"properties": Object{
			"type": Object{"const": "Feature"}, "geometry": schemaOf("Geometry"),
			"properties": Object{"anyOf": append(inputs, Object{"type": []any{"object", "null"}})},
		},
	}
	definition, _ := all["LayerDefinition"].(Object)
	input := maps.Clone(definition)
	input["description"] = "A layer to be: GET answers its definition with all that is left out here. Without geometry it takes any."
	delete(input, "required")
	input["additionalProperties"] = false
	all["LayerInput"] = input
	all["FeatureCollection"] = featureCollection()
	addJSONFG(all)
	return all, nil
}

// featureCollection is the schema of every answer that holds features: of items,
// of what is near, of what differs.
func featureCollection() Object {
	count := Object{"type": "integer", "minimum": 0}
	return Object{
		"type": "object", "required": []any{"type", "features"},
		"properties": Object{
			"type": Object{"const": "FeatureCollection"}, "features": Object{"type": "array", "items": schemaOf("Feature")},
			"links": schemaOf("Links"), "timeStamp": Object{"type": "string", "format": "date-time"},
			"crs":           Object{"description": "The system of coordinates that are not longitude and latitude (GeoJSON of 2008).", "type": "object", "additionalProperties": true},
			"numberMatched": count, "numberReturned": count,
			"from": schemaOf("End"), "to": schemaOf("End"),
			"totals": Object{
				"description": "How many features differ, on the first page of a difference.",
				"type":        "array",
				"items": Object{
					"type": "object", "required": []any{"layer", "added", "removed", "changed"},
					"properties": Object{"layer": Object{"type": "string"}, "added": count, "removed": count, "changed": count},
				},
			},
		},
	}
}

// layerProperties is the schema of the properties of a layer. Those that are null
// are left out of answers.
func layerProperties(l *city.Layer) Object {
	properties := Object{}
	for i := range l.Properties {
		properties[l.Properties[i].Name] = propertySchema(&l.Properties[i])
	}
	return Object{"title": bilingual(l.Title, l.TitleEN), "type": "object", "properties": properties}
}

func propertySchema(p *city.Property) Object {
	s := valueSchema(p.Type)
	if title := bilingual(p.Title, p.TitleEN); title != "" {
		s["title"] = title
	}
	if p.Unit != "" {
		s["x-ogc-unit"] = p.Unit
	}
	if p.Name == city.PropStatus {
		s["examples"] = anyOf(city.Statuses())
	}
	return s
}

func valueSchema(k city.Kind) Object {
	nullable := func(name string) Object { return Object{"type": []any{name, "null"}} }
	s := nullable("string")
	switch k {
	case city.KindInteger:
		s = nullable("integer")
		s["format"] = "int64"
	case city.KindNumber:
		s = nullable("number")
	case city.KindBoolean:
		s = nullable("boolean")
	case city.KindDate:
		s["format"] = "date"
	case city.KindInstant:
		s["format"] = "date-time"
	case city.KindJSON:
		s = Object{}
	}
	return s
}

// geometrySchema is the schema of the geometries of a layer.
func geometrySchema(g city.GeometryType) Object {
	if g == city.GeometryAny {
		return schemaOf("Geometry")
	}
	return schemaOf(string(g))
}
