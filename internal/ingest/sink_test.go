package ingest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/osm"
)

// memory is a sink that behaves as stores do: it finds features by the layer's
// key, then by id, and counts what changed.
type memory struct {
	layers   []city.Layer
	features map[city.LayerID][]*city.Feature
	byKey    map[city.LayerID]map[city.Value]int
	puts     int // of layers
	created  int
	updated  int
	same     int
}

func newMemory() *memory {
	return &memory{features: map[city.LayerID][]*city.Feature{}, byKey: map[city.LayerID]map[city.Value]int{}}
}

func (m *memory) Layers() []city.Layer { return m.layers }

func (m *memory) layer(id city.LayerID) *city.Layer {
	for i := range m.layers {
		if m.layers[i].ID == id {
			return &m.layers[i]
		}
	}
	return nil
}

func (m *memory) PutLayer(_ context.Context, l city.Layer) error {
	if err := l.Validate(); err != nil {
		return err
	}
	m.puts++
	l.Properties = slices.Clone(l.Properties)
	if old := m.layer(l.ID); old != nil {
		for i := range old.Properties {
			if old.Properties[i].Name != l.Properties[i].Name || old.Properties[i].Type != l.Properties[i].Type {
				return fmt.Errorf("property %d of %s was %v, is %v", i, l.ID, old.Properties[i], l.Properties[i])
			}
		}
		*old = l
		return nil
	}
	m.layers = append(m.layers, l)
	m.byKey[l.ID] = map[city.Value]int{}
	return nil
}

func (m *memory) find(l *city.Layer, f *city.Feature) int {
	if i := l.PropertyIndex(l.Key); i >= 0 && !f.Value(i).IsNull() {
		if at, ok := m.byKey[l.ID][f.Value(i)]; ok {
			return at
		}
		return -1
	}
	return slices.IndexFunc(m.features[l.ID], func(o *city.Feature) bool { return f.ID != 0 && o.ID == f.ID })
}

func (m *memory) Put(_ context.Context, id city.LayerID, f *city.Feature) error {
	l := m.layer(id)
	if l == nil {
		return fmt.Errorf("layer %s: %w", id, city.ErrNotFound)
	}
	if f.Geometry == nil {
		return fmt.Errorf("nil geometry")
	}
	if got := city.GeometryType(f.Geometry.GeoJSONType()); l.Geometry != city.GeometryAny && got != l.Geometry {
		return fmt.Errorf("%s in a layer of %s", got, l.Geometry)
	}
	for i, v := range f.Values {
		if !v.IsNull() && v.Kind() != l.Properties[i].Type {
			return fmt.Errorf("property %s is %s, want %s", l.Properties[i].Name, v.Kind(), l.Properties[i].Type)
		}
	}
	c := &city.Feature{ID: f.ID, Geometry: orb.Clone(f.Geometry), Values: slices.Clone(f.Values)}
	if at := m.find(l, f); at >= 0 {
		old := m.features[id][at]
		c.ID = old.ID
		for len(old.Values) < len(c.Values) {
			old.Values = append(old.Values, city.Null)
		}
		if reflect.DeepEqual(old, c) {
			m.same++
			return nil
		}
		*old = *c
		m.updated++
		return nil
	}
	if c.ID == 0 || slices.ContainsFunc(m.features[id], func(o *city.Feature) bool { return o.ID == c.ID }) {
		c.ID = int64(len(m.features[id]) + 1)
	}
	if i := l.PropertyIndex(l.Key); i >= 0 && !c.Value(i).IsNull() {
		m.byKey[id][c.Value(i)] = len(m.features[id])
	}
	m.features[id] = append(m.features[id], c)
	m.created++
	return nil
}

func mustRun(tb testing.TB, m *memory, opt Options, files ...string) Report {
	tb.Helper()
	m.created, m.updated, m.same, m.puts = 0, 0, 0, 0
	report, err := Run(context.Background(), m, files, opt)
	if err != nil {
		tb.Fatal(err)
	}
	return report
}

func write(tb testing.TB, name, text string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func profile(tb testing.TB) *osm.Profile {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "data", "osm.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	p, err := osm.ParseProfile(text)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func issue(r *Report, reason string) Issue {
	for _, i := range r.Issues {
		if i.Reason == reason {
			return i
		}
	}
	return Issue{}
}
