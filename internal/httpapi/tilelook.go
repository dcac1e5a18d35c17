package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/cql2"
	"github.com/hanoitwin/hanoitwin/internal/cql2/expr"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// The parameters by which a client asks for some features in tiles, and for some
// properties of them.
const (
	paramProperties = "properties"
)

// maxTileProperties bounds the names in properties.
const maxTileProperties = 64

// lookParameters are those of a look; a filter's coordinates are longitude and
// latitude of WGS 84.
func lookParameters() []parameter {
	filter := filterParameters()[:2:2]
	filter[0].about, filter[0].example = "Only features that match. Layers that lack what the filter names show none.", "status = 'planned'"
	filter[1].beside = paramFilter
	return append(filter,
		parameter{
			name: paramProperties, kind: listParameter, syntax: "names of properties, with commas between", example: "code,status",
			about: "Only these properties, those included that tiles do not carry otherwise.",
		})
}

// look is which features and which of their properties a client asks for in
// tiles; the zero look, for what the layers' rules show.
type look struct {
	filter     string // CQL2 text as expr.Text writes it
	properties string // names in order, with commas between
}

// lookAsked is a look with the filter as the client wrote it: mistakes in it are told
// by where they stand there.
type lookAsked struct {
	look
	tree expr.Expr
}

// look reads the parameters of a look at some layers. It notes mistakes, those
// aside that only compiling a filter finds.
func (q *query) look(layers []*snapshot.Layer) (a lookAsked) {
	if tree, _, ok := q.filterTree(); ok {
		a.tree = tree
		a.filter = expr.Text(a.tree)
	} else if q.has(paramFilterLang) && !q.has(paramFilter) {
		q.mistake(Mistake{Parameter: paramFilterLang, Detail: "stands without filter"})
	}
	if list, ok := q.get(paramProperties); ok {
		a.properties = q.propertyNames(list, layers)
	}
	return a
}

// propertyNames returns a list of names in their order, each once.
func (q *query) propertyNames(list string, layers []*snapshot.Layer) string {
	var names []string
	n := 0
	splitList(list, func(name string) {
		if n++; n > maxTileProperties {
			return
		}
		known := slices.ContainsFunc(layers, func(l *snapshot.Layer) bool { return l.Definition().PropertyIndex(name) >= 0 })
		if !known {
			q.mistake(Mistake{Parameter: paramProperties, Value: clip(name), Expected: "names of properties, see /collections", Detail: "is no property of the layers"})
		}
		names = append(names, name)
	})
	if n > maxTileProperties {
		q.mistake(Mistake{Parameter: paramProperties, Limit: maxTileProperties, Detail: fmt.Sprintf("names %d properties, more than %d", n, maxTileProperties)})
	}
	slices.Sort(names)
	return strings.Clone(strings.Join(slices.Compact(names), ",")) // not the URL that it was cut from
}

// errFilter is wrapped by what is wrong with a filter that no layer can take.
var errFilter = errors.New("filter does not fit")

// compileFilters makes a filter for each of some layers; nil for those that cannot
// take it, because they lack a property or have it with another type: of those
// nothing matches. When none can, it tells why the first cannot.
func compileFilters(tree expr.Expr, layers []*snapshot.Layer, stop func() error) ([]*cql2.Filter, error) {
	all := make([]*cql2.Filter, len(layers))
	var first error
	fits := len(layers) == 0
	for i, l := range layers {
		f, err := cql2.Compile(tree, l.Definition(), cql2.Options{Check: stop})
		if err == nil {
			all[i], fits = f, true
		} else if first == nil {
			first = err
		}
	}
	if !fits {
		return nil, first
	}
	return all, nil
}

// fits tells of a filter that no layer can take, in the client's own words.
func (x *exchange) fits(a lookAsked, layers []*snapshot.Layer) error {
	if a.tree == nil {
		return nil
	}
	_, err := compileFilters(a.tree, layers, nil)
	text, _ := x.query.get(paramFilter)
	if err != nil {
		x.query.badFilter(text, err)
	}
	return x.query.problem()
}

// pairs are the parameters of links that lead to the same look.
func (k look) pairs() (pairs []string) {
	if k.filter != "" {
		pairs = append(pairs, paramFilter+"="+url.QueryEscape(k.filter))
	}
	if k.properties != "" {
		pairs = append(pairs, paramProperties+"="+url.QueryEscape(k.properties))
	}
	return pairs
}

// carries tells whether tiles carry a property of a layer.
func (k look) carries(def *city.Layer, name string) bool {
	if k.properties == "" {
		return len(def.Tiles.Attributes) == 0 || slices.Contains(def.Tiles.Attributes, name)
	}
	return slices.Contains(strings.Split(k.properties, ","), name)
}

// sieve lets through the features of a look, layer by layer, while a tile is
// encoded.
type sieve struct {
	look
	filters []*cql2.Filter // by layer; nil when there is no filter
	filter  *cql2.Filter   // of the layer under way
	carried []bool         // by property of the layer under way; nil for what its rules say
	picked  []tiles.Tag    // scratch
}

// begin starts a tile of some layers. Its filters stop when ctx ends.
func (s *sieve) begin(ctx context.Context, k look, layers []*snapshot.Layer) error {
	s.look, s.filters, s.filter, s.carried = k, nil, nil, nil
	if k.filter == "" {
		return nil
	}
	tree, err := expr.ParseText(k.filter, expr.Limits{})
	if err != nil {
		return fmt.Errorf("%w: %w", errFilter, err)
	}
	if s.filters, err = compileFilters(tree, layers, ctx.Err); err != nil {
		return fmt.Errorf("%w: %w", errFilter, err)
	}
	return nil
}

// layer turns to one of the layers; it reports whether any of its features can
// pass.
func (s *sieve) layer(i int, def *city.Layer) bool {
	if s.properties != "" {
		s.carried = make([]bool, len(def.Properties))
		for j := range def.Properties {
			s.carried[j] = s.carries(def, def.Properties[j].Name)
		}
	}
	if s.filters == nil {
		return true
	}
	s.filter = s.filters[i]
	return s.filter != nil
}

// idle tells that everything passes as the layer's rules have it.
func (s *sieve) idle() bool { return s.filter == nil && s.carried == nil }

// pass returns the tags that a tile carries of a feature with all of these, until
// the next call; through tells whether it passes.
func (s *sieve) pass(l *snapshot.Layer, f *snapshot.Feature, all []tiles.Tag) (tags []tiles.Tag, through bool) {
	if s.filter != nil && !s.filter.Match(l, f, all) {
		return nil, false
	}
	if s.carried == nil {
		return all[:len(f.TileTags())], true
	}
	s.picked = s.picked[:0]
	for _, tag := range all {
		if s.carried[tag.Key] {
			s.picked = append(s.picked, tag)
		}
	}
	return s.picked, true
}

// forget lets go of the state that was filtered.
func (s *sieve) forget() { s.filters, s.filter = nil, nil }
