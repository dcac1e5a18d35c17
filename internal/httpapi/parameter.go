package httpapi

import (
	"math"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
)

// parameter is one of a query, as its reader and the description of the API need
// it.
type parameter struct {
	name, about string
	kind        parameterKind
	// low and high bound numbers, both included.
	low, high float64
	// clamped numbers above high mean high, and are no mistake.
	clamped bool
	oneOf   []string // the only values, for text
	syntax  string   // what a value looks like, for people
	example string   // a value that works on the seed data
	// required says that the operation cannot be asked without.
	required bool
	// beside names a parameter without which this one is a mistake.
	beside string
}

type parameterKind uint8

const (
	textParameter parameterKind = iota
	integerParameter
	numberParameter
	listParameter // texts with commas between
	booleanParameter
)

// Parameters that several operations share.

func limitParameter(most int) parameter {
	return parameter{
		name: "limit", kind: integerParameter, low: 1, high: float64(most), clamped: true,
		about: "How many the page may hold; more than the maximum means the maximum.", example: "10",
	}
}

func offsetParameter() parameter {
	return parameter{name: "offset", kind: integerParameter, high: math.MaxInt32, about: "How many to skip.", example: "0"}
}

func bboxParameter() parameter {
	return parameter{
		name: "bbox", kind: listParameter, syntax: bbox.Syntax, example: "105.7,20.9,106,21.2",
		about: "Only features that have a point in common with the box.",
	}
}

func layersParameter() parameter {
	return parameter{
		name: "layers", kind: listParameter, syntax: "names of layers, with commas between", example: "ring_roads,intersections",
		about: "Only these layers.",
	}
}

// afterVersionParameter is a place in the record of versions.
func afterVersionParameter() parameter {
	return parameter{name: "after", kind: integerParameter, high: 1 << 53, about: "Only versions after this one.", example: "0"}
}

// afterFeatureParameter is a place among features of several layers.
func afterFeatureParameter() parameter {
	return parameter{name: "after", syntax: "a layer and an id, such as roads/17", about: "Only features behind this one, as in the link to the next page.", example: "roads/1"}
}
