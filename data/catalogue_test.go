package data_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/city"
)

// osmLayers are the layers that the OpenStreetMap profile fills.
func osmLayers() []city.LayerID {
	return []city.LayerID{
		"osm_roads", "osm_intersections", "buildings", "pois", "bus_stops", "osm_water", "railways", "landuse", "osm_wards",
	}
}

func catalogue(t *testing.T) []city.Layer {
	t.Helper()
	layers, err := data.Layers()
	if err != nil {
		t.Fatal(err)
	}
	return layers
}

func TestCatalogueLists(t *testing.T) {
	var got []city.LayerID
	for _, l := range catalogue(t) {
		got = append(got, l.ID)
	}
	if want := append(data.SeedLayers(), osmLayers()...); !slices.Equal(got, want) {
		t.Errorf("layers %v, want %v", got, want)
	}
}

// TestCatalogueSpeaksBothLanguages: every layer and property has both titles,
// in normal form C, and every layer says whose data it is and how it is keyed.
func TestCatalogueSpeaksBothLanguages(t *testing.T) {
	for _, l := range catalogue(t) {
		texts := []string{l.Title, l.TitleEN, l.Attribution, l.Key}
		for _, p := range l.Properties {
			texts = append(texts, p.Title, p.TitleEN)
		}
		for i, s := range texts {
			if s == "" || strings.TrimSpace(s) != s || !norm.NFC.IsNormalString(s) {
				t.Errorf("%s: text %d is %q", l.ID, i, s)
			}
		}
		if strings.Contains(string(l.ID), "osm") && l.Attribution != "© OpenStreetMap contributors, ODbL 1.0" {
			t.Errorf("%s: attribution %q", l.ID, l.Attribution)
		}
	}
}

// TestLayersAreCopies: a caller may change what it gets.
func TestLayersAreCopies(t *testing.T) {
	first := catalogue(t)
	first[0].Properties[0].Name = "changed"
	if again := catalogue(t); again[0].Properties[0].Name != "code" || again[1].Properties[0].Name != "code" {
		t.Error("a change of one copy of the catalogue shows in another")
	}
}

// TestZoomRulesMatch: each class of a seed layer holds for some feature, so
// that no rule is a slip of the pen.
func TestZoomRulesMatch(t *testing.T) {
	for _, id := range data.SeedLayers() {
		layer, features := seed(t, id)
		for _, class := range layer.Tiles.Classes {
			at := layer.PropertyIndex(class.Property)
			for _, value := range class.Values {
				if !slices.ContainsFunc(features, func(f *city.Feature) bool { return f.Value(at).String() == value }) {
					t.Errorf("%s: no feature has %s %q", id, class.Property, value)
				}
			}
		}
	}
}

// TestProfileFitsCatalogue: what the OpenStreetMap profile produces has the
// geometry and the property types that the catalogue declares.
func TestProfileFitsCatalogue(t *testing.T) {
	var profile struct {
		Layers []struct {
			Layer      city.LayerID      `yaml:"layer"`
			Geometry   city.GeometryType `yaml:"geometry"`
			Properties []struct {
				Name string    `yaml:"name"`
				Type city.Kind `yaml:"type"`
			} `yaml:"properties"`
		} `yaml:"layers"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(data.OSMProfile())).Decode(&profile); err != nil {
		t.Fatal(err)
	}
	layers := catalogue(t)
	var seen []city.LayerID
	for _, made := range profile.Layers {
		seen = append(seen, made.Layer)
		at := slices.IndexFunc(layers, func(l city.Layer) bool { return l.ID == made.Layer })
		if at < 0 {
			t.Errorf("layer %s of osm.yaml is not in layers.yaml", made.Layer)
			continue
		}
		layer := &layers[at]
		if layer.Geometry != made.Geometry {
			t.Errorf("%s: osm.yaml makes a %s, layers.yaml has a %s", made.Layer, made.Geometry, layer.Geometry)
		}
		for _, p := range made.Properties {
			i := layer.PropertyIndex(p.Name)
			if i < 0 || layer.Properties[i].Type != p.Type {
				t.Errorf("%s: %s %s of osm.yaml does not stand so in layers.yaml", made.Layer, p.Type, p.Name)
			}
		}
	}
	if !slices.Equal(seen, osmLayers()) {
		t.Errorf("osm.yaml makes %v, want %v", seen, osmLayers())
	}
}
