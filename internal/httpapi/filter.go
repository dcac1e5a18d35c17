package httpapi

import (
	"errors"
	"math"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/cql2"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
	"github.com/hanoitwin/hanoitwin/internal/page"
	"github.com/hanoitwin/hanoitwin/internal/refsys"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// Filters of OGC API Features, part 3 (19-079r2), in CQL2 (21-065r2).

const (
	paramFilter     = "filter"
	paramFilterLang = "filter-lang"
	paramFilterCRS  = "filter-crs"

	langText = "cql2-text"
	langJSON = "cql2-json"
)

func filterParameters() []parameter {
	return []parameter{
		{
			name: paramFilter, syntax: "a condition in CQL2, such as status = 'planned' AND S_DWITHIN(geometry, POINT(105.85 21.03), 2000)",
			about: "Only features of which this is true. The queryables of the layer say what it may name.", example: "name IS NOT NULL",
		},
		{name: paramFilterLang, oneOf: []string{langText, langJSON}, about: "The language of filter; without, " + langText + ".", example: langText},
		{
			name: paramFilterCRS, syntax: systemSyntax, example: "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
			about: "The reference system of coordinates in filter, its axes in their official order; without, longitude and latitude of WGS 84.",
		},
	}
}

// filter reads the filter on features of a layer, nil when there is none. The
// filter stops when stop returns an error.
func (q *query) filter(l *snapshot.Layer, stop func() error) page.Filter {
	tree, options, ok := q.filterTree()
	if !ok {
		return nil
	}
	options.Check = stop
	if f, ok := q.compiled(tree, l, options); ok {
		return f
	}
	return nil
}

// filterTree reads the filter apart from the layers that it is on; ok is false when
// there is none, or a wrong one.
func (q *query) filterTree() (tree expr.Expr, options cql2.Options, ok bool) {
	before := len(q.mistakes)
	options = filterOptions(q.system(paramFilterCRS))
	lang, _ := q.choice(paramFilterLang)
	text, ok := q.get(paramFilter)
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
		q.badFilter(text, err)
	}
	return tree, options, len(q.mistakes) == before
}

// compiled fits a filter to a layer; ok is false when it does not fit.
func (q *query) compiled(tree expr.Expr, l *snapshot.Layer, options cql2.Options) (f layerFilter, ok bool) {
	filter, err := cql2.Compile(tree, l.Definition(), options)
	if err != nil {
		text, _ := q.get(paramFilter)
		q.badFilter(text, err)
	}
	return layerFilter{filter, l}, err == nil
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

// badFilter notes everything that is wrong with a filter, and where.
func (q *query) badFilter(text string, err error) {
	var all []error
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // what errors.Join makes has no other type
		all = joined.Unwrap()
	} else {
		all = []error{err}
	}
	for _, err := range all {
		m := Mistake{Parameter: paramFilter, Value: clip(text), Expected: "a condition in CQL2 on the queryables of the layer", Detail: err.Error()}
		var wrong *expr.Error
		if errors.As(err, &wrong) && wrong.Limit > 0 {
			m.Limit = wrong.Limit
		}
		q.mistake(m)
	}
}

// layerFilter is a filter on the features of a layer.
type layerFilter struct {
	filter *cql2.Filter
	layer  *snapshot.Layer
}

// Bounds implements page.Filter.
func (lf layerFilter) Bounds() ([]orb.Bound, bool) {
	boxes, everywhere := lf.filter.Bounds(lf.layer)
	return boxes, !everywhere
}

// Match implements page.Filter.
func (lf layerFilter) Match(f *snapshot.Feature, tags []tiles.Tag) bool {
	return lf.filter.Match(lf.layer, f, tags)
}

// functionsDocument is GET /functions: the functions that filters may call beside
// those of the standard.
type functionsDocument struct {
	Functions []filterFunction `json:"functions"`
	Links     []link           `json:"links"`
}

type filterFunction struct {
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Arguments   []filterArgument `json:"arguments"`
	Returns     []string         `json:"returns"`
}

type filterArgument struct {
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Type        []string `json:"type"`
}

// functions answers GET /functions.
func (x *exchange) functions() error {
	if err := x.noParameters(); err != nil {
		return err
	}
	return x.sendJSON(functionsDocument{
		Functions: []filterFunction{{
			Name:        cql2.DWithin,
			Description: "Whether a feature is at most so far from a place. Distances are geodesic, on WGS 84, from the nearest point of one to the nearest of the other; the same as of /nearby.",
			Arguments: []filterArgument{
				{Title: "feature", Description: "The property geometry.", Type: []string{"geometry"}},
				{Title: "place", Description: "A geometry, its coordinates in filter-crs.", Type: []string{"geometry"}},
				{Title: "distance", Description: "In metres.", Type: []string{"number", "integer"}},
			},
			Returns: []string{"boolean"},
		}},
		Links: x.selfLinks(x.base() + "/functions"),
	})
}
