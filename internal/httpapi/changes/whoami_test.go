package changes

import (
	"slices"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
)

// TestWhoamiOfSomeLayers asks with a key that is good for one layer.
func TestWhoamiOfSomeLayers(t *testing.T) {
	s := snapshottest.Build(t, 1, []city.Layer{{ID: "stops", Geometry: city.GeometryAny}, {ID: "lines", Geometry: city.GeometryAny}}, nil)
	who := access.Principal{Name: "survey", Role: city.Editor, Layers: []city.LayerID{"stops"}}
	if got := whoamiOf(&who, s.Layers()); !slices.Equal(got.Writes, who.Layers) {
		t.Errorf("it is told %+v", got)
	}
}
