package filters

import (
	"errors"
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/cql2"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/page"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// The names of the parameters.
const (
	Name     = "filter"
	NameLang = "filter-lang"
	NameCRS  = "filter-crs"

	// The languages that filter-lang names.
	langText = "cql2-text"
	langJSON = "cql2-json"
)

// Parameters are those of a filter.
func Parameters() []params.Parameter {
	return []params.Parameter{
		{
			Name: Name, Syntax: "a condition in CQL2, such as status = 'planned' AND S_DWITHIN(geometry, POINT(105.85 21.03), 2000)",
			About: "Only features of which this is true. The queryables of the layer say what it may name.", Example: "name IS NOT NULL",
		},
		{Name: NameLang, OneOf: []string{langText, langJSON}, About: "The language of filter; without, " + langText + ".", Example: langText},
		{
			Name: NameCRS, Syntax: params.SystemSyntax, Example: "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
			About: "The reference system of coordinates in filter, its axes in their official order; without, longitude and latitude of WGS 84.",
		},
	}
}

// Of reads the filter on features of a layer, nil when there is none. The
// filter stops when stop returns an error.
func Of(q *params.Query, l *snapshot.Layer, stop func() error) page.Filter {
	tree, options, ok := Tree(q)
	if !ok {
		return nil
	}
	options.Check = stop
	if f, ok := Compile(q, tree, l, options); ok {
		return f
	}
	return nil
}

// Tree reads the filter apart from the layers that it is on; ok is false when
// there is none, or a wrong one.
func Tree(q *params.Query) (tree expr.Expr, options cql2.Options, ok bool) {
	before := len(q.Mistakes)
	options = filterOptions(q.System(NameCRS))
	lang, _ := q.Choice(NameLang)
	text, ok := q.Get(Name)
	if !ok {
		return nil, options, false
	}
	var err error
	if lang == langJSON {
		tree, err = expr.ParseJSON([]byte(text), expr.Limits{})
	} else {
		tree, err = expr.ParseText(text, expr.Limits{})
	}
	if err != nil {
		Refuse(q, text, err)
	}
	return tree, options, len(q.Mistakes) == before
}

// Compile fits a filter to a layer; ok is false when it does not fit.
func Compile(q *params.Query, tree expr.Expr, l *snapshot.Layer, options cql2.Options) (f Filter, ok bool) {
	filter, err := cql2.Compile(tree, l.Definition(), options)
	if err != nil {
		text, _ := q.Get(Name)
		Refuse(q, text, err)
	}
	return Filter{filter, l}, err == nil
}

// filterOptions says how coordinates in a filter are meant.
func filterOptions(system refsys.System) cql2.Options {
	if system == refsys.CRS84() {
		return cql2.Options{}
	}
	converter := system.Converter()
	return cql2.Options{Projected: system.Metres(), ToLonLat: func(p orb.Point) orb.Point {
		lonLat, err := converter.InPoint(p)
		if err != nil {
			return orb.Point{math.NaN(), math.NaN()}
		}
		return lonLat
	}}
}

// Refuse notes everything that is wrong with a filter, and where.
func Refuse(q *params.Query, text string, err error) {
	var all []error
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // what errors.Join makes has no other type
		all = joined.Unwrap()
	} else {
		all = []error{err}
	}
	for _, err := range all {
		m := problem.Mistake{Parameter: Name, Value: problem.Clip(text), Expected: "a condition in CQL2 on the queryables of the layer", Detail: err.Error()}
		var wrong *expr.Error
		if errors.As(err, &wrong) && wrong.Limit > 0 {
			m.Limit = wrong.Limit
		}
		q.Mistake(m)
	}
}

// Filter is a filter on the features of a layer.
type Filter struct {
	filter *cql2.Filter
	Layer  *snapshot.Layer
}

// Bounds implements page.Filter.
func (lf Filter) Bounds() ([]orb.Bound, bool) {
	boxes, everywhere := lf.filter.Bounds(lf.Layer)
	return boxes, !everywhere
}

// Match implements page.Filter.
func (lf Filter) Match(f *snapshot.Feature, tags []tiles.Tag) bool {
	return lf.filter.Match(lf.Layer, f, tags)
}
