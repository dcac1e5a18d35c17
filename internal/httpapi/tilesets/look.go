package tilesets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/filters"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// maxTileProperties bounds the names in properties.
const maxTileProperties = 64

// lookParameters are those of a look; a filter's coordinates are longitude and
// latitude of WGS 84.
func lookParameters() []params.Parameter {
	filter := filters.Parameters()[:2:2]
	filter[0].About, filter[0].Example = "Only features that match. Layers that lack what the filter names show none.", "status = 'planned'"
	filter[1].Beside = filters.Name
	return append(filter,
		params.Parameter{
			Name: tilecache.NameProperties, Kind: params.List, Syntax: "names of properties, with commas between", Example: "code,status",
			About: "Only these properties, those included that tiles do not carry otherwise.",
		})
}

// lookAsked is a look with the filter as the client wrote it: mistakes in it are told
// by where they stand there.
type lookAsked struct {
	tilecache.Look
	tree expr.Expr
}

// lookOf reads the parameters of a look at some layers. It notes mistakes, those
// aside that only compiling a filter finds.
func lookOf(q *params.Query, layers []*snapshot.Layer) (a lookAsked) {
	if tree, _, ok := filters.Tree(q); ok {
		a.tree = tree
		a.Filter = expr.Text(a.tree)
	} else if q.Has(filters.NameLang) && !q.Has(filters.Name) {
		q.Mistake(problem.Mistake{Parameter: filters.NameLang, Detail: "stands without filter"})
	}
	if list, ok := q.Get(tilecache.NameProperties); ok {
		a.Properties = tileProperties(q, list, layers)
	}
	return a
}

// tileProperties returns a list of names in their order, each once.
func tileProperties(q *params.Query, list string, layers []*snapshot.Layer) string {
	var names []string
	n := 0
	params.Split(list, func(name string) {
		if n++; n > maxTileProperties {
			return
		}
		known := slices.ContainsFunc(layers, func(l *snapshot.Layer) bool { return l.Definition().PropertyIndex(name) >= 0 })
		if !known {
			q.Mistake(problem.Mistake{Parameter: tilecache.NameProperties, Value: problem.Clip(name), Expected: "names of properties, see /collections", Detail: "is no property of the layers"})
		}
		names = append(names, name)
	})
	if n > maxTileProperties {
		q.Mistake(problem.Mistake{Parameter: tilecache.NameProperties, Limit: maxTileProperties, Detail: fmt.Sprintf("names %d properties, more than %d", n, maxTileProperties)})
	}
	slices.Sort(names)
	return strings.Clone(strings.Join(slices.Compact(names), ",")) // not the URL that it was cut from
}

// fits tells of a filter that no layer can take, in the client's own words.
func (x request) fits(a lookAsked, layers []*snapshot.Layer) error {
	if a.tree == nil {
		return nil
	}
	_, err := tilecache.CompileFilters(a.tree, layers, nil)
	text, _ := x.Query.Get(filters.Name)
	if err != nil {
		filters.Refuse(&x.Query, text, err)
	}
	return x.Query.Problem()
}
