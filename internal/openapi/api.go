package openapi

import "github.com/hanoitwin/hanoitwin/internal/city"

// API is what a document describes.
type API struct {
	Title, Description string
	Version            string // of the API, such as 1.0.0
	Server             string // where paths begin, without a slash at the end
	// Licence is the name and the address of the licence of the data.
	Licence, LicenceURL string
	// Layers are those that the reader may know of, and no others.
	Layers []*city.Layer
	// ExampleLayer and ExampleFeature name a feature that there is; empty: none.
	ExampleLayer, ExampleFeature string
	Operations                   []Operation
	// Webhook is the schema of what is sent to the webhooks of watches, "" where
	// there are none.
	Webhook string
}

// Operation is one method on one path.
type Operation struct {
	Method, Path string // the path with its parameters in braces
	ID           string // unique
	Summary      string // English
	Tag          string
	Query        []Parameter
	// Properties says that each property of the layer in the path is a parameter
	// too, which a feature must have the value of.
	Properties bool
	// AnyOf are parameters of which at least one is needed.
	AnyOf []string
	// Headers are request headers that the operation reads beside those of all.
	Headers []Parameter
	Body    *Body
	Answers []Answer
	// Problems are the statuses of problem documents (RFC 9457).
	Problems []int
	Access   Access
}

// Access says whom an operation asks who they are.
type Access uint8

// The kinds of access.
const (
	Open     Access = iota // nobody
	Optional               // whoever is known may see more
	Required               // everybody
)

// Kind is the type of a parameter's value.
type Kind uint8

// The kinds of a value.
const (
	Text Kind = iota
	Integer
	Number
	List // of texts, with commas between
	Boolean
	Numbers // with commas between
)

// Parameter is one of the query or a header.
type Parameter struct {
	Name, About string // About is English
	Kind        Kind
	Low, High   float64 // of numbers, both included
	// Clamped numbers above High mean High.
	Clamped  bool
	OneOf    []string // the only values of a text
	Sizes    []int    // how many members a list may have; nil: any number from one on
	Default  string   // what the parameter is without being given; "": none
	Syntax   string   // what a text looks like, for people
	Example  string
	Required bool
	// Beside names a parameter without which this one is a mistake.
	Beside string
}

// Body is what a request carries.
type Body struct {
	Types    []string // media types
	Schema   string   // name of a schema; Feature and FeatureCollection stand for those of the layers
	Required bool
	Example  any
}

// Answer is one that is no problem.
type Answer struct {
	Status  int
	About   string
	Content []Content // none: no body
	Headers []string  // names among those that the document knows
	// Events are the schemas of the data of a stream's events, by their names; where
	// there are several, one of them. No word of OpenAPI 3.1 is for that.
	Events map[string][]string
}

// Content is a form of an answer. Without a schema it is bytes or text.
type Content struct {
	Type   string // media type
	Schema string
	Text   bool // it is text, where there is no schema
}
