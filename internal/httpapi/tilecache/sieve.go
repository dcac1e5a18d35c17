package tilecache

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
	"github.com/hanoitwin/hanoitwin/internal/httpapi/filters"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// The parameters by which a client asks for some features in tiles, and for some
// properties of them.
const (
	NameProperties = "properties"
)

// Look is which features and which of their properties a client asks for in
// tiles; the zero look, for what the layers' rules show.
type Look struct {
	Filter     string // CQL2 text as expr.Text writes it
	Properties string // names in order, with commas between
}

// ErrFilter is wrapped by what is wrong with a filter that no layer can take.
var ErrFilter = errors.New("filter does not fit")

// CompileFilters makes a filter for each of some layers; nil for those that cannot
// take it, because they lack a property or have it with another type: of those
// nothing matches. When none can, it tells why the first cannot.
func CompileFilters(tree expr.Expr, layers []*snapshot.Layer, stop func() error) ([]*cql2.Filter, error) {
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

// Pairs are the parameters of links that lead to the same look.
func (k Look) Pairs() (pairs []string) {
	if k.Filter != "" {
		pairs = append(pairs, filters.Name+"="+url.QueryEscape(k.Filter))
	}
	if k.Properties != "" {
		pairs = append(pairs, NameProperties+"="+url.QueryEscape(k.Properties))
	}
	return pairs
}

// Carries tells whether tiles carry a property of a layer.
func (k Look) Carries(def *city.Layer, name string) bool {
	if k.Properties == "" {
		return len(def.Tiles.Attributes) == 0 || slices.Contains(def.Tiles.Attributes, name)
	}
	return slices.Contains(strings.Split(k.Properties, ","), name)
}

// sieve lets through the features of a look, layer by layer, while a tile is
// encoded.
type sieve struct {
	Look
	filters []*cql2.Filter // by layer; nil when there is no filter
	filter  *cql2.Filter   // of the layer under way
	carried []bool         // by property of the layer under way; nil for what its rules say
	picked  []tiles.Tag    // scratch
}

// begin starts a tile of some layers. Its filters stop when ctx ends.
func (s *sieve) begin(ctx context.Context, k Look, layers []*snapshot.Layer) error {
	s.Look, s.filters, s.filter, s.carried = k, nil, nil, nil
	if k.Filter == "" {
		return nil
	}
	tree, err := expr.ParseText(k.Filter, expr.Limits{})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFilter, err)
	}
	if s.filters, err = CompileFilters(tree, layers, ctx.Err); err != nil {
		return fmt.Errorf("%w: %w", ErrFilter, err)
	}
	return nil
}

// layer turns to one of the layers; it reports whether any of its features can
// pass.
func (s *sieve) layer(i int, def *city.Layer) bool {
	if s.Properties != "" {
		s.carried = make([]bool, len(def.Properties))
		for j := range def.Properties {
			s.carried[j] = s.Carries(def, def.Properties[j].Name)
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
