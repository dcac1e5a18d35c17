package dcat

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

func catalogue() *Catalogue {
	return &Catalogue{
		Title: "Bản sao số", Description: "Hạ tầng", Base: "https://twin.example.vn", LicenceURL: "https://opendatacommons.org/licenses/odbl/1-0/",
		Version: "42", Modified: time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC),
		Datasets: []Dataset{
			{
				Layer:  &city.Layer{ID: "roads", Title: "Đường", TitleEN: "Roads", Attribution: "© OSM", Properties: []city.Property{{Name: "lanes", Title: "Số làn", Unit: "1"}}},
				Bounds: []float64{105.5, 20.9, 106, 21.25},
				Distributions: []Distribution{
					{Title: "GeoJSON", URL: "https://twin.example.vn/collections/roads/items?f=geojson", Type: "application/geo+json"},
					{Title: "Tiles", URL: "https://twin.example.vn/tiles/roads.json", Type: "application/vnd.mapbox-vector-tile", Tiles: true},
				},
			},
			{Layer: &city.Layer{ID: "empty"}},
		},
	}
}

// nodes are all objects of a document that have a type.
func nodes(part any, found map[string][]Object) map[string][]Object {
	switch part := part.(type) {
	case []any:
		for _, member := range part {
			nodes(member, found)
		}
	case Object:
		if kind, ok := part["@type"].(string); ok {
			found[kind] = append(found[kind], part)
		}
		for _, member := range part {
			nodes(member, found)
		}
	}
	return found
}

// TestMandatory demands what DCAT-AP 3 calls mandatory of each class.
func TestMandatory(t *testing.T) {
	found := nodes(catalogue().Document(), map[string][]Object{})
	for kind, properties := range map[string][]string{
		"dcat:Catalog":      {"dct:title", "dct:description", "dct:publisher", "dcat:dataset"},
		"dcat:Dataset":      {"dct:title", "dct:description"},
		"dcat:Distribution": {"dcat:accessURL"},
		"dcat:DataService":  {"dct:title", "dcat:endpointURL"},
		"foaf:Agent":        {"foaf:name"},
	} {
		if len(found[kind]) == 0 {
			t.Errorf("no %s", kind)
		}
		for _, node := range found[kind] {
			for _, p := range properties {
				if node[p] == nil || node[p] == "" {
					t.Errorf("%s without %s: %v", kind, p, node)
				}
			}
		}
	}
	if n := len(found["dcat:Dataset"]); n != 2 {
		t.Errorf("%d datasets", n)
	}
}

func TestPlaces(t *testing.T) {
	c := catalogue()
	text, err := json.Marshal(c.Document())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`POLYGON((105.5 20.9, 106 20.9, 106 21.25, 105.5 21.25, 105.5 20.9))`, `{"@language":"vi","@value":"Đường"}`,
		`"https://www.iana.org/assignments/media-types/application/geo+json"`, `"dcat:downloadURL":{"@id":"https://twin.example.vn/collections/roads/items?f=geojson"}`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	place := c.SchemaOrgOf(&c.Datasets[0])["spatialCoverage"].(Object)["geo"].(Object)["box"]
	if place != "20.9 105.5 21.25 106" {
		t.Errorf("box %v", place)
	}
}

func TestSchemaOrg(t *testing.T) {
	c := catalogue()
	d := c.SchemaOrgOf(&c.Datasets[0])
	if d["name"] != "Đường · Roads" || d["description"] != "Đường · Roads" || len(d["distribution"].([]any)) != 2 || len(d["variableMeasured"].([]any)) != 1 {
		t.Error(d)
	}
	if all := c.SchemaOrg()["dataset"].([]any); len(all) != 2 || all[1].(Object)["name"] != "empty" {
		t.Error(all)
	}
}
