package edge

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
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
