package openapi

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// parameter makes the Parameter Object of one in the query or in a header.
func parameter(p *Parameter, in string, api *API) Object {
	about := bilingual(parameterInVietnamese(p.Name), p.About)
	if p.Syntax != "" && p.Syntax+"." != p.About {
		about += " (" + p.Syntax + ")"
	}
	o := Object{"name": p.Name, "in": in, "required": p.Required, "description": about, "schema": parameterSchema(p)}
	if in == "query" {
		// A list is one value with commas in it, and not the name again and again. The
		// standard says so of single values, too (17-069r4, /req/core/fc-limit-definition
		// and its like).
		o["style"], o["explode"] = "form", false
	}
	if p.Beside != "" {
		o["x-beside"] = p.Beside
	}
	if example := p.example(api.Layers); example != "" {
		o["example"] = exampleOf(p.Kind, example)
	}
	return o
}

// example is the one of a parameter, of layers that there are where it names some.
func (p *Parameter) example(layers []*city.Layer) string {
	if p.Name != "layers" && p.Name != "layer" && p.Name != "collections" || p.Example == "" {
		return p.Example
	}
	named := strings.Split(p.Example, ",")
	known := func(id string) bool {
		return slices.ContainsFunc(layers, func(l *city.Layer) bool { return string(l.ID) == id })
	}
	switch {
	case !slices.ContainsFunc(named, func(id string) bool { return !known(id) }):
		return p.Example
	case len(layers) == 0:
		return ""
	}
	return string(layers[0].ID)
}

func parameterSchema(p *Parameter) Object {
	switch p.Kind {
	case Integer, Number:
		s := Object{"type": "number", "minimum": p.Low}
		if p.Kind == Integer {
			s["type"] = "integer"
		}
		if p.Low == math.Inf(-1) {
			delete(s, "minimum")
		}
		if p.High != 0 && !math.IsInf(p.High, 1) {
			s["maximum"] = p.High
		}
		if p.Clamped {
			// No mistake, but whoever keeps to the document need not know.
			most := strconv.FormatFloat(p.High, 'f', -1, 64)
			s["description"] = "More than " + most + " means " + most + "."
		}
		if p.Default != "" {
			s["default"] = json.Number(p.Default)
		}
		return s
	case Boolean:
		return Object{"type": "boolean"}
	case Numbers:
		return sized(Object{"type": "array", "items": Object{"type": "number"}}, p.Sizes)
	case List:
		items := Object{"type": "string", "minLength": 1}
		if len(p.OneOf) > 0 {
			items = Object{"type": "string", "enum": anyOf(p.OneOf)}
		}
		return Object{"type": "array", "items": items, "minItems": 1}
	}
	s := Object{"type": "string", "minLength": 1}
	if len(p.OneOf) > 0 {
		s = Object{"type": "string", "enum": anyOf(p.OneOf)}
	}
	return s
}

// sized bounds an array to one of some lengths.
func sized(array Object, sizes []int) Object {
	lengths := make([]any, len(sizes))
	for i, n := range sizes {
		lengths[i] = Object{"minItems": n, "maxItems": n}
	}
	if len(sizes) == 1 {
		array["minItems"], array["maxItems"] = sizes[0], sizes[0]
	} else {
		array["oneOf"] = lengths
	}
	return array
}

func anyOf[T any](list []T) []any {
	all := make([]any, len(list))
	for i := range list {
		all[i] = list[i]
	}
	return all
}

// exampleOf is an example as the value of its schema.
func exampleOf(kind Kind, text string) any {
	switch kind {
	case Integer, Number:
		return json.Number(text)
	case Boolean:
		return text == "true"
	case List:
		return anyOf(strings.Split(text, ","))
	case Numbers:
		var numbers []any
		for part := range strings.SplitSeq(text, ",") {
			numbers = append(numbers, json.Number(part))
		}
		return numbers
	}
	return text
}

// propertiesParameter stands for the properties of the layer that the path names:
// each of its members is a parameter of its own, as style form explodes objects.
func propertiesParameter(layers []*city.Layer) Object {
	o := Object{
		"name": "where", "in": "query", "required": false, "style": "form", "explode": true,
		"description": "Thuộc tính của lớp, mỗi tên một tham số · A property of the layer as a parameter of its own: only features with this value. Those of each layer are in its queryables.",
		"schema":      Object{"type": "object", "additionalProperties": Object{"type": "string", "minLength": 1}},
	}
	if slices.ContainsFunc(layers, func(l *city.Layer) bool { return l.PropertyIndex(city.PropStatus) >= 0 }) {
		o["example"] = Object{city.PropStatus: string(city.InOperation)}
	}
	return o
}

var braces = regexp.MustCompile(`\{([a-zA-Z]+)\}`)

// some is an example, or nil when there is none.
func some(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// pathParameters describes the parameters in a path.
func pathParameters(path string, api *API) []any {
	var all []any
	for _, match := range braces.FindAllStringSubmatch(path, -1) {
		name := match[1]
		schema, example, about := pathParameter(name, api)
		o := Object{
			"name": name, "in": "path", "required": true, "schema": schema,
			"description": bilingual(parameterInVietnamese(name), about),
		}
		if example != nil {
			o["example"] = example
		}
		all = append(all, o)
	}
	return all
}

// pathParameter knows the parameters that paths have. One that it does not know is
// any text.
func pathParameter(name string, api *API) (schema Object, example any, about string) {
	const layerPattern = "^[a-z][a-z0-9_]{0,62}$"
	text := Object{"type": "string", "minLength": 1}
	switch name {
	case "layer":
		schema := Object{"type": "string", "pattern": layerPattern}
		if len(api.Layers) > 0 {
			schema["examples"] = layerIDs(api.Layers)
		}
		return schema, some(api.ExampleLayer), "The name of a layer."
	case "layers":
		return text, "all", "Names of layers with commas between, or all."
	case "feature":
		return text, some(api.ExampleFeature), "The id of a feature, or its code."
	case "version":
		return Object{"type": "integer", "minimum": 1}, 1, "The number of a version."
	case "z":
		return Object{"type": "integer", "minimum": 0, "maximum": city.MaxZoom}, 11, "The zoom."
	case "x":
		return Object{"type": "integer", "minimum": 0}, 1626, "The column, from the west."
	case "y":
		return Object{"type": "integer", "minimum": 0}, 901, "The row, from the north."
	case "tileMatrixSet":
		return text, "WebMercatorQuad", "The name of a tile matrix set, see /tileMatrixSets."
	case "tileMatrix":
		return text, "0", "The name of a tile matrix: the zoom."
	case "tileRow":
		return Object{"type": "integer", "minimum": 0}, 0, "The row, from the north."
	case "tileCol":
		return Object{"type": "integer", "minimum": 0}, 0, "The column, from the west."
	case "file":
		return text, "hanoi.json", "The name of a file."
	case "watch":
		return text, nil, "The id of a watch."
	case "rest":
		return text, "index.html", "The name of a file."
	}
	return text, nil, ""
}

func layerIDs(layers []*city.Layer) []any {
	ids := make([]any, 0, len(layers))
	for _, l := range layers {
		ids = append(ids, string(l.ID))
	}
	return ids
}
