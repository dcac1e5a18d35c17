package view

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

type still struct{ state *twin.State }

func (s still) State() *twin.State { return s.state }

// viewOf returns a view of empty layers.
func viewOf(t *testing.T, names ...city.LayerID) *View {
	t.Helper()
	var layers []city.Layer
	for _, name := range names {
		layers = append(layers, city.Layer{ID: name, Title: string(name), Geometry: city.GeometryAny})
	}
	s := &twin.State{Snapshot: snapshottest.Build(t, 1, layers, map[city.LayerID][]city.Feature{})}
	return NewViews(still{s}, time.Now, 0).Load("")
}

// TestLayers reads each list twice: the second time it may be remembered, and is the
// same.
func TestLayers(t *testing.T) {
	v := viewOf(t, "roads", "water", "wards")
	for _, c := range []struct {
		list    string
		limit   int
		want    string
		unknown []string
		ok      bool
	}{
		{"roads", 3, "roads", nil, true},
		{"water,roads", 3, "roads,water", nil, true},
		{"roads,water", 3, "roads,water", nil, true},
		{"water,water", 3, "water", nil, true},
		{"water,roads", 1, "water", nil, false}, // though it was right for others
		{"water,rivers,roads", 3, "roads,water", []string{"rivers"}, true},
		{"rivers", 3, "", []string{"rivers"}, true},
		{"roads,", 3, "roads", []string{""}, true},
		{"", 3, "", []string{""}, true},
		{"water,roads,wards,roads", 3, "roads,wards,water", nil, false},
		{"water,roads,wards,roads", 4, "roads,wards,water", nil, true},
		{"water,roads,wards,roads", 3, "roads,wards,water", nil, false},
	} {
		for range 2 {
			set, unknown, ok := v.Layers(c.list, c.limit)
			if set.Name != c.want || !slices.Equal(unknown, c.unknown) || ok != c.ok || NameOf(set.Layers) != c.want {
				t.Errorf("%q, at most %d: %q (%q), unknown %q, %t", c.list, c.limit, set.Name, NameOf(set.Layers), unknown, ok)
			}
			for _, l := range set.Layers {
				if l != v.Snapshot.Layer(l.ID()) {
					t.Errorf("%q: another layer %s", c.list, l.ID())
				}
			}
		}
	}
	v.Layers("wards,roads", 3)
	if n := testing.AllocsPerRun(100, func() { v.Layers("wards,roads", 3) }); n != 0 {
		t.Errorf("%g allocations for a list that is remembered", n)
	}
}

// TestManySpellings asks for more lists than are remembered, by many at a time.
func TestManySpellings(t *testing.T) {
	var names []city.LayerID
	for i := range 12 {
		names = append(names, city.LayerID(fmt.Sprintf("layer%02d", i)))
	}
	v := viewOf(t, names...)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 2_000 {
				a, b := names[(i+g)%12], names[(i*7+g)%12]
				want := string(min(a, b)) + "," + string(max(a, b))
				if a == b {
					want = string(a)
				}
				if set, unknown, ok := v.Layers(string(a)+","+string(b), 12); set.Name != want || NameOf(set.Layers) != want || unknown != nil || !ok {
					t.Errorf("%s,%s: %q of %q", a, b, set.Name, NameOf(set.Layers))
					return
				}
			}
		})
	}
	wg.Wait()
}
