package check_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/check"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

var _ check.Reader = twin.Reader(nil)

// store is a state in memory.
type store struct {
	layers   []city.Layer
	features map[city.LayerID][]*city.Feature
}

func (s *store) Layers() []city.Layer { return s.layers }

func (s *store) Features(_ context.Context, layer city.LayerID, yield func(*city.Feature) error) error {
	for _, f := range s.features[layer] {
		if err := yield(f); err != nil {
			return err
		}
	}
	return nil
}

// seedStore holds the embedded dataset.
func seedStore(tb testing.TB) *store {
	tb.Helper()
	catalogue, err := data.Layers()
	if err != nil {
		tb.Fatal(err)
	}
	s := &store{features: map[city.LayerID][]*city.Feature{}}
	for _, id := range data.SeedLayers() {
		for i := range catalogue {
			if catalogue[i].ID == id {
				s.layers = append(s.layers, catalogue[i])
			}
		}
		if err := data.Features(id, func(f *city.Feature) error {
			s.features[id] = append(s.features[id], f)
			return nil
		}); err != nil {
			tb.Fatal(err)
		}
	}
	// Readers list layers by id.
	slices.SortFunc(s.layers, func(a, b city.Layer) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return s
}

// clone copies the store deep enough for find, set and layer to change it.
// Geometries are shared: replace them whole.
func (s *store) clone() *store {
	out := &store{layers: slices.Clone(s.layers), features: map[city.LayerID][]*city.Feature{}}
	for id, features := range s.features {
		for _, f := range features {
			c := *f
			c.Values = slices.Clone(f.Values)
			out.features[id] = append(out.features[id], &c)
		}
	}
	return out
}

// find returns a feature by code.
func (s *store) find(tb testing.TB, layer city.LayerID, code string) *city.Feature {
	tb.Helper()
	at := s.layer(tb, layer).PropertyIndex(city.PropCode)
	for _, f := range s.features[layer] {
		if f.Value(at).Text() == code {
			return f
		}
	}
	tb.Fatalf("no %s in %s", code, layer)
	return nil
}

func (s *store) layer(tb testing.TB, id city.LayerID) *city.Layer {
	tb.Helper()
	for i := range s.layers {
		if s.layers[i].ID == id {
			return &s.layers[i]
		}
	}
	tb.Fatalf("no layer %s", id)
	return nil
}

// set changes one value.
func (s *store) set(tb testing.TB, layer city.LayerID, code, property string, v city.Value) {
	tb.Helper()
	at := s.layer(tb, layer).PropertyIndex(property)
	if at < 0 {
		tb.Fatalf("no property %s in %s", property, layer)
	}
	s.find(tb, layer, code).Values[at] = v
}

// label is what the report calls a feature without code and key.
func label(f *city.Feature) string { return fmt.Sprintf("#%d", f.ID) }
