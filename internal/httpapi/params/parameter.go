package params

import (
	"math"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
)

// Parameter is one of a query, as its reader and the description of the API need
// it.
type Parameter struct {
	Name, About string
	Kind        Kind
	// Low and high bound numbers, both included.
	Low, High float64
	// Clamped numbers above high mean high, and are no mistake.
	Clamped bool
	OneOf   []string // the only values, for text
	// Sizes are how many members a list may have; nil: any number from one on.
	Sizes []int
	// Default is the value that the parameter has without being given; "": none, or
	// one that only words tell.
	Default string
	Syntax  string // what a value looks like, for people
	Example string // a value that works on the seed data
	// Required says that the operation cannot be asked without.
	Required bool
	// Beside names a parameter without which this one is a mistake.
	Beside string
}

// Kind is what the value of a parameter is.
type Kind uint8

// The kinds of values.
const (
	Text Kind = iota
	Integer
	Number
	List // texts with commas between
	Boolean
	Numbers // with commas between
)

// Parameters that several operations share.

// Limit is how many a page may hold: usual without it, and most at most.
func Limit(usual, most int) Parameter {
	return Parameter{
		Name: "limit", Kind: Integer, Low: 1, High: float64(most), Clamped: true, Default: strconv.Itoa(min(usual, most)),
		About: "How many the page may hold; more than the maximum means the maximum.", Example: "10",
	}
}

// Offset is how many to skip.
func Offset() Parameter {
	return Parameter{Name: "offset", Kind: Integer, High: math.MaxInt32, Default: "0", About: "How many to skip.", Example: "0"}
}

// BBox is the box that features meet.
func BBox() Parameter {
	return Parameter{
		Name: "bbox", Kind: Numbers, Sizes: []int{4, 6}, Syntax: bbox.Syntax, Example: "105.7,20.9,106,21.2",
		About: "Only features that have a point in common with the box.",
	}
}

// Layers chooses layers by name.
func Layers() Parameter {
	return Parameter{
		Name: "layers", Kind: List, Syntax: "names of layers, with commas between", Example: "ring_roads,intersections",
		About: "Only these layers.",
	}
}

// AfterVersion is a place in the record of versions.
func AfterVersion() Parameter {
	return Parameter{Name: "after", Kind: Integer, High: 1 << 53, About: "Only versions after this one.", Example: "0"}
}

// AfterFeature is a place among features of several layers.
func AfterFeature() Parameter {
	return Parameter{Name: "after", Syntax: "a layer and an id, such as roads/17", About: "Only features behind this one, as in the link to the next page.", Example: "roads/1"}
}
