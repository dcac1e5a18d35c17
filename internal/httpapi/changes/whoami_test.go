package changes

import (
	"slices"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// TestWhoamiOfSomeLayers asks with a key that is good for one layer.
func TestWhoamiOfSomeLayers(t *testing.T) {
	b := snapshot.NewBuilder(1)
	for _, id := range []city.LayerID{"stops", "lines"} {
		loader, err := b.Layer(city.Layer{ID: id, Geometry: city.GeometryAny})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := loader.Finish(); err != nil {
			t.Fatal(err)
		}
	}
	s, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	who := access.Principal{Name: "survey", Role: city.Editor, Layers: []city.LayerID{"stops"}}
	if got := whoamiOf(&who, s.Layers()); !slices.Equal(got.Writes, who.Layers) {
		t.Errorf("it is told %+v", got)
	}
}
