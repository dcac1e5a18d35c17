package cql2

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb/geojson"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// naturalEarth reads the countries and the populated places of Natural Earth 1:110m
// (public domain; naturalearthdata.com), which the annex counts, without the columns
// that it adds.
func naturalEarth(t *testing.T) map[string]*suite {
	t.Helper()
	file, err := os.Open("testdata/naturalearth-110m.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	things := map[string][]thing{}
	for d := json.NewDecoder(text); d.More(); {
		var line struct {
			Layer    string
			Geometry geojson.Geometry
			Name     any `json:"NAME"`
			People   int `json:"POP_EST"`
		}
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		things[line.Layer] = append(things[line.Layer], thing{line.Geometry.Geometry(), []any{line.Name, line.People}})
	}
	suites := map[string]*suite{}
	for name, all := range things {
		suites[name] = &suite{layer: build(t, city.Layer{
			ID: city.LayerID(name), Geometry: city.GeometryAny, Properties: []city.Property{{Name: "NAME", Type: city.KindString}, {Name: "POP_EST", Type: city.KindInteger}},
		}, all)}
	}
	if n, m := len(things["countries"]), len(things["places"]); n != 177 || m != 243 {
		t.Fatalf("%d countries, %d places", n, m)
	}
	return suites
}

// TestNaturalEarth evaluates the lines of annex A about countries, and about where
// places are, on the data that they were counted on, and finds as many. The annex's
// were another version: of two lines GEOS counts on this one what is here.
func TestNaturalEarth(t *testing.T) {
	suites := naturalEarth(t)
	other := map[string]string{
		"S_INTERSECTS(geom,BBOX(0,40,10,50)) or S_INTERSECTS(geom,BBOX(-90,40,-60,50))": "10",
		"S_INTERSECTS(geom,MULTILINESTRING((-180 -45, 0 -45), (0 45, 180 45)))":         "15",
	}
	asked := 0
	for _, table := range atsTables() {
		for _, line := range strings.Split(strings.TrimSpace(table.lines), "\n") {
			c := strings.Split(line, "|")
			if suites[c[0]] == nil || c[0] == "places" && (!strings.Contains(c[1], "geom") || strings.Contains(c[1], "pop")) {
				continue
			}
			asked++
			want := c[2]
			if n, ok := other[c[1]]; ok {
				want = n
			}
			if got := suites[c[0]].find(t, whole.Replace(c[1])); strconv.Itoa(len(got)) != want {
				t.Errorf("%s: %s finds %v, want %s", table.test, line, got, want)
			}
		}
	}
	if asked != 70 {
		t.Errorf("%d lines", asked)
	}
}
