package data

import (
	"errors"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

const smallCatalogue = `
groups:
  head:
    - {name: code, type: string}
layers:
  - id: lakes
    title: Hồ
    title_en: Lakes
    geometry: Geometry
    key: code
    properties:
      - use: head
      - {name: depth, type: number, unit: m}
      - {name: fish, type: json}
      - {name: dug, type: date}
      - {name: clean, type: boolean}
      - {name: islands, type: integer}
`

func TestParseCatalogueRefuses(t *testing.T) {
	if _, err := parseCatalogue([]byte(smallCatalogue)); err != nil {
		t.Fatalf("the sound catalogue: %v", err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown key of a layer", "    key: code", "    keys: code", "field keys not found"},
		{"unknown key of a property", "unit: m", "units: m", "field units not found"},
		{"unknown key at the top", "groups:", "group: {}\ngroups:", "field group not found"},
		{"key twice", "    key: code", "    key: code\n    key: code", "already defined"},
		{"unknown type", "type: number", "type: float", "unknown property type"},
		{"unknown group", "use: head", "use: tail", `group "tail" does not exist`},
		{"group beside a name", "use: head", "{use: head, name: x, type: string}", "stands beside a name"},
		{"property without a type", "name: depth, type: number", "name: depth", "has no type"},
		{"property twice", "name: depth", "name: code", "twice"},
		{"key that is no property", "key: code", "key: cod", "is no property"},
		{"bad layer name", "id: lakes", "id: Hồ", "not a valid layer name"},
		{"bad geometry", "geometry: Geometry", "geometry: Curve", "invalid layer definition"},
		{"unknown role", "    key: code", "    key: code\n    visible_to: [owner]", "not a role"},
		{"layer twice", "layers:\n", "layers:\n  - {id: lakes, title: a, title_en: b, geometry: Point, properties: []}\n", "layer lakes twice"},
		{"second document", smallCatalogue, smallCatalogue + "\n---\na: 1\n", "more than one document"},
	} {
		broken := strings.Replace(smallCatalogue, c.old, c.new, 1)
		if broken == smallCatalogue {
			t.Fatalf("%s: %q does not occur", c.name, c.old)
		}
		if _, err := parseCatalogue([]byte(broken)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestParseCatalogueVisibility(t *testing.T) {
	layers, err := parseCatalogue([]byte(strings.Replace(smallCatalogue, "    key: code", "    key: code\n    visible_to: [editor]", 1)))
	if err != nil || layers[0].VisibleAt(city.Viewer) || !layers[0].VisibleAt(city.Editor) {
		t.Errorf("visible to %q (%v)", layers[0].VisibleTo, err)
	}
}

const smallSeed = `{"type":"FeatureCollection","features":[
{"type":"Feature","id":7,"properties":{"code":"HK","depth":1.4,"fish":["rùa"],"dug":"1500-01-01","clean":true,"islands":2},"geometry":{"type":"Point","coordinates":[105.852,21.028]}}
]}
`

func lakes(t *testing.T) *city.Layer {
	t.Helper()
	layers, err := parseCatalogue([]byte(smallCatalogue))
	if err != nil {
		t.Fatal(err)
	}
	return &layers[0]
}

func TestReadSeed(t *testing.T) {
	var got []*city.Feature
	if err := readSeed([]byte(smallSeed), lakes(t), func(f *city.Feature) error {
		got = append(got, f)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	fish, err := city.JSON([]byte(`["rùa"]`))
	if err != nil {
		t.Fatal(err)
	}
	dug, err := city.ParseValue(city.KindDate, "1500-01-01")
	if err != nil {
		t.Fatal(err)
	}
	want := []city.Value{city.String("HK"), city.Number(1.4), fish, dug, city.Boolean(true), city.Integer(2)}
	if len(got) != 1 || got[0].ID != 7 {
		t.Fatalf("features %v", got)
	}
	for i, v := range want {
		if got[0].Value(i) != v {
			t.Errorf("value %d is %v, want %v", i, got[0].Value(i), v)
		}
	}
}

func TestReadSeedRefuses(t *testing.T) {
	layer := lakes(t)
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown property", `"depth"`, `"deep"`, `property "deep" is not in layers.yaml`},
		{"number as text", `1.4`, `"1.4"`, "is no number"},
		{"null number", `1.4`, `null`, "is no number"},
		{"text as number", `"HK"`, `5`, "is no string"},
		{"empty text", `"HK"`, `""`, "is no string"},
		{"fraction for an integer", `"islands":2`, `"islands":2.5`, "is no integer"},
		{"truth as text", `true`, `"true"`, "is no boolean"},
		{"null truth", `true`, `null`, "is no boolean"},
		{"date that is none", `1500-01-01`, `1500-02-30`, "is no date"},
		{"JSON that is a scalar", `["rùa"]`, `"rùa"`, "is no json"},
		{"unknown member", `"id":7`, `"id":7,"bbox":[]`, "unknown field"},
		{"no id", `"id":7,`, ``, "positive id"},
		{"text id", `"id":7`, `"id":"7"`, "cannot unmarshal"},
		{"no Feature", `"Feature"`, `"Feat"`, "want a Feature"},
		{"no FeatureCollection", `"FeatureCollection"`, `"Features"`, "is no FeatureCollection"},
		{"something after the end", "]}\n", "]}{}", "after the end"},
		{"third coordinate", `21.028]`, `21.028,5]`, "is no lon, lat"},
		{"latitude first", `105.852,21.028`, `21.028,105.852`, "is no lon, lat"},
		{"unknown geometry", `"Point"`, `"Circle"`, `geometry type "Circle"`},
		{"line of one position", `"Point","coordinates":[105.852,21.028]`, `"LineString","coordinates":[[105.852,21.028]]`, "line of 1 positions"},
		{"open ring", `"Point","coordinates":[105.852,21.028]`, `"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,2]]]`, "is not closed"},
		{"empty polygon", `"Point","coordinates":[105.852,21.028]`, `"Polygon","coordinates":[]`, "empty geometry"},
	} {
		broken := strings.Replace(smallSeed, c.old, c.new, 1)
		if broken == smallSeed {
			t.Fatalf("%s: %q does not occur", c.name, c.old)
		}
		err := readSeed([]byte(broken), layer, func(*city.Feature) error { return nil })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
	layer.Geometry = city.GeometryPolygon
	if err := readSeed([]byte(smallSeed), layer, func(*city.Feature) error { return nil }); err == nil {
		t.Error("a point passes in a layer of polygons")
	}
}

// FuzzReadSeed: whatever the text, reading ends with features that fit the
// layer or with an error.
func FuzzReadSeed(f *testing.F) {
	layers, err := parseCatalogue([]byte(smallCatalogue))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(smallSeed)
	f.Add(strings.Replace(smallSeed, `"Point","coordinates":[105.852,21.028]`, `"MultiPolygon","coordinates":[[[[1,1],[2,1],[2,2],[1,1]]]]`, 1))
	f.Add(`{"type":"FeatureCollection","features":[{}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		err := readSeed([]byte(text), &layers[0], func(feature *city.Feature) error {
			if feature.Geometry == nil || len(feature.Values) != len(layers[0].Properties) {
				t.Errorf("feature %+v", feature)
			}
			for i, v := range feature.Values {
				if !v.IsNull() && v.Kind() != layers[0].Properties[i].Type {
					t.Errorf("value %d is a %s", i, v.Kind())
				}
			}
			return nil
		})
		if errors.Is(err, city.ErrUnknownKind) {
			t.Errorf("a type that the catalogue refuses got through: %v", err)
		}
	})
}
