package edge

import (
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// NoParameters refuses a query string where none is known.
func (x *Exchange) NoParameters() error {
	if x.Raw == "" && len(x.Query.Carried) == 0 {
		return nil
	}
	x.Query.Reset(x.Raw)
	return x.Query.Problem()
}

// Feature returns the feature that the path names by id or code.
func (x *Exchange) Feature() (*snapshot.Layer, *snapshot.Feature, error) {
	l, err := x.View.Layer(x.PathParameter("layer"))
	if err != nil {
		return nil, nil, err
	}
	text := x.PathParameter("feature")
	f := l.Find(text)
	if f == nil {
		return nil, nil, problem.NoFeature(l.ID(), text)
	}
	return l, f, nil
}

// Read reads the parameters of the operation, those aside that were read before.
func (x *Exchange) Read() *params.Query {
	x.Query.Reset(x.Raw, x.Op.Query...)
	return &x.Query
}

// ListedLayers reads the parameter layers, a comma list of at most limit names. It
// returns the names that do not exist beside the set; given is false when there is
// no such parameter.
func (x *Exchange) ListedLayers(limit int) (set view.LayerSet, unknown []string, given bool) {
	text, given := x.Query.Get("layers")
	if !given {
		return set, nil, false
	}
	set, unknown, ok := x.View.Layers(text, limit)
	if !ok {
		x.Query.Mistake(problem.Mistake{
			Parameter: "layers", Value: problem.Clip(text), Limit: limit,
			Expected: fmt.Sprintf("at most %d names", limit),
			Detail:   fmt.Sprintf("has more than %d names", limit),
		})
	}
	return set, unknown, true
}

// Wrong is the problem of the parameters, nil when there is none. Names of layers
// that do not exist are one mistake among others; by themselves they are 404, like
// those in a path.
func (x *Exchange) Wrong(unknown []string) error {
	switch {
	case len(unknown) == 0:
		return x.Query.Problem()
	case len(x.Query.Mistakes) == 0:
		return x.View.UnknownLayers(unknown)
	}
	text, _ := x.Query.Get("layers")
	x.Query.Mistake(problem.Mistake{
		Parameter: "layers", Value: problem.Clip(text),
		Expected: "names of layers, with commas between", Detail: "names no layer: " + problem.Quote(unknown),
	})
	return x.Query.Problem()
}
