package style

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/goldentest"
	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// looks are the four styles that the server has.
var looks = map[string]Options{
	"light":    {},
	"dark":     {Dark: true},
	"light_en": {English: true},
	"dark_en":  {Dark: true, English: true},
}

// catalogue is all layers that the project knows, and some that users may add.
func catalogue(t *testing.T) []city.Layer {
	t.Helper()
	c, err := data.Layers()
	if err != nil {
		t.Fatal(err)
	}
	name := []city.Property{{Name: "name", Type: city.KindString}}
	return append(slices.Clone(c),
		city.Layer{ID: "bus_lanes", Geometry: city.GeometryLineString},
		city.Layer{ID: "drains", Geometry: city.GeometryMultiPoint, Properties: name},
		city.Layer{ID: "pipes", Geometry: city.GeometryAny, Properties: []city.Property{{Name: "code", Type: city.KindString}, {Name: "status", Type: city.KindString}}},
		city.Layer{ID: "parcels", Geometry: city.GeometryPolygon, Properties: name},
		city.Layer{ID: "sketches", Geometry: city.GeometryAny, Properties: name},
	)
}

func options(look Options) Options {
	look.Base, look.Center, look.Zoom = "https://twin.example.vn", [2]float64{105.82, 21.03}, 11
	return look
}

// TestValid lets MapLibre's own validator judge every style.
func TestValid(t *testing.T) {
	validator, err := filepath.Abs(filepath.Join("..", "viewer", "node_modules", ".bin", "gl-style-validate"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(validator); err != nil {
		realdata.Missing(t, "the validator, which npm ci in internal/viewer installs: %v", err)
	}
	for name, look := range looks {
		text, err := json.Marshal(Make(catalogue(t), options(look)))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), name+".json")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(validator, path).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestGolden freezes the light style, so that a change of look is a diff.
func TestGolden(t *testing.T) {
	text, err := json.MarshalIndent(Make(catalogue(t), options(Options{})), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	goldentest.Compare(t, "light.json", append(text, '\n'))
}

// TestEveryLayerIsDrawn holds that each layer of the catalogue is drawn and in
// the legend, and that nothing else is.
func TestEveryLayerIsDrawn(t *testing.T) {
	for name, look := range looks {
		s := Make(catalogue(t), options(look))
		drawn, listed, ids := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, l := range s.Layers {
			if ids[l.ID] {
				t.Errorf("%s: two drawing layers are %s", name, l.ID)
			}
			ids[l.ID], drawn[l.SourceLayer] = true, true
		}
		for _, e := range s.Metadata.Legend {
			listed[string(e.Layer)] = true
		}
		delete(drawn, "")
		for _, l := range catalogue(t) {
			if !drawn[string(l.ID)] || !listed[string(l.ID)] {
				t.Errorf("%s: %s is drawn %t, in the legend %t", name, l.ID, drawn[string(l.ID)], listed[string(l.ID)])
			}
		}
		if len(drawn) != len(catalogue(t)) || len(listed) != len(catalogue(t)) {
			t.Errorf("%s: %d layers drawn, %d in the legend, %d there", name, len(drawn), len(listed), len(catalogue(t)))
		}
	}
}

// TestOnlyWhatIsThere holds that a city of few layers has a style without the rest.
func TestOnlyWhatIsThere(t *testing.T) {
	s := Make([]city.Layer{{ID: "parcels", Geometry: city.GeometryPolygon}}, options(Options{}))
	for _, l := range s.Layers {
		if l.SourceLayer != "parcels" && l.ID != "background" {
			t.Errorf("%s is drawn, and there is no %s", l.ID, l.SourceLayer)
		}
	}
	if len(s.Layers) != 3 {
		t.Errorf("%d drawing layers", len(s.Layers))
	}
}

// TestOneServer holds that the style names no other host and no glyphs.
func TestOneServer(t *testing.T) {
	text, err := json.Marshal(Make(catalogue(t), options(Options{})))
	if err != nil {
		t.Fatal(err)
	}
	rest := strings.ReplaceAll(string(text), "https://twin.example.vn/", "")
	if strings.Contains(rest, "://") || strings.Contains(rest, `"glyphs"`) {
		t.Error("the style names another host, or glyphs")
	}
}
