package openapi

import "maps"

// addJSONFG adds the schemas of JSON-FG documents (OGC 21-045r1, requirements classes
// Core, Feature Types and Schemas, and Profiles), in our own words and as narrow as
// what is answered: one name of a type, one URI of a system, intervals of days.
func addJSONFG(all Object) {
	text, uri := Object{"type": "string", "minLength": 1}, Object{"type": "string", "format": "uri"}
	root := Object{ // of the object at the root
		"conformsTo": Object{
			"type": "array", "minItems": 1, "uniqueItems": true, "items": uri,
			"contains": Object{"const": "http://www.opengis.net/spec/json-fg-1/1.0/conf/core"},
		},
		"coordRefSys": Object{"type": "string", "format": "uri", "description": "The system of coordinates in place."},
		"featureType": text, "links": schemaOf("Links"),
	}
	geometry := Object{"oneOf": []any{schemaOf("Geometry"), Object{"type": "null"}}}
	members, _ := all["FeatureMembers"].(Object)
	found, _ := members["properties"].(Object)
	feature := maps.Clone(found)
	maps.Copy(feature, root)
	feature["time"] = Object{"oneOf": []any{schemaOf("FGTime"), Object{"type": "null"}}}
	feature["place"], feature["geometry"] = geometry, geometry
	all["FGFeature"] = Object{
		"description": "A feature in JSON-FG. Geometry is in WGS 84, longitude first; otherwise it is null, and place has the geometry in coordRefSys.",
		"type":        "object", "required": []any{"type", "id", "time", "place", "geometry", "properties"}, "properties": feature,
		"not": Object{"properties": Object{"place": Object{"type": "object"}, "geometry": Object{"type": "object"}}}, // both
	}
	day := Object{"type": "string", "format": "date"}
	end := Object{"oneOf": []any{day, Object{"const": ".."}}}
	all["FGTime"] = Object{
		"description": "The days on which a feature is there, the last among them; .. where that is open.",
		"type":        "object", "required": []any{"interval"}, "additionalProperties": false,
		"properties": Object{"interval": Object{
			"type": "array", "minItems": 2, "maxItems": 2, "items": end,
			"contains": day,
		}},
	}
	many, _ := all["FeatureCollection"].(Object)
	counted, _ := many["properties"].(Object)
	collection := maps.Clone(counted)
	delete(collection, "crs") // which is of GeoJSON
	maps.Copy(collection, root)
	collection["features"] = Object{"type": "array", "items": schemaOf("FGFeature")}
	collection["geometryDimension"] = Object{"type": "integer", "minimum": 0, "maximum": 3}
	all["FGFeatureCollection"] = Object{"type": "object", "required": []any{"type", "features", "conformsTo"}, "properties": collection}
	all["FGDocument"] = Object{
		"description": "A document of OGC Features and Geometries JSON.",
		"oneOf": []any{
			schemaOf("FGFeatureCollection"),
			Object{"allOf": []any{schemaOf("FGFeature"), Object{"required": []any{"conformsTo", "featureType"}}}},
		},
	}
}
